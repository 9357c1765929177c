/**
 * `/inspect`: tickets, machines, the past, and the WebSocket of the live stream. For administrators only, for pages of the
 * same origin only, never with CORS.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Accounts, Principal } from '../accounts/api.ts'
import { contained } from '../engine/contained.ts'
import type { History } from '../engine/ports.ts'
import { Gate } from './access/gate.ts'
import { AccessRefusal } from './access/refusal.ts'
import { Entrance } from './access/upgrade.ts'
import { type BridgeFigures, type BridgeOptions, type InspectedEngine, InspectorBridge, type View } from './bridge.ts'
import type { ControlFrame } from './protocol.ts'
import { viewIn } from './queries.ts'
import { MESSAGE_MAX } from './viewer-messages.ts'

export const DEFAULT_PREFIX = '/inspect'

export interface InspectorOptions extends BridgeOptions {
  /** What is looked at, live and back in time; without it `history` alone, back in time only. */
  readonly engine?: InspectedEngine
  /** The past; the engine's own when left out. */
  readonly history?: History
  /** Who may look: administrators among these. Without accounts only whoever has a link. */
  readonly accounts?: Accounts
  /** Names under which this server is known, beside `localhost` and its addresses. */
  readonly hosts?: readonly string[]
  /** `/inspect` when left out. */
  readonly prefix?: string
  /** Time where there is no engine: milliseconds since 1970 UTC; the wall clock's when left out. */
  readonly now?: () => number
  /** Hears of what nobody expected. */
  readonly failed?: (error: unknown) => void
}

/** Viewers that have not gone are cut off after so long, in ms. */
const LINGER_MS = 1000

/** Administrators see everything. */
const grantOf = ({ kind }: Principal) => (kind === 'administrator' ? 'everything' : undefined)
/** Whoever opens a link of this process. */
const LINKED: Principal = { id: 'link', kind: 'administrator' }
/** Nobody has a password here. */
const NOBODY: Accounts = { verify: async () => undefined }

/** Where the past is all there is. */
export const noLiveStream = () =>
  new AccessRefusal('NO_LIVE_STREAM', '', 'nothing runs here: only the past can be looked at')

/** Everything behind the paths of `/inspect`; `inspectorRoutes` serves it. */
export class InspectorService {
  readonly prefix: string
  readonly hosts: readonly string[]
  readonly personal: boolean
  readonly gate: Gate<'everything'>
  readonly history: History | undefined
  readonly now: () => number
  readonly #bridge: InspectorBridge | undefined
  readonly #entrance: Entrance<'everything', View>
  readonly #open = new Set<Promise<void>>()

  constructor(options: InspectorOptions) {
    const { engine, accounts = NOBODY, prefix = DEFAULT_PREFIX, hosts = [] } = options
    const failed = (error: unknown) => contained(() => options.failed?.(error))
    this.prefix = prefix
    this.hosts = hosts
    this.personal = options.personal ?? false
    this.gate = new Gate({ accounts, grantOf, wanted: 'an administrator' })
    this.#bridge = engine && new InspectorBridge(engine, options)
    this.history = options.history ?? engine?.history
    this.now = engine ? () => engine.now() : (options.now ?? (() => Date.now()))
    this.#entrance = new Entrance({
      path: `${prefix}/stream`,
      gate: this.gate,
      names: hosts,
      maxMessage: MESSAGE_MAX,
      query: (query) => this.#viewIn(query),
      full: () => (this.#bridge?.isFull ? 'there are too many viewers' : undefined),
      connected: (socket, _, view) => this.#connected(socket, view),
      failed,
    })
  }

  /** Something runs here that can be looked at while it does. */
  get isLive(): boolean {
    return this.#bridge !== undefined
  }

  /** Of the live stream, for metrics. */
  get figures(): BridgeFigures {
    return this.#bridge?.figures ?? { viewers: 0, framesSent: 0, framesDropped: 0 }
  }

  /** A ticket for the fragment of a link: whoever opens the link first, within ten minutes, may look. */
  link(): string {
    return this.gate.link(LINKED)
  }

  /** A word to all viewers of compact streams. */
  tell(frame: ControlFrame): void {
    this.#bridge?.tell(frame)
  }

  /** Takes an upgrade request for the stream; false leaves any other to the caller, untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return this.#entrance.handleUpgrade(request, socket, head)
  }

  /** Tells viewers to go, and cuts off those who do not; resolves when all have gone. */
  async close(): Promise<void> {
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
