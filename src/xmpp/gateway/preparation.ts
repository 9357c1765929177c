import type { GatewayConnection } from './connection.ts'

/** What a server that is not ours needs before it can be published to, and from time to time. */
export interface Preparation {
  /** The directory, or who administers, has changed since `prepare`. */
  readonly isStale: boolean
  /**
   * Makes the server ready, in a session that is open and not available yet; also again, when it is stale. Rejects when
   * the server does not let us: the session is of no use then.
   */
  prepare(connection: GatewayConnection): Promise<void>
  /**
   * Takes away what the directory knows of no more. Comes after the last notifications of it, so that whoever was subscribed
   * hears that it is gone.
   */
  tidy(connection: GatewayConnection): Promise<void>
  /**
   * A publication on this node was refused: the server has lost it, or has it otherwise than wanted. Makes it as it should
   * be; false when the directory knows of no such node, so that nobody could be subscribed to it.
   */
  repair(connection: GatewayConnection, node: string): Promise<boolean>
  /** Namespace of the `notification` element on this server, where `configured` is the wanted one. */
  namespaceFor(configured: string): string
}
