import type { Side } from '../../../../machines/wire.ts'
import type { Engine } from '../../api.ts'
import { sideIsLost } from '../../input/fault.ts'

/** What is needed of the engine. */
export type LossEngine = Pick<Engine, 'on'> & { readonly get: Pick<Engine['get'], 'faults'> }

/**
 * Calls `changed` when the whole side is lost and when it is back, within the release of the commit, and now if it is lost
 * already. Returns what ends that.
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
    // A reset forgets the failure, and may leave nothing of the side that could be named.
    if (lost || aggregates.includes(`side/${side}`)) look()
  })
}
