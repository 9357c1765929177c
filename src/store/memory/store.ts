/** A store in memory: for tests, simulation and services that need no durability. */
import { randomUUID } from 'node:crypto'
import type {
  Batch,
  History,
  Json,
  RecordStore,
  RewritePlace,
  Rewriting,
  Store,
  StoredState,
  StoreEnd,
} from '../../engine/ports.ts'
import { type CheckedBatch, checkBatch, checkText } from '../batch.ts'
import { StoreError } from '../errors.ts'
import { fromText, toText } from '../json.ts'
import type { Spacing } from '../spacing.ts'
import { toJournalRow, toOutboxRow, toSnapshotRow } from '../stored.ts'
import { Content, compareText, type Kept } from './content.ts'
import { memoryHistory } from './history.ts'
import { rewriteMemory } from './rewrite.ts'

/** Options of a memory store. */
export interface MemoryOptions {
  /** Id of the store's history. Random by default, and after `clear`. */
  readonly id?: string | undefined
  /**
   * `present` (default): keeps the newest snapshot of each aggregate and the rows after it; `Store.history` is
   * undefined. `history`: keeps everything until `compact`.
   */
  readonly keep?: 'present' | 'history' | undefined
  /**
   * Milliseconds between two snapshots of an aggregate that are kept as history. By default as few are kept as replay and
   * retention need: one per day, and further ones after many inputs.
   */
  readonly historySpacing?: number | undefined
}

/** A memory store that can simulate a restart: its content survives `close`. */
export interface MemoryStore extends Store {
  /**
   * Closes this store and returns a new, open one with the same content and id, as after a restart of the process. An
   * engine that still runs on this store is out of service for good: its process has ended.
   */
  reopen(): MemoryStore
}

/**
 * Creates an empty store in memory. Values are kept as JSON text. So later changes of an object do not change the
 * store, and `load` returns the same values as a store on a file.
 */
export function memoryStore(options: MemoryOptions = {}): MemoryStore {
  const keep = { history: options.keep === 'history', spacing: options.historySpacing }
  return new InMemoryStore(new Content(options.id ?? randomUUID()), keep)
}

interface Keep {
  readonly history: boolean
  readonly spacing: Spacing
}

class InMemoryStore implements MemoryStore {
  readonly records: RecordStore
  readonly history: History | undefined
  #content: Content
  readonly #keep: Keep
  #closed = false
  #ended: ((end: StoreEnd) => void)[] = []

  constructor(content: Content, keep: Keep) {
    this.#content = content
    this.#keep = keep
    this.history = keep.history ? memoryHistory(() => this.#open()) : undefined
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

  async load(): Promise<StoredState> {
    const content = this.#open()
    const living = content.sorted().filter(([, kept]) => kept.endedAt === undefined)
    const snapshots = living.flatMap(([, kept]) => kept.snapshots.slice(-1))
    const tail = living.flatMap(([, kept]) => rowsAfterSnapshot(kept)).sort((a, b) => a.position - b.position)
    return {
      snapshots: snapshots.map((row) => toSnapshotRow(row, `snapshot of ${row.aggregate}`)),
      tail: tail.map((row) => toJournalRow(row, `journal row ${row.position}`)),
      outbox: [...content.outbox.values()].map((row) => toOutboxRow(row, `outbox row ${row.number}`)),
      lastPosition: content.lastPosition,
      lastOutboxNumber: content.lastOutboxNumber,
    }
  }

  /** Checks everything before the first change, so that a batch is kept as a whole or not at all. */
  commit(batch: Batch): void {
    const content = this.#open()
    const checked = checkBatch(batch, content)
    for (const row of checked.journal) content.append(row)
    for (const row of checked.snapshots) content.keepSnapshot(row, this.#keep.spacing)
    for (const [aggregate, sequence] of checked.lastSequences) content.kept(aggregate).sequence = sequence
    for (const row of checked.outbox) content.outbox.set(row.number, row)
    for (const number of checked.delivered) content.outbox.delete(number)
    for (const aggregate of checked.ended) content.end(aggregate)
    content.lastPosition = checked.lastPosition
    content.lastOutboxNumber = checked.lastOutboxNumber
    if (!this.#keep.history) forgetPast(content, checked)
  }

  /** Does all the work in one call, because there is no disk to wait for. */
  async compact(before: number): Promise<boolean> {
    const content = this.#open()
    for (const [name, kept] of [...content.aggregates]) {
      if (kept.endedAt === undefined) {
        const base = kept.snapshots.findLast(({ at }) => at < before)
        if (base !== undefined) content.forget(kept, base.sequence)
      } else if (kept.endedAt < before) {
        content.forget(kept, Number.POSITIVE_INFINITY)
        content.aggregates.delete(name)
      }
    }
    return false
  }

  async rewrite(rewriting: Rewriting, from: RewritePlace | null): Promise<RewritePlace | null> {
    return rewriteMemory(this.#open(), rewriting, from)
  }

  clear(): void {
    this.#open()
    this.#content = new Content(randomUUID())
  }

  close(): void {
    this.#closed = true
  }

  onEnd(listener: (end: StoreEnd) => void): void {
    this.#ended.push(listener)
  }

  reopen(): MemoryStore {
    // Nothing is told if the store was closed before.
    const told = this.#closed ? [] : this.#ended
    this.#closed = true
    this.#ended = []
    for (const listener of told) listener({ why: 'lost', problem: 'the store was opened again' })
    return new InMemoryStore(this.#content, this.#keep)
  }

  #open(): Content {
    if (this.#closed) throw new StoreError('CLOSED', 'the store is closed')
    return this.#content
  }
}

/** Rows after the newest snapshot. */
function rowsAfterSnapshot({ rows, snapshots }: Kept): Kept['rows'] {
  const base = snapshots.at(-1)?.sequence ?? 0
  return rows.filter(({ sequence }) => sequence > base)
}

function forgetPast(content: Content, { snapshots, ended }: CheckedBatch): void {
  for (const { aggregate } of snapshots) {
    const kept = content.kept(aggregate)
    content.forget(kept, kept.snapshots.at(-1)?.sequence ?? 0)
  }
  for (const aggregate of ended) {
    const kept = content.aggregates.get(aggregate)
    if (kept !== undefined) content.forget(kept, Number.POSITIVE_INFINITY)
  }
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
