/** A store that lasts as long as the process: for tests, simulation and services that need no durability. */
import { randomUUID } from 'node:crypto'
import type {
  Batch,
  JournalRow,
  Json,
  OutboxRow,
  RecordStore,
  SnapshotRow,
  Store,
  StoredState,
} from '../engine/ports.ts'
import { checkBatch, checkText, type Ends, type Stored } from './batch.ts'
import { StoreError } from './errors.ts'
import { fromText, toText } from './json.ts'

/** A memory store can play a restart: what was committed outlives `close`. */
export interface MemoryStore extends Store {
  /** A new, open store with the same content and id, as a process finds it that starts after this one. */
  reopen(): MemoryStore
}

/**
 * An empty store in memory. Values are kept as JSON text, so that nothing that changes later changes them, and
 * `load` returns the same as from a file. Journal rows that a snapshot covers are dropped.
 *
 * `id` is random unless given.
 */
export function memoryStore(options: { readonly id?: string } = {}): MemoryStore {
  return new InMemoryStore(new Content(options.id ?? randomUUID()))
}

class Content implements Ends {
  readonly id: string
  readonly snapshots = new Map<string, Stored<SnapshotRow, 'state'>>()
  /** Rows behind the snapshot, per aggregate. */
  readonly tails = new Map<string, Stored<JournalRow, 'input'>[]>()
  readonly sequences = new Map<string, number>()
  readonly outbox = new Map<number, Stored<OutboxRow, 'payload'>>()
  readonly records = new Map<string, Map<string, string>>()
  lastPosition = 0
  lastOutboxNumber = 0

  constructor(id: string) {
    this.id = id
  }

  lastSequence(aggregate: string): number {
    return this.sequences.get(aggregate) ?? 0
  }
}

class InMemoryStore implements MemoryStore {
  readonly records: RecordStore
  readonly #content: Content
  #closed = false

  constructor(content: Content) {
    this.#content = content
    this.records = {
      list: (collection) => listRecords(this.#open(), collection),
      put: (collection, key, value) => putRecord(this.#open(), collection, key, value),
      delete: (collection, key) => {
        this.#open().records.get(collection)?.delete(key)
      },
    }
  }

  get id(): string {
    return this.#content.id
  }

  load(): StoredState {
    const { snapshots, tails, outbox, lastPosition, lastOutboxNumber } = this.#open()
    const tail = [...tails.values()].flat().sort((a, b) => a.position - b.position)
    return {
      snapshots: [...snapshots.values()]
        .sort((a, b) => compareText(a.aggregate, b.aggregate))
        .map((row) => ({ ...row, state: fromText(row.state, `snapshot of ${row.aggregate}`) })),
      tail: tail.map((row) => ({ ...row, input: fromText(row.input, `journal row ${row.position}`) })),
      outbox: [...outbox.values()].map((row) => ({
        ...row,
        payload: fromText(row.payload, `outbox row ${row.number}`),
      })),
      lastPosition,
      lastOutboxNumber,
    }
  }

  /** Checks everything first: what comes after cannot fail, so that a batch is kept as a whole or not at all. */
  commit(batch: Batch): void {
    const content = this.#open()
    const checked = checkBatch(batch, content)
    for (const row of checked.journal) {
      const tail = content.tails.get(row.aggregate)
      if (tail === undefined) content.tails.set(row.aggregate, [row])
      else tail.push(row)
    }
    for (const row of checked.snapshots) keepSnapshot(content, row)
    for (const [aggregate, sequence] of checked.lastSequences) content.sequences.set(aggregate, sequence)
    for (const row of checked.outbox) content.outbox.set(row.number, row)
    for (const number of checked.delivered) content.outbox.delete(number)
    content.lastPosition = checked.lastPosition
    content.lastOutboxNumber = checked.lastOutboxNumber
  }

  close(): void {
    this.#closed = true
  }

  reopen(): MemoryStore {
    this.#closed = true
    return new InMemoryStore(this.#content)
  }

  #open(): Content {
    if (this.#closed) throw new StoreError('CLOSED', 'the store is closed')
    return this.#content
  }
}

function keepSnapshot(content: Content, row: Stored<SnapshotRow, 'state'>): void {
  const known = content.snapshots.get(row.aggregate)
  if (known !== undefined && known.sequence > row.sequence) return
  content.snapshots.set(row.aggregate, row)
  const behind = content.tails.get(row.aggregate)?.filter(({ sequence }) => sequence > row.sequence) ?? []
  if (behind.length > 0) content.tails.set(row.aggregate, behind)
  else content.tails.delete(row.aggregate)
}

function listRecords(content: Content, collection: string): ReturnType<RecordStore['list']> {
  const entries = [...(content.records.get(collection) ?? [])].sort(([a], [b]) => compareText(a, b))
  return entries.map(([key, text]) => ({ key, value: fromText(text, `record ${collection}/${key}`) }))
}

function putRecord(content: Content, collection: string, key: string, value: Json): void {
  checkText(collection, 'collection')
  checkText(key, 'key')
  const text = toText(value, `record ${collection}/${key}`)
  const entries = content.records.get(collection)
  if (entries === undefined) content.records.set(collection, new Map([[key, text]]))
  else entries.set(key, text)
}

/** By UTF-8 bytes, as SQLite orders. */
function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
