import { xml } from '@xmpp/client'
import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import { contained } from '../../engine/contained.ts'
import { type Clock, type Publication, type Taken, Undeliverable } from '../../engine/ports.ts'
import type { Notification } from '../../engine/values.ts'
import type { CodeOf } from '../../errors/mrdian-error.ts'
import { Turns } from '../../waiting/turns.ts'
import type { XmppConnection } from '../../xmpp-session/connection.ts'
import { RequestRefused } from '../../xmpp-session/requests.ts'
import { NS } from '../service/namespaces.ts'
import type { Published } from './figures.ts'
import type { GatewayLimits } from './limits.ts'
import { NotPublished } from './not-published.ts'
import type { Preparation } from './preparation.ts'
import { escapedBytes, withoutForbiddenCharacters } from './text.ts'

/** Error conditions which mean that the service will never accept this publication. */
const NEVER_TAKEN: readonly string[] = ['not-acceptable', 'bad-request']
/** Error conditions which mean that the node is missing or has another configuration. */
const NODE_PROBLEMS: readonly string[] = ['item-not-found', 'forbidden', 'not-allowed']

/** The document of a notification is too large to publish. Retrying would not help. */
export class DocumentTooLarge extends Undeliverable {
  override readonly name = 'DocumentTooLarge'
  override readonly code: CodeOf<'DocumentTooLarge'> = 'DOCUMENT_TOO_LARGE'
  constructor(bytes: number, limit: number) {
    super(`the document has ${bytes} bytes, the limit is ${limit}`)
  }
}

/** Options for publishing notifications. */
export interface PublishingOptions {
  readonly side: Side
  /** The `Update` document of a notification, as XML without declaration. */
  readonly render: (notification: Notification) => string
  readonly clock: Clock
  readonly logger: Logger
  /** Setup of an external service. Left out for the embedded service, which needs none. */
  readonly preparation?: Preparation
  /** Called after each publication. Must not throw. */
  readonly onPublished?: (published: Published) => void
}

/** The destination of publications. */
export interface PublishingPlace {
  /** JID of the publish/subscribe service. */
  readonly pubsub: string
  /** The namespace of `notification` that the directory wants (`notifications 6`). */
  namespace(): string
  /** Resolves when the service is set up for the current directory. */
  refresh(connection: XmppConnection): Promise<void>
  /**
   * Does the user to whom this node belongs have a session? The service sends changes of presence before its next
   * answer.
   */
  isOwnerThere(node: string): boolean
}

/** Publishes notifications in order, a limited number at a time, and translates refusals for the engine. */
export class Publishing {
  readonly #options: PublishingOptions
  readonly #place: PublishingPlace
  readonly #documentBytes: number
  readonly #turns: Turns
  readonly #counts = { published: 0, failed: 0 }
  /** How often `abandon` was called. A waiting publication compares it when its turn comes. */
  #life = 0

  constructor(options: PublishingOptions, place: PublishingPlace, limits: GatewayLimits) {
    this.#options = options
    this.#place = place
    this.#documentBytes = limits.documentBytes
    this.#turns = new Turns(
      { running: limits.inFlight, waiting: limits.waiting },
      () => new NotPublished('TOO_MANY_PUBLICATIONS', 'too many publications are waiting'),
    )
  }

  get figures() {
    return { ...this.#counts, inFlight: this.#turns.running, waiting: this.#turns.waiting }
  }

  /** Drops the waiting publications after a reset of the engine. */
  abandon(): void {
    this.#life += 1
  }

  /** Publishes one notification. Rejects like `Gateway.publish`. */
  async publish(connection: XmppConnection, publication: Publication): Promise<Taken> {
    const document = withoutForbiddenCharacters(this.#render(publication.notification))
    const bytes = escapedBytes(document)
    if (bytes > this.#documentBytes) throw new DocumentTooLarge(bytes, this.#documentBytes)
    const { clock } = this.#options
    const since = clock.now()
    let outcome: Published['outcome'] = 'failed'
    try {
      const toOwner = await this.#inTurn(connection, publication, document)
      outcome = 'published'
      return { toOwner }
    } catch (error) {
      throw await this.#refused(connection, publication, error)
    } finally {
      this.#counts[outcome] += 1
      this.#options.onPublished?.({ outcome, milliseconds: clock.now() - since })
    }
  }

  /** Resolves with true when the service wrote the item to a session of the user to whom the node belongs. */
  async #inTurn(
    connection: XmppConnection,
    { itemId, lane, notification: { node } }: Publication,
    document: string,
  ): Promise<boolean> {
    const configured = this.#place.namespace()
    const xmlns = this.#options.preparation?.namespaceFor(configured) ?? configured
    const life = this.#life
    return this.#turns.run(async () => {
      if (life !== this.#life)
        throw new NotPublished('OUTDATED', 'the engine was reset: this notification is from before')
      await this.#place.refresh(connection)
      const answer = await connection.request('set', this.#place.pubsub, () => {
        const item = xml('item', { id: itemId }, xml('notification', { xmlns }, document))
        // The embedded service uses the lane to recognise items that it has had before.
        const lanes = this.#options.preparation ? [] : [xml('lane', { xmlns: NS.lane, name: lane })]
        return xml('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' }, xml('publish', { node }, item), ...lanes)
      })
      // The answer of the embedded service has this result. An external service sends presence before its answer.
      const written = answer.getChild('written', NS.written)
      return written ? written.attrs.owner === 'true' : this.#place.isOwnerThere(node)
    })
  }

  /** The error for the engine. The engine publishes the notification again unless the error is `Undeliverable`. */
  async #refused(
    connection: XmppConnection,
    { notification: { node } }: Publication,
    error: unknown,
  ): Promise<unknown> {
    const { preparation, logger, side } = this.#options
    if (preparation === undefined || !(error instanceof RequestRefused)) return error
    if (NEVER_TAKEN.includes(error.condition))
      return new Undeliverable(`the notification service refuses the document: ${error.condition}`, error)
    if (!NODE_PROBLEMS.includes(error.condition)) return error
    logger.warn({ side, node, condition: error.condition }, 'a node is missing or misconfigured: it is set up again')
    try {
      const isKnown = await preparation.repair(connection, node)
      return isKnown ? error : new Undeliverable('the node belongs to nobody in the directory', error)
    } catch (failure) {
      logger.warn({ err: failure, side, node }, 'the node could not be set up')
      return error
    }
  }

  #render(notification: Notification): string {
    let rendered: unknown
    try {
      rendered = this.#options.render(notification)
    } catch (error) {
      throw new Undeliverable('the notification cannot be rendered', error)
    }
    if (typeof rendered === 'string') return rendered
    // It may be a promise. Its rejection must be handled, although its value is not used.
    contained(() => rendered)
    throw new Undeliverable('the rendering of a notification is not a text')
  }
}
