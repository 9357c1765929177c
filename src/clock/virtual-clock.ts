/**
 * Time in the hands of a test, or of whoever runs a server with `--virtual-time`: it stands still until it is told.
 *
 * A simulation has a clock of its own (`src/simulate/clock.ts`) on the same timers. It knows every answer that it awaits,
 * and goes on as soon as all have come; nothing happens there unless it goes on. Here nobody says what is awaited, so
 * settling counts rounds of the microtask queue, and work that is due at once is done even when nobody moves time.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../engine/ports.ts'
import { Timers } from './timers.ts'

export interface VirtualClock extends Clock {
  /**
   * Moves time forward by `ms`; whatever is due on the way happens at its own time, in order. Resolves when nothing is
   * left to do. Work that waits for real I/O (sockets) is not waited for.
   */
  advance(ms: number): Promise<void>
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>
  /** Back to the start. An advance that is under way ends there. Timers stay set, for the times they were set for. */
  reset(): void
  /** Timers that are set. */
  readonly timers: number
}

/** A Monday morning. */
export const VIRTUAL_START = Date.UTC(2026, 0, 5, 8)

/** Rounds of the microtask queue after which promises chained in the product have run. */
const ROUNDS = 20

/** So many timers between two looks at the outside world: a long way must not keep sockets waiting. */
const BREATH = 500

/** `start`: milliseconds since 1970 UTC; the default is a Monday morning. */
export function virtualClock(start = VIRTUAL_START): VirtualClock {
  const timers = new Timers()
  let now = start
  /** Counts resets. */
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
    for (let quiet = 0; quiet < ROUNDS; quiet += 1) {
      if (runWork() > 0) quiet = 0
      await Promise.resolve()
    }
  }

  return {
    now: () => now,
    at: (time, wake) => timers.set(time, wake),
    soon(run) {
      work.push(run)
      if (isScheduled) return
      isScheduled = true
      // Without anybody who advances time, work still gets done.
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
