/** Options of the plugin. */
import type { Side } from '../../machines/wire.ts'
import type { Accounts, HasAccounts } from '../accounts/api.ts'
import type { ClientLogs } from '../client-logs/index.ts'
import type { Engine } from '../engine/api.ts'
import type { CorsMode } from '../http/index.ts'
import type { ConnectionGuard } from '../sockets/index.ts'

/** Options of the `finesse` plugin; `prefix` (default `/finesse/api`) is Fastify's own. */
export interface FinesseOptions {
  readonly engine: Engine & HasAccounts
  /** The accounts that may sign in; the engine's own accounts when left out. */
  readonly accounts?: Accounts | undefined
  /** The side that this listener belongs to; `A` when left out. */
  readonly side?: Side | undefined
  /** Host names that SystemInfo shows; `localhost` when left out. */
  readonly hosts?: { readonly primary: string; readonly secondary?: string | undefined } | undefined
  /** XMPP domains that SystemInfo shows; `pubsub` is `pubsub.<domain>` when left out. */
  readonly xmpp?: { readonly domain: string; readonly pubsub?: string | undefined } | undefined
  /** Which pages of other origins may call the API (ruling 42); `enable_all` when left out. */
  readonly cors?: CorsMode | undefined
  /**
   * Limits the connections of the whole server, if the plugin is registered before the server listens. Connections
   * without an authenticated request are closed after a time, or earlier to make room for newer ones. Your own routes
   * call `hasSession` for a connection that has a session. No limits when left out.
   */
  readonly connections?: ConnectionGuard | undefined
  /**
   * Where logs of desktops are kept (`dialog 11`), for example `clientLogFiles(directory)`. When left out they are
   * refused. Give the same object to the plugins of both sides.
   */
  readonly clientLogs?: ClientLogs | undefined
  /** Longest request body in bytes, except for logs of desktops; 64 KiB when left out. The XML reader takes no more than 64 KiB. */
  readonly bodyLimit?: number | undefined
}
