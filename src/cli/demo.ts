/** Runs the centre of `mrdian demo` in this process, until it is told to stop. */
import type { Logger } from 'pino'
import { kiosksOf } from '../accounts/index.ts'
import { fasterTime } from '../clock/faster-time.ts'
import { systemClock } from '../clock/system-clock.ts'
import { demoDirectory } from '../directory/load.ts'
import { BOARD_PATH, createBoard } from '../inspect/board/index.ts'
import { InspectorService } from '../inspect/index.ts'
import { loadScenario } from '../simulate/index.ts'
import { populate } from '../simulate/populate.ts'
import { DEFAULTS } from './defaults.ts'
import { startInspectServer } from './inspect-server.ts'
import { leave } from './leave.ts'
import { createLogger } from './logger.ts'
import { type RunningServer, startServer } from './server.ts'
import { stopRequested } from './stop-request.ts'
import { version } from './version.ts'

export interface DemoOptions {
  /** How much faster than real time. */
  readonly speed: number
  /** Port of board and viewer; 0 takes a free port. */
  readonly port: number
  readonly seed: number
}

/** So much of the past can be looked at, in time of the centre. It bounds the memory: 0.6 GB in all, after a day too. */
const RETENTION = 8 * 3_600_000

/** The viewer begins with this agent: one of the chats, which interrupt e-mails. */
const FIRST_SEEN = '1012'

export interface RunningDemo {
  /** Addresses without a slash at their end. */
  readonly pages: string
  readonly sideA: string
  readonly sideB: string
  /** A link to the board, which it shows read-only, as often as it is opened. */
  readonly board: string
  /** A link to the viewer that signs in the first browser that opens it. */
  readonly viewer: string
  readonly server: RunningServer
  close(): Promise<void>
}

/** Never resolves, because it ends the process. Rejects with `StartFailure` if a port is taken. */
export async function demo(options: DemoOptions, print: (line: string) => void): Promise<never> {
  const isTerminal = process.stdout.isTTY
  // Sides that fail, and notifications that a stop cuts off, are no news here: the warnings of a server stay away.
  const logger = await createLogger({ level: 'error', format: 'pretty', colours: isTerminal && !process.env.NO_COLOR })
  // The reader of the output may have gone away. The centre goes on.
  process.stdout.on('error', () => undefined)
  const stopping = stopRequested(logger, DEFAULTS.stopWithin)
  const running = await startDemo(options, logger)
  for (const line of linesOf(running, options)) print(line)
  const { code, signal } = await stopping
  await running.close()
  return leave(code, signal)
}

/** Starts server, pages and people. If one of them fails, nothing keeps running. */
export async function startDemo({ speed, port, seed }: DemoOptions, logger: Logger): Promise<RunningDemo> {
  const [scenario, loaded] = await Promise.all([loadScenario('demo'), demoDirectory()])
  const clock = systemClock(fasterTime(speed))
  const free = { restPort: 0, httpBindPort: 'off', xmppPort: 'off' } as const
  const server = await startServer({
    ...free,
    sideB: free,
    directory: { ...loaded, directory: scenario.directory },
    data: ':memory:',
    journalRetention: RETENTION,
    clock,
    logger,
  })
  const { engine, accounts } = server
  const failed = (err: unknown) => logger.error({ err }, 'the sign-in of a page failed')
  // A side that fails resets its connections. The pages have a port of their own, so that they can show that.
  const inspector = new InspectorService({ engine, accounts, personal: true, version: version(), failed })
  const board = createBoard({ engine, accounts, hasInspector: true, failed })
  const pages = await startInspectServer(inspector, 'viewer', port, board).catch(async (error: unknown) => {
    board.close()
    await server.close()
    throw error
  })
  const people = populate({
    scenario: { ...scenario, seed },
    engine,
    clock,
    failed: (err) => logger.error({ err }, 'a simulated person failed'),
  })
  const kiosk = await kiosksOf(engine).create('demo', 'admin')
  const at = (restPort: number | undefined) => `http://${server.host}:${restPort}`
  return {
    pages: at(pages.port),
    sideA: at(server.ports.rest),
    sideB: at(server.sideB?.ports.rest),
    board: `${at(pages.port)}${BOARD_PATH}#kiosk=${kiosk?.secret}`,
    viewer: pages.link({ user: FIRST_SEEN }),
    server,
    close: async () => {
      people.stop()
      board.close()
      await pages.close()
      await server.close()
    },
  }
}

function linesOf({ pages, sideA, sideB, board, viewer }: RunningDemo, { speed }: DemoOptions): readonly string[] {
  const pace = speed === 1 ? 'in real time' : `${speed} times as fast as real time`
  const service = sideA.replace('http:', 'ws:')
  return [
    '',
    `mrdian ${version()}: a contact centre of 30 simulated agents is at work, ${pace}`,
    '',
    `  Board   ${board}`,
    `  Viewer  ${viewer}`,
    `  REST    ${sideA}/finesse/api/ (side A), ${sideB}/finesse/api/ (side B)`,
    '',
    'These links just open. To act on the board, sign in as admin, or as a supervisor such as 1001:',
    `  ${pages}${BOARD_PATH}`,
    '',
    'Try also (the users are 1001 to 1030, every password is secret):',
    `  curl -u 1001:secret ${sideA}/finesse/api/User/1001`,
    `  MRDIAN_PASSWORD=secret mrdian watch 1001 --service ${service}/ws`,
    '',
    'Press Ctrl-C to stop.',
    '',
  ]
}
