/** The clock of a running server: time that runs whatever happens to the wall clock, and the timers on it. */
import type { Clock } from '../engine/ports.ts'
import { type ClockChange, LOOK_EVERY, RunningTime, type TimeFigures } from './running-time.ts'
import { machineTime, type TimeSource } from './time-source.ts'
import { Timers } from './timers.ts'

export type { ClockChange, TimeFigures } from './running-time.ts'
export type { TimeSource } from './time-source.ts'

/** Time of the machine; see `README.md` beside this file. */
export interface SystemClock extends Clock {
  readonly figures: TimeFigures
  /** Tells when the wall clock was set, or the machine suspended. The returned function ends it. */
  onChange(listener: (change: ClockChange) => void): () => void
}

/** `source`: the clocks of this machine unless given. */
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
 * Rings for all timers with one timeout of the machine, which is never longer than `LOOK_EVERY`: what fell due while the
 * machine was suspended rings at once.
 */
class Bell {
  readonly #running: RunningTime
  readonly #source: TimeSource
  readonly #timers = new Timers()
  #cancel: (() => void) | undefined
  /** When the timeout ends, in running time. */
  #rings = Number.POSITIVE_INFINITY
  /** While it rings: up to when. */
  #ringing: number | undefined

  constructor(running: RunningTime, source: TimeSource) {
    this.#running = running
    this.#source = source
  }

  set(time: number, wake: () => void): () => void {
    // What is set while it rings rings later, or it might never end.
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
      // One that threw does not keep the others from ringing.
      this.#ringing = undefined
      this.#arm()
    }
  }
}
