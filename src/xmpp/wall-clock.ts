import type { Clock } from '../engine/ports.ts'

/** Longest time that `setTimeout` can wait. */
const LONGEST_MS = 2 ** 31 - 1

/** The clock on the wall: the default for sockets, even where the engine runs in virtual time. */
export const wallClock: Clock = {
  now: () => Date.now(),
  at: (time, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(0, time - Date.now()), LONGEST_MS))
    return () => clearTimeout(timer)
  },
  soon: (run) => {
    setImmediate(run)
  },
}
