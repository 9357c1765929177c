/** What the plugin is given, and what it works with. */
import type { Accounts, HasAccounts } from '../accounts/api.ts'
import type { Engine } from '../engine/api.ts'
import type { SystemInfoValue } from '../engine/values.ts'
import type { CorsMode } from '../http/index.ts'

/** One of the two sides of a deployment. */
export type Side = SystemInfoValue['side']

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
  /** Longest request body in bytes; 64 KiB when left out, which is also the most that the XML reader takes. */
  readonly bodyLimit?: number
}
