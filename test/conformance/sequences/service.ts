/**
 * The interface of a server with its notification service. A sequence uses nothing else, so that it runs against the
 * embedded service and against an external XMPP server.
 */
import type { DirectoryChanges } from '../rows/stage.ts'
import type { Client, ConnectOptions } from './client.ts'

/** Abilities that a notification service may lack. Sequences that need one are not run without it. */
export type Ability =
  /** Notifications between bind and the first presence are kept, and delivered after it (`notifications 5.4`). */
  | 'holds-before-presence'
  /** Its sockets can use the virtual time of the deployment. An external program has its own time. */
  | 'virtual-sockets'
  /** There can be a second side. An external server serves only one. */
  | 'two-sides'
  /** It listens on a port of 127.0.0.1 under the domain `localhost`, without TLS. */
  | 'plain-sockets'

/** A notification service that sequences can run against. */
export interface ServiceUnderTest {
  /** The name in the names of the tests. */
  readonly name: string
  readonly abilities: ReadonlySet<Ability>
  /** Starts a new server on free ports, with new data. */
  start(options?: DeploymentOptions): Promise<Deployment>
}

export interface DeploymentOptions {
  /** The default is the sample directory. */
  readonly directory?: DirectoryChanges
  /** The sockets use the virtual time of the deployment. Needs `virtual-sockets`. */
  readonly virtualSockets?: boolean
  /** There are two sides. Needs `two-sides`. */
  readonly twoSides?: boolean
}

/** A running server with its notification service. */
export interface Deployment {
  /** For example `http://127.0.0.1:8082`. */
  readonly restUrl: string
  /** The XMPP domain. */
  readonly domain: string
  /** Port of XMPP over TCP, on 127.0.0.1. */
  readonly xmppPort: number
  /** A client that is signed in and bound, by default with presence and at side A. All passwords are `secret`. */
  connect(user: string, options?: ConnectOptions): Promise<Client>
  /** A client without XMPP. */
  restOnly(user: string): Client
  /**
   * Moves the engine's time, and that of the sockets if it is the same. Due deadlines are applied. Their notifications
   * may arrive later.
   */
  advance(ms: number): Promise<void>
  /** Resolves when the engine knows that this session (full JID) has connected or disconnected. */
  heard(session: string, available: boolean): Promise<void>
  /** Does the engine know this session (full JID) as connected? */
  isPresent(session: string): boolean
  /** Resolves when all published notifications were written to the connected sessions. */
  delivered(): Promise<void>
  /** A request of the administrator to `/acd`. Returns the parsed JSON body. */
  acd(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Readonly<Record<string, unknown>>>
  /**
   * Ends the notification service and starts it again on its stored data, at the same addresses. A service in this
   * process always ends in order.
   */
  restartNotificationService(how: 'in order' | 'by a crash'): Promise<void>
  close(): Promise<void>
}
