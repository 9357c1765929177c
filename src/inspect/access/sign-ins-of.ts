/** The sign-ins of the pages of an engine: board and viewer have the same ones. */
import { PageSignIns } from '../../accounts/index.ts'
import { systemClock } from '../../clock/system-clock.ts'
import type { RecordStore } from '../../engine/ports.ts'

interface WithRecords {
  readonly adapters?: { readonly records?: RecordStore } | undefined
}

const known = new WeakMap<object, PageSignIns>()

/**
 * In the store of the engine, if it has one. They are timed by the time of the machine, also if the engine has another
 * time: a page is looked at in real time.
 */
export function signInsOf(engine: object & WithRecords): PageSignIns {
  const clock = systemClock()
  const signIns = known.get(engine) ?? new PageSignIns({ records: engine.adapters?.records, now: () => clock.now() })
  known.set(engine, signIns)
  return signIns
}
