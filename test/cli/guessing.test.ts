/**
 * Guessing the administrator's password at every door of a server locks out the guesser but not the administrator. More of it in `npm run test:whole`.
 */
import { request } from 'node:http'
import { connect } from 'node:net'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { some } from '../suite/extent.ts'
import { PATIENCE } from '../suite/patience.ts'

/** The source of a request: an address of this machine, and headers as a proxy sets them. */
interface From {
  readonly address: string
  readonly headers?: Readonly<Record<string, string>>
}

const STRANGER: From = { address: '127.0.0.2' }
const OFFICE: From = { address: '127.0.0.1' }
const PROXY: From = { address: '127.0.0.9' }
/** A client of the proxy that has also sent a forged `X-Forwarded-For`. */
const behind = (client: string): From => ({ ...PROXY, headers: { 'x-forwarded-for': `198.51.100.9, ${client}` } })

let server: RunningServer
let lines: string[]
beforeEach(async () => {
  lines = []
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
  const free = { restPort: 0, httpBindPort: 0, xmppPort: 0, data: ':memory:' } as const
  server = await startServer({ ...free, inspect: 'viewer', logger, connections: { proxies: [PROXY.address] } })
})
afterEach(() => server.close())

/** The log lines about accounts. */
const warned = (): unknown[] => lines.map((line) => JSON.parse(line)).filter(({ part }) => part === 'accounts')

interface Asked {
  readonly port: number | undefined
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request from an address; gives status and body of the answer. */
function ask(from: From, { port, path, method = 'GET', headers = {}, body = '' }: Asked) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { ...from.headers, ...headers },
      localAddress: from.address,
      agent: false,
      timeout: PATIENCE,
    }
    const sent = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.once('timeout', () => sent.destroy(new Error('no answer')))
    sent.once('error', reject).end(body)
  })
}

type Door = (from: From, name: string, password: string) => Promise<boolean>

const byHttp =
  (path: string, method: string): Door =>
  async (from, name, password) => {
    const headers = { authorization: `Basic ${btoa(`${name}:${password}`)}` }
    return (await ask(from, { port: server.ports.rest, path, method, headers })).status === 200
  }

const auth = (name: string, password: string) =>
  `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa(`\0${name}\0${password}`)}</auth>`

/** The outcome of SASL: true for success, false for `not-authorized`, undefined while the text has none. */
function outcomeIn(text: string): boolean | undefined {
  if (text.includes('<success')) return true
  return text.includes('<not-authorized') ? false : undefined
}

const byTcp: Door = (from, name, password) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.ports.xmpp ?? 0, localAddress: from.address })
    let text = ''
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')))
    socket.once('error', reject).setEncoding('utf8')
    socket.write(
      `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="localhost" version="1.0">${auth(name, password)}`,
    )
    socket.on('data', (piece) => {
      text += String(piece)
      const outcome = outcomeIn(text)
      if (outcome === undefined) return
      socket.destroy()
      resolve(outcome)
    })
  })

const byWebSocket: Door = (from, name, password) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.ports.httpBind}/ws`, 'xmpp', {
      localAddress: from.address,
      ...(from.headers ? { headers: from.headers } : {}),
    })
    socket.once('error', reject)
    socket.once('open', () => {
      socket.send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>')
      socket.send(auth(name, password))
    })
    socket.on('message', (data) => {
      const outcome = outcomeIn(String(data))
      if (outcome === undefined) return
      socket.terminate()
      resolve(outcome)
    })
  })

const byBosh: Door = async (from, name, password) => {
  const body = (attributes: string, content = '') =>
    ask(from, {
      ...{ port: server.ports.rest, path: '/http-bind', method: 'POST', headers: { 'content-type': 'text/xml' } },
      body: `<body xmlns="http://jabber.org/protocol/httpbind" ${attributes}>${content}</body>`,
    })
  const first = await body(
    'rid="1" to="localhost" wait="5" hold="1" ver="1.6" xmpp:version="1.0" xmlns:xmpp="urn:xmpp:xbosh"',
  )
  const sid = /sid=["']([^"']+)/.exec(first.text)?.[1] ?? ''
  const outcome = outcomeIn((await body(`rid="2" sid="${sid}"`, auth(name, password))).text)
  if (outcome === undefined) throw new Error('SASL said nothing')
  return outcome
}

/** Doors over HTTP, where a proxy can name its client. */
const HTTP_DOORS: readonly (readonly [string, Door])[] = [
  ['REST', byHttp('/finesse/api/Users', 'GET')],
  ['/acd', byHttp('/acd/tasks', 'GET')],
  ['the board', byHttp('/inspect/board/tickets', 'POST')],
  ['the viewer', byHttp('/inspect/tickets', 'POST')],
  ['XMPP over WebSocket', byWebSocket],
  ['XMPP over BOSH', byBosh],
]
const DOORS: typeof HTTP_DOORS = [...HTTP_DOORS, ['XMPP over TCP', byTcp]]

describe("an administrator's password", () => {
  it.each(some(DOORS, 2))('%s: a guesser is locked out at every door; the administrator is not', async (_, door) => {
    for (let n = 0; n < 5; n += 1) expect(await door(STRANGER, 'admin', `wrong ${n}`)).toBe(false)
    for (const [name, other] of DOORS) expect([name, await other(STRANGER, 'admin', 'secret')]).toEqual([name, false])
    for (const [name, other] of DOORS) expect([name, await other(OFFICE, 'admin', 'secret')]).toEqual([name, true])
  })

  it('still works from an address where it was right before, while somebody guesses from that address', async () => {
    for (const [name, door] of DOORS) expect([name, await door(OFFICE, 'admin', 'secret')]).toEqual([name, true])
    for (const [, door] of DOORS) expect(await door(OFFICE, 'admin', 'wrong')).toBe(false)
    for (const [name, door] of DOORS) expect([name, await door(OFFICE, 'admin', 'secret')]).toEqual([name, true])
  })
})

describe('behind a trusted proxy', () => {
  const stranger = behind('192.0.2.1')

  it('a guesser is locked out at every door; other clients of the proxy are not', async () => {
    for (const [, door] of HTTP_DOORS) expect(await door(stranger, 'admin', 'wrong')).toBe(false)
    for (const [name, door] of HTTP_DOORS)
      expect([name, await door(stranger, 'admin', 'secret')]).toEqual([name, false])
    for (const from of [behind('192.0.2.2'), PROXY])
      for (const [name, door] of HTTP_DOORS) expect([name, await door(from, 'admin', 'secret')]).toEqual([name, true])
  })

  it('a guesser with contradicting headers locks out no client of the proxy and not the proxy', async () => {
    const liar = { ...stranger, headers: { ...stranger.headers, forwarded: 'for=192.0.2.2' } }
    for (const [, door] of HTTP_DOORS) expect(await door(liar, 'admin', 'wrong')).toBe(false)
    for (const [name, door] of HTTP_DOORS) expect([name, await door(liar, 'admin', 'secret')]).toEqual([name, false])
    for (const from of [stranger, behind('192.0.2.2'), PROXY]) expect(await byBosh(from, 'admin', 'secret')).toBe(true)
  })

  it('headers of other machines are ignored: a guesser who names other addresses locks out only himself', async () => {
    const claims = (client: string): From => ({ ...behind(client), address: STRANGER.address })
    for (const [index, [, door]] of HTTP_DOORS.entries())
      expect(await door(claims(`192.0.2.${index}`), 'admin', 'wrong')).toBe(false)
    for (const [name, door] of HTTP_DOORS)
      expect([name, await door(claims('192.0.2.9'), 'admin', 'secret')]).toEqual([name, false])
    for (const index of HTTP_DOORS.keys())
      expect(await byBosh(behind(`192.0.2.${index}`), 'admin', 'secret')).toBe(true)
  })
})

describe("a user's password", () => {
  it('is locked for every address, whoever guesses it and at which door (ruling 20)', async () => {
    const doors = [byTcp, byWebSocket, byBosh, byHttp('/finesse/api/User/1001', 'GET'), byTcp]
    for (const door of doors) expect(await door(STRANGER, '1001', 'wrong')).toBe(false)
    for (const door of doors) expect(await door(OFFICE, '1001', 'secret')).toBe(false)
  })
})

describe('a guesser', () => {
  it('with 100 wrong names from one address gets 503 or temporary-auth-failure', async () => {
    const rest = (from: From, name: string, password: string) =>
      ask(from, {
        port: server.ports.rest,
        path: `/finesse/api/User/${name}`,
        headers: { authorization: `Basic ${btoa(`${name}:${password}`)}` },
      })
    for (let n = 0; n < 100; n += 1) expect((await rest(STRANGER, `name${n}`, 'wrong')).status).toBe(401)
    const answer = await rest(STRANGER, '1001', 'secret')
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('SERVER_OUT_OF_SERVICE')])
    const acd = await ask(STRANGER, {
      port: server.ports.rest,
      path: '/acd/tasks',
      headers: { authorization: `Basic ${btoa('admin:secret')}` },
    })
    expect([acd.status, JSON.parse(acd.text)]).toEqual([
      503,
      {
        error: 'UNAVAILABLE',
        message: 'too many wrong passwords from this address, try again later',
        about: 'Authorization',
      },
    ])
    await expect(byBosh(STRANGER, '1001', 'secret')).rejects.toThrow('SASL said nothing')
    expect((await rest(OFFICE, '1001', 'secret')).status).toBe(200)
    const lines = (await ask(OFFICE, { port: server.ports.rest, path: '/metrics' })).text.match(/^mrdian_lockouts.*$/gm)
    expect(lines).toEqual([
      'mrdian_lockouts_total{of="account"} 0',
      'mrdian_lockouts_total{of="address"} 1',
      'mrdian_lockouts_total{of="address_from_administrator"} 0',
      'mrdian_lockouts_total{of="all_from_administrator"} 0',
    ])
    expect(warned()).toEqual([
      {
        ...{ part: 'accounts', level: 40, address: STRANGER.address, seconds: 300 },
        msg: 'too many wrong passwords from this address: it has to try again later, except for accounts that it has signed in to before',
      },
    ])
  })
})
