/** The options of `mrdian reload`. */
import type { Command } from '../bundled/commander.ts'
import { administratorOption, serverOption } from './administered.ts'
import { readPassword } from './password-input.ts'
import type { ReloadCommandOptions } from './reload.ts'

const HELP = `
The server reads the file that it was started with, as at SIGHUP, and puts it in
force as one change. A file that is not valid, is cut off or has no
administrator changes nothing. A file that removes more than a tenth of the
users, and more than two, must be confirmed. First check that the file is
complete, then use --confirm-removals.

The password of the administrator comes from MRDIAN_PASSWORD, or is asked for.
Exit codes: 0 in force; 1 refused, or not reached: nothing has changed.

Examples:
  $ mrdian reload
  $ MRDIAN_PASSWORD=secret mrdian reload --server https://acd.example.com:8445
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addReloadCommand(program: Command, print: (line: string) => void): void {
  program
    .command('reload')
    .description('Make a running server read its directory again.')
    .addOption(serverOption())
    .addOption(administratorOption())
    .option('--confirm-removals', 'confirm the removal of users who are not in the file', false)
    .addHelpText('after', HELP)
    .action(async (options: ReloadCommandOptions) => {
      const password = process.env.MRDIAN_PASSWORD ?? (await readPassword())
      const { reload } = await import('./reload.ts')
      for (const line of await reload(options, password)) print(line)
    })
}
