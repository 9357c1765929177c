/** The wall clock. The only place where the product reads time or sets a timer for the engine. */
import type { Clock } from '../engine/ports.ts'

/** `setTimeout` takes 31 bits; a deadline further away is looked at again after this, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    at(time, wake) {
      let timer: NodeJS.Timeout
      const wait = () => {
        const left = time - Date.now()
        timer = setTimeout(left > LONGEST_TIMEOUT ? wait : wake, Math.min(Math.max(0, left), LONGEST_TIMEOUT))
      }
      wait()
      return () => clearTimeout(timer)
    },
    soon: (run) => void setImmediate(run),
  }
}
