/** What the plugin is given, and what it works with. */
import type { Side } from '../../machines/wire.ts'
import type { Accounts, HasAccounts } from '../accounts/api.ts'
import type { Engine } from '../engine/api.ts'
import type { CorsMode } from '../http/index.ts'
import type { ConnectionGuard } from '../sockets/index.ts'

/** Options of the `finesse` plugin; `prefix` (default `/finesse/api`) is Fastify's own. */
export interface FinesseOptions {
  readonly engine: Engine & HasAccounts
  /** Who may sign in; the engine's own accounts when left out. */
  readonly accounts?: Accounts
  /** The side that this listener belongs to; `A` when left out. */
  readonly side?: Side
  /** Names that SystemInfo shows; `localhost` where left out. */
  readonly hosts?: { readonly primary: string; readonly secondary?: string }
  /** XMPP domains that SystemInfo shows; the pubsub service defaults to `pubsub.` and the domain. */
  readonly xmpp?: { readonly domain: string; readonly pubsub?: string }
  /** Which pages of other origins may call (ruling 42); `enable_all` when left out. */
  readonly cors?: CorsMode
  /**
   * Bounds the connections of the whole server that the plugin is registered in, before it listens: those without an
   * authenticated request make way for newer ones, and end after a time. Tell it of sessions of your own routes by
   * `hasSession`. No bounds when left out.
   */
  readonly connections?: ConnectionGuard
  /** Longest request body in bytes; 64 KiB when left out, which is also the most that the XML reader takes. */
  readonly bodyLimit?: number
}
