/** The end of a listener, so that nobody who connected before it is reset by it. */
import type { Server } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** So long it may take, where more come all the time than can be let in. */
const MOST_MS = 500

/**
 * Closes the listener when nobody waits to be let in. The kernel resets whoever does, with the request that was sent, and
 * Node lets in one for each turn of its loop: under load there is always somebody. So nobody should be answered before this
 * resolves, since whoever is answered comes again. `cameSoFar`: the number of connections that were let in.
 */
export async function stopAccepting(server: Server, cameSoFar: () => number): Promise<void> {
  const end = performance.now() + MOST_MS
  // The first turn may be the rest of one that has looked already.
  for (let quiet = 0; quiet < 2 && performance.now() < end; ) {
    const before = cameSoFar()
    await turn()
    quiet = cameSoFar() === before ? quiet + 1 : 0
  }
  // What is open goes on, and whoever closes the layers above waits for it.
  if (server.listening) server.close()
}
