/**
 * Running time: starts at the wall clock and continues with the monotonic clock. A change of the wall clock, by a
 * person or by a time service, moves no deadline. The time of a suspended machine counts.
 *
 * Running time approaches the wall clock slowly, so that durations stay nearly exact, and it never goes back.
 */
import type { TimeSource } from './time-source.ts'

/** A change of the machine's clocks. */
export type ClockChange =
  /** The wall clock was set by so many ms; negative when it was set back. Running time did not follow at once. */
  | { readonly type: 'set'; readonly by: number }
  /** The machine was suspended for so many ms. Running time has counted them. */
  | { readonly type: 'suspended'; readonly by: number }

/** Numbers of running time, for metrics. */
export interface TimeFigures {
  /** Number of changes of the wall clock. */
  readonly steps: number
  /** Milliseconds for which the machine was suspended. */
  readonly suspended: number
  /** The wall clock minus running time, in ms, at the last comparison. */
  readonly offset: number
}

/** Time between two comparisons with the other clocks, in ms. */
export const LOOK_EVERY = 1000
/** Smallest change of the wall clock that is reported, in ms. Smaller ones are adjustments or interrupted readings. */
const STEP = 1000
/** Shortest suspension that is detected, in ms, because some systems give their uptime in whole seconds. */
const SUSPENSION = 2000
/** Longest time in ms that reading all clocks may take. Slower readings are not used: they do not fit together. */
const READING = 20
/** Largest deviation of running time's speed. With it a Start Timeout of 30 s is 30 ms off. */
const STEERING = 1 / 1000
/** Time in ms in which an offset is corrected, if `STEERING` allows it. */
const AIM = 10_000

/** Running time from the clocks of one machine. */
export class RunningTime {
  readonly #source: TimeSource
  readonly #changed: (change: ClockChange) => void
  /** Running time at a monotonic time, and its speed since then. */
  #at: { time: number; monotonic: number; rate: number }
  /** Monotonic time of the last comparison with the other clocks. */
  #looked: number
  /** Uptime minus monotonic time, which grows by suspensions. */
  #asleep: number
  /** The wall clock minus monotonic time and suspensions. It changes only when the wall clock is set. */
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

  /** Running time in milliseconds since 1970 UTC. It never decreases. */
  now(): number {
    const monotonic = this.#source.monotonic()
    if (monotonic - this.#looked >= LOOK_EVERY) this.look()
    return Math.floor(this.#exact(monotonic))
  }

  /** Compares running time with the other clocks. */
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
    // After `AIM` without a comparison the offset is corrected.
    return time + passed + rate * Math.min(passed, AIM)
  }

  /**
   * Duration of a new suspension in ms; 0 without one. `asleep`: uptime minus monotonic time. `wallMore`: how much the
   * wall clock gained; it is used when it fits, because it is more exact than the uptime.
   */
  #noteSuspension(asleep: number, wallMore: number): number {
    const more = asleep - this.#asleep
    if (!(more >= SUSPENSION)) return 0
    const exact = Math.abs(wallMore - more) < STEP ? wallMore : more
    this.#asleep = asleep
    this.#suspended += exact
    return exact
  }
}
