/** A server with the plugin over a fake engine, and short functions for requests to it. */
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import { parseRequest } from '../../src/finesse/index.ts'
import { type FinesseOptions, finesse, finesseServerOptions } from '../../src/rest/index.ts'
import { type FakeEngine, fakeAccounts, fakeEngine } from './fake-engine.ts'

export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'OPTIONS'

export interface Asked {
  /** Name and password, joined by a colon; `null` for none. */
  readonly as?: string | null
  readonly body?: string | Buffer
  readonly type?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export interface Server {
  readonly app: FastifyInstance
  readonly engine: FakeEngine
  ask(method: Method, path: string, asked?: Asked): Promise<LightMyRequestResponse>
}

export function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

/** A server. Paths are below `/finesse/api` unless they begin with two slashes. */
export async function server(options: Partial<FinesseOptions> = {}): Promise<Server> {
  const engine = fakeEngine()
  const app = Fastify({ ...finesseServerOptions() })
  await app.register(finesse, { engine, accounts: fakeAccounts(), ...options })
  await app.ready()
  return {
    app,
    engine,
    ask: (method, path, { as = '1001:secret', body, type = 'application/xml', headers = {} } = {}) =>
      app.inject({
        method,
        url: path.startsWith('//') ? path.slice(1) : `/finesse/api${path}`,
        headers: {
          ...(as === null ? {} : { authorization: basic(as) }),
          ...(body === undefined || type === null ? {} : { 'content-type': type }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body }),
      }),
  }
}

/** `status type | data | message` of an error answer, or `no XML: ` and the body. */
export function errorOf(response: LightMyRequestResponse): string {
  if (response.headers['content-type'] !== 'application/xml;charset=UTF-8') return `no XML: ${response.body}`
  const root = parseRequest(response.body)
  const error = root?.name === 'ApiErrors' ? root.children[0] : undefined
  const field = (name: string) => error?.children.find((child) => child.name === name)?.text ?? '-'
  return `${response.statusCode} ${field('ErrorType')} | ${field('ErrorData')} | ${field('ErrorMessage')}`
}
