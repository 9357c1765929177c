/** The options of `mrdian drain`. */
import { type Command, Option } from '../bundled/commander.ts'
import { administratorOption, serverOption } from './administered.ts'
import type { DrainCommandOptions } from './drain.ts'
import { spanOf } from './option-values.ts'
import { readPassword } from './password-input.ts'

const HELP = `
For upgrades. Both sides of the server refuse new sign-ins and new calls, and
offer no tasks; new tasks wait. Agents who are signed in finish their work and
may sign out. When no task and no call is in hand, or when the time is over, the
server ends, as at SIGTERM. The next start offers the tasks that wait.

Ctrl-C cancels the drain, and the server continues as before. With
--leave-draining the drain stays in force until DELETE /acd/drain or the next
start.

The password of the administrator comes from MRDIAN_PASSWORD, or is asked for.

Exit codes: 0 no work was in hand, and the server has ended (with --keep-running:
it continues to drain); 1 refused, or not reached; 2 the time was over with work
in hand; 3 the drain was cancelled elsewhere, or the server was restarted; 130
Ctrl-C.

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
      new Option('--for <span>', 'longest time to wait for work in hand: 90s, 2h, forever')
        .argParser(spanOf)
        .default(1_800_000, '30m'),
    )
    .option('--keep-running', 'do not end the server; it continues to drain', false)
    .option('--leave-draining', 'Ctrl-C leaves the drain in force', false)
    .option('--quiet', 'print nothing to standard output', false)
    .option('--json', 'print the answer of GET /acd/drain, a line at each change', false)
    .addHelpText('after', HELP)
    .action(async (options: DrainCommandOptions) => {
      const password = process.env.MRDIAN_PASSWORD ?? (await readPassword())
      const { drain } = await import('./drain.ts')
      const interrupted = new AbortController()
      // The terminal and npm both send a Ctrl-C, so several signals count as one.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
      process.exitCode = await drain(options, password, print, interrupted.signal)
    })
}
