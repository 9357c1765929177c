/**
 * `/inspect`: tickets, machines, the past, and the WebSocket of the live stream. Only administrators may use it, only
 * from pages of the same origin, and never with CORS.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Accounts, Principal } from '../accounts/api.ts'
import { contained } from '../engine/contained.ts'
import type { History } from '../engine/ports.ts'
import { Gate } from './access/gate.ts'
import { AccessRefusal } from './access/refusal.ts'
import { signInsOf } from './access/sign-ins-of.ts'
import { Entrance } from './access/upgrade.ts'
import type { Visitor } from './access/visitor.ts'
import { type BridgeFigures, type BridgeOptions, type InspectedEngine, InspectorBridge, type View } from './bridge.ts'
import type { ControlFrame } from './protocol.ts'
import { viewIn } from './queries.ts'
import { MESSAGE_MAX } from './viewer-messages.ts'

export const DEFAULT_PREFIX = '/inspect'

export interface InspectorOptions extends BridgeOptions {
  /** The engine to inspect, live and in the past. Without it only `history` is shown. */
  readonly engine?: InspectedEngine | undefined
  /** The past. Default: the history of the engine. */
  readonly history?: History | undefined
  /** Administrators among these accounts may sign in. Without accounts, only holders of a link may. */
  readonly accounts?: Accounts | undefined
  /** Host names of this server, in addition to `localhost` and its addresses. */
  readonly hosts?: readonly string[] | undefined
  /**
   * The path of the inspector. Default: `/inspect`. For a service of your own it is the whole path, with the prefix of
   * the Fastify instance that gets `inspectorRoutes`. For the plugin `inspector` it is Fastify's `prefix`.
   */
  readonly prefix?: string | undefined
  /** The time if there is no engine, in milliseconds since 1970 UTC. Default: the wall clock. */
  readonly now?: (() => number) | undefined
  /** Called with unexpected errors. */
  readonly failed?: ((error: unknown) => void) | undefined
}

/** Viewers that have not disconnected after this time are cut off. Milliseconds. */
const LINGER_MS = 1000

/** Administrators see everything. */
const grantOf = ({ kind }: Visitor) => (kind === 'administrator' ? 'everything' : undefined)
/** The principal of a viewer that opened a link of this process. */
const LINKED: Principal = { id: 'link', kind: 'administrator' }
/** Without accounts every password is wrong. */
const NO_ACCOUNTS: Accounts = { verify: async () => undefined }

/** The refusal of a live stream if only the past can be shown. */
export const noLiveStream = () =>
  new AccessRefusal('NO_LIVE_STREAM', '', 'no engine runs here: only the past can be shown')

/** The service behind the paths of `/inspect`. `inspectorRoutes` serves it. */
export class InspectorService {
  readonly prefix: string
  readonly hosts: readonly string[]
  readonly personal: boolean
  readonly gate: Gate<'everything'>
  readonly history: History | undefined
  /** Milliseconds since 1970 UTC. */
  readonly now: () => Promise<number>
  readonly #bridge: InspectorBridge | undefined
  readonly #entrance: Entrance<'everything', View>
  readonly #open = new Set<Promise<void>>()
  readonly #stop: (() => void) | undefined

  constructor(options: InspectorOptions) {
    const { engine, accounts = NO_ACCOUNTS, prefix = DEFAULT_PREFIX, hosts = [] } = options
    const failed = (error: unknown) => contained(() => options.failed?.(error))
    this.prefix = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
    this.hosts = hosts
    this.personal = options.personal ?? false
    this.gate = new Gate({ accounts, signIns: signInsOf(engine ?? this), grantOf, wanted: 'an administrator' })
    this.#stop = engine?.on('directory', () => this.gate.forgetGone())
    this.#bridge = engine && new InspectorBridge(engine, options)
    this.history = options.history ?? engine?.history
    this.now = async () => {
      await engine?.look?.('now')
      return engine ? engine.now() : (options.now ?? Date.now)()
    }
    this.#entrance = new Entrance({
      path: `${this.prefix}/stream`,
      gate: this.gate,
      names: hosts,
      maxMessage: MESSAGE_MAX,
      query: (query) => this.#viewIn(query),
      ready: () => engine?.look?.('aggregates'),
      full: () => (this.#bridge?.isFull ? 'there are too many viewers' : undefined),
      connected: (socket, _, view) => this.#connected(socket, view),
      failed,
    })
  }

  /** True if there is an engine, so that the live stream exists. */
  get isLive(): boolean {
    return this.#bridge !== undefined
  }

  /** Numbers of the live stream, for metrics. */
  get figures(): BridgeFigures {
    return this.#bridge?.figures ?? { viewers: 0, framesSent: 0, framesDropped: 0 }
  }

  /**
   * A ticket for the fragment of a link to the viewer's page: `${origin}${service.prefix}/#ticket=${service.link()}`. The
   * first browser that opens the link within ten minutes is signed in.
   */
  link(): string {
    return this.gate.link(LINKED)
  }

  /** Sends a control frame to all viewers of compact streams. */
  tell(frame: ControlFrame): void {
    this.#bridge?.tell(frame)
  }

  /** Handles an upgrade request for the stream. Returns false for other requests, and leaves them untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return this.#entrance.handleUpgrade(request, socket, head)
  }

  /** Closes the streams of all viewers, and cuts off those that stay. Resolves when all have disconnected. */
  async close(): Promise<void> {
    this.#stop?.()
    this.gate.close()
    this.#bridge?.close()
    const cut = setTimeout(() => this.#entrance.close(), LINGER_MS)
    await Promise.all(this.#open)
    clearTimeout(cut)
    this.#entrance.close()
  }

  #viewIn(query: URLSearchParams): View {
    if (this.#bridge) return viewIn(query)
    throw noLiveStream()
  }

  #connected(socket: WebSocket, view: View): void {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    this.#open.add(closed)
    void closed.then(() => this.#open.delete(closed))
    this.#bridge?.add(socket, view)
  }
}
