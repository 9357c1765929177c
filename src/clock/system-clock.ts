/** The clock of a running server: running time, which does not depend on changes of the wall clock, and its timers. */
import type { Clock } from '../engine/ports.ts'
import { type ClockChange, LOOK_EVERY, RunningTime, type TimeFigures } from './running-time.ts'
import { machineTime, type TimeSource } from './time-source.ts'
import { Timers } from './timers.ts'

export type { ClockChange, TimeFigures } from './running-time.ts'
export type { TimeSource } from './time-source.ts'

/** A clock with the time of the machine; see `README.md` in this folder. */
export interface SystemClock extends Clock {
  readonly figures: TimeFigures
  /** Calls `listener` when the wall clock was set or the machine was suspended. The returned function removes it. */
  onChange(listener: (change: ClockChange) => void): () => void
}

/** Creates the clock. `source`: the clocks of this machine when left out. */
export function systemClock(source: TimeSource = machineTime): SystemClock {
  const listeners = new Set<(change: ClockChange) => void>()
  const running = new RunningTime(source, (change) => {
    for (const listener of [...listeners]) listener(change)
  })
  const bell = new Bell(running, source)
  return {
    now: () => running.now(),
    at: (time, wake) => bell.set(time, wake),
    soon: (run) => void setImmediate(run),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get figures() {
      return running.figures
    },
  }
}

/**
 * Runs all timers with a single timeout of Node. The timeout is never longer than `LOOK_EVERY`, so that timers that
 * became due while the machine was suspended run at once.
 */
class Bell {
  readonly #running: RunningTime
  readonly #source: TimeSource
  readonly #timers = new Timers()
  #cancel: (() => void) | undefined
  /** End of the timeout, in running time. */
  #rings = Number.POSITIVE_INFINITY
  /** While due timers run: the time up to which they are due. */
  #ringing: number | undefined

  constructor(running: RunningTime, source: TimeSource) {
    this.#running = running
    this.#source = source
  }

  set(time: number, wake: () => void): () => void {
    // Timers that are set while due timers run are due later, so that this always ends.
    const due = this.#ringing === undefined ? time : Math.max(time, this.#ringing + 1)
    const cancel = this.#timers.set(due, wake)
    if (this.#ringing === undefined && due < this.#rings) this.#arm()
    return () => {
      cancel()
      if (this.#timers.size === 0) this.#disarm()
    }
  }

  #disarm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#rings = Number.POSITIVE_INFINITY
  }

  #arm(): void {
    this.#disarm()
    const { next } = this.#timers
    if (next === undefined) return
    const now = this.#running.now()
    const wait = Math.min(Math.max(0, next - now), LOOK_EVERY)
    this.#rings = now + wait
    this.#cancel = this.#source.after(wait, () => this.#ring())
  }

  #ring(): void {
    this.#running.look()
    const now = this.#running.now()
    this.#ringing = now
    try {
      for (let timer = this.#timers.take(now); timer; timer = this.#timers.take(now)) timer.wake()
    } finally {
      // An error of one timer must not stop the others.
      this.#ringing = undefined
      this.#arm()
    }
  }
}
