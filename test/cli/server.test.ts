/** `startServer`, called in this process. */

import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { bannerOf, bannerText } from '../../src/cli/banner.ts'
import { loggerSettings } from '../../src/cli/logger.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { StartFailure } from '../../src/cli/start-failure.ts'
import { loadDirectory, parseDirectory } from '../../src/directory/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { inTurn } from '../../src/waiting/present-turn.ts'
import { halfRequest, LOGIN } from './half-request.ts'
import { temporary } from './process.ts'

const FREE = { restPort: 0, httpBindPort: 0, xmppPort: 0, data: ':memory:' } as const
const admin = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' }

const running: RunningServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

async function started(options: ServerOptions = {}): Promise<RunningServer & { readonly base: string }> {
  const server = await startServer({ ...FREE, ...options })
  running.push(server)
  return Object.assign(server, { base: `http://127.0.0.1:${server.ports.rest}` })
}

/** A logger, and the lines that it has written. */
function recorder() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { logger: pino(loggerSettings('trace'), stream), lines }
}

describe('a server', () => {
  it('is out of service without its ACD link; /acd, /health and /metrics answer (ruling 29)', async () => {
    const { base } = await started()
    const fault = (up: boolean) =>
      fetch(`${base}/acd/faults`, { method: 'POST', headers: admin, body: JSON.stringify({ type: 'acd-link', up }) })
    expect((await fault(false)).status).toBe(200)
    const health = await fetch(`${base}/health`)
    expect(health.status).toBe(503)
    expect(await health.json()).toMatchObject({ status: 'OUT_OF_SERVICE', reason: 'The link to the ACD is down' })
    const user = await fetch(`${base}/finesse/api/User/1001`, {
      headers: { authorization: `Basic ${btoa('1001:secret')}` },
    })
    expect(user.status).toBe(503)
    expect((await fetch(`${base}/acd/tasks`, { headers: admin })).status).toBe(200)
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('mrdian_in_service 0')
    expect((await fault(true)).status).toBe(200)
    expect(await (await fetch(`${base}/health`)).json()).toMatchObject({ status: 'IN_SERVICE' })
  })

  it('has metrics that name no user', async () => {
    const { base } = await started()
    await fetch(`${base}/finesse/api/User/1001`, { headers: { authorization: `Basic ${btoa('1001:secret')}` } })
    await fetch(`${base}/somewhere/1001`)
    const answer = await fetch(`${base}/metrics`)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/)
    const text = await answer.text()
    for (const name of [
      'mrdian_inputs_total',
      'mrdian_commits_total',
      'mrdian_store_bytes',
      'mrdian_store_free_bytes',
      'mrdian_outbox_pending',
      'mrdian_xmpp_sessions',
      'mrdian_xmpp_online 1',
      'nodejs_eventloop_lag_seconds',
      'process_resident_memory_bytes',
    ])
      expect(text).toContain(`\n${name}`)
    expect(text).toContain('_count{method="GET",route="/finesse/api/User/:id",status="200"} 1')
    expect(text).toContain('_count{method="GET",route="none",status="404"} 1')
    // Only labels are checked, because a number of bytes can contain 1001.
    expect(text).not.toMatch(/\{[^}]*1001/)
  })

  it('speaks XMPP over WebSocket on both ports', async () => {
    const server = await started()
    for (const port of [server.ports.httpBind, server.ports.rest]) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'xmpp')
      const heard = new Promise<string>((resolve, reject) => {
        socket.once('message', (data) => resolve(String(data)))
        socket.once('error', reject)
      })
      socket.once('open', () =>
        socket.send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'),
      )
      expect(await heard).toContain('<open ')
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.close()
      await closed
    }
  })

  it("answers requests that offer an upgrade to HTTP/2, as Java's client does", async () => {
    const { base } = await started()
    const body = await new Promise<string>((resolve, reject) => {
      const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAAA' }
      const sent = request(`${base}/finesse/api/SystemInfo`, { headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece
        })
        response.on('end', () => resolve(text))
      })
      sent.on('error', reject)
      sent.end()
    })
    expect(body).toContain('<status>IN_SERVICE</status>')
  })

  it('describes a wrong path in the format of its API', async () => {
    const { base } = await started()
    expect(await (await fetch(`${base}/acd/%zz`)).json()).toMatchObject({ error: 'MALFORMED_REQUEST' })
    expect(await (await fetch(`${base}/finesse/api/%zz`)).text()).toContain('<ApiErrors>')
    expect(await (await fetch(`${base}/else`)).json()).toMatchObject({ error: 'NOT_FOUND', about: '/else' })
  })

  it('runs in virtual time, and so do lock-outs', async () => {
    const clock = virtualClock()
    const { accounts, engine } = await started({ clock })
    expect(engine.now()).toBe(clock.now())
    for (let attempt = 0; attempt < 5; attempt += 1) await accounts.verify('1001', 'wrong')
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
    await clock.advance(300_000)
    expect(await accounts.verify('1001', 'secret')).toEqual({ id: '1001', kind: 'user' })
  })

  it('has its own clock under virtualTime, and a reset sets it back', async () => {
    const server = await started({ virtualTime: true, start: 1_000_000 })
    expect(server.engine.now()).toBe(1_000_000)
    await server.virtualTime?.advance(5000)
    expect(server.engine.now()).toBe(1_005_000)
    await server.engine.reset()
    expect(server.engine.now()).toBe(1_000_000)
    const banner = bannerText(bannerOf(server, ':memory:'))
    expect(banner).toMatch(/^ {2}time +virtual: it is 1970-01-01T00:16:40\.000Z until POST \/acd\/clock$/m)
  })

  it('refuses two sources of time', async () => {
    await expect(started({ virtualTime: true, clock: virtualClock() })).rejects.toThrow(TypeError)
    await expect(started({ start: 1 })).rejects.toThrow(TypeError)
  })

  it('takes a directory and a store that the caller made', async () => {
    const { directory } = await started({ directory: await loadDirectory(), data: memoryStore() })
    expect(directory).toEqual({ source: 'given', administrators: ['admin'] })
  })
})

describe('closing', () => {
  it('answers a request that has arrived before, also if it still waits for its turn', async () => {
    const server = await started()
    let left = 100
    const busy = () => {
      for (const end = performance.now() + 5; performance.now() < end; );
      left -= 1
    }
    for (let count = left; count > 0; count -= 1) inTurn(busy)
    const half = await halfRequest(server.base)
    const closed = server.close()
    expect(left).toBeGreaterThan(0)
    half.socket.write(LOGIN)
    expect(await half.answer).toMatch(/^HTTP\/1\.1 202 /)
    await closed
  })

  it('refuses requests in the format of their API, and closes each connection', async () => {
    const server = await started()
    const half = await halfRequest(server.base)
    const closed = server.close()
    const ask = async (path: string) => {
      const answer = await fetch(`${server.base}${path}`, { headers: admin })
      const { status, headers } = answer
      expect(headers.get('cache-control')).toBe('no-store')
      return [status, headers.get('connection'), headers.get('content-type'), await answer.text()] as const
    }
    expect(await ask('/finesse/api/User/1001')).toEqual([
      503,
      'close',
      'application/xml;charset=UTF-8',
      expect.stringMatching(/<ErrorMessage>SERVER_OUT_OF_SERVICE<.ErrorMessage>/),
    ])
    for (const path of ['/acd/tasks', '/inspect/board', '/nowhere'])
      expect(await ask(path)).toEqual([
        503,
        'close',
        expect.stringContaining('application/json'),
        expect.stringMatching(/"error":"UNAVAILABLE".*the server is stopping/),
      ])
    const [status, , , health] = await ask('/health')
    expect([status, JSON.parse(health)]).toEqual([
      503,
      expect.objectContaining({ status: 'OUT_OF_SERVICE', reason: 'The server is stopping' }),
    ])
    half.socket.write(LOGIN)
    expect(await half.answer).toMatch(/^HTTP\/1\.1 202 /)
    await closed
  })

  it.each(['rest', 'httpBind'] as const)(
    'a BOSH client between two polls on the port %s gets system-shutdown',
    async (port) => {
      const server = await started()
      const poll = async (attributes: string) => {
        const body = `<body xmlns='http://jabber.org/protocol/httpbind' ${attributes}/>`
        const answer = await fetch(`http://127.0.0.1:${server.ports[port]}/http-bind`, { method: 'POST', body })
        return answer.text()
      }
      const begun = await poll(
        "rid='1' to='localhost' ver='1.6' hold='1' wait='60' xml:lang='en' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'",
      )
      const [, sid] = /sid=['"]([^'"]+)/.exec(begun) ?? []
      const closed = server.close()
      expect(await poll(`rid='2' sid='${sid}'`)).toMatch(
        /type=['"]terminate['"].*condition=['"]system-shutdown|condition=['"]system-shutdown['"].*terminate/,
      )
      await closed
    },
  )

  it('closes ports and store, once', async () => {
    const data = join(await temporary(), 'state.db')
    const server = await started({ data })
    const { rest = 0 } = server.ports
    await Promise.all([server.close(), server.close()])
    await expect(fetch(`http://127.0.0.1:${rest}/health`)).rejects.toThrow()
    await started({ data, restPort: rest })
  })

  it('ends every open stream in the way of its protocol', async () => {
    const server = await started({ inspect: 'viewer' })
    const { rest, httpBind, xmpp = 0 } = server.ports
    const open = async (port: number | undefined, path: string, protocol: string[]) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol, { headers: admin })
      let heard = ''
      socket.on('message', (data) => {
        heard += String(data)
      })
      const closed = new Promise<readonly unknown[]>((resolve) =>
        socket.once('close', (code) => resolve([code, heard])),
      )
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
      return { socket, closed }
    }
    const hello = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'
    const webSockets = await Promise.all([rest, httpBind].map((port) => open(port, '/ws', ['xmpp'])))
    for (const { socket } of webSockets) {
      const opened = once(socket, 'message')
      socket.send(hello)
      await opened
    }
    const pages = await Promise.all(['/inspect/stream', '/inspect/board/stream'].map((path) => open(rest, path, [])))
    const stream = connect({ host: '127.0.0.1', port: xmpp })
    let heard = ''
    stream.setEncoding('utf8').on('data', (text) => {
      heard += String(text)
    })
    const begun = once(stream, 'data')
    stream.write(
      "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    )
    await begun
    const ended = once(stream, 'close')
    await server.close()
    await ended
    expect(heard).toMatch(/<system-shutdown[ /].*<\/stream:stream>$/)
    for (const { closed } of webSockets)
      expect(await closed).toEqual([1000, expect.stringMatching(/<system-shutdown[ /]/)])
    for (const { closed } of pages) expect((await closed)[0]).toBe(1001)
  })
})

describe('a start that fails', () => {
  it('undoes what was started', async () => {
    const data = join(await temporary(), 'state.db')
    const first = await started()
    const failed = startServer({ ...FREE, data, restPort: first.ports.rest ?? 0 })
    await expect(failed).rejects.toThrow(StartFailure)
    await expect(failed).rejects.toThrow(/^REST: port \d+ on 127\.0\.0\.1 is taken; .*--rest-port/)
    // The data file is not locked any more, and no listener keeps the test process alive.
    await started({ data })
  })

  it('leaves no XMPP listener behind', async () => {
    const first = await started()
    const free = await started()
    const { xmpp = 0 } = free.ports
    await free.close()
    await expect(startServer({ ...FREE, xmppPort: xmpp, restPort: first.ports.rest ?? 0 })).rejects.toThrow(
      StartFailure,
    )
    const refused = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: xmpp })
      socket.on('error', () => resolve(true))
      socket.on('connect', () => {
        socket.destroy()
        resolve(false)
      })
    })
    expect(refused).toBe(true)
  })

  it('closes the store when the engine cannot load it', async () => {
    const store = memoryStore()
    let closed = false
    const broken = {
      ...store,
      id: store.id,
      records: store.records,
      load: () => {
        throw new Error('unreadable')
      },
      commit: () => undefined,
      close: () => {
        closed = true
      },
    }
    await expect(startServer({ ...FREE, data: broken })).rejects.toThrow('unreadable')
    expect(closed).toBe(true)
  })
})

describe('warnings are logged about', () => {
  it('the sample directory on an address that other machines reach', async () => {
    const { logger, lines } = recorder()
    await started({ host: '0.0.0.0', logger })
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('sample directory') }),
    )
  })

  it("plain passwords in the user's own file, but not about the sample on loopback", async () => {
    const own = recorder()
    const text =
      'version: 1\nadministrators: [{ id: root, password: top }]\nmediaRoutingDomains: []\nteams: []\nusers: []\n'
    await started({ directory: parseDirectory(text, 'own.yaml'), logger: own.logger })
    expect(own.lines).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('plain password') }),
    )
    const sample = recorder()
    await started({ logger: sample.logger })
    expect(sample.lines.filter(({ level }) => Number(level) >= 40)).toEqual([])
  })
})

describe('the banner', () => {
  it('is text on a terminal', async () => {
    const server = await started({ xmppPort: 'off' })
    const text = bannerText(bannerOf(server, 'x.db'))
    expect(text).toMatch(/^\nmrdian \d+\.\d+\.\d+ is in service\n/)
    expect(text).toContain(`  REST             ${server.base}/finesse/api/\n`)
    expect(text).not.toContain('xmpp://')
    expect(text.match(/^ {2}curl /gm)).toHaveLength(3)
  })

  it('has no password of a directory that is not the sample, and an address that works', async () => {
    const server = await started({ host: '0.0.0.0', directory: await loadDirectory() })
    const { commands } = bannerOf(server, 'x.db')
    expect(commands.join('\n')).not.toContain('secret')
    expect(commands[1]).toContain('-u 1001 -X PUT')
    expect(commands[0]).toContain(`http://localhost:${server.ports.rest}/`)
  })
})

describe('logs', () => {
  it('hide credentials and call variables at every depth', () => {
    const { logger, lines } = recorder()
    logger.info(
      { req: { headers: { authorization: 'Basic abc' } }, password: 'abc', task: { variables: ['abc'] } },
      'x',
    )
    expect(JSON.stringify(lines)).not.toContain('abc')
  })
})
