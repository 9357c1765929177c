/** `mrdian inspect`: the past of a user from a data file, in the viewer, in the Stately Inspector, or as frames. */
import { once } from 'node:events'
import { type Command, InvalidArgumentError } from 'commander'
import { InspectorService, NothingKept, pastEngine, type Recollection, recollect } from '../inspect/index.ts'
import { DATA_ARGUMENT, linesOnOutput, onDataFile, withHistory } from './data-file.ts'
import { FreshHistory } from './fresh-history.ts'
import { startInspectServer } from './inspect-server.ts'
import { portOf, spanOf } from './option-values.ts'
import { StartFailure } from './start-failure.ts'
import { TIME_HELP, timeOf } from './time-option.ts'
import { version } from './version.ts'

interface InspectOptions {
  readonly user?: string
  readonly at?: number
  readonly span: number
  readonly mrd?: string
  readonly dialog?: string
  readonly json: boolean
  readonly stately: boolean
  readonly personal: boolean
  readonly port: number
}

const DAY = 86_400_000
const SPAN = 600_000
const FRAMES_MOST = 100_000

const HELP = `
The viewer is served on this machine alone, for whoever opens the link first.
The file is only read; a server may be running on it. Names, numbers and values
of call variables are hidden unless --personal is given. --stately shows the
past in the Stately Inspector: agent data leaves the machine then.

Examples:
  $ mrdian inspect data/mrdian.db --user 1001 --at 10:42
  $ mrdian inspect data/mrdian.db --user 1001 --at 10:42 --json > frames.ndjson
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addInspectCommand(program: Command, print: (line: string) => void): void {
  program
    .command('inspect')
    .argument(...DATA_ARGUMENT)
    .description('Show the state machines of the past, from a data file.')
    .option('--user <id>', 'this user')
    .option('--at <time>', `the moment (default: the end of the file): ${TIME_HELP}`, time)
    .option('--span <span>', 'how much round that moment: 30s, 10m, 2h; a day at most (default: 10m)', span, SPAN)
    .option('--mrd <id>', 'only media, tasks and calls of this MRD; 1 is voice')
    .option('--dialog <id>', 'this dialog, or call')
    .option('--json', 'print the frames, one a line, and serve nothing', false)
    .option('--stately', 'in the Stately Inspector; needs --user and --at', false)
    .option('--personal', 'show names, numbers of callers and call variables', false)
    .option('--port <port>', 'where the viewer is served (default: a free port)', port, 0)
    .addHelpText('after', HELP)
    .action((data: string, options: InspectOptions) =>
      onDataFile(() => (options.json ? printFrames(data, options) : show(data, options, print))),
    )
}

function time(text: string): number {
  try {
    return timeOf(text, new Date())
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : '')
  }
}

function span(text: string): number {
  const given = spanOf(text)
  return given > 0 && given <= DAY ? given : refuse('A day at most can be shown at once.')
}

function port(text: string): number {
  const given = portOf(text)
  return given === 'off' ? refuse('The viewer has to be served somewhere.') : given
}

function refuse(message: string): never {
  throw new InvalidArgumentError(message)
}

async function printFrames(data: string, options: InspectOptions): Promise<void> {
  const { user, dialog, at, span: length, mrd, personal } = options
  if (user === undefined && dialog === undefined) throw new StartFailure('whose past? give --user or --dialog')
  const list = (value: string | undefined) => (value === undefined ? [] : [value])
  const history = new FreshHistory(data)
  try {
    const end = at === undefined ? pastEngine(history).now() : at + Math.ceil(length / 2)
    const asked: Recollection = {
      ...{ users: list(user), dialogs: list(dialog), aggregates: [], mrds: list(mrd) },
      ...{ from: end - length, to: end, limit: FRAMES_MOST, definitions: false },
    }
    const lines = linesOnOutput()
    for (const frames of recollect(history, asked, personal))
      for (const frame of frames) if (!(await lines.write(JSON.stringify(frame)))) return
  } catch (error) {
    throw error instanceof NothingKept ? new StartFailure(error.message) : error
  } finally {
    history.close()
  }
}

async function show(data: string, options: InspectOptions, print: (line: string) => void): Promise<void> {
  const { user, dialog, at, mrd, stately, personal, span: length } = options
  if (stately && (user === undefined || at === undefined)) throw new StartFailure('--stately needs --user and --at')
  // What cannot be read is told at once.
  withHistory(data, (opened) => {
    if (user !== undefined && opened.aggregate(`user/${user}`) === undefined)
      throw new StartFailure(`nothing is kept of user/${user}`)
  })
  const history = new FreshHistory(data)
  const service = new InspectorService({ engine: pastEngine(history), personal, version: version() })
  const server = await startInspectServer(service, stately ? 'stately' : 'viewer', options.port)
  const place = {
    ...(user === undefined ? {} : { user }),
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    ...(mrd === undefined ? {} : { mrd }),
    ...(dialog === undefined ? {} : { dialog }),
    ...(length === SPAN ? {} : { span: String(length) }),
  }
  print(server.link(place))
  if (stately) process.stderr.write('mrdian: agent data leaves this machine: it is shown by stately.ai\n')
  process.stderr.write('mrdian: open the link within ten minutes; Ctrl-C ends\n')
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await server.close()
  history.close()
}
