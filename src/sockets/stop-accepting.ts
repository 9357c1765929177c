/** The end of a listener, so that nobody who connected before it is reset by it. */
import type { Server } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'

/** Nobody has connected for so long: nobody is likely to do so now. */
const QUIET_MS = 20
/** So long that is waited for, where clients come again and again. */
const MOST_MS = 500
/** Then a turn of the event loop without a connection is enough; one of so many. */
const TURNS = 200

/**
 * The kernel resets whatever waits to be accepted when a listener closes, and the request that was sent on it. So the listener
 * stays, and whoever comes is answered, until nobody comes; at the latest after half a second it closes right behind a turn
 * in which nobody had waited. `lastCame`: when the last connection came, by `performance.now()`.
 */
export async function stopAccepting(server: Server, lastCame: () => number): Promise<void> {
  const end = performance.now() + MOST_MS
  for (;;) {
    const quiet = performance.now() - lastCame()
    if (!server.listening || quiet >= QUIET_MS || performance.now() >= end) break
    await pause(QUIET_MS - quiet)
  }
  for (let turns = 0; turns < TURNS; turns += 1) {
    const last = lastCame()
    await turn()
    if (lastCame() === last) break
  }
  // What is open goes on, and whoever closes the layers above waits for it.
  if (server.listening) server.close()
}
