/**
 * Who acts for an agent, in the words of `media 13`: a small oracle that shares nothing with the machines. A side shows
 * what was settled on it; what the acting side shows is what counts.
 */
import type { Side } from '../../../machines/wire.ts'

export interface Settings {
  readonly limit: number
  readonly interrupt: 'ACCEPT' | 'IGNORE'
  readonly logout: 'CLOSE' | 'TRANSFER'
}

/** What a side shows on which nothing was settled. */
const UNKNOWN: Settings = { limit: 1, interrupt: 'ACCEPT', logout: 'CLOSE' }

/** What somebody does, in the order of time. */
export type Step =
  | { readonly does: 'signs in'; readonly side: Side; readonly settings: Settings }
  | { readonly does: 'signs in to voice' | 'comes' | 'goes'; readonly side: Side }

export class Oracle {
  /** Where there is presence, the newest last. */
  #present: readonly Side[] = []
  #lastSignIn: Side = 'A'
  readonly #settled = new Map<Side, Settings>()
  /** Sides that have been told of the sign-in to the medium, or acted already when it happened. */
  readonly #informed = new Set<Side>()
  /** The agent has come to a side that is not informed, and has to sign in there. */
  #waits = false

  constructor(steps: readonly Step[]) {
    for (const step of steps) this.#take(step)
  }

  get acting(): Side {
    return this.#present.at(-1) ?? this.#lastSignIn
  }

  /** What counts. */
  get settings(): Settings {
    return this.shows(this.acting)
  }

  /** Nobody serves the agent before the next sign-in. */
  get waits(): boolean {
    return this.#waits
  }

  /** What a side shows of the settings. */
  shows(side: Side): Settings {
    return this.#settled.get(side) ?? UNKNOWN
  }

  #take(step: Step): void {
    const { side } = step
    if (step.does === 'comes') this.#present = [...this.#present, side]
    if (step.does === 'goes') this.#present = this.#present.filter((each) => each !== side)
    if (step.does === 'signs in to voice' || step.does === 'signs in') this.#lastSignIn = side
    if (step.does === 'signs in') {
      this.#settled.set(side, step.settings)
      if (this.#informed.size === 0) this.#informed.add(this.acting)
      this.#informed.add(side)
    }
    this.#waits = this.#informed.size > 0 && !this.#informed.has(this.acting)
  }
}
