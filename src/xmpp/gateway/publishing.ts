import { xml } from '@xmpp/client'
import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import { contained } from '../../engine/contained.ts'
import { type Clock, type Publication, type Taken, Undeliverable } from '../../engine/ports.ts'
import type { Notification } from '../../engine/values.ts'
import type { CodeOf } from '../../errors/mrdian-error.ts'
import { Turns } from '../../waiting/turns.ts'
import { NS } from '../service/namespaces.ts'
import type { GatewayConnection } from './connection.ts'
import type { Published } from './figures.ts'
import type { GatewayLimits } from './limits.ts'
import type { Preparation } from './preparation.ts'
import { RequestRefused } from './requests.ts'
import { escapedBytes, withoutForbiddenCharacters } from './text.ts'

/** Conditions that say of a publication that it will never be taken, as it is. */
const NEVER_TAKEN: readonly string[] = ['not-acceptable', 'bad-request']
/** Conditions that say that the node is not as it should be. */
const NODE_AMISS: readonly string[] = ['item-not-found', 'forbidden', 'not-allowed']

/** A notification that no service would take; sending it again would not help. */
export class DocumentTooLarge extends Undeliverable {
  override readonly name = 'DocumentTooLarge'
  override readonly code: CodeOf<'DocumentTooLarge'> = 'DOCUMENT_TOO_LARGE'
  constructor(bytes: number, limit: number) {
    super(`the document has ${bytes} bytes, the limit is ${limit}`)
  }
}

/** How notifications become publications. */
export interface PublishingOptions {
  readonly side: Side
  /** The `Update` document of a notification, as XML without declaration. */
  readonly render: (notification: Notification) => string
  readonly clock: Clock
  readonly logger: Logger
  /** What the service needs beside; nothing when left out, as the embedded one. */
  readonly preparation?: Preparation
  /** Hears of each publication; must not throw. */
  readonly onPublished?: (published: Published) => void
}

/** Where publications go. */
export interface PublishingPlace {
  /** JID of the publish/subscribe service. */
  readonly pubsub: string
  /** The namespace of `notification` that the directory wants (`notifications 6`). */
  namespace(): string
  /** Resolves when the service is as the directory wants it. */
  refresh(connection: GatewayConnection): Promise<void>
  /** Is there a session of the user whose node this is? What the service tells of that comes before its next answer. */
  isOwnerThere(node: string): boolean
}

/** Publishes notifications in their order, so many at a time, and makes of each refusal what it means for the engine. */
export class Publishing {
  readonly #options: PublishingOptions
  readonly #place: PublishingPlace
  readonly #documentBytes: number
  readonly #turns: Turns
  readonly #counts = { published: 0, failed: 0 }
  /** Counts how often what waits was given up. */
  #life = 0

  constructor(options: PublishingOptions, place: PublishingPlace, limits: GatewayLimits) {
    this.#options = options
    this.#place = place
    this.#documentBytes = limits.documentBytes
    this.#turns = new Turns(
      { running: limits.inFlight, waiting: limits.waiting },
      () => new Error('too many publications are waiting'),
    )
  }

  get figures() {
    return { ...this.#counts, inFlight: this.#turns.running, waiting: this.#turns.waiting }
  }

  /** Gives up what waits for its turn: the engine has begun anew. */
  abandon(): void {
    this.#life += 1
  }

  /** Publishes one notification; rejects as `Gateway.publish` says. */
  async publish(connection: GatewayConnection, publication: Publication): Promise<Taken> {
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

  /** Resolves with what the service says: was it written to a session of the user whose node it is? */
  async #inTurn(
    connection: GatewayConnection,
    { itemId, lane, notification: { node } }: Publication,
    document: string,
  ): Promise<boolean> {
    const configured = this.#place.namespace()
    const xmlns = this.#options.preparation?.namespaceFor(configured) ?? configured
    const life = this.#life
    return this.#turns.run(async () => {
      if (life !== this.#life) throw new Error('the engine has begun anew, this is of before')
      await this.#place.refresh(connection)
      const answer = await connection.request('set', this.#place.pubsub, () => {
        const item = xml('item', { id: itemId }, xml('notification', { xmlns }, document))
        // The embedded service knows by it what it has had before.
        const of = this.#options.preparation ? [] : [xml('lane', { xmlns: NS.lane, name: lane })]
        return xml('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' }, xml('publish', { node }, item), ...of)
      })
      // The embedded service knows. Another one has told of everybody who came or left before it answered.
      const written = answer.getChild('written', NS.written)
      return written ? written.attrs.owner === 'true' : this.#place.isOwnerThere(node)
    })
  }

  /** What to make of a refusal: the publication is tried again unless this is `Undeliverable`. */
  async #refused(
    connection: GatewayConnection,
    { notification: { node } }: Publication,
    error: unknown,
  ): Promise<unknown> {
    const { preparation, logger, side } = this.#options
    if (preparation === undefined || !(error instanceof RequestRefused)) return error
    if (NEVER_TAKEN.includes(error.condition))
      return new Undeliverable(`the notification service refuses the document: ${error.condition}`, error)
    if (!NODE_AMISS.includes(error.condition)) return error
    logger.warn({ side, node, condition: error.condition }, 'a node is not as it should be and is set up again')
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
    // A promise, perhaps: nobody looks at what it says.
    contained(() => rendered)
    throw new Undeliverable('what a notification was rendered as is no text')
  }
}
