/** The content of a store in the form that the ledger reads. */
import type { Store } from '../../../src/engine/ports.ts'
import { every } from '../../store/rows.ts'
import type { FileContent } from '../data-file.ts'

export async function contentOf(store: Store, behind: number): Promise<FileContent> {
  const { history } = store
  if (!history) throw new Error('this store keeps no history')
  const snapshots = []
  for (const { name } of await history.aggregates())
    for await (const { aggregate, sequence, state } of history.snapshots(name))
      snapshots.push({ aggregate, sequence, state: JSON.stringify(state) })
  return {
    storeId: history.storeId,
    lastOutboxNumber: history.lastOutboxNumber,
    journal: (await every(history.all(behind))).map((row) => ({
      ...row,
      machine_version: row.machineVersion,
      first_outbox: row.outbox?.[0] ?? null,
      last_outbox: row.outbox?.[1] ?? null,
    })),
    snapshots,
    outbox: await history.outbox(),
    records: [],
  }
}
