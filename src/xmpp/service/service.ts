import type { Logger } from 'pino'
import type { Directory } from '../../directory/model.ts'
import type { Clock, RecordStore } from '../../engine/ports.ts'
import { type Account, GATEWAY_ACCOUNT } from './account.ts'
import { StanzaDelivery } from './delivery.ts'
import { type Figures, noFigures } from './figures.ts'
import type { Hub } from './hub.ts'
import { formatJid } from './jid.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { Nodes } from './nodes.ts'
import { PresenceBoard } from './presence.ts'
import { route } from './router.ts'
import { BoundSession } from './session.ts'
import { BoundSessions } from './sessions.ts'
import { type Entrance, type StreamHost, XmppStream } from './stream.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Wire } from './transports/wire.ts'
import type { Element } from './xml/element.ts'

const ACCOUNT_GONE = 'there is no such account any more'

export interface ServiceOptions {
  /** XMPP domain. The pubsub service is `pubsub.<domain>`. */
  readonly domain: string
  readonly directory: () => Directory
  /** Does this account still exist? Needed besides the directory, which contains users but no administrators. */
  readonly knows: (account: Pick<Account, 'id' | 'kind'>) => boolean
  readonly records: RecordStore
  /** Collection of the explicit subscriptions in the record store, for example `xmpp-subscriptions-A`. */
  readonly collection: string
  /** True: only supervisors of a team may subscribe to its nodes (`notifications 5.2`). */
  readonly authorizeSubscriptions: boolean
  readonly limits?: Partial<Limits>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * The embedded notification service: everything between the transports and the directory. Listeners pass their
 * connections to `connect`.
 */
export class NotificationService implements Hub, StreamHost {
  readonly domain: string
  readonly pubsubDomain: string
  readonly limits: Limits
  readonly clock: Clock
  readonly logger: Logger
  readonly figures: Figures = noFigures()
  readonly sessions = new BoundSessions()
  readonly nodes: Nodes
  readonly subscriptions: Subscriptions
  readonly presence: PresenceBoard
  readonly delivery: StanzaDelivery
  readonly #knows: ServiceOptions['knows']
  readonly #streams = new Map<XmppStream, Entrance>()
  readonly #connections = new Map<Entrance, number>()
  /** Streams of clients without a session, oldest first. */
  readonly #withoutSession = new Set<XmppStream>()
  #stopping = false
  #lost = false

  constructor(options: ServiceOptions) {
    this.domain = options.domain.toLowerCase()
    this.pubsubDomain = `pubsub.${this.domain}`
    this.limits = { ...defaultLimits, ...options.limits }
    this.clock = options.clock
    this.logger = options.logger
    this.nodes = new Nodes(options.directory, options.authorizeSubscriptions)
    this.subscriptions = new Subscriptions(options.records, options.collection, options.logger)
    this.presence = new PresenceBoard(this)
    this.delivery = new StanzaDelivery(this)
    this.#knows = options.knows
    void this.#prune()
  }

  /**
   * Starts a stream on a new connection. When there are too many, the oldest stream without a session is ended, so that
   * a flood keeps no user out. When all streams have sessions, the new connection is refused.
   */
  connect(wire: Wire, entrance: Entrance): XmppStream {
    const stream = new XmppStream(wire, this, entrance)
    this.#streams.set(stream, entrance)
    const connections = this.#countStreams(entrance, 1)
    if (this.#stopping) stream.fail('system-shutdown')
    else if (this.#lost && entrance.name === 'client') stream.cut()
    else if (connections > entrance.connections) {
      const [oldest = stream] = entrance.name === 'client' ? this.#withoutSession : []
      this.figures.refused += 1
      oldest.fail('resource-constraint', 'too many connections')
    }
    if (entrance.name === 'client' && this.#streams.has(stream)) this.#withoutSession.add(stream)
    return stream
  }

  bind(stream: XmppStream, account: Account, resource: string): BoundSession | undefined {
    if (!this.#isKnown(account)) {
      stream.fail('not-authorized', ACCOUNT_GONE)
      return undefined
    }
    const bare = formatJid({ local: account.local, domain: this.domain, resource: '' })
    const jid = `${bare}/${resource}`
    // The old session ends, with its unavailable presence, before the new one begins (`notifications 9.5`).
    this.sessions.byJid(jid)?.fail('conflict')
    if (this.sessions.ofAccount(account.local).length >= this.limits.sessionsPerUser) return undefined
    const session = new BoundSession(stream, account, { bare, jid }, { clock: this.clock, limits: this.limits })
    this.sessions.add(session)
    this.#withoutSession.delete(stream)
    this.#count()
    return session
  }

  stanza(session: BoundSession, element: Element): void {
    route(this, session, element)
  }

  ended(stream: XmppStream, session: BoundSession | undefined): void {
    this.#withoutSession.delete(stream)
    const entrance = this.#streams.get(stream)
    if (entrance !== undefined && this.#streams.delete(stream)) this.#countStreams(entrance, -1)
    if (session === undefined || !this.sessions.remove(session)) return
    this.#count()
    this.presence.disappeared(session)
  }

  /** Ends the streams of all clients and forgets their subscriptions. The engine's own session stays open. */
  reset(): void {
    this.subscriptions.forget()
    for (const [stream, { name }] of [...this.#streams]) if (name === 'client') stream.fail('reset')
  }

  /** Keeps the nodes of a former directory until `forget`, for their last notifications. */
  keep(before: Directory): void {
    this.nodes.keep(before)
  }

  /** Ends the sessions of removed accounts. Removes their subscriptions, and all subscriptions to removed nodes. */
  forget(before: Directory): void {
    this.nodes.drop(before)
    for (const session of this.sessions.all())
      if (!this.#isKnown(session.account)) session.fail('not-authorized', ACCOUNT_GONE)
    void this.#prune()
  }

  /**
   * Ends the streams of a user that were signed in with an access token, because the user has no valid one any more. The
   * loss of presence leads to a forced sign-out, as for a client that vanished (`user 5.9`; `notifications 9.5`).
   */
  endTokenSessions(user: string): void {
    for (const stream of [...this.#streams.keys()]) stream.tokenEnded(user)
  }

  /** Sets whether the side is lost. While it is lost, no client is or can be connected (`notifications 12.2`). */
  lose(lost: boolean): void {
    this.#lost = lost
    if (lost) for (const [stream, { name }] of [...this.#streams]) if (name === 'client') stream.cut()
  }

  /** Ends all streams with `system-shutdown` and accepts no more (`notifications 9.5`). */
  stop(): void {
    this.#stopping = true
    for (const stream of [...this.#streams.keys()]) stream.fail('system-shutdown')
  }

  #isKnown(account: Account): boolean {
    if (account.kind === 'gateway') return true
    return (account.kind !== 'user' || this.nodes.knowsLocal(account.local)) && this.#knows(account)
  }

  /** Removes subscriptions of removed accounts, so that a new account with the same id does not inherit them. */
  async #prune(): Promise<void> {
    const isAccount = (local: string) =>
      this.nodes.knowsLocal(local) || this.#knows({ id: local, kind: 'administrator' })
    try {
      await this.subscriptions.prune(({ node, jid }) => this.nodes.find(node) !== undefined && isAccount(jid.local))
    } catch (error) {
      // These subscriptions deliver nothing. The next start or reload tries again to remove them.
      this.logger.warn({ err: error }, 'subscriptions of removed accounts or nodes could not be deleted')
    }
  }

  #countStreams(entrance: Entrance, change: 1 | -1): number {
    const connections = (this.#connections.get(entrance) ?? 0) + change
    this.#connections.set(entrance, connections)
    if (entrance.name === 'client') this.figures.connections = connections
    return connections
  }

  #count(): void {
    this.figures.sessions = this.sessions.size - this.sessions.ofAccount(GATEWAY_ACCOUNT).length
  }
}
