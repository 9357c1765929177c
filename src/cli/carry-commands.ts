/** `mrdian export` and `mrdian import`: a whole data file to PostgreSQL, and back. */
import type { Command } from '../bundled/commander.ts'
import type { Carried, CarryOptions, ExportOptions } from '../store/index.ts'
import { onDataFile } from './data-file.ts'
import { Bars } from './progress.ts'

/** The result as lines of text. */
function describeCarried({ rows, lastPosition, lastOutboxNumber }: Carried): readonly string[] {
  return [
    `${rows.journal} inputs, ${rows.snapshot} snapshots, ${rows.outbox} undelivered notifications and requests, ${rows.record} records`,
    `the last input is ${lastPosition}, the last notification or request ${lastOutboxNumber}; both stores have the same rows`,
  ]
}

interface Shown {
  readonly json: boolean
}

async function run(
  carry: (onProgress: CarryOptions['onProgress']) => Promise<Carried>,
  { json }: Shown,
  print: (text: string) => void,
): Promise<boolean> {
  const bars = new Bars(process.stderr, () => performance.now())
  let carried: Carried
  try {
    carried = await carry((done, total, what) => bars.show(done, total, what))
  } finally {
    bars.end()
  }
  if (json) print(JSON.stringify(carried))
  else for (const line of describeCarried(carried)) print(line)
  return !json
}

const PASSWORD = `Everybody on the machine can see arguments: put the password into PGPASSWORD
instead of the url. It is not printed.`

const JSON_FLAG = ['--json', 'print the result as JSON', false] as const

export function addExportCommand(program: Command, print: (text: string) => void): void {
  program
    .command('export')
    .argument('<data>', 'a data file that no server uses')
    .argument('<url>', 'the database: postgres://USER@HOST,HOST/DATABASE')
    .description('Carry a whole data file into an empty store in PostgreSQL.')
    .option('--accept-unreplicated', 'also if the server confirms a change before a second machine has it', false)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Carries the journal, its history, undelivered notifications, records
(subscriptions, locks) and the last numbers. The file is checked, and not
changed. Everything is written in one transaction and compared: when the command
fails or is stopped, the store stays empty, and you can begin again. The files
beside the data file, FILE.key and FILE.client-logs, are not carried.

${PASSWORD}

Exit codes: 0 everything is there; 2 nothing was carried, because the file is in
use or damaged, or the store is not empty, in use or cannot be reached.

Example:
  $ export PGPASSWORD=secret
  $ mrdian export /var/lib/mrdian/state.db postgres://mrdian@db1,db2/mrdian
`,
    )
    .action((data: string, url: string, options: ExportOptions & Shown) =>
      onDataFile(async () => {
        const { exportToPostgres } = await import('../store/index.ts')
        const { acceptUnreplicated } = options
        const isTold = await run(
          (onProgress) => exportToPostgres(data, url, { acceptUnreplicated, onProgress }),
          options,
          print,
        )
        if (isTold) print(`everything in ${data} is in PostgreSQL now; do not start a server on the file again`)
      }),
    )
}

export function addImportCommand(program: Command, print: (text: string) => void): void {
  program
    .command('import')
    .argument('<url>', 'the database, with a store that no server uses: postgres://USER@HOST,HOST/DATABASE')
    .argument('<target>', 'the new data file; it must not exist')
    .description('Carry a whole store in PostgreSQL into a new data file.')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Carries what mrdian export carries, in the other direction. The store is not
changed, and no server can open it meanwhile. The file is checked, compared and
synced before it gets its name: when the command fails or is stopped, there is
no file. A command that is stopped leaves .TARGET.NUMBER.partial, which you can
delete.

${PASSWORD}

Exit codes: 0 everything is there; 2 nothing was carried, because the store is
in use, damaged or cannot be reached, or the file exists or cannot be written.

Example:
  $ export PGPASSWORD=secret
  $ mrdian import postgres://mrdian@db1,db2/mrdian /var/lib/mrdian/state.db
`,
    )
    .action((url: string, target: string, options: Shown) =>
      onDataFile(async () => {
        const { importFromPostgres } = await import('../store/index.ts')
        const isTold = await run((onProgress) => importFromPostgres(url, target, { onProgress }), options, print)
        if (isTold) print(`${target} can be used: mrdian serve --data ${target}`)
      }),
    )
}
