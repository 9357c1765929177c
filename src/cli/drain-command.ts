/** The options of `mrdian drain`. */
import { type Command, Option } from '../bundled/commander.ts'
import { administratorOption, serverOption } from './administered.ts'
import type { DrainCommandOptions } from './drain.ts'
import { spanOf } from './option-values.ts'
import { readPassword } from './password-input.ts'

const HELP = `
For upgrades. Both sides of the server take no new sign-ins and offer no new
tasks; new tasks wait, new calls are refused. Whoever is signed in goes on
working, and signs out. When no task and no call is in hand, or when the time is
over, the server ends in its orderly way, as at SIGTERM. The next start offers
what waits.

Ctrl-C cancels the drain, and the server goes on as before; with
--leave-draining it stays in force, until DELETE /acd/drain or the next start.

The password of the administrator comes from MRDIAN_PASSWORD, or is asked for.

Exit codes: 0 nothing was in hand, and the server has ended (with --keep-running:
it drains on); 1 refused, or not reached; 2 the time was over, with work in hand;
3 somebody else cancelled the drain, or the server was started again; 130 Ctrl-C.

Examples:
  $ mrdian drain && npm ci && npm start
  $ MRDIAN_PASSWORD=secret mrdian drain --server http://127.0.0.1:18082 --for 2h
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addDrainCommand(program: Command, print: (line: string) => void): void {
  program
    .command('drain')
    .description('Let a running server finish the work in hand, and end it.')
    .addOption(serverOption())
    .addOption(administratorOption())
    .addOption(
      new Option('--for <span>', 'wait for work in hand at most so long: 90s, 2h, forever')
        .argParser(spanOf)
        .default(1_800_000, '30m'),
    )
    .option('--keep-running', 'do not end the server; it drains on', false)
    .option('--leave-draining', 'Ctrl-C leaves the drain in force', false)
    .option('--quiet', 'say nothing on standard output', false)
    .option('--json', 'print what GET /acd/drain says, a line at each change', false)
    .addHelpText('after', HELP)
    .action(async (options: DrainCommandOptions) => {
      const password = process.env.MRDIAN_PASSWORD ?? (await readPassword())
      const { drain } = await import('./drain.ts')
      const interrupted = new AbortController()
      // The terminal and npm each pass on a Ctrl-C; whatever comes later is the same wish.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
      process.exitCode = await drain(options, password, print, interrupted.signal)
    })
}
