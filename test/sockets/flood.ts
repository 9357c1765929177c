/** Floods: many connections that never get a session, with new ones in place of those that the server has closed. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { HEADER } from '../xmpp/support/raw-client.ts'
import type { Surface } from './flooded.ts'

/** Opens one connection of a flood and sends what this kind of flood sends. */
export type Knock = (port: number) => Socket

/** The beginning of the first message of a TLS handshake. */
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

/** The first message of a TLS handshake. It costs the server a key exchange and a signature, and the flood nothing. */
const HELLO = await helloOf()
const hello: Knock = (port) => plain(port, HELLO)

async function helloOf(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const client = quiet(connectTls({ port: typeof address === 'object' ? (address?.port ?? 0) : 0, host: '127.0.0.1' }))
  const [accepted]: Socket[] = await once(server, 'connection')
  if (accepted === undefined) throw new Error('no connection')
  const [message] = await once(accepted, 'data')
  for (const socket of [client, accepted]) socket.destroy()
  server.close()
  await once(server, 'close')
  return message
}

/** One kind of flood on one surface. */
export interface Knocking {
  readonly surface: Surface
  readonly kind: string
  readonly knock: Knock
  /** The TLS handshake costs the server much time, and the flood too if it is completed. */
  readonly isCostly?: true
}

/** The kinds of flood on each surface. None of them gets a session. */
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
  ...(['restTls', 'httpBindTls', 'xmppTls'] as const).map((surface) => ({
    surface,
    kind: 'the first message of a handshake',
    knock: hello,
    isCostly: true as const,
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
  /** Number of connections that were made, including those that have ended. */
  readonly made: number
  stop(): Promise<void>
}

/** Number of connections that are made after each round trip. */
const AT_A_TIME = 4

/**
 * Makes connections until it is stopped, `AT_A_TIME` after each round trip to the server (`turn`). A faster flood would
 * measure the machine instead of the server. Resolves when `size` connections have been made.
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

/** Makes connections and resets each as soon as it is open, `atATime` in parallel, until it is stopped. */
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
      // Destroys all, because some wait for a second before the kernel tries to connect again.
      for (const socket of open) socket.destroy()
      await ended
    },
  }
}
