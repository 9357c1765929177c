/** Options and handle that the embedded notification service and one outside have in common. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { GatewayFigures, Published } from './gateway/figures.ts'
import type { GatewayLimits } from './gateway/limits.ts'
import type { Render } from './rendering.ts'
import type { Figures } from './service/figures.ts'
import type { HttpRequest, HttpResponse } from './service/listeners/bosh-entry.ts'
import type { Ports } from './surfaces.ts'

export interface CommonServiceOptions {
  /** `A` when left out. */
  readonly side?: Side
  /** False lets everybody subscribe to every node (`notifications 5.2`). */
  readonly authorizeSubscriptions?: boolean
  /**
   * The `Update` document of a notification, as XML without declaration. Finesse's own, with the domain as primary host,
   * when left out.
   */
  readonly render?: Render
  readonly gatewayLimits?: Partial<GatewayLimits>
  /** Silent when left out. */
  readonly logger?: Logger
}

export interface RunningNotificationService {
  readonly domain: string
  readonly pubsubDomain: string
  /** Ports of the surfaces that were started. */
  readonly ports: Ports
  /** Current numbers, for metrics. */
  readonly figures: Readonly<Figures>
  /** The engine's own session at the service, in numbers. */
  readonly gateway: GatewayFigures
  /** Calls `listener` with each publication that has its answer. What it throws, or rejects with, is logged. */
  onPublished(listener: (published: Published) => void): void
  /** Is `finesse@domain` available, so that notifications go out? */
  readonly online: boolean
  /** Resolves when the first attempt to connect the engine has ended, well or not. */
  readonly tried: Promise<void>
  /**
   * Resolves when the engine has heard of everybody who came or went before the call, and when what it had published
   * is on its way to the sessions that were there. At once while the engine is not connected.
   */
  settled(): Promise<void>
  /**
   * Takes a BOSH request of another HTTP server, HTTP/1.1 or HTTP/2, when its path is `/http-bind` or `/http-bind/`; false
   * leaves it to the caller, untouched. Its body must not have been read.
   */
  handleRequest(request: HttpRequest, response: HttpResponse): boolean
  /**
   * Takes a WebSocket upgrade of another HTTP server when its path is `/ws` or `/ws/`; false leaves the socket to the
   * caller, untouched.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Tells clients `system-shutdown`, closes everything; resolves when done. Idempotent. */
  close(): Promise<void>
}
