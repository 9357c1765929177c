/** A complete server on free ports, in virtual time, with clients and access to its ACD. */
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { FinesseClient } from './finesse-client.ts'
import { basic, type Place } from './means.ts'
import { asks } from './requests.ts'
import { storeOfSite } from './site-store.ts'
import type { AcdAnswer, Witness } from './story/witness.ts'

export type { Place }

/** Options for a site with two sides. */
export const TWO_SIDES = { sideB: {} } as const satisfies ServerOptions

export interface Site {
  readonly server: RunningServer
  readonly clock: VirtualClock
  readonly at: Place
  /** The address of side B, if there is one. */
  readonly atB: Place
  /** A connected client with presence, by default at side A. */
  client(user: string, place?: Place): Promise<FinesseClient>
  /** A client without XMPP. */
  restOnly(user: string, password?: string, place?: Place): FinesseClient
  /** A request to `/acd` by the administrator. */
  acd(method: string, path: string, body?: object, place?: Place): Promise<AcdAnswer>
  /** Advances the clock. Deadlines on the way expire. */
  passes(seconds: number): Promise<void>
  /** From now on this witness gets the requests. */
  watchedBy(witness: Witness): void
  close(): Promise<void>
}

/** Loaded once, because to parse the file takes as long as the rest of a start. */
const SAMPLE = await loadDirectory()

const ADMINISTRATOR = basic({ user: 'admin', password: 'secret' })

const DEFAULTS = { restPort: 0, httpBindPort: 0, xmppPort: 0, directory: SAMPLE } as const

export async function site(options: ServerOptions = {}): Promise<Site> {
  const clock = virtualClock()
  const data = options.data ?? (await storeOfSite())
  const server = await startServer({ ...DEFAULTS, clock, ...options, data })
  const place = (ports: typeof server.ports | undefined) => ({
    rest: `http://127.0.0.1:${ports?.rest}`,
    ws: `ws://127.0.0.1:${ports?.httpBind}/ws`,
  })
  const at = place(server.ports)
  const atB = place(server.sideB?.ports)
  const clients: FinesseClient[] = []
  let witness: Witness | undefined
  /** Passes the requests of a client at this address to the witness. */
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
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
      const text = body === undefined ? undefined : JSON.stringify(body)
      const answered = await asks(`${where.rest}/acd${path}`, method, { authorization: ADMINISTRATOR, ...type }, text)
      const parsed: Record<string, unknown> = answered.body === '' ? {} : JSON.parse(answered.body)
      const answer = { status: answered.status, body: parsed }
      witness?.controlled(path, body, answer)
      return answer
    },
    passes: (seconds) => clock.advance(seconds * 1000),
    watchedBy(by) {
      witness = by
    },
    async close() {
      await Promise.all(clients.map((client) => client.disconnect()))
      await server.close()
    },
  }
}
