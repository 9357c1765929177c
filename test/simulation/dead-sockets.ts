/**
 * Connections that never get a session: silent, half a handshake, half a request, closed, reset. They go to a server
 * with listeners on loopback, in real time, which all runs share. What happens there is not part of a transcript.
 */
import { get } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { TLSSocket } from 'node:tls'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { KNOCKS } from '../sockets/flood.ts'
import { HONEST } from '../sockets/honest.ts'
import { PATIENCE } from '../suite/patience.ts'
import type { Step } from './script.ts'
import type { Simulation } from './simulation.ts'

type Sockets = Extract<Step, { do: 'sockets' }>

/** How many connections may be without a session. A step opens more than that. */
export const BOUND = 8
const FREE = { restPort: 0, restTlsPort: 0, httpBindPort: 0, httpBindTlsPort: 0, xmppPort: 0, xmppTlsPort: 0 } as const

let starting: Promise<RunningServer> | undefined

function server(): Promise<RunningServer> {
  starting ??= startServer({
    ...FREE,
    tls: 'self-signed',
    data: ':memory:',
    connections: { withoutSession: BOUND },
  })
  return starting
}

/** Closes the shared server. To be called after the last run. */
export async function closeSockets(): Promise<void> {
  const running = starting
  starting = undefined
  await (await running)?.close()
}

/** Opens half of the connections before an honest client signs in, and half meanwhile. */
export async function knock(sim: Simulation, { dead, honest: pick }: Sockets): Promise<void> {
  const running = await server()
  const wrong = (what: string) => sim.findings.add('lets-in', what)
  const half = Math.ceil(dead.length / 2)
  const sockets = dead.slice(0, half).map((each) => open(running, each))
  const honest = HONEST[pick % HONEST.length]
  try {
    await inTime(Promise.all(sockets.map(there)), 'dead connections are not accepted')
    sockets.push(...dead.slice(half).map((each) => open(running, each)))
    if (honest) await inTime(honest.getIn(running.ports[honest.surface] ?? 0), `${honest.name} waits for ever`)
    const { all, waiting } = await strangers(running)
    // Those that wait for their turns count only for the limit in total.
    if (all - waiting > BOUND) wrong(`${all - waiting} connections have no session, ${BOUND} may`)
  } catch (error) {
    wrong(`${honest?.name} is kept out: ${String(error)}`)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  await inTime(emptied(running), 'connections are left over').catch((error: unknown) => wrong(String(error)))
  for (const { end } of dead) sim.count(`dead socket ${end}`)
}

function open({ ports }: RunningServer, { kind, end }: Sockets['dead'][number]): Socket {
  const [first] = KNOCKS
  const { knock: make, surface } = KNOCKS[kind % KNOCKS.length] ?? first ?? { knock: undefined, surface: 'rest' }
  if (!make) throw new Error('there is no kind of dead connection')
  const socket = make(ports[surface] ?? 0)
  if (end === 'closed') socket.once('connect', () => socket.destroy())
  // A TLS socket cannot be reset.
  const reset = () => (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy())
  if (end === 'reset') socket.once('connect', reset)
  return socket
}

/** Resolves when the connection was accepted. It may have been closed since. */
const there = (socket: Socket) =>
  new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()))

/** Connections without a session on all listeners, with the one of this request, and those of them that wait for turns. */
async function strangers(running: RunningServer): Promise<{ readonly all: number; readonly waiting: number }> {
  const metrics = await new Promise<string>((resolve, reject) => {
    const at = { host: '127.0.0.1', port: running.ports.rest ?? 0, path: '/metrics', agent: false } as const
    get(at, (answer) => void text(answer).then(resolve, reject)).once('error', reject)
  })
  const total = (name: string) => {
    const found = [...metrics.matchAll(new RegExp(`^mrdian_connections_${name}\\{[^}]*\\} (\\d+)$`, 'gm'))]
    return found.reduce((sum, [, count]) => sum + Number(count), 0)
  }
  return { all: total('without_session'), waiting: total('waiting') }
}

/** Waits until only the connection of the request itself is left. */
async function emptied(running: RunningServer): Promise<void> {
  while ((await strangers(running)).all > 1);
}

async function inTime(doing: Promise<unknown>, otherwise: string): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(otherwise)), PATIENCE)
  try {
    await Promise.race([doing, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
