/**
 * What a sequence runs against: a server with its notification service, of whatever make. A sequence knows nothing else, so
 * that the same one runs against the embedded service and against an XMPP server outside.
 */
import type { LoadedDirectory } from '../../../src/directory/model.ts'
import type { Client, ConnectOptions } from './client.ts'

/** What a notification service may lack without a fault of ours; sequences that need it are not run there. */
export type Ability =
  /** Notifications from between bind and first presence are kept and delivered behind it (`notifications 5.4`). */
  | 'holds-before-presence'
  /** The time of its sockets can be the deployment's, so that silence passes. That of a program outside is its own. */
  | 'virtual-sockets'
  /** There can be a second side. A server outside serves one. */
  | 'two-sides'

/** A notification service that sequences can run against. */
export interface ServiceUnderTest {
  /** As it stands in the names of the tests. */
  readonly name: string
  readonly abilities: ReadonlySet<Ability>
  /** Starts a server on free ports; everything about it is fresh. */
  start(options?: DeploymentOptions): Promise<Deployment>
}

export interface DeploymentOptions {
  /** The sample directory when left out. */
  readonly directory?: LoadedDirectory
  /** The time of the sockets is the deployment's; needs `virtual-sockets`. */
  readonly virtualSockets?: boolean
  /** There are two sides; needs `two-sides`. */
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
  /**
   * A client that is signed in, bound and, unless told otherwise, present, at side A unless told otherwise; `secret` is
   * everybody's password.
   */
  connect(user: string, options?: ConnectOptions): Promise<Client>
  /**
   * Moves the engine's time, and that of the sockets where it is the same. What is due on the way happens; notifications
   * for it are on their way afterwards.
   */
  advance(ms: number): Promise<void>
  /** Resolves when the engine has heard that this session (full JID) came or went. */
  heard(session: string, available: boolean): Promise<void>
  /** Is this session (full JID) there, as far as the engine has heard? */
  isPresent(session: string): boolean
  /** Resolves when everything that was published has been written to the sessions that are there. */
  delivered(): Promise<void>
  /** A request to `/acd` by the administrator; the parsed JSON body. */
  acd(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Readonly<Record<string, unknown>>>
  /** Ends the notification service and starts it again on what it has stored, at the same addresses. */
  restartNotificationService(): Promise<void>
  close(): Promise<void>
}
