/** Log lines about changes of the machine's clocks. */
import type { SystemClock } from './system-clock.ts'

interface Log {
  warn(about: object, message: string): void
}

const SET =
  'the wall clock was set: the time of the server runs on and approaches it by 0.1 %; a restart takes the wall clock at once'
const SUSPENDED = 'the machine was suspended: that time counts, and what became due meanwhile happens now'

/** Logs each change of the clocks from now on. */
export function tellClockChanges(clock: SystemClock, log: Log): void {
  clock.onChange(({ type, by }) => log.warn({ seconds: Math.round(by) / 1000 }, type === 'set' ? SET : SUSPENDED))
}
