/** What the cases use of a store. Each answer may come at once or later. */
import type {
  Batch,
  History,
  JournalRow,
  Json,
  KeptAggregate,
  OutboxRow,
  RewritePlace,
  Rewriting,
  SnapshotRow,
  Store,
  StoredState,
} from '../../src/engine/ports.ts'

type Later<T> = T | Promise<T>
type Rows<T> = Iterable<T> | AsyncIterable<T>

export interface TestedHistory extends Pick<History, 'storeId' | 'lastPosition' | 'lastOutboxNumber'> {
  aggregates(): Later<readonly KeptAggregate[]>
  aggregate(name: string): Later<KeptAggregate | undefined>
  snapshot(aggregate: string, time: number): Later<SnapshotRow | undefined>
  snapshots(aggregate: string): Rows<SnapshotRow>
  rows(aggregate: string, sequence: number): Rows<JournalRow>
  row(position: number): Later<JournalRow | undefined>
  causedBy(position: number): Later<readonly JournalRow[]>
  madeBy(id: string): Later<JournalRow | undefined>
  all(position: number): Rows<JournalRow>
  outbox(): Later<readonly OutboxRow[]>
}

export interface TestedStore extends Pick<Store, 'id' | 'answersLater'> {
  load(): Later<StoredState>
  commit(batch: Batch): Later<void>
  readonly records: {
    list(collection: string): readonly { readonly key: string; readonly value: Json }[]
    put(collection: string, key: string, value: Json): Later<void>
    delete(collection: string, key: string): Later<void>
  }
  readonly history: TestedHistory | undefined
  compact(before: number): Later<boolean>
  rewrite(rewriting: Rewriting, from: RewritePlace | null): Later<RewritePlace | null>
  clear(): Later<void>
  close(): Later<void>
}
