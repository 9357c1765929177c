/** Reads users whose media and dialogs come by no notification, one after the other, spread over the time. */
import type { Clock } from '../engine/ports.ts'

export interface PollingOptions {
  readonly clock: Clock
  /** How often each user is read, in ms. Many users are read less often, as `leastPauseMs` says. */
  readonly everyMs: number
  /** Shortest pause between two users, in ms. */
  readonly leastPauseMs: number
  /** The users to read. They change while sessions come and go. */
  readonly users: () => readonly string[]
  readonly read: (user: string) => void
}

export class Polling {
  readonly #options: PollingOptions
  #cancel: () => void = () => undefined
  #next = 0

  constructor(options: PollingOptions) {
    this.#options = options
  }

  start(): void {
    const { clock, everyMs, leastPauseMs, users, read } = this.#options
    this.#cancel()
    const all = users()
    const pause = Math.max(1, leastPauseMs, everyMs / Math.max(1, all.length))
    this.#cancel = clock.at(clock.now() + pause, () => {
      const user = all[this.#next % Math.max(1, all.length)]
      this.#next += 1
      this.start()
      if (user !== undefined) read(user)
    })
  }

  stop(): void {
    this.#cancel()
  }
}
