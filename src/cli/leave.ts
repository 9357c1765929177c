/** The last step of a process: it ends now, whatever its threads wait for. */
import { setTimeout as pause } from 'node:timers/promises'

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Ends at once, as a program ends that knows nothing of signals. Nothing is closed. */
export function dieBy(signal: StopSignal | 'SIGKILL'): void {
  if (signal !== 'SIGKILL') process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/** Work of the threads behind files and host names: `process.exit` waits for it, for ever perhaps. */
const THREADS = /^(?:FSReq|GetAddrInfo|GetNameInfo)/
const isWaitedFor = () => process.getActiveResourcesInfo().some((kind) => THREADS.test(kind))

const PATIENCE_MS = 500
const LOOK_MS = 20

/**
 * Ends the process with the code; but by the signal that asked for the end, or by SIGKILL where none did, if a thread is
 * held up: a secret in a pipe that nobody writes to, a disk that does not answer.
 */
export async function leave(code: number, signal: StopSignal | undefined): Promise<never> {
  for (let waited = 0; isWaitedFor() && waited < PATIENCE_MS; waited += LOOK_MS) await pause(LOOK_MS)
  if (!isWaitedFor()) process.exit(code)
  dieBy(signal ?? 'SIGKILL')
  return new Promise(() => undefined)
}
