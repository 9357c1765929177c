/** The clocks of the machine. For engine and sockets, no other file reads them. */
import { uptime } from 'node:os'

/** Clocks of one machine, all in milliseconds. */
export interface TimeSource {
  /** Wall clock since 1970 UTC. People and time services may set it forward and back. */
  wall(): number
  /** Monotonic clock. It is never set and never goes back. On Linux it stands still while the machine is suspended. */
  monotonic(): number
  /** Time since the start of the machine, including suspensions. It is never set. Exact to a second. */
  uptime(): number
  /** Calls `run` once after about `ms` of monotonic time. The returned function cancels it. */
  after(ms: number, run: () => void): () => void
}

/** The clocks of the machine that this process runs on. */
export const machineTime: TimeSource = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  // On Linux this is /proc/uptime, which counts suspension.
  uptime: () => uptime() * 1000,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
