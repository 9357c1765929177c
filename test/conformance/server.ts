/** A whole server on free ports, in virtual time, with clients and the ACD's side of things. */
import type { Side } from '../../machines/wire.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { FinesseClient } from './finesse-client.ts'

export interface Place {
  readonly rest: string
  readonly ws: string
}

/** What a site with two sides is started with. */
export const TWO_SIDES = { sideB: {} } as const satisfies ServerOptions

export interface AcdAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Who wants to know what was asked of a site. */
export interface Witness {
  /** Before every request that asks for something. */
  before(): Promise<void>
  /** A PUT to the Finesse API was answered 202. */
  accepted(side: Side, path: string, body: string): void
  /** A request to `/acd` was answered. */
  controlled(path: string, body: object | undefined, answer: AcdAnswer): void
}

export interface Site {
  readonly server: RunningServer
  readonly clock: VirtualClock
  readonly at: Place
  /** Where side B is, if there is one. */
  readonly atB: Place
  /** A client that is connected and has presence, at side A unless told otherwise. */
  client(user: string, place?: Place): Promise<FinesseClient>
  /** A client without XMPP. */
  restOnly(user: string, password?: string, place?: Place): FinesseClient
  /** A request to `/acd` by the administrator. */
  acd(method: string, path: string, body?: object, place?: Place): Promise<AcdAnswer>
  /** From now on this one is told what is asked. */
  watchedBy(witness: Witness): void
  close(): Promise<void>
}

/** Read once: to understand the file takes as long as all else of a start. */
const SAMPLE = await loadDirectory()

const DEFAULTS = { restPort: 0, httpBindPort: 0, xmppPort: 0, directory: SAMPLE } as const

export async function site(options: ServerOptions = {}): Promise<Site> {
  const clock = virtualClock()
  // Nothing here is about what is on a disk; that both stores keep the same is for `test/store`.
  const server = await startServer({ ...DEFAULTS, data: memoryStore({ keep: 'history' }), clock, ...options })
  const place = (ports: typeof server.ports | undefined) => ({
    rest: `http://127.0.0.1:${ports?.rest}`,
    ws: `ws://127.0.0.1:${ports?.httpBind}/ws`,
  })
  const at = place(server.ports)
  const atB = place(server.sideB?.ports)
  const clients: FinesseClient[] = []
  let witness: Witness | undefined
  /** What a client at this place tells the witness. */
  const watching = (where: Place) => ({
    before: async () => witness?.before(),
    accepted: (path: string, body: string) => witness?.accepted(where === atB ? 'B' : 'A', path, body),
  })
  return {
    server,
    clock,
    at,
    atB,
    async client(user, where = at) {
      const client = new FinesseClient(user, where, undefined, watching(where))
      clients.push(client)
      await client.connect()
      return client
    },
    restOnly: (user, password, where = at) => new FinesseClient(user, where, password, watching(where)),
    async acd(method, path, body, where = at) {
      if (method !== 'GET') await witness?.before()
      const response = await fetch(`${where.rest}/acd${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const parsed: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
      const answer = { status: response.status, body: parsed }
      witness?.controlled(path, body, answer)
      return answer
    },
    watchedBy(by) {
      witness = by
    },
    async close() {
      await Promise.all(clients.map((client) => client.disconnect()))
      await server.close()
    },
  }
}
