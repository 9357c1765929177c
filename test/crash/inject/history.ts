/** The content of a store in the form that the ledger reads. */
import type { Store } from '../../../src/engine/ports.ts'
import type { FileContent } from '../data-file.ts'

export function contentOf(store: Store, behind: number): FileContent {
  const { history } = store
  if (!history) throw new Error('this store keeps no history')
  return {
    storeId: history.storeId,
    lastOutboxNumber: history.lastOutboxNumber,
    journal: [...history.all(behind)].map((row) => ({
      ...row,
      machine_version: row.machineVersion,
      first_outbox: row.outbox?.[0] ?? null,
      last_outbox: row.outbox?.[1] ?? null,
    })),
    snapshots: history
      .aggregates()
      .flatMap(({ name }) => [...history.snapshots(name)])
      .map(({ aggregate, sequence, state }) => ({ aggregate, sequence, state: JSON.stringify(state) })),
    outbox: history.outbox(),
    records: [],
  }
}
