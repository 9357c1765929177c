/** The options of `mrdian watch`. */
import { type Command, Option } from '../bundled/commander.ts'
import { readPassword } from './password-input.ts'
import type { WatchOptions } from './watch.ts'

/** Adds the command to a program; `print` writes a line to standard output. */
export function addWatchCommand(program: Command, print: (line: string) => void): void {
  program
    .command('watch')
    .argument('<user>', 'user id, for example 1001')
    .description('Sign in to the notification service as a user, and print the notifications.')
    .addOption(
      new Option('--service <url>', 'xmpp://host:port or ws://host:port/ws')
        .env('MRDIAN_SERVICE')
        .default('xmpp://127.0.0.1:5222'),
    )
    .addOption(new Option('--domain <name>', 'XMPP domain').env('MRDIAN_DOMAIN').default('localhost'))
    .option('--xml', 'print the XML documents unchanged', false)
    .addHelpText(
      'after',
      `
The password comes from MRDIAN_PASSWORD, or is asked for. The command connects
like a desktop, so the user has presence while it runs. When it ends and no
other session is left, the server signs the user out after the grace period, as
it does when any client disconnects.

Example:
  $ MRDIAN_PASSWORD=secret mrdian watch 1001
`,
    )
    .action(async (user: string, given: Omit<WatchOptions, 'user'>) => {
      const password = process.env.MRDIAN_PASSWORD ?? (await readPassword())
      const { watch } = await import('./watch.ts')
      await watch({ ...given, user }, password, print)
    })
}
