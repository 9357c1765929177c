/** Options and handle that the embedded and the external notification service have in common. */
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
  /** The side that the service belongs to; `A` when left out. */
  readonly side?: Side | undefined
  /** False allows every user to subscribe to every node (`notifications 5.2`). True when left out. */
  readonly authorizeSubscriptions?: boolean | undefined
  /**
   * Renders a notification as its `Update` document, XML without declaration. When left out, the documents are those of
   * Finesse, with the domain as primary host.
   */
  readonly render?: Render | undefined
  readonly gatewayLimits?: Partial<GatewayLimits> | undefined
  /** No logging when left out. */
  readonly logger?: Logger | undefined
}

/** A running notification service. */
export interface RunningNotificationService {
  readonly domain: string
  readonly pubsubDomain: string
  /** Ports of the open surfaces. */
  readonly ports: Ports
  /** Current numbers, for metrics. */
  readonly figures: Readonly<Figures>
  /** Current numbers of the engine's own session at the service. */
  readonly gateway: GatewayFigures
  /** Calls `listener` after each publication that was answered or failed. Only its first error is logged. */
  onPublished(listener: (published: Published) => void): void
  /** Is `finesse@domain` connected, so that notifications can be published? */
  readonly online: boolean
  /** Resolves when the first attempt to connect the engine has succeeded or failed. */
  readonly tried: Promise<void>
  /**
   * Resolves when the engine knows of all sessions that began or ended before the call, and when the notifications that
   * it had published are on their way to the sessions. Does not wait while the engine is not connected.
   */
  settled(): Promise<void>
  /**
   * Takes a BOSH request from another HTTP server (HTTP/1.1 or HTTP/2) and returns true when its path is `/http-bind`
   * or `/http-bind/`. Otherwise returns false and leaves the request untouched. The body must not have been read.
   */
  handleRequest(request: HttpRequest, response: HttpResponse): boolean
  /**
   * Takes a WebSocket upgrade from another HTTP server and returns true when its path is `/ws` or `/ws/`. Otherwise
   * returns false and leaves the socket untouched.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Sends `system-shutdown` to the clients and closes everything. Resolves when done. Idempotent. */
  close(): Promise<void>
}
