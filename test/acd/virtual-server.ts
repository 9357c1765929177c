/** A whole server in virtual time, as `mrdian serve --virtual-time` runs it, with clients for it. */
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { FinesseClient } from '../conformance/finesse-client.ts'

export interface Answered {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
}

export interface VirtualServer {
  readonly server: RunningServer
  readonly rest: string
  /** A client that is connected and has presence. */
  client(user: string): Promise<FinesseClient>
  restOnly(user: string, password?: string): FinesseClient
  /** Sends a request to `/acd`, by default as the administrator. */
  acd(method: string, path: string, body?: unknown, as?: string): Promise<Answered>
  /** Moves time and gives the answer. Throws unless the status is 200. */
  advance(advanceMs: number): Promise<Answered['json']>
  /** Resets the server and gives the answer. Throws unless the status is 200. */
  reset(): Promise<Answered['json']>
  close(): Promise<void>
}

export async function virtualServer(options: ServerOptions = {}): Promise<VirtualServer> {
  const server = await startServer({ restPort: 0, httpBindPort: 0, xmppPort: 0, virtualTime: true, ...options })
  const rest = `http://127.0.0.1:${server.ports.rest}`
  const at = { rest, ws: `ws://127.0.0.1:${server.ports.httpBind}/ws` }
  const clients: FinesseClient[] = []
  const acd: VirtualServer['acd'] = async (method, path, body, as = 'admin:secret') => {
    const response = await fetch(`${rest}/acd${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(as).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const json: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
    return { status: response.status, json }
  }
  const done = async (asked: Promise<Answered>): Promise<Answered['json']> => {
    const { status, json } = await asked
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(json)}`)
    return json
  }
  return {
    server,
    rest,
    acd,
    advance: (advanceMs) => done(acd('POST', '/clock', { advanceMs })),
    reset: () => done(acd('POST', '/reset')),
    async client(user) {
      const client = new FinesseClient(user, at)
      clients.push(client)
      await client.connect()
      return client
    },
    restOnly: (user, password) => new FinesseClient(user, at, password),
    async close() {
      // Clients are not closed, because a reset may have ended their sessions.
      await server.close()
    },
  }
}
