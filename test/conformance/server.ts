/** A whole server on free ports, in virtual time, with clients and the ACD's side of things. */
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { FinesseClient } from './finesse-client.ts'

export interface Site {
  readonly server: RunningServer
  readonly clock: VirtualClock
  readonly at: { readonly rest: string; readonly ws: string }
  /** A client that is connected and has presence. */
  client(user: string): Promise<FinesseClient>
  /** A client without XMPP. */
  restOnly(user: string, password?: string): FinesseClient
  /** A request to `/acd` by the administrator. */
  acd(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>
  close(): Promise<void>
}

export async function site(options: ServerOptions = {}): Promise<Site> {
  const clock = virtualClock()
  const server = await startServer({ restPort: 0, httpBindPort: 0, xmppPort: 0, data: ':memory:', clock, ...options })
  const at = {
    rest: `http://127.0.0.1:${server.ports.rest}`,
    ws: `ws://127.0.0.1:${server.ports.httpBind}/ws`,
  }
  const clients: FinesseClient[] = []
  return {
    server,
    clock,
    at,
    async client(user) {
      const client = new FinesseClient(user, at)
      clients.push(client)
      await client.connect()
      return client
    },
    restOnly: (user, password) => new FinesseClient(user, at, password),
    async acd(method, path, body) {
      const response = await fetch(`${at.rest}/acd${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const parsed: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
      return { status: response.status, body: parsed }
    },
    async close() {
      await Promise.all(clients.map((client) => client.disconnect()))
      await server.close()
    },
  }
}
