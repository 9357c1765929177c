import type { Side } from '../../../../machines/wire.ts'
import type { Engine } from '../../api.ts'
import { sideIsLost } from '../../input/fault.ts'

/** The part of the engine that `followLoss` uses. */
export type LossEngine = Pick<Engine, 'on'> & { readonly get: Pick<Engine['get'], 'faults'> }

/**
 * Calls `changed` when the simulated loss of the whole side begins and ends. It is called synchronously after the
 * commit, and immediately if the side is lost already. Returns a function that ends this.
 */
export function followLoss(engine: LossEngine, side: Side, changed: (lost: boolean) => void): () => void {
  let lost = false
  const look = () => {
    const now = sideIsLost(engine.get, side)
    if (now === lost) return
    lost = now
    changed(lost)
  }
  look()
  return engine.on('committed', ({ aggregates }) => {
    // A reset ends the failure, and then the event may not name this side.
    if (lost || aggregates.includes(`side/${side}`)) look()
  })
}
