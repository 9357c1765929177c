/** An engine in virtual time behind a real server with the inspector, and viewers of it. */
import { once } from 'node:events'
import Fastify from 'fastify'
import { WebSocket } from 'ws'
import { createAccounts } from '../../src/accounts/index.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import { inspectorRoutes } from '../../src/inspect/plugin.ts'
import type { Admission, Frame } from '../../src/inspect/protocol.ts'
import { type InspectorOptions, InspectorService } from '../../src/inspect/service.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { type Bench, bench } from '../engine/harness.ts'

export const ADMIN = `Basic ${Buffer.from('admin:secret').toString('base64')}`

export interface Served extends Bench {
  readonly service: InspectorService
  /** `http://127.0.0.1:…/inspect` */
  readonly at: string
  readonly port: number
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  admission(): Promise<Admission>
  /** Signs in. Returns the header with the cookie. */
  signIn(authorization?: string): Promise<{ readonly cookie: string }>
  view(query?: string, headers?: Readonly<Record<string, string>>): Promise<View>
  close(): Promise<void>
}

export type ServedOptions = Partial<Omit<InspectorOptions, 'engine' | 'accounts'>> & {
  readonly engine?: Partial<EngineOptions>
}

const { credentials, directory } = await loadDirectory()

export async function served({ engine: given = {}, ...options }: ServedOptions = {}): Promise<Served> {
  const on = await bench({ store: memoryStore({ id: 'test', keep: 'history' }), ...given })
  const accounts = createAccounts({
    credentials,
    lockout: directory.settings.lockout,
    now: () => on.clock.now(),
  })
  const service = new InspectorService({ engine: on.engine, accounts, ...options })
  const app = Fastify()
  await app.register(inspectorRoutes, { service })
  app.server.on('upgrade', (request, socket, head) => service.handleUpgrade(request, socket, head))
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const at = `${base}/inspect`
  const get: Served['get'] = (path, headers = { authorization: ADMIN }) => fetch(`${at}${path}`, { headers })
  return {
    ...on,
    service,
    at,
    port: Number(new URL(base).port),
    get,
    async admission() {
      const answer = await fetch(`${at}/tickets`, { method: 'POST', headers: { authorization: ADMIN } })
      if (!answer.ok) throw new Error(await answer.text())
      const admission: Admission = JSON.parse(await answer.text())
      return admission
    },
    async signIn(authorization = ADMIN) {
      const answer = await fetch(`${at}/tickets`, { method: 'POST', headers: { authorization } })
      return { cookie: answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '' }
    },
    view: (query = '', headers = { authorization: ADMIN }) =>
      View.open(`${at.replace('http', 'ws')}/stream${query}`, headers),
    async close() {
      await service.close()
      await app.close()
      await on.engine.close()
    },
  }
}

/** One viewer with the frames that it got. */
export class View {
  readonly socket: WebSocket
  readonly frames: Frame[] = []
  readonly texts: string[] = []
  #waiting: (() => void) | undefined

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      const text = String(data)
      this.texts.push(text)
      this.frames.push(JSON.parse(text))
      this.#waiting?.()
    })
    socket.once('close', () => this.#waiting?.())
  }

  /** Rejects with the status when the server refuses. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<View> {
    const socket = new WebSocket(url, { headers })
    const view = new View(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return view
  }

  /** Resolves with the first frame that fulfils the condition, of those so far or later ones. */
  async until<F extends Frame>(like: (frame: Frame) => frame is F): Promise<F>
  async until(like: (frame: Frame) => boolean): Promise<Frame>
  async until(like: (frame: Frame) => boolean): Promise<Frame> {
    for (let looked = 0; ; ) {
      for (; looked < this.frames.length; looked += 1) {
        const frame = this.frames[looked]
        if (frame && like(frame)) return frame
      }
      if (this.socket.readyState === this.socket.CLOSED) throw new Error('the stream has ended')
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  async close(): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return
    const closed = once(this.socket, 'close')
    this.socket.close()
    await closed
  }
}

/** The leaf of a state value, which clients see. */
export const leafOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? leafOf(Object.values(value)[0]) : value

/** A condition: the frame is a snapshot of this actor in this state. */
export const reached = (sessionId: string, state: string) => (frame: Frame) =>
  frame.type === '@xstate.snapshot' && frame.sessionId === sessionId && leafOf(frame.snapshot.value) === state

export const isReady = (frame: Frame) => frame.type === '@mrdian.ready'
