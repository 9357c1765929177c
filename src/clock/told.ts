/** What a log says when the clocks of the machine do something. */
import type { SystemClock } from './system-clock.ts'

interface Log {
  warn(about: object, message: string): void
}

const SET =
  'the wall clock was set: time here goes on as before, and comes nearer to it by a thousandth; a restart takes it over at once'
const SUSPENDED = 'the machine was suspended: that time counts, and what fell due meanwhile happens now'

/** Says it each time from now on. */
export function tellClockChanges(clock: SystemClock, log: Log): void {
  clock.onChange(({ type, by }) => log.warn({ seconds: Math.round(by) / 1000 }, type === 'set' ? SET : SUSPENDED))
}
