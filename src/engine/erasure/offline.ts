/** Erasure in a store that no engine uses. */
import { Aggregates } from '../aggregate/aggregates.ts'
import type { Store } from '../ports.ts'
import { recover } from '../recovery/recovery.ts'
import { type CustomerSubjects, type ErasureResult, type FoundContact, StillOpen } from './api.ts'
import { firstTime, planFor, told } from './found.ts'
import { type Begun, ErasureRecords } from './records.ts'
import { rewriteAll } from './rewrite.ts'
import { search } from './search.ts'

/** Progress, in rows. */
export interface OfflineProgress {
  readonly done: number
  readonly total: number
}

/**
 * The contacts that an engine on this store would find.
 *
 * @throws InvalidArgument for subjects that name no customer; RecoveryError.
 */
export async function* findOffline(
  store: Store,
  subjects: CustomerSubjects,
): AsyncGenerator<OfflineProgress, readonly FoundContact[]> {
  const aggregates = new Aggregates()
  recover(aggregates, await store.load())
  const work = search({ history: store.history, aggregates }, subjects)
  for (let step = await work.next(); ; step = await work.next()) {
    if (step.done) return told(step.value, aggregates)
    yield { done: step.value.seen, total: step.value.total }
  }
}

/**
 * Erases the contacts that `findOffline` found. The aggregates need no inputs, because the next start reads the
 * rewritten rows. Erasures that were begun earlier are finished first.
 *
 * @throws StillOpen like a running engine, because an open task is offered again at the next start.
 */
export async function* eraseOffline(
  store: Store,
  found: readonly FoundContact[],
  asked: { readonly at: number; readonly by: string },
): AsyncGenerator<OfflineProgress, ErasureResult> {
  const open = found.find((contact) => contact.open !== null)?.open
  if (open) throw new StillOpen(open)
  const records = new ErasureRecords(store.records)
  for (const begun of records.begun()) yield* carryOut(store, records, begun)
  if (found.every(({ places }) => places === 0)) return { found, erasure: undefined }
  return { found, erasure: yield* carryOut(store, records, await records.begin(planFor(found, asked))) }
}

/**
 * The time from which data outside of the store may contain values that `eraseOffline` would erase, in ms; `undefined`
 * if it would erase none.
 */
export function erasedSince(store: Store, found: readonly FoundContact[]): number | undefined {
  const begun = new ErasureRecords(store.records).begun().flatMap(({ since }) => since ?? [])
  const planned = found.some(({ places }) => places > 0) ? [firstTime(found)] : []
  const times = [...begun, ...planned]
  return times.length === 0 ? undefined : Math.min(...times)
}

async function* carryOut(store: Store, records: ErasureRecords, begun: Begun) {
  const work = rewriteAll(store, begun)
  for (let step = await work.next(); ; step = await work.next()) {
    if (step.done) return await records.done(begun, step.value)
    yield { done: step.value.seen, total: step.value.total }
  }
}
