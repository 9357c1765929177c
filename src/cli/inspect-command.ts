/** The options of `mrdian inspect`: a user's past from a data file, in the viewer, the Stately Inspector, or as frames. */
import { type Command, InvalidArgumentError } from '../bundled/commander.ts'
import { TIME_HELP } from '../times/index.ts'
import { assertFile, FILE_ARGUMENT, onDataFile } from './data-file.ts'
import { INSPECT_SPAN } from './defaults.ts'
import type { InspectOptions } from './inspect-past.ts'
import { pagePort, spanOf, timeOf } from './option-values.ts'

const DAY = 86_400_000

const HELP = `
The viewer is served on this machine only, to the browser that opens the link
first. The file is only read; a server may be running on it. Names, numbers and
values of call variables are hidden unless --personal is given. --stately shows
the past in the Stately Inspector: agent data leaves the machine then.

Examples:
  $ mrdian inspect data/mrdian.db --user 1001 --at 10:42
  $ mrdian inspect data/mrdian.db --user 1001 --at 10:42 --json > frames.ndjson
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addInspectCommand(program: Command, print: (line: string) => void): void {
  program
    .command('inspect')
    .argument(...FILE_ARGUMENT)
    .description('Show the state machines of the past, from a data file.')
    .option('--user <id>', 'this user')
    .option('--at <time>', `the moment (default: the end of the file): ${TIME_HELP}`, timeOf)
    .option(
      '--span <span>',
      'length of time around that moment: 30s, 10m, 2h; at most a day (default: 10m)',
      span,
      INSPECT_SPAN,
    )
    .option('--mrd <id>', 'only media, tasks and calls of this MRD; 1 is voice')
    .option('--dialog <id>', 'this dialog or call')
    .option('--json', 'print the frames, one per line, and serve nothing', false)
    .option('--stately', 'show it in the Stately Inspector; needs --user and --at', false)
    .option('--personal', 'show names, numbers of callers and call variables', false)
    .option('--port <port>', 'port of the viewer; 0 is a free port', pagePort, 0)
    .addHelpText('after', HELP)
    .action((data: string, options: InspectOptions) =>
      onDataFile(async () => {
        assertFile(data)
        const { printFrames, show } = await import('./inspect-past.ts')
        await (options.json ? printFrames(data, options) : show(data, options, print))
      }),
    )
}

function span(text: string): number {
  const given = spanOf(text)
  return given > 0 && given <= DAY ? given : refuse('At most a day can be shown at once.')
}

function refuse(message: string): never {
  throw new InvalidArgumentError(message)
}
