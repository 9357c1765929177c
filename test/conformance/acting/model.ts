/**
 * A small model of `media 13` that shares no code with the machines: which side acts for an agent. Each side shows the
 * settings of its own sign-in. Those of the acting side apply.
 */
import type { Side } from '../../../machines/wire.ts'

export interface Settings {
  readonly limit: number
  readonly interrupt: 'ACCEPT' | 'IGNORE'
  readonly logout: 'CLOSE' | 'TRANSFER'
}

/** The settings that a side shows without a sign-in. */
const UNKNOWN: Settings = { limit: 1, interrupt: 'ACCEPT', logout: 'CLOSE' }

/** The events of an agent, in order of time. */
export type Step =
  | { readonly does: 'signs in'; readonly side: Side; readonly settings: Settings }
  | { readonly does: 'signs in to voice' | 'comes' | 'goes'; readonly side: Side }

export class Oracle {
  /** The sides with presence, the newest last. */
  #present: readonly Side[] = []
  #lastSignIn: Side = 'A'
  readonly #settled = new Map<Side, Settings>()
  /** Sides that know the sign-in to the medium, because they got it or were the acting side then. */
  readonly #informed = new Set<Side>()
  /** The agent has moved to a side that does not know the sign-in, and has to sign in there. */
  #waits = false

  constructor(steps: readonly Step[]) {
    for (const step of steps) this.#take(step)
  }

  get acting(): Side {
    return this.#present.at(-1) ?? this.#lastSignIn
  }

  /** The settings that apply. */
  get settings(): Settings {
    return this.shows(this.acting)
  }

  /** True if no side serves the agent before the next sign-in. */
  get waits(): boolean {
    return this.#waits
  }

  /** The settings that a side shows. */
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
