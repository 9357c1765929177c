/** Pages of other origins (`notifications 1`, requirement 6; ruling 42). */
import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'

const OURS = 'https://desk.example.com'
const OTHER = 'https://elsewhere.example.com'

const running: RunningServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

async function started(options: ServerOptions = {}): Promise<Required<RunningServer['ports']>> {
  const server = await startServer({ restPort: 0, httpBindPort: 0, xmppPort: 'off', data: ':memory:', ...options })
  running.push(server)
  const { rest = 0, httpBind = 0 } = server.ports
  return { rest, httpBind, restTls: 0, httpBindTls: 0, xmpp: 0, xmppTls: 0, metrics: 0 }
}

interface Asked {
  readonly port: number
  readonly path: string
  readonly origin?: string
  readonly method?: string
}

/** Headers of the answer. Uses `request` because `fetch` sets some of the request headers itself. */
function headersOf({ port, path, origin = OURS, method = 'GET' }: Asked) {
  const preflight: Record<string, string> = method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {}
  return new Promise<Readonly<Record<string, string | string[] | undefined>>>((resolve, reject) => {
    const sent = request({ port, path, method, agent: false, headers: { origin, ...preflight } }, (response) => {
      response.resume()
      resolve(response.headers)
    })
    sent.once('error', reject).end()
  })
}

const allowed = async (asked: Asked) => (await headersOf(asked))['access-control-allow-origin']

/** Whether a WebSocket opens from this origin. */
function opens(port: number, origin: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'xmpp', origin === undefined ? {} : { origin })
    socket.once('open', () => {
      socket.terminate()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

const shared = ({ rest, httpBind }: { rest: number; httpBind: number }): Asked[] => [
  { port: rest, path: '/finesse/api/SystemInfo' },
  { port: rest, path: '/http-bind' },
  { port: httpBind, path: '/http-bind/' },
]

describe('enable_all, the default', () => {
  it('lets every page use REST, BOSH and WebSocket, and no page use /acd, /health, /metrics and /inspect', async () => {
    const ports = await started()
    for (const asked of shared(ports)) expect(await allowed(asked)).toBe(OURS)
    expect(await opens(ports.httpBind, OTHER)).toBe(true)
    expect(await opens(ports.rest, OTHER)).toBe(true)
    for (const path of ['/acd/tasks', '/health', '/metrics', '/inspect'])
      for (const method of ['GET', 'OPTIONS']) expect(await allowed({ port: ports.rest, path, method })).toBeUndefined()
  })

  it('answers the preflight request of a browser', async () => {
    for (const asked of shared(await started())) {
      const headers = await headersOf({ ...asked, method: 'OPTIONS' })
      expect(headers).toMatchObject({
        'access-control-allow-origin': OURS,
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '1800',
        vary: 'Origin',
      })
      expect(headers['access-control-allow-methods']).toContain('POST')
      expect(headers['access-control-allow-headers']).toBe(
        'Content-Type, X-Requested-With, accept, Origin, Authorization, Access-Control-Request-Method, Access-Control-Request-Headers, requestId, Idempotency-Key, Range',
      )
      expect(headers['access-control-expose-headers']).toMatch(
        /^Access-Control-Allow-Origin, .*, Access-Control-Max-Age/,
      )
    }
  })
})

describe('a list of origins', () => {
  it('allows these origins, with the additional headers, and no others', async () => {
    const ports = await started({ cors: { allow: [OURS], headers: ['X-Trace-Id'] } })
    for (const asked of shared(ports)) {
      const headers = await headersOf({ ...asked, method: 'OPTIONS' })
      expect(headers['access-control-allow-origin']).toBe(OURS)
      expect(headers['access-control-allow-headers']).toMatch(/, Range, X-Trace-Id$/)
      expect(headers['access-control-expose-headers']).toMatch(/, X-Trace-Id$/)
      expect(await allowed({ ...asked, origin: OTHER })).toBeUndefined()
    }
    for (const port of [ports.rest, ports.httpBind]) {
      expect(await opens(port, OURS)).toBe(true)
      expect(await opens(port, OTHER)).toBe(false)
      expect(await opens(port, 'null')).toBe(false)
    }
  })
})

describe('disable', () => {
  it('allows no pages of other origins; programs and pages of the server itself still work', async () => {
    const ports = await started({ cors: 'disable' })
    for (const asked of shared(ports)) expect(await allowed(asked)).toBeUndefined()
    expect(await opens(ports.httpBind, OURS)).toBe(false)
    expect(await opens(ports.httpBind, undefined)).toBe(true)
    expect(await opens(ports.rest, `http://127.0.0.1:${ports.rest}`)).toBe(true)
    expect(await opens(ports.rest, `http://127.0.0.1:${ports.httpBind}`)).toBe(false)
  })
})
