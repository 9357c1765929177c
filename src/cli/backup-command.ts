/** `mrdian backup`: a copy of a data file while a server writes to it. */
import type { Command } from '../bundled/commander.ts'
import { clientLogsOf, copyClientLogs } from '../client-logs/index.ts'
import { textOf } from '../engine/contained.ts'
import { StoreError } from '../store/errors.ts'
import { assertFile, FILE_ARGUMENT, onDataFile } from './data-file.ts'
import { progressOn } from './progress.ts'

export interface BackupCommandOptions {
  readonly overwrite: boolean
}

async function run(data: string, target: string, { overwrite }: BackupCommandOptions, print: (text: string) => void) {
  assertFile(data, target)
  const { backup } = await import('../store/index.ts')
  const progress = progressOn(process.stderr, () => performance.now(), 'pages')
  try {
    await backup(data, target, { overwrite, onProgress: (copied, total) => progress.show(copied, total) })
  } finally {
    progress.end()
  }
  print(`${target} is a complete copy of ${data}`)
  const logs = await copyClientLogs(clientLogsOf(data), clientLogsOf(target)).catch((error: unknown) => {
    throw new StoreError('FAILED', `the logs of desktops could not be copied: ${textOf(error)}`, { cause: error })
  })
  if (logs > 0) print(`${clientLogsOf(target)} has ${logs} logs of desktops`)
}

export function addBackupCommand(program: Command, print: (text: string) => void): void {
  program
    .command('backup')
    .argument(...FILE_ARGUMENT)
    .argument('<target>', 'the file to write')
    .description('Copy a data file as it is at this moment, even while a server writes to it.')
    .option('--overwrite', 'replace an existing copy', false)
    .addHelpText(
      'after',
      `
The copy is checked and synced before it gets its name. To restore it: stop the
server, replace the data file with the copy, remove the files beside it that end
in -wal and -shm, and start the server. Logs of desktops, which the server keeps
in FILE.client-logs, are copied to TARGET.client-logs.

Example:
  $ mrdian backup /var/lib/mrdian/state.db /backup/state-monday.db
`,
    )
    .action((data: string, target: string, options: BackupCommandOptions) =>
      onDataFile(() => run(data, target, options, print)),
    )
}
