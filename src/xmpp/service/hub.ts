import type { Logger } from 'pino'
import type { StanzaDelivery } from './delivery.ts'
import type { Figures } from './figures.ts'
import type { Limits } from './limits.ts'
import type { Nodes } from './nodes.ts'
import type { PresenceBoard } from './presence.ts'
import type { BoundSessions } from './sessions.ts'
import type { Subscriptions } from './subscriptions.ts'

/** The parts of one service that its stanza handlers use. */
export interface Hub {
  readonly domain: string
  /** Address of the publish/subscribe service. */
  readonly pubsubDomain: string
  readonly limits: Limits
  readonly logger: Logger
  readonly figures: Figures
  readonly sessions: BoundSessions
  readonly nodes: Nodes
  readonly subscriptions: Subscriptions
  readonly presence: PresenceBoard
  readonly delivery: StanzaDelivery
  /** Ends the streams of a user that were signed in with an access token. */
  endTokenSessions(user: string): void
}
