/** `/acd` over HTTP with a real engine in virtual time. */
import fastify from 'fastify'
import { createAccounts } from '../../src/accounts/index.ts'
import { acdControl } from '../../src/acd/index.ts'
import type { Engine } from '../../src/engine/api.ts'
import { startEngine } from '../../src/engine/engine.ts'
import type { AcdPort, Store } from '../../src/engine/ports.ts'
import { fingerprints } from '../../src/fingerprints/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../suite/sample.ts'

export const EMAIL = '5001'
export const CHAT = '5002'

export interface Asked {
  /** `name:password`; `null` for no credentials. */
  readonly as?: string | null
  /** Objects are sent as JSON, text is sent unchanged. */
  readonly body?: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  // Not typed, because each test checks the form that it expects.
  readonly json: unknown
}

export interface AcdServer {
  readonly engine: Engine
  /** `http://127.0.0.1:…` */
  readonly base: string
  readonly clock: VirtualClock
  /** The path is below `/acd`, or from the root when it begins with two slashes. */
  ask(method: string, path: string, asked?: Asked): Promise<Answered>
  /** Makes a task or call and gives its id. Throws when it was not made. */
  made(path: '/tasks' | '/calls', body: object): Promise<string>
  /** Signs the user in, READY, and in to the medium if one is given, READY too. */
  ready(user: string, mrd?: string): Promise<void>
  close(): Promise<void>
}

export interface AcdServerOptions {
  readonly acd?: AcdPort
  readonly prefix?: string
  readonly store?: Store
  readonly clock?: VirtualClock
}

export async function acdServer(options: AcdServerOptions = {}): Promise<AcdServer> {
  const { directory, credentials } = SAMPLE
  const { clock = virtualClock(), store = memoryStore({ id: 'store', keep: 'history' }) } = options
  const { acd, prefix } = options
  const engine = await startEngine({
    directory,
    store,
    clock,
    fingerprints,
    ...(acd ? { acd } : {}),
  })
  const accounts = createAccounts({ credentials, lockout: directory.settings.lockout, now: () => clock.now() })
  const app = fastify()
  await app.register(acdControl, { engine, accounts, ...(prefix ? { prefix } : {}) })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })

  const ask: AcdServer['ask'] = async (method, path, { as = 'admin:secret', body, type, headers = {} } = {}) => {
    const response = await fetch(path.startsWith('//') ? base + path.slice(1) : `${base}${prefix ?? '/acd'}${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Basic ${Buffer.from(as).toString('base64')}` }),
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    engine,
    base,
    clock,
    ask,
    async made(path, body) {
      const { status, json } = await ask('POST', path, { body })
      if (status !== 201 || typeof json !== 'object' || json === null || !('id' in json))
        throw new Error(`not made: ${status} ${JSON.stringify(json)}`)
      return String(json.id)
    },
    async ready(user, mrd) {
      await engine.command({ type: 'user.signIn', user, extension: user })
      await engine.command({ type: 'user.setState', user, state: 'READY' })
      if (mrd === undefined) return
      await engine.command({ type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
      await engine.command({ type: 'media.setState', user, mrd, state: 'READY' })
    },
    async close() {
      await app.close()
      await engine.close()
    },
  }
}
