/** Ends a server that has lost its data file. */
import type { Engine } from '../engine/api.ts'

/** Exit code of `mrdian serve` in this case. A restart does not help; an operator must look at the file. */
export const EXIT_STORE_LOST = 3

/** Resolves when the file is lost. A damaged file does not count: then the server stays and is out of service. */
export function storeLost(engine: Engine): Promise<{ readonly code: typeof EXIT_STORE_LOST }> {
  return new Promise((resolve) => {
    const lost = () => resolve({ code: EXIT_STORE_LOST })
    engine.on('store', ({ end }) => {
      if (end === 'lost') lost()
    })
    if (engine.storeEnd === 'lost') lost()
  })
}
