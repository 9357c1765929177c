import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import type { GatewayConnection } from './connection.ts'
import type { Preparation } from './preparation.ts'

/** What the upkeep needs around it. */
export interface UpkeepHost {
  readonly side: Side
  readonly logger: Logger
  /** Nothing for a service that needs none. */
  readonly preparation: Preparation | undefined
  /** Resolves when the notifications of what is gone have left, or need not be waited for any longer. */
  lastWords(): Promise<void>
  /** Is this still the session that publishes? */
  isUp(connection: GatewayConnection): boolean
}

/** Keeps a service that is not ours as the directory wants it. */
export class Upkeep {
  readonly #host: UpkeepHost
  /** The service is being set up for a changed directory. */
  #refreshing: Promise<void> | undefined
  #following: Promise<unknown> = Promise.resolve()

  constructor(host: UpkeepHost) {
    this.#host = host
  }

  /** Resolves when the service is as the directory wants it, what is gone included. Never rejects. */
  get settled(): Promise<unknown> {
    return this.#following
  }

  /** Makes the service ready in a session that is not available yet. Rejects when the service does not let us. */
  async prepare(connection: GatewayConnection): Promise<void> {
    await this.#host.preparation?.prepare(connection)
  }

  /**
   * The directory has changed: sets the service up for it at once, and takes away what is gone when the notifications of it
   * have left.
   */
  follow(connection: GatewayConnection): void {
    if (this.#host.preparation !== undefined)
      this.#following = Promise.all([this.#following, this.#follow(connection, this.#host.preparation)])
  }

  /** Tries again where it failed before. Never rejects. */
  async check(connection: GatewayConnection): Promise<void> {
    const { preparation } = this.#host
    if (preparation?.isStale) await this.#follow(connection, preparation)
  }

  /** After a change of the directory: whoever publishes meanwhile waits, because the nodes may be missing. */
  async refresh(connection: GatewayConnection): Promise<void> {
    const { preparation } = this.#host
    // It may change again meanwhile.
    while (preparation?.isStale) {
      this.#refreshing ??= preparation.prepare(connection).finally(() => {
        this.#refreshing = undefined
      })
      await this.#refreshing
    }
  }

  /** Never rejects. */
  async #follow(connection: GatewayConnection, preparation: Preparation): Promise<void> {
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
