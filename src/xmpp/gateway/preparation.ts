import type { XmppConnection } from '../../xmpp-session/connection.ts'

/** Setup of an external XMPP server, which needs it before the first publication and after changes. */
export interface Preparation {
  /** Have the directory or the administrators changed since `prepare`? */
  readonly isStale: boolean
  /**
   * Sets the server up, in a session that is open but not yet available. Called again when the setup is stale. Rejects
   * when the server refuses; the session cannot be used then.
   */
  prepare(connection: XmppConnection): Promise<void>
  /**
   * Deletes what is no longer in the directory. Called after the last notifications of it, so that subscribers learn of
   * its removal.
   */
  tidy(connection: XmppConnection): Promise<void>
  /**
   * Sets a node up again after the server refused a publication on it, because the node was lost or has another
   * configuration. Resolves with false when the node is not in the directory, so that nobody can be subscribed to it.
   */
  repair(connection: XmppConnection, node: string): Promise<boolean>
  /** Namespace of the `notification` element on this server. `configured`: the one that the directory wants. */
  namespaceFor(configured: string): string
}
