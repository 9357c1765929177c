/** What HTTP caches may store: files of pages, which they must revalidate. Every other answer is `no-store`. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { PATIENCE } from '../suite/patience.ts'

let server: RunningServer
/** A server with an external XMPP server: it has `/accounts/check`. */
let outside: RunningServer
beforeAll(async () => {
  const off = { httpBindPort: 'off', xmppPort: 'off', data: ':memory:' } as const
  outside = await startServer({ ...off, restPort: 0, xmppService: 'xmpp://127.0.0.1:1', xmppPassword: 'of the engine' })
  server = await startServer({ restPort: 0, httpBindPort: 0, xmppPort: 'off', data: ':memory:', inspect: 'stately' })
})
afterAll(async () => {
  await Promise.all([server.close(), outside.close()])
})

const as = (name: string) => ({ authorization: `Basic ${btoa(`${name}:secret`)}` })
const BODY = '<body xmlns="http://jabber.org/protocol/httpbind" rid="1" to="localhost" wait="5" hold="1" ver="1.6"/>'
const ask = (path: string, init: RequestInit = {}, port = server.ports.rest) =>
  fetch(`http://127.0.0.1:${port}${path}`, init)

/** Path, status, and the request. */
const ABOUT_PEOPLE: readonly (readonly [string, number, RequestInit?])[] = [
  ['/finesse/api/User/1001', 200, { headers: as('1001') }],
  ['/finesse/api/User/1001', 401, {}],
  ['/finesse/api/User/1002', 401, { headers: as('1001') }],
  ['/finesse/api/User/9', 404, { headers: as('admin') }],
  ['/finesse/api/User/1001', 405, { headers: as('1001'), method: 'DELETE' }],
  ['/finesse/api/User/1001', 415, { headers: as('1001'), method: 'PUT', body: '{}' }],
  ['/finesse/api/User/%zz', 400, {}],
  ['/finesse/api/Users', 200, { headers: as('admin') }],
  ['/finesse/api/User/1001/Media', 200, { headers: as('1001') }],
  ['/finesse/api/User/1001/Dialogs', 200, { headers: as('1001') }],
  ['/finesse/api/Team/2001', 200, { headers: as('1234') }],
  ['/finesse/api/SystemInfo', 200, {}],
  ['/finesse/api/Nothing', 404, { headers: as('1001') }],
  ['/acd/tasks', 200, { headers: as('admin') }],
  ['/acd/tasks', 401, {}],
  ['/acd/tasks', 403, { headers: as('1001') }],
  ['/acd/nothing', 404, { headers: as('admin') }],
  ['/acd/%zz', 400, {}],
  ['/acd/explain/1001', 200, { headers: as('admin') }],
  ['/inspect/tickets', 200, { headers: as('admin'), method: 'POST' }],
  ['/inspect/tickets', 401, { method: 'POST' }],
  ['/inspect/machines', 200, { headers: as('admin') }],
  ['/inspect/history?user=1001', 200, { headers: as('admin') }],
  ['/inspect/explain/1001', 200, { headers: as('admin') }],
  ['/inspect/stream', 426, { headers: as('admin') }],
  ['/inspect/board/tickets', 200, { headers: as('1234'), method: 'POST' }],
  ['/inspect/board/tickets', 403, { headers: as('1001'), method: 'POST' }],
  ['/inspect/board/stream', 400, {}],
  ['/http-bind', 200, { method: 'POST', body: BODY }],
  ['/http-bind', 400, { method: 'POST', body: '<' }],
  ['/http-bind', 405, {}],
  ['/health', 200, {}],
  ['/health?side=B', 404, {}],
  ['/health', 403, { headers: { 'sec-fetch-site': 'cross-site' } }],
  ['/metrics', 200, {}],
  ['/nothing/1001', 404, {}],
]

it.each(ABOUT_PEOPLE.map(([path, status, init = {}]) => ({ path, status, init })))(
  '$path, answered with $status, is not stored',
  async ({ path, status, init }) => {
    const answer = await ask(path, init)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store'])
    await answer.body?.cancel()
  },
)

it('the answer to a request that is not HTTP is not stored', async () => {
  const socket = connect(server.ports.rest ?? 0, '127.0.0.1')
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer'))).write('finesse\r\n\r\n')
  const [answer] = await once(socket, 'data')
  socket.destroy()
  expect(String(answer)).toMatch(/^HTTP\/1.1 400 .*\r\nCache-Control: no-store\r\n/s)
})

it('the answers of /accounts/check are not stored', async () => {
  for (const [headers, status] of [
    [as('admin'), 204],
    [{}, 401],
    [{ ...as('admin'), origin: 'null' }, 403],
  ] as const) {
    const answer = await ask('/accounts/check', { headers }, outside.ports.rest)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store'])
  }
})

it.each([
  ['/inspect/stream', 401],
  ['/inspect/board/stream', 401],
  ['/inspect/stream?user=', 400],
  ['/nothing', 404],
])('the refusal of a WebSocket at %s with %i is not stored', (path, status) =>
  refusesWebSocket(server.ports.rest, path, status),
)

it.each(['/ws', '/inspect/stream'])('the 404 of a server without a WebSocket at %s is not stored', (path) =>
  refusesWebSocket(outside.ports.rest, path, 404),
)

it('the 404 for a WebSocket at an unknown path of the BOSH port is not stored', () =>
  refusesWebSocket(server.ports.httpBind, '/nothing', 404))

async function refusesWebSocket(port: number | undefined, path: string, status: number): Promise<void> {
  const socket = connect(port ?? 0, '127.0.0.1')
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')))
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\\r\\ncache-control: no-store\\r\\n`, 'is'))
}

it('the answers of the BOSH port are not stored', async () => {
  for (const [path, init, status] of [
    ['/http-bind', { method: 'POST', body: BODY }, 200],
    ['/nothing', {}, 404],
  ] as const) {
    const answer = await ask(path, init, server.ports.httpBind)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store'])
    await answer.body?.cancel()
  }
})

describe('files of pages', () => {
  it.each(['/inspect/', '/inspect/board', '/inspect/stately'])('%s is stored and revalidated', async (path) => {
    const answer = await ask(path)
    const etag = answer.headers.get('etag') ?? ''
    expect([answer.status, answer.headers.get('cache-control'), etag]).toEqual([
      200,
      'no-cache',
      expect.stringMatching(/^"/),
    ])
    await answer.body?.cancel()
    expect((await ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })
})
