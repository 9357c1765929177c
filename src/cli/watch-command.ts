/** The options of `mrdian watch`. */
import { type Command, Option } from '../bundled/commander.ts'
import { readPassword } from './password-input.ts'
import type { WatchOptions } from './watch.ts'

/** Adds the command to a program; `print` writes a line to standard output. */
export function addWatchCommand(program: Command, print: (line: string) => void): void {
  program
    .command('watch')
    .argument('<user>', 'user id, for example 1001')
    .description('Sign in to the notification service as a user and print what arrives.')
    .addOption(
      new Option('--service <url>', 'xmpp://host:port or ws://host:port/ws')
        .env('MRDIAN_SERVICE')
        .default('xmpp://127.0.0.1:5222'),
    )
    .addOption(new Option('--domain <name>', 'XMPP domain').env('MRDIAN_DOMAIN').default('localhost'))
    .option('--xml', 'print the documents as they are', false)
    .addHelpText(
      'after',
      `
The password comes from MRDIAN_PASSWORD, or is asked for. The user has presence
while watched: when the watch ends, the server waits for its grace period and
then signs the user out, as it does with any client that goes away.

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
