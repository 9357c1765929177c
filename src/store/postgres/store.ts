/** A store in PostgreSQL, for a centre that must not lose anything with one machine. */
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
  StoreSize,
} from '../../engine/ports.ts'
import { checkBatch, checkText } from '../batch.ts'
import { StoreError } from '../errors.ts'
import { toText } from '../json.ts'
import { type Address, readAddress } from './address.ts'
import { aloneChange, batchChange, recordChange, statementChange } from './changes.ts'
import { PostgresCompaction } from './compact.ts'
import type { Connection } from './driver.ts'
import type { KnownEnds } from './ends.ts'
import { constraintOf, toStoreError } from './errors.ts'
import { PostgresHistory } from './history.ts'
import { StoreLink } from './link.ts'
import { type Opened, openStore } from './opening.ts'
import { type Given, type PostgresOptions, withDefaults } from './options.ts'
import type { Change } from './pipeline.ts'
import { REBUILD, rewritePiece } from './rewrite.ts'
import { listRecords, type Records } from './rows.ts'
import { EMPTY_TABLES, readSize } from './schema.ts'
import { readState } from './state.ts'

/** A store in PostgreSQL. It answers later. */
export interface PostgresStore extends Store {
  readonly history: History
  /** Several may be under way. */
  commit(batch: Batch): Promise<void>
  onEnd(listener: (end: StoreEnd) => void): void
  /** Calls the listener each time when the connection was lost. */
  onDoubt(listener: () => void): void
  /** As it was measured last, at most a minute ago. Free space is not known: `free` is 0. */
  size(): StoreSize
  /** Waits for the changes that are under way, and lets the next process open the store at once. */
  close(): Promise<void>
}

/**
 * Opens the store in a PostgreSQL database (15 or later), or creates its tables. A change is confirmed when a second
 * machine has it, because a server that confirms it before is refused. This process is the only writer until `close`;
 * readers may read. The url may name several servers: the store uses the one that takes changes, and looks for it again
 * when the connection is lost.
 *
 * The store ends by itself (`onEnd`) when another process has taken it over, or when the servers lack changes that were
 * confirmed.
 *
 * @throws InvalidArgument for a url or an option that cannot be used.
 * @throws StoreError `IN_USE`, `UNREACHABLE`, `DENIED`, `UNREPLICATED`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`,
 * `FAILED`. Its message has the address without the password.
 */
export async function postgresStore(url: string, options: PostgresOptions = {}): Promise<PostgresStore> {
  const [address, given] = [readAddress(url), withDefaults(options)]
  return new StoreInPostgres(address, given, given.pairKey, await openStore(address, given, given.pairKey))
}

const MINUTE = 60_000

class StoreInPostgres implements PostgresStore {
  readonly answersLater = true
  readonly history: PostgresHistory
  readonly records: RecordStore
  readonly #address: Address
  readonly #options: Given
  readonly #link: StoreLink
  readonly #ends: KnownEnds
  readonly #compaction = new PostgresCompaction()
  /** The acknowledged state. */
  #shown: { readonly history: string; readonly lastPosition: number; readonly lastOutboxNumber: number }
  #records: Records
  #bytes = 0
  #measured = 0
  #end: { readonly end: StoreEnd; readonly error: StoreError } | undefined
  #listeners: ((end: StoreEnd) => void)[] = []
  readonly #doubters: (() => void)[] = []
  #closing: Promise<void> | undefined

  constructor(address: Address, options: Given, owner: string, { session, begun, ends, records }: Opened) {
    this.#address = address
    this.#options = options
    this.#ends = ends
    this.#records = records
    this.#shown = begun
    const ended = (end: StoreEnd, error: StoreError) => this.#ended(end, error)
    const inDoubt = () => {
      for (const doubter of this.#doubters) doubter()
    }
    this.#link = new StoreLink({ address, options, owner, ended, inDoubt }, session, begun)
    const read = <T>(work: (connection: Connection) => Promise<T>) => this.#read(work)
    this.history = new PostgresHistory({ shown: address.shown, ends: () => this.#open(), read })
    this.records = {
      list: (collection) => {
        this.#open()
        return listRecords(this.#records, collection, address.shown)
      },
      put: async (collection, key, value) => this.#putRecord(collection, key, value),
      delete: async (collection, key) => this.#changeRecord(collection, key, null),
    }
    this.#measure()
  }

  get id(): string {
    return this.#shown.history
  }

  async load(): Promise<StoredState> {
    const { lastPosition, lastOutboxNumber } = this.#open()
    const read = <T>(work: (connection: Connection) => Promise<T>) => this.#read(work)
    return { ...(await readState(read, this.#address.shown)), lastPosition, lastOutboxNumber }
  }

  /** Several may be under way. Rejects when the batch is not kept and never will be. */
  async commit(batch: Batch): Promise<void> {
    this.#open()
    const checked = checkBatch(batch, this.#ends)
    const { lastPosition, lastOutboxNumber } = checked
    const { change, fresh } = batchChange(checked, this.#ends, this.#options.historySpacing, () => {
      this.#shown = { history: this.#shown.history, lastPosition, lastOutboxNumber }
    })
    try {
      await this.#link.pipeline.add(change)
    } catch (error) {
      if (constraintOf(error) === 'aggregate_pkey') return this.#commitKnown(batch, fresh)
      throw toStoreError(error, this.#address.shown, 'FAILED')
    }
  }

  async compact(before: number): Promise<boolean> {
    const work = await this.#read((connection) => this.#compaction.find(connection, before))
    if (work === undefined) return false
    const isWhole = await this.#alone((connection) => this.#compaction.remove(connection, work))
    if (isWhole && work.areEnded) this.#ends.forget(work.old.map(({ name }) => name))
    return this.#compaction.goOn(work, isWhole)
  }

  /**
   * After the last row the tables get new files. That takes about as long as to write them, and needs their space once
   * more; nothing else is committed meanwhile. The log of the server (WAL), its archive and backups still have the old
   * content, until the server removes them.
   */
  async rewrite(rewriting: Rewriting, from: RewritePlace | null): Promise<RewritePlace | null> {
    const next = await this.#alone((connection) => rewritePiece(connection, this.#address.shown, rewriting, from))
    if (next === null) await this.#give(statementChange(REBUILD))
    return next
  }

  async clear(): Promise<void> {
    this.#open()
    const history = randomUUID()
    await this.#alone(
      (connection) => connection.query(EMPTY_TABLES, [history]),
      () => {
        this.#shown = { history, lastPosition: 0, lastOutboxNumber: 0 }
        this.#records = new Map()
        this.#ends.beginAnew()
        this.#compaction.beginAnew()
      },
    )
  }

  onEnd(listener: (end: StoreEnd) => void): void {
    if (this.#end !== undefined) listener(this.#end.end)
    else this.#listeners.push(listener)
  }

  onDoubt(listener: () => void): void {
    this.#doubters.push(listener)
  }

  /** As it was measured last. A call begins the next measurement, if the last one is a minute ago. */
  size(): StoreSize {
    this.#open()
    if (performance.now() - this.#measured > MINUTE) this.#measure()
    return { bytes: this.#bytes, free: 0 }
  }

  /** Waits for the changes that are under way, and lets the next process open the store at once. */
  close(): Promise<void> {
    this.#closing ??= this.#end === undefined ? this.#link.close() : Promise.resolve()
    return this.#closing
  }

  /** What is shown. @throws StoreError when the store is closed or has ended */
  #open() {
    if (this.#end !== undefined) throw this.#end.error
    if (this.#closing !== undefined) throw new StoreError('CLOSED', `${this.#address.shown}: the store is closed`)
    return this.#shown
  }

  #read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#open()
    return this.#link.read(work)
  }

  async #give(change: Change): Promise<void> {
    this.#open()
    try {
      await this.#link.pipeline.add(change)
    } catch (error) {
      // What the caller's own function throws comes back as it is.
      if (error instanceof Error && !('code' in error)) throw error
      throw toStoreError(error, this.#address.shown, 'FAILED')
    }
  }

  async #alone<T>(
    work: (connection: Connection) => Promise<T>,
    kept: (result: T) => void = () => undefined,
  ): Promise<T> {
    const change = aloneChange(work, kept)
    await this.#give(change)
    return change.result()
  }

  /**
   * A batch was refused because it names aggregates that the store did not know. Those that have ended get no input; a
   * snapshot of them is allowed.
   */
  async #commitKnown(batch: Batch, names: readonly string[]): Promise<void> {
    await this.#read((connection) => this.#ends.look(connection, names))
    return this.commit(batch)
  }

  async #putRecord(collection: string, key: string, value: Json): Promise<void> {
    checkText(collection, 'collection')
    checkText(key, 'key')
    return this.#changeRecord(collection, key, toText(value, `record ${collection}/${key}`))
  }

  async #changeRecord(collection: string, key: string, value: string | null): Promise<void> {
    const kept = () => {
      const entries = this.#records.get(collection) ?? new Map<string, string>()
      if (value === null) entries.delete(key)
      else entries.set(key, value)
      this.#records.set(collection, entries)
    }
    await this.#give(recordChange({ collection, key, value }, this.#ends, kept))
  }

  #measure(): void {
    this.#measured = performance.now()
    this.#read((connection) => readSize(connection, this.#options.schema)).then(
      (bytes) => {
        this.#bytes = bytes
      },
      () => undefined,
    )
  }

  #ended(end: StoreEnd, error: StoreError): void {
    if (this.#end !== undefined) return
    this.#end = { end, error }
    this.#link.abandon(error)
    for (const listener of this.#listeners.splice(0)) listener(end)
  }
}
