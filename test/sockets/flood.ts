/** What floods do: many connections that never come to a session, and new ones for those that were ended. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { HEADER } from '../xmpp/support/raw-client.ts'
import type { Surface } from './flooded.ts'

/** One connection of a flood, as far as it goes. */
export type Knock = (port: number) => Socket

/** The beginning of a handshake of TLS, and not its end. */
const HALF_HANDSHAKE = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
const HALF_HEADER = 'PUT /finesse/api/User/1001 HTTP/1.1\r\nHost: x\r\n'
const HALF_REQUEST = `${HALF_HEADER}Authorization: Basic eDp5\r\nContent-Type: application/xml\r\nContent-Length: 50\r\n\r\n<User>`
const HALF_POST = 'POST /http-bind HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 50\r\n\r\n<body'

const quiet = <T extends Socket>(socket: T): T => socket.on('error', () => undefined).resume()
const plain = (port: number, text: string | Buffer = '') => {
  const socket = quiet(connect(port, '127.0.0.1'))
  if (text !== '') socket.write(text)
  return socket
}
const secure = (port: number, text: string) => {
  const socket = quiet(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }))
  socket.once('secureConnect', () => socket.write(text))
  return socket
}

const silent: Knock = (port) => plain(port)
const halfHandshake: Knock = (port) => plain(port, HALF_HANDSHAKE)

/** One kind of flood on one surface. */
export interface Knocking {
  readonly surface: Surface
  readonly kind: string
  readonly knock: Knock
  /** A handshake of TLS is made to the end: much work for both ends. */
  readonly isCostly?: true
}

/** By surface, what does not come to a session there. */
export const KNOCKS: readonly Knocking[] = [
  ...(['rest', 'restTls', 'httpBind', 'httpBindTls', 'xmpp', 'xmppTls'] as const).map((surface) => ({
    surface,
    kind: 'silent',
    knock: silent,
  })),
  ...(['restTls', 'httpBindTls', 'xmppTls'] as const).map((surface) => ({
    surface,
    kind: 'half a handshake',
    knock: halfHandshake,
  })),
  { surface: 'rest', kind: 'half a header', knock: (port) => plain(port, HALF_HEADER) },
  { surface: 'rest', kind: 'half a request', knock: (port) => plain(port, HALF_REQUEST) },
  { surface: 'restTls', kind: 'half a request', knock: (port) => secure(port, HALF_REQUEST), isCostly: true },
  { surface: 'httpBind', kind: 'half a request', knock: (port) => plain(port, HALF_POST) },
  { surface: 'httpBindTls', kind: 'half a header', knock: (port) => secure(port, HALF_HEADER), isCostly: true },
  { surface: 'xmpp', kind: 'half a sign-in', knock: (port) => plain(port, HEADER) },
  { surface: 'xmppTls', kind: 'half a sign-in', knock: (port) => secure(port, HEADER), isCostly: true },
]

export interface Flood {
  /** Connections that were made, those that were ended included. */
  readonly made: number
  stop(): Promise<void>
}

/** Connections that are made at a time: so many more there are with each turn of the server. */
const AT_A_TIME = 4

/**
 * Makes so many connections, and then a new one for each that is ended, as fast as the server turns round: `turn` is a
 * round trip to it. A flood that is faster than that would measure the machine. Resolves when so many have been made.
 */
export async function flood(knock: Knock, port: number, size: number, turn: () => Promise<unknown>): Promise<Flood> {
  const open = new Set<Socket>()
  const full = Promise.withResolvers<void>()
  let made = 0
  let stopped = false
  const one = () => {
    made += 1
    const socket = knock(port)
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  }
  const keepOn = async () => {
    while (!stopped) {
      for (let index = 0; index < AT_A_TIME; index += 1) one()
      await turn()
      if (made >= size) full.resolve()
    }
  }
  const ended = keepOn().catch((error: unknown) => full.reject(error))
  await full.promise
  return {
    get made() {
      return made
    },
    stop: async () => {
      stopped = true
      await ended
      for (const socket of open) socket.destroy()
    },
  }
}

/** Connections that are reset as soon as they are there, so many at a time, until it is stopped. */
export function resetStorm(port: number, atATime: number): Flood {
  const open = new Set<Socket>()
  let made = 0
  let stopped = false
  const one = async () => {
    while (!stopped) {
      made += 1
      const socket = plain(port)
      open.add(socket)
      socket.once('connect', () => socket.resetAndDestroy())
      await new Promise((resolve) => socket.once('close', resolve))
      open.delete(socket)
    }
  }
  const ended = Promise.all(Array.from({ length: atATime }, one))
  return {
    get made() {
      return made
    },
    stop: async () => {
      stopped = true
      // Some wait for a second to try again.
      for (const socket of open) socket.destroy()
      await ended
    },
  }
}
