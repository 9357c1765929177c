/** Time in the hands of a test or a simulation. */
import type { Clock } from '../engine/ports.ts'

interface Timer {
  readonly time: number
  readonly order: number
  readonly wake: () => void
}

export interface VirtualClock extends Clock {
  /**
   * Moves time forward by `ms`; whatever is due on the way happens at its own time, in order. Resolves when nothing is
   * left to do. Work that waits for real I/O (sockets) is not waited for.
   */
  advance(ms: number): Promise<void>
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>
}

/** Rounds of the microtask queue after which promises chained in the product have run. */
const ROUNDS = 20

/** `start`: milliseconds since 1970 UTC; the default is a Monday morning. */
export function virtualClock(start = Date.UTC(2026, 0, 5, 8)): VirtualClock {
  let now = start
  let order = 0
  let timers: Timer[] = []
  let work: (() => void)[] = []

  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < ROUNDS; quiet += 1) {
      const ready = work
      work = []
      for (const run of ready) run()
      if (ready.length > 0) quiet = 0
      await Promise.resolve()
    }
  }
  const nextUpTo = (time: number): Timer | undefined =>
    timers.filter((timer) => timer.time <= time).sort((a, b) => a.time - b.time || a.order - b.order)[0]

  return {
    now: () => now,
    at(time, wake) {
      order += 1
      const timer = { time, order, wake }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
    soon(run) {
      work.push(run)
      // Without anybody who advances time, work still gets done.
      setImmediate(() => {
        if (work.includes(run)) {
          work = work.filter((each) => each !== run)
          run()
        }
      })
    },
    settle,
    async advance(ms) {
      const target = now + ms
      await settle()
      for (let timer = nextUpTo(target); timer; timer = nextUpTo(target)) {
        now = Math.max(now, timer.time)
        timers = timers.filter((each) => each !== timer)
        timer.wake()
        await settle()
      }
      now = target
      await settle()
    },
  }
}
