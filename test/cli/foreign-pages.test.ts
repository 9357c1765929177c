/** What pages of other origins, and pages whose name resolves to this server (DNS rebinding), get from a server. */
import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'

const free = {
  restPort: 0,
  httpBindPort: 0,
  httpBindTlsPort: 'off',
  xmppPort: 'off',
  xmppTlsPort: 'off',
  data: ':memory:',
} as const
const DESK = 'https://desk.example.com'
const EVIL = 'https://evil.example.com'

/** A server that is open to all pages, one to a list of pages, and one to none. */
const SERVERS = {
  open: {},
  listed: { cors: { allow: [DESK] } },
  closed: { cors: 'disable' },
} as const satisfies Record<string, ServerOptions>
type Which = keyof typeof SERVERS
const servers = new Map<Which, RunningServer>()
/** A server with an external XMPP server: it has `/accounts/check`. */
let outside: RunningServer
beforeAll(async () => {
  for (const which of Object.keys(SERVERS).filter((name): name is Which => name in SERVERS))
    servers.set(
      which,
      await startServer({
        ...{ ...free, restTlsPort: 0, tls: 'self-signed', domain: 'contact.example.com', inspect: 'viewer' },
        ...SERVERS[which],
      }),
    )
  outside = await startServer({ ...free, xmppService: 'xmpp://127.0.0.1:1', xmppPassword: 'of the engine' })
})
afterAll(async () => {
  await Promise.all([...servers.values(), outside].map((server) => server.close()))
})

const portOf = (which: Which) => servers.get(which)?.ports.rest ?? 0

interface Asked {
  readonly address?: string
  readonly port: number
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Uses `request` because `fetch` sets some of these headers itself. */
function ask({ address = '127.0.0.1', port, path, method = 'GET', headers = {}, body = '' }: Asked) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const as = { authorization: `Basic ${btoa('admin:secret')}` }
    const to = { host: address, port, path, method, agent: false }
    const sent = request({ ...to, headers: { ...as, ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.once('error', reject).end(body)
  })
}

/** Requests that show people's data or change something. In no mode of CORS may a page of another origin send them. */
const OWN_PAGES_ONLY: readonly Omit<Asked, 'port'>[] = [
  { path: '/acd/tasks' },
  { path: '/acd/explain/1001' },
  { path: '/acd/tasks', method: 'POST', body: '{"scriptSelector":"email_support"}' },
  { path: '/acd/reset', method: 'POST' },
  { path: '/acd/directory', method: 'POST' },
  { path: '/acd/tasks/1', method: 'DELETE' },
  { path: '/acd/nothing' },
  { path: '/inspect/tickets', method: 'POST' },
  { path: '/inspect/machines' },
  { path: '/inspect/history?user=1001' },
  { path: '/inspect/explain/1001' },
  { path: '/inspect/board/tickets', method: 'POST' },
  { path: '/health' },
  { path: '/metrics' },
]

const foreign = (port: number): readonly Readonly<Record<string, string>>[] => [
  { origin: EVIL },
  { origin: 'null' },
  { origin: `http://127.0.0.1:${port + 1}` },
  { origin: `https://127.0.0.1:${port}`, host: `localhost:${port}` },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  { host: `evil.example.com:${port}` },
  { host: 'evil.example.com', origin: 'http://evil.example.com' },
  ...[
    'contact.example.com.evil.example.com',
    'evil-contact.example.com',
    'localhost.evil.example.com',
    '127.0.0.1.evil.example.com',
    'evil.localhost.example.com',
    'evil.example.com.',
  ].map((host) => ({ host })),
]

const own = (port: number): readonly Readonly<Record<string, string>>[] => [
  {},
  { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}` },
  { origin: `http://localhost:${port}`, host: `localhost:${port}` },
  { host: `[::1]:${port}` },
  { host: `b.localhost:${port}` },
  { host: `contact.example.com:${port}`, origin: `https://contact.example.com:${port}` },
  { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
]

describe.each(['open', 'listed', 'closed'] as const)('a server that is %s to pages', (which) => {
  it.each(OWN_PAGES_ONLY.map((door) => ({ method: 'GET', ...door })))(
    '$method $path: refuses foreign pages and no others',
    async (door) => {
      const port = portOf(which)
      for (const headers of [...foreign(port), ...(which === 'listed' ? [{ origin: DESK }] : [])]) {
        const { status, text } = await ask({
          ...door,
          port,
          headers: { 'content-type': 'application/json', ...headers },
        })
        expect([headers, status]).toEqual([headers, 403])
        expect(JSON.parse(text)).toMatchObject({
          error: 'FORBIDDEN',
          about: expect.stringMatching(/^(?:Host|Origin)$/),
        })
      }
      for (const headers of own(port)) {
        const { status } = await ask({ ...door, port, headers: { 'content-type': 'application/json', ...headers } })
        expect([headers, status]).not.toEqual([headers, 403])
      }
    },
  )
})

describe('over HTTP/2, where `:authority` takes the place of `Host`: refuses foreign pages and no others', () => {
  const portOfTls = () => servers.get('open')?.ports.restTls ?? 0

  /** Sends one request in its own HTTP/2 session. */
  const ask2 = ({ path, method = 'GET', headers = {}, body = '' }: Omit<Asked, 'port'>) =>
    new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
      const session = connectHttp2(`https://127.0.0.1:${portOfTls()}`, { rejectUnauthorized: false })
      session.once('error', reject)
      const as = { authorization: `Basic ${btoa('admin:secret')}` }
      const sent = session.request({ ':path': path, ':method': method, ...as, ...headers }, { endStream: body === '' })
      let [status, text] = [0, '']
      sent.once('response', (answer) => {
        status = answer[':status'] ?? 0
      })
      sent.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      sent.once('error', reject).once('end', () => {
        session.close()
        resolve({ status, text })
      })
      if (body !== '') sent.end(body)
    })

  const wrong = (port: number): readonly (readonly ['Host' | 'Origin', Readonly<Record<string, string>>])[] => [
    ['Host', { ':authority': `evil.example.com:${port}` }],
    ['Host', { ':authority': 'evil.example.com', origin: 'https://evil.example.com' }],
    ['Host', { ':authority': 'contact.example.com.evil.example.com' }],
    ['Origin', { origin: EVIL }],
    ['Origin', { ':authority': `localhost:${port}`, origin: `https://127.0.0.1:${port}` }],
    ['Origin', { origin: 'null' }],
  ]
  const right = (port: number): readonly Readonly<Record<string, string>>[] => [
    {},
    { ':authority': `localhost:${port}`, origin: `https://localhost:${port}` },
    { ':authority': `contact.example.com:${port}`, origin: `https://contact.example.com:${port}` },
  ]

  it.each(OWN_PAGES_ONLY.map((door) => ({ method: 'GET', ...door })))('$method $path', async (door) => {
    const type = { 'content-type': 'application/json' }
    for (const [about, headers] of wrong(portOfTls())) {
      const { status, text } = await ask2({ ...door, headers: { ...type, ...headers } })
      expect({ headers, status, said: JSON.parse(text) }).toEqual({
        ...{ headers, status: 403 },
        said: { error: 'FORBIDDEN', message: expect.stringMatching(/\w+ \w+/), about },
      })
    }
    for (const headers of right(portOfTls())) {
      const { status } = await ask2({ ...door, headers: { ...type, ...headers } })
      expect([headers, status]).not.toEqual([headers, 403])
    }
  })
})

describe('a server that listens', () => {
  it.each([
    ['on the IPv6 loopback', '::1', '::1'],
    ['on all addresses, reached by loopback', '::', '127.0.0.1'],
    ['on all addresses, reached by the IPv6 loopback', '::', '::1'],
  ])('%s: refuses a name that is not its own', async (_, host, address) => {
    const server = await startServer({ ...free, httpBindPort: 'off', host, domain: 'contact.example.com' })
    const statusOf = async (name: string) =>
      (await ask({ address, port: server.ports.rest ?? 0, path: '/acd/tasks', headers: { host: name } })).status
    const names = ['evil.example.com', 'contact.example.com', 'localhost', '127.0.0.1', '[::1]']
    const statuses = await Promise.all(names.map(statusOf))
    await server.close()
    expect(statuses).toEqual([403, 200, 200, 200, 200])
  })
})

it('/accounts/check refuses foreign pages, because it says whether a password is right', async () => {
  const port = outside.ports.rest ?? 0
  for (const headers of foreign(port)) expect((await ask({ port, path: '/accounts/check', headers })).status).toBe(403)
  expect((await ask({ port, path: '/accounts/check' })).status).toBe(204)
})

it('a refused request changes nothing', async () => {
  const port = portOf('closed')
  const tasks = async () => (await ask({ port, path: '/acd/tasks' })).text
  const before = await tasks()
  for (const headers of foreign(port))
    await ask({
      ...{ port, path: '/acd/tasks', method: 'POST', body: '{"scriptSelector":"email_support"}' },
      headers: { 'content-type': 'application/json', ...headers },
    })
  expect(await tasks()).toBe(before)
})

const opens = (port: number, headers: Readonly<Record<string, string>>) =>
  new Promise<boolean>((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'xmpp', { headers })
    socket.once('open', () => {
      socket.terminate()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

describe('REST, BOSH and WebSocket, which --cors controls', () => {
  const BODY = '<body xmlns="http://jabber.org/protocol/httpbind" rid="1" to="localhost" wait="5" hold="1" ver="1.6"/>'
  const outcomes = async (which: Which, headers: Readonly<Record<string, string>>) => {
    const port = portOf(which)
    const bosh = { path: '/http-bind', method: 'POST', body: BODY }
    return {
      rest: (await ask({ port, path: '/finesse/api/Users', headers })).status,
      bosh: (await ask({ port, ...bosh, headers: { 'content-type': 'text/plain', ...headers } })).status,
      webSocket: await opens(port, headers),
    }
  }
  const IN = { rest: 200, bosh: 200, webSocket: true }
  const OUT = { rest: 403, bosh: 403, webSocket: false }

  it('are open to every page by default, under any host name', async () => {
    for (const headers of foreign(portOf('open'))) expect(await outcomes('open', headers)).toEqual(IN)
  })

  it('otherwise a page that is not listed is refused, also when its name resolves to this server', async () => {
    for (const which of ['listed', 'closed'] as const) {
      expect(await outcomes(which, { host: 'evil.example.com', origin: 'http://evil.example.com' })).toEqual(OUT)
      for (const headers of own(portOf(which))) expect(await outcomes(which, headers)).toEqual(IN)
    }
    expect(await outcomes('listed', { origin: DESK })).toEqual(IN)
    // REST answers without CORS headers, and the browser withholds such an answer from the page.
    expect(await outcomes('closed', { origin: EVIL })).toEqual({ ...OUT, rest: 200 })
  })

  it('the refusal has the text of the table of errors', async () => {
    const { text } = await ask({
      ...{ port: portOf('closed'), path: '/finesse/api/User/1001' },
      headers: { host: 'evil.example.com' },
    })
    expect(text).toContain('<ErrorData>Host</ErrorData><ErrorMessage>This server has another name</ErrorMessage>')
  })
})
