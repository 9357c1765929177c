/** The clocks of a machine whose time runs faster than that of this one. */
import { machineTime, type TimeSource } from './time-source.ts'

/**
 * Begins at the time of `source`, and then runs `speed` times as fast: `systemClock(fasterTime(10))` is a clock whose
 * hours take six minutes. Only the monotonic clock of `source` is read, so nobody can set this time, and it stands still
 * while the machine is suspended.
 */
export function fasterTime(speed: number, source: TimeSource = machineTime): TimeSource {
  const wall = source.wall()
  const begin = source.monotonic()
  const passed = () => (source.monotonic() - begin) * speed
  return {
    wall: () => wall + passed(),
    monotonic: passed,
    uptime: passed,
    after: (ms, run) => source.after(ms / speed, run),
  }
}
