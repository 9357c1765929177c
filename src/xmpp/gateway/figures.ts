import { contained } from '../../engine/contained.ts'

/** Numbers of a gateway, for metrics. Counters begin at 0 when it starts. */
export interface GatewayFigures {
  /** Publications without an answer. */
  readonly inFlight: number
  /** Publications that wait for their turn. */
  readonly waiting: number
  /** Publications that the service took. */
  readonly published: number
  /** Publications that the service refused, did not answer in time, or lost with its connection. */
  readonly failed: number
  /** Sessions that were established. More than one means that the connection was lost and restored. */
  readonly sessions: number
  /** Failed attempts to connect. */
  readonly failedAttempts: number
}

/** Numbers of a gateway that does not run. */
export const NO_FIGURES: GatewayFigures = {
  inFlight: 0,
  waiting: 0,
  published: 0,
  failed: 0,
  sessions: 0,
  failedAttempts: 0,
}

/** A publication that was answered or has failed. */
export interface Published {
  readonly outcome: 'published' | 'failed'
  /** Duration since it was passed to the gateway, including the time it waited for its turn. */
  readonly milliseconds: number
}

/** Listeners of publications. Their errors and rejections are ignored, but the first one is passed to `failed`. */
export class PublicationListeners {
  readonly #listeners: ((published: Published) => void)[] = []
  readonly #failed: (error: unknown) => void
  #hasFailed = false

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  add(listener: (published: Published) => void): void {
    this.#listeners.push(listener)
  }

  tell(published: Published): void {
    for (const listener of this.#listeners)
      contained(
        () => listener(published),
        (error) => {
          // There are thousands of publications, so only the first error is reported.
          if (!this.#hasFailed) this.#failed(error)
          this.#hasFailed = true
        },
      )
  }
}
