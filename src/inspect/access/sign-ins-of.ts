/** The sign-ins of the pages of an engine: board and viewer have the same ones. */
import { SignIns } from '../../accounts/index.ts'
import { systemClock } from '../../clock/system-clock.ts'
import type { RecordStore } from '../../engine/ports.ts'

interface WithRecords {
  readonly adapters?: { readonly records?: RecordStore } | undefined
}

const known = new WeakMap<object, SignIns>()

/**
 * In the store of the engine, if it has one. They are timed by the time of the machine, also if the engine has another
 * time: a page is looked at in real time.
 */
export function signInsOf(engine: object & WithRecords): SignIns {
  const clock = systemClock()
  const signIns = known.get(engine) ?? new SignIns({ records: engine.adapters?.records, now: () => clock.now() })
  known.set(engine, signIns)
  return signIns
}
