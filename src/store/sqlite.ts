/** A store in one SQLite file. */
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Batch, History, Json, RecordStore, RewritePlace, Rewriting, Store, StoredState } from '../engine/ports.ts'
import { type CheckedBatch, checkBatch, checkText, type Ends } from './batch.ts'
import { StoreError } from './errors.ts'
import { toText } from './json.ts'
import { HISTORY_SPACING, isSuperseded } from './spacing.ts'
import { Compaction } from './sqliteCompact.ts'
import { isInputOutputError, toStoreError } from './sqliteErrors.ts'
import { SqliteHistory } from './sqliteHistory.ts'
import { emptyLog, type OpenDatabase, openDatabase } from './sqliteOpen.ts'
import { rewritePiece } from './sqliteRewrite.ts'
import { readEnds, readRecords, readState } from './sqliteRows.ts'
import { emptyTables } from './sqliteSchema.ts'
import { prepareStatements, type Statements } from './sqliteStatements.ts'
import { inTransaction } from './sqliteTransaction.ts'

/** How a data file is used. */
export interface SqliteOptions {
  /** Milliseconds that a commit waits for somebody else who locks the data file; 2000 unless given. */
  readonly busyTimeout?: number
  /** Milliseconds between two snapshots of an aggregate that are kept as history; ten minutes unless given. */
  readonly historySpacing?: number
}

/**
 * Opens the data file, or creates it with its directory; `:memory:` is a database in memory. The file is in WAL mode
 * with `synchronous=FULL`: a commit has reached the disk when it returns. This process is the only writer until
 * `close`; others may read beside it. The journal is kept until `compact` is asked to forget. A file of an earlier
 * version is migrated.
 *
 * @throws StoreError `IN_USE`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`, `FAILED`.
 */
export function sqliteStore(file: string, options: SqliteOptions = {}): Store {
  return storeOn(file, openDatabase(file, options.busyTimeout ?? 2000), options)
}

/** The store on a data file that has been opened. */
export function storeOn(file: string, open: OpenDatabase, options: SqliteOptions = {}): Store {
  return new SqliteStore(file, open, options.historySpacing ?? HISTORY_SPACING)
}

class SqliteStore implements Store {
  readonly records: RecordStore
  readonly history: History
  readonly #file: string
  readonly #open: OpenDatabase
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #compaction: Compaction
  readonly #spacing: number
  /** Connection of `history`, which so never stands in the way of a commit; made when first asked for. */
  #reader: DatabaseSync | undefined
  /**
   * Last sequence numbers of living aggregates, as far as they are known: a commit asks for each of its own. There are
   * no more of them than the engine itself holds.
   */
  readonly #lastSequences = new Map<string, number>()
  #id: string
  #lastPosition: number
  #lastOutboxNumber: number
  /** A write failed in such a way that the log may still hold what was refused. */
  #inDoubt = false
  #closed = false

  constructor(file: string, open: OpenDatabase, spacing: number) {
    const { database } = open
    this.#file = file
    this.#open = open
    this.#database = database
    this.#spacing = spacing
    try {
      const ends = readEnds(database, file)
      this.#id = ends.history
      this.#lastPosition = ends.lastPosition
      this.#lastOutboxNumber = ends.lastOutboxNumber
      this.#statements = prepareStatements(database)
      this.#compaction = new Compaction(database)
    } catch (error) {
      this.close()
      throw toStoreError(error, file, 'CORRUPT')
    }
    this.history = new SqliteHistory(() => this.#connectReader(), file)
    this.records = {
      list: (collection) => this.#attempt('CORRUPT', () => readRecords(database, collection, file)),
      put: (collection, key, value) => this.#attempt('FAILED', () => this.#putRecord(collection, key, value)),
      delete: (collection, key) => {
        this.#attempt('FAILED', () => this.#change(() => this.#statements.deleteRecord.run(collection, key)))
      },
    }
  }

  get id(): string {
    return this.#id
  }

  load(): StoredState {
    return this.#attempt('CORRUPT', () => ({
      ...readState(this.#database, this.#file),
      lastPosition: this.#lastPosition,
      lastOutboxNumber: this.#lastOutboxNumber,
    }))
  }

  commit(batch: Batch): void {
    this.#attempt('FAILED', () => {
      const checked = checkBatch(batch, this.#ends())
      this.#change(() => this.#write(checked))
      this.#lastPosition = checked.lastPosition
      this.#lastOutboxNumber = checked.lastOutboxNumber
      this.#remember(checked)
    })
  }

  compact(before: number): boolean {
    return this.#attempt('FAILED', () => this.#change(() => this.#compaction.piece(before, this.#lastPosition)))
  }

  /**
   * After the last row the file is built anew and the log is emptied into it, because old content lies in free space
   * and in the log too: SQLite overwrites what is deleted, but not what it has moved to another page. That is the one
   * piece whose length grows with the file (about ten seconds for a gigabyte), and it takes as much space again meanwhile.
   *
   * @throws StoreError `FAILED` when somebody still reads an older state, or when there is no space: what was changed
   * stays, old content may still be on the disk, and the same call is to be repeated.
   */
  rewrite(rewriting: Rewriting, from: RewritePlace | null): RewritePlace | null {
    return this.#attempt('FAILED', () => {
      const next = this.#change(() => rewritePiece(this.#database, this.#file, rewriting, from))
      if (next === null) this.#overwriteOld()
      return next
    })
  }

  clear(): void {
    this.#attempt('FAILED', () => {
      const id = this.#change(() => emptyTables(this.#database))
      this.#id = id
      this.#lastPosition = 0
      this.#lastOutboxNumber = 0
      this.#lastSequences.clear()
      this.#compaction.beginAnew()
    })
  }

  /** Empties the write-ahead log into the file unless a reader is in the way; the next start does it then. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#reader?.close()
      emptyLog(this.#open)
    } catch (error) {
      throw toStoreError(error, this.#file, 'FAILED')
    } finally {
      this.#database.close()
      this.#open.unlock()
    }
  }

  #overwriteOld(): void {
    const empty = () => {
      if (emptyLog(this.#open)) return
      const message = `${this.#file}: somebody still reads old content, which cannot be overwritten; try again`
      throw new StoreError('FAILED', message)
    }
    empty()
    this.#guard(() => this.#database.exec('VACUUM'))
    empty()
  }

  #attempt<T>(otherwise: 'CORRUPT' | 'FAILED', run: () => T): T {
    this.#assertOpen()
    try {
      return run()
    } catch (error) {
      throw toStoreError(error, this.#file, otherwise)
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('CLOSED', `${this.#file}: the store is closed`)
  }

  /**
   * Every change goes this way: one transaction, and a look at what became of it when the medium failed.
   *
   * A COMMIT that fails while it writes or syncs the log has not happened for this connection nor for any other: SQLite
   * publishes a transaction only after the sync. Its frames may be in the log all the same, complete, and a process
   * that dies now would find them at its next start as if they had been committed. So before anything else is taken,
   * and before the failure is reported if the medium allows, a small transaction is written over them; frames are
   * chained by their checksums, so that what is left of the failed ones behind it is void.
   *
   * The connection is kept on purpose. Opening the file anew would make SQLite read the log back from the operating
   * system's cache, which after a failed sync can show pages that never reached the disk; everything committed behind
   * such pages would be lost together with them when the power fails. Overwritten, they are written and synced again.
   *
   * Positions cannot be given twice: either the small transaction succeeded, then the failed one is gone; or it did not,
   * then nothing is taken until it does, and a new start reads the last position from the file, whichever it is.
   */
  #change<T>(work: () => T): T {
    return this.#guard(() => inTransaction(this.#database, work))
  }

  #guard<T>(change: () => T): T {
    if (this.#inDoubt) this.#settle()
    try {
      return change()
    } catch (error) {
      if (isInputOutputError(error)) {
        this.#inDoubt = true
        this.#trySettle()
      }
      throw error
    }
  }

  #trySettle(): void {
    try {
      this.#settle()
    } catch {
      // The medium still fails; the next change tries again before it does anything, and reports it.
    }
  }

  /** @throws StoreError `CORRUPT` when the file did not stay where it was: nothing can be taken before a new start. */
  #settle(): void {
    inTransaction(this.#database, () => this.#statements.touch.run())
    const { lastPosition, lastOutboxNumber } = readEnds(this.#database, this.#file)
    if (lastPosition !== this.#lastPosition || lastOutboxNumber !== this.#lastOutboxNumber) {
      throw new StoreError('CORRUPT', `${this.#file}: a change that had failed is there; start again`)
    }
    this.#inDoubt = false
  }

  /** A database in memory has no second connection. */
  #connectReader(): DatabaseSync {
    this.#assertOpen()
    if (this.#open.path === undefined) return this.#database
    this.#reader ??= new DatabaseSync(this.#open.path, { readOnly: true, timeout: this.#open.busyTimeout })
    return this.#reader
  }

  #ends(): Ends {
    return {
      lastPosition: this.#lastPosition,
      lastOutboxNumber: this.#lastOutboxNumber,
      endOf: (aggregate) => {
        const known = this.#lastSequences.get(aggregate)
        if (known !== undefined) return { sequence: known, ended: false }
        const { sequence, endedAt } = endRow.parse(this.#statements.endOf.get(aggregate))
        return { sequence, ended: endedAt !== null }
      },
    }
  }

  #write({ journal, snapshots, outbox, delivered, ended, lastOutboxNumber, lastSequences }: CheckedBatch): void {
    const statements = this.#statements
    for (const aggregate of lastSequences.keys()) {
      if (!this.#lastSequences.has(aggregate)) statements.nameAggregate.run(aggregate)
    }
    for (const row of journal) {
      const { position, aggregate, sequence, at, machineVersion, outcome, input, error, origin, cause, made } = row
      const [first, last] = row.outbox ?? [null, null]
      statements.appendJournal.run(
        ...[position, aggregate, sequence, at, machineVersion, outcome, input],
        ...[error, origin, cause, made, first, last],
      )
    }
    for (const row of snapshots) this.#keepSnapshot(row)
    for (const { number, lane, kind, payload } of outbox) statements.appendOutbox.run(number, lane, kind, payload)
    for (const number of delivered) statements.deleteOutbox.run(number)
    if (outbox.length > 0) statements.setLastOutboxNumber.run(lastOutboxNumber)
    for (const aggregate of ended) statements.endAggregate.run(aggregate)
  }

  #keepSnapshot({ aggregate, machine, machineVersion, sequence, at, state }: CheckedBatch['snapshots'][number]): void {
    const newest = snapshotEnds.parse(this.#statements.newestSnapshots.all(aggregate))
    const [previous, beforeIt] = newest
    if (previous !== undefined && previous.sequence > sequence) return
    this.#statements.keepSnapshot.run(aggregate, machine, machineVersion, sequence, at, state)
    if (previous === undefined || previous.sequence === sequence) return
    if (isSuperseded(previous, beforeIt, this.#spacing)) this.#statements.dropSnapshot.run(aggregate, previous.sequence)
  }

  /** What has rows in a batch is living; what has only a snapshot may have ended before. */
  #remember({ journal, snapshots, ended, lastSequences }: CheckedBatch): void {
    for (const { aggregate, sequence } of journal) this.#lastSequences.set(aggregate, sequence)
    for (const { aggregate } of snapshots) {
      const last = lastSequences.get(aggregate)
      if (last !== undefined && this.#lastSequences.has(aggregate)) this.#lastSequences.set(aggregate, last)
    }
    for (const aggregate of ended) this.#lastSequences.delete(aggregate)
  }

  #putRecord(collection: string, key: string, value: Json): void {
    checkText(collection, 'collection')
    checkText(key, 'key')
    const text = toText(value, `record ${collection}/${key}`)
    this.#change(() => this.#statements.putRecord.run(collection, key, text))
  }
}

const endRow = z.object({ sequence: z.number(), endedAt: z.number().nullable() })

const snapshotEnds = z.array(z.object({ sequence: z.number(), at: z.number() }))
