/** Where a machine's time comes from. The only place of the product that reads its clocks for engine and sockets. */
import { uptime } from 'node:os'

/** Clocks of one machine, all in milliseconds. */
export interface TimeSource {
  /** Since 1970 UTC. People and time services set it, forward and back. */
  wall(): number
  /** Never set, never runs back. On Linux it stands still while the machine is suspended. */
  monotonic(): number
  /** Since the machine was started, time of suspension included; never set. As exact as a second. */
  uptime(): number
  /** Calls `run` once, about so much monotonic time from now; the returned function cancels it. */
  after(ms: number, run: () => void): () => void
}

/** The machine that this process runs on. */
export const machineTime: TimeSource = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  // On Linux it is /proc/uptime, which counts suspension.
  uptime: () => uptime() * 1000,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
