/** The end of a server whose data file is not its own any more. */
import type { Engine } from '../engine/api.ts'

/** Exit code of `mrdian serve` then: starting again at once is no use, somebody has to look. */
export const EXIT_STORE_LOST = 3

/** Resolves when it has come to that. A damaged file is still this server's: it stays, out of service, and says why. */
export function storeLost(engine: Engine): Promise<{ readonly code: typeof EXIT_STORE_LOST }> {
  return new Promise((resolve) => {
    const lost = () => resolve({ code: EXIT_STORE_LOST })
    engine.on('store', ({ end }) => {
      if (end === 'lost') lost()
    })
    if (engine.storeEnd === 'lost') lost()
  })
}
