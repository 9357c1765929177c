/** The past of a user for `mrdian inspect`: as frames, or served as a page. */
import { once } from 'node:events'
import { InspectorService, NothingKept, pastEngine, type Recollection, recollect } from '../inspect/index.ts'
import { endOf } from '../inspect/past-engine.ts'
import { assertWhole, linesOnOutput, withHistory } from './data-file.ts'
import { INSPECT_SPAN } from './defaults.ts'
import { FreshHistory } from './fresh-history.ts'
import { startInspectServer } from './inspect-server.ts'
import { StartFailure } from './start-failure.ts'
import { version } from './version.ts'

export interface InspectOptions {
  readonly user?: string
  /** Milliseconds since 1970 UTC. Default: the end of the file. */
  readonly at?: number
  /** Length of time around that moment, in milliseconds. */
  readonly span: number
  readonly mrd?: string
  readonly dialog?: string
  readonly json: boolean
  readonly stately: boolean
  readonly personal: boolean
  /** 0 takes a free port. */
  readonly port: number
}

const FRAMES_MOST = 100_000

/** Prints the frames, one per line. */
export async function printFrames(data: string, options: InspectOptions): Promise<void> {
  const { user, dialog, at, span: length, mrd, personal } = options
  if (user === undefined && dialog === undefined) throw new StartFailure('--json needs --user or --dialog')
  const list = (value: string | undefined) => (value === undefined ? [] : [value])
  await assertWhole(data, 'soon')
  const history = new FreshHistory(data)
  try {
    const end = at === undefined ? await endOf(history) : at + Math.ceil(length / 2)
    const asked: Recollection = {
      ...{ users: list(user), dialogs: list(dialog), aggregates: [], mrds: list(mrd) },
      ...{ from: end - length, to: end, limit: FRAMES_MOST, definitions: false },
    }
    const lines = linesOnOutput()
    for await (const frames of recollect(history, asked, personal))
      for (const frame of frames) if (!(await lines.write(JSON.stringify(frame)))) return
  } catch (error) {
    throw error instanceof NothingKept ? new StartFailure(error.message) : error
  } finally {
    history.close()
  }
}

/** Serves a page that shows the past, until SIGINT or SIGTERM. */
export async function show(data: string, options: InspectOptions, print: (line: string) => void): Promise<void> {
  const { user, dialog, at, mrd, stately, personal, span: length } = options
  if (stately && (user === undefined || at === undefined)) throw new StartFailure('--stately needs --user and --at')
  // Errors of the file are reported before the link is printed.
  await assertWhole(data, 'soon')
  await withHistory(data, async (opened) => {
    if (user !== undefined && (await opened.aggregate(`user/${user}`)) === undefined)
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
    ...(length === INSPECT_SPAN ? {} : { span: String(length) }),
  }
  print(server.link(place))
  if (stately) process.stderr.write('mrdian: agent data leaves this machine: it is shown by stately.ai\n')
  process.stderr.write('mrdian: open the link within ten minutes; Ctrl-C ends\n')
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await server.close()
  history.close()
}
