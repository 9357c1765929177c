/**
 * Virtual time, for tests and for servers with `--virtual-time`. It stands still until `advance` moves it.
 *
 * The simulation has its own clock (`src/simulate/clock.ts`) with the same timers. It knows every answer that it waits
 * for, and continues when all have come. This clock does not know what its user waits for. So `settle` counts rounds of
 * the microtask queue, and work that is due at once is done even if time is not moved.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../engine/ports.ts'
import { isOwed } from '../waiting/owed-answers.ts'
import { isReading } from '../waiting/reading-time.ts'
import { Timers } from './timers.ts'

export interface VirtualClock extends Clock {
  /**
   * Moves time forward by `ms`. Everything that is due in between happens in order, each at its own time. Resolves when
   * nothing is left to do. It does not wait for real I/O (sockets), with one exception: what a database has to answer. It
   * waits up to ten seconds of real time for that.
   */
  advance(ms: number): Promise<void>
  /** Resolves when all work that needs no time is done. */
  settle(): Promise<void>
  /** Sets the time back to the start and ends an `advance` that is under way. Timers stay set with their times. */
  reset(): void
  /** Number of set timers. */
  readonly timers: number
}

/** Default start: a Monday morning. */
export const VIRTUAL_START = Date.UTC(2026, 0, 5, 8)

/** Rounds of the microtask queue. After so many, all chains of promises in the product but readings have run. */
const ROUNDS = 20

/** Longest time to wait for the answers of a database, in ms of real time. */
const ANSWERS_WITHIN = 10_000

/** Number of timers after which `advance` yields to the event loop, so that sockets do not wait for a long advance. */
const BREATH = 500

/** Creates a virtual clock. `start`: milliseconds since 1970 UTC; the default is a Monday morning. */
export function virtualClock(start = VIRTUAL_START): VirtualClock {
  const timers = new Timers()
  let now = start
  /** Number of resets. */
  let life = 0
  let work: (() => void)[] = []
  let isScheduled = false

  const runWork = (): number => {
    const ready = work
    work = []
    for (const run of ready) run()
    return ready.length
  }
  const settle = async (): Promise<void> => {
    let since: number | undefined
    const isAnswerDue = () => {
      since ??= performance.now()
      return isOwed() && performance.now() - since < ANSWERS_WITHIN
    }
    for (let quiet = 0; quiet < ROUNDS; quiet += 1) {
      if (runWork() > 0) quiet = 0
      await Promise.resolve()
      // A reading of a store is a longer chain than any other. It goes on until the end of the turn at least.
      if (quiet === ROUNDS - 1 && (isReading() || isAnswerDue())) {
        await nextTurn()
        quiet = -1
      }
    }
  }

  return {
    now: () => now,
    at: (time, wake) => timers.set(time, wake),
    soon(run) {
      work.push(run)
      if (isScheduled) return
      isScheduled = true
      // The work is done even if time is not advanced.
      setImmediate(() => {
        isScheduled = false
        runWork()
      })
    },
    settle,
    async advance(ms) {
      const target = now + ms
      const mine = life
      await settle()
      for (let gone = 1; mine === life; gone += 1) {
        const timer = timers.take(target)
        if (!timer) break
        now = Math.max(now, timer.time)
        timer.wake()
        await settle()
        if (gone % BREATH === 0) await nextTurn()
      }
      if (mine === life) now = target
      await settle()
    },
    reset() {
      life += 1
      now = start
    },
    get timers() {
      return timers.size
    },
  }
}
