/** The last step of a process: it ends now, even if a thread is blocked. */
import { setTimeout as pause } from 'node:timers/promises'

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Ends the process by the signal at once, without closing anything. */
export function dieBy(signal: StopSignal | 'SIGKILL'): void {
  if (signal !== 'SIGKILL') process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/** Work of Node's threads for files and host names. `process.exit` waits for it, perhaps for ever. */
const THREADS = /^(?:FSReq|GetAddrInfo|GetNameInfo)/
const isThreadBusy = () => process.getActiveResourcesInfo().some((kind) => THREADS.test(kind))

const PATIENCE_MS = 500
const LOOK_MS = 20

/**
 * Ends the process with the code. If a thread is blocked (it reads a secret from a pipe that nobody writes to, or a
 * disk does not respond), ends it by `signal` instead, or by SIGKILL without one.
 */
export async function leave(code: number, signal: StopSignal | undefined): Promise<never> {
  for (let waited = 0; isThreadBusy() && waited < PATIENCE_MS; waited += LOOK_MS) await pause(LOOK_MS)
  if (!isThreadBusy()) process.exit(code)
  dieBy(signal ?? 'SIGKILL')
  return new Promise(() => undefined)
}
