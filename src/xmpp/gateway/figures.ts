import { contained } from '../../engine/contained.ts'

/** Numbers of a gateway, for metrics; counters run from its start. */
export interface GatewayFigures {
  /** Publications without an answer so far. */
  readonly inFlight: number
  /** Publications that wait for their turn. */
  readonly waiting: number
  /** Publications that the service took. */
  readonly published: number
  /** Publications that the service refused, did not answer in time, or lost with its connection. */
  readonly failed: number
  /** Sessions that came about: more than one means that the service was lost and found again. */
  readonly sessions: number
  /** Attempts to connect that came to nothing. */
  readonly failedAttempts: number
}

/** Of a gateway that does not run. */
export const NO_FIGURES: GatewayFigures = {
  inFlight: 0,
  waiting: 0,
  published: 0,
  failed: 0,
  sessions: 0,
  failedAttempts: 0,
}

/** One publication that has its answer, or will have none. */
export interface Published {
  readonly outcome: 'published' | 'failed'
  /** From the moment it was handed over, its wait for a turn included. */
  readonly milliseconds: number
}

/** Who hears of publications. What they throw, or reject with, stops nothing; the first time is told to `failed`. */
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
          // There are thousands of publications; one line says it.
          if (!this.#hasFailed) this.#failed(error)
          this.#hasFailed = true
        },
      )
  }
}
