import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import type { XmppConnection } from '../../xmpp-session/connection.ts'
import type { Preparation } from './preparation.ts'

/** What the upkeep needs from the gateway. */
export interface UpkeepHost {
  readonly side: Side
  readonly logger: Logger
  /** `undefined` for a service that needs no setup. */
  readonly preparation: Preparation | undefined
  /** Resolves when the last notifications of removed nodes were delivered, or when the wait for them is over. */
  lastWords(): Promise<void>
  /** Is this still the connection that publishes? */
  isUp(connection: XmppConnection): boolean
}

/** Keeps the setup of an external service in line with the directory. */
export class Upkeep {
  readonly #host: UpkeepHost
  /** The setup for a changed directory, while it is under way. */
  #refreshing: Promise<void> | undefined
  #following: Promise<unknown> = Promise.resolve()

  constructor(host: UpkeepHost) {
    this.#host = host
  }

  /** Resolves when the service is set up for the directory and removed nodes are deleted. Never rejects. */
  get settled(): Promise<unknown> {
    return this.#following
  }

  /** Sets the service up in a session that is not yet available. Rejects when the service refuses. */
  async prepare(connection: XmppConnection): Promise<void> {
    await this.#host.preparation?.prepare(connection)
  }

  /**
   * Sets the service up for a changed directory at once. Removed nodes are deleted after their last notifications
   * were delivered.
   */
  follow(connection: XmppConnection): void {
    if (this.#host.preparation !== undefined)
      this.#following = Promise.all([this.#following, this.#follow(connection, this.#host.preparation)])
  }

  /** Repeats a setup that failed. Never rejects. */
  async check(connection: XmppConnection): Promise<void> {
    const { preparation } = this.#host
    if (preparation?.isStale) await this.#follow(connection, preparation)
  }

  /** Sets the service up if the directory has changed. Publications wait for it, because their nodes may be missing. */
  async refresh(connection: XmppConnection): Promise<void> {
    const { preparation } = this.#host
    // The directory may change again during the setup.
    while (preparation?.isStale) {
      this.#refreshing ??= preparation.prepare(connection).finally(() => {
        this.#refreshing = undefined
      })
      await this.#refreshing
    }
  }

  /** Never rejects. */
  async #follow(connection: XmppConnection, preparation: Preparation): Promise<void> {
    const { logger, side } = this.#host
    try {
      await this.refresh(connection)
      await this.#host.lastWords()
      if (this.#host.isUp(connection)) await preparation.tidy(connection)
    } catch (error) {
      if (this.#host.isUp(connection))
        logger.warn({ err: error, side }, 'the notification service could not be set up for the directory')
    }
  }
}
