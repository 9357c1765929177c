/** Closes a listener without a reset of connections that clients have already opened. */
import type { Server } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** Longest wait in ms, for the case that connections arrive faster than Node accepts them. */
const MOST_MS = 500
/** Under load, the time in ms in which no connection may come. Clients need some time on a busy machine. */
const QUIET_MS = 20

/**
 * Closes the listener when no connection waits to be accepted. The kernel resets waiting connections, and their
 * requests are lost. Node accepts one connection in each turn of the event loop, so under load some always wait. The
 * caller should answer no request before this resolves, because clients that get an answer connect again. `cameSoFar`:
 * a number that grows while connections come.
 */
export async function stopAccepting(server: Server, cameSoFar: () => number): Promise<void> {
  const end = performance.now() + MOST_MS
  let last = Number.NEGATIVE_INFINITY
  // Two quiet turns are needed, because the first may be the rest of a turn that has already accepted a connection.
  for (let quiet = 0; (quiet < 2 || performance.now() < last + QUIET_MS) && performance.now() < end; ) {
    const before = cameSoFar()
    await turn()
    quiet = cameSoFar() === before ? quiet + 1 : 0
    if (quiet === 0) last = performance.now()
  }
  // Open connections stay. The layers above wait for their end.
  if (server.listening) server.close()
}
