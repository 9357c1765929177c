/**
 * Time that runs: it begins at the wall clock and goes on with the monotonic one, so that a wall clock that is set, by a
 * person or by a time service, moves no deadline. Time of a suspended machine counts.
 *
 * What the wall clock says otherwise is made up for slowly: so slowly that no duration suffers, and never backwards.
 */
import type { TimeSource } from './time-source.ts'

/** Something that happened to the clocks of the machine. */
export type ClockChange =
  /** The wall clock was set forward, or back: by so many ms, negative. Running time did not follow at once. */
  | { readonly type: 'set'; readonly by: number }
  /** The machine was suspended for so many ms. Running time has counted them. */
  | { readonly type: 'suspended'; readonly by: number }

export interface TimeFigures {
  /** How often the wall clock was set. */
  readonly steps: number
  /** Milliseconds for which the machine was suspended. */
  readonly suspended: number
  /** The wall clock less running time, in ms, at the last look. */
  readonly offset: number
}

/** Between two looks at the other clocks, in ms. */
export const LOOK_EVERY = 1000
/** Less is no step: a clock that is steered, or readings that were interrupted. */
const STEP = 1000
/** Less is no suspension: some systems tell their uptime in whole seconds. */
const SUSPENSION = 2000
/** Readings that took longer do not belong together. */
const READING = 20
/** Running time is faster or slower by this share at most: a Start Timeout of 30 s is 30 ms off. */
const STEERING = 1 / 1000
/** An offset is aimed to be gone after so many ms, where the share above allows it. */
const AIM = 10_000

export class RunningTime {
  readonly #source: TimeSource
  readonly #changed: (change: ClockChange) => void
  /** Running time at a monotonic time, and its speed since then. */
  #at: { time: number; monotonic: number; rate: number }
  /** When the other clocks were last looked at, in monotonic time. */
  #looked: number
  /** Uptime less monotonic time. */
  #asleep: number
  /** The wall clock less all time that has passed. */
  #wallBase: number
  #suspended = 0
  #steps = 0
  #offset = 0

  constructor(source: TimeSource, changed: (change: ClockChange) => void) {
    this.#source = source
    this.#changed = changed
    const monotonic = source.monotonic()
    const wall = source.wall()
    this.#at = { time: wall, monotonic, rate: 0 }
    this.#looked = monotonic
    this.#asleep = source.uptime() - monotonic
    this.#wallBase = wall - monotonic
  }

  /** Milliseconds since 1970 UTC; never less than before. */
  now(): number {
    const monotonic = this.#source.monotonic()
    if (monotonic - this.#looked >= LOOK_EVERY) this.look()
    return Math.floor(this.#exact(monotonic))
  }

  /** Looks at the other clocks. */
  look(): void {
    const monotonic = this.#source.monotonic()
    const wall = this.#source.wall()
    const uptime = this.#source.uptime()
    if (this.#source.monotonic() - monotonic > READING) return
    this.#looked = monotonic
    const asleep = this.#noteSuspension(uptime - monotonic, wall - monotonic - this.#suspended - this.#wallBase)
    const time = this.#exact(monotonic) + asleep
    this.#offset = wall - time
    const rate = Math.max(-STEERING, Math.min(STEERING, this.#offset / AIM))
    this.#at = { time, monotonic, rate }
    const wallBase = wall - monotonic - this.#suspended
    const by = wallBase - this.#wallBase
    this.#wallBase = wallBase
    if (asleep > 0) this.#changed({ type: 'suspended', by: asleep })
    if (Math.abs(by) < STEP) return
    this.#steps += 1
    this.#changed({ type: 'set', by })
  }

  get figures(): TimeFigures {
    return { steps: this.#steps, suspended: this.#suspended, offset: this.#offset }
  }

  #exact(monotonic: number): number {
    const { time, monotonic: since, rate } = this.#at
    const passed = Math.max(0, monotonic - since)
    // After so long without a look the offset is made up for.
    return time + passed + rate * Math.min(passed, AIM)
  }

  /** So many ms of suspension are new. `wallMore`: by so much more the wall clock has gone on; it is more exact. */
  #noteSuspension(asleep: number, wallMore: number): number {
    const more = asleep - this.#asleep
    if (!(more >= SUSPENSION)) return 0
    const exact = Math.abs(wallMore - more) < STEP ? wallMore : more
    this.#asleep = asleep
    this.#suspended += exact
    return exact
  }
}
