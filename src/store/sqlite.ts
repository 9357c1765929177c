/** A store in one SQLite file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { z } from 'zod'
import type { Batch, Json, RecordStore, Store, StoredState } from '../engine/ports.ts'
import { type CheckedBatch, checkBatch, checkText, type Ends } from './batch.ts'
import { StoreError } from './errors.ts'
import { toText } from './json.ts'
import { toStoreError } from './sqliteErrors.ts'
import { type OpenDatabase, openDatabase } from './sqliteOpen.ts'
import { readEnds, readRecords, readState } from './sqliteRows.ts'

/** How a data file is used. */
export interface SqliteOptions {
  /** Milliseconds that a commit waits for somebody else who locks the data file; 2000 unless given. */
  readonly busyTimeout?: number
}

/**
 * Opens the data file, or creates it with its directory; `:memory:` is a database in memory. The file is in WAL mode
 * with `synchronous=FULL`: a commit has reached the disk when it returns. This process is the only writer until
 * `close`; others may read beside it. The journal is kept whole.
 *
 * @throws StoreError `IN_USE`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`, `FAILED`.
 */
export function sqliteStore(file: string, options: SqliteOptions = {}): Store {
  return new SqliteStore(file, openDatabase(file, options.busyTimeout ?? 2000))
}

class SqliteStore implements Store {
  readonly id: string
  readonly records: RecordStore
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #unlock: () => void
  readonly #statements: Statements
  #lastPosition: number
  #lastOutboxNumber: number
  #closed = false

  constructor(file: string, { database, unlock }: OpenDatabase) {
    this.#file = file
    this.#database = database
    this.#unlock = unlock
    try {
      const ends = readEnds(database, file)
      this.id = ends.history
      this.#lastPosition = ends.lastPosition
      this.#lastOutboxNumber = ends.lastOutboxNumber
      this.#statements = prepareStatements(database)
    } catch (error) {
      this.close()
      throw toStoreError(error, file, 'CORRUPT')
    }
    this.records = {
      list: (collection) => this.#attempt('CORRUPT', () => readRecords(database, collection, file)),
      put: (collection, key, value) => this.#attempt('FAILED', () => this.#putRecord(collection, key, value)),
      delete: (collection, key) => {
        this.#attempt('FAILED', () => this.#statements.deleteRecord.run(collection, key))
      },
    }
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
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        this.#write(checked)
        this.#database.exec('COMMIT')
      } catch (error) {
        // Some failures (a full disk) have rolled back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
      this.#lastPosition = checked.lastPosition
      this.#lastOutboxNumber = checked.lastOutboxNumber
    })
  }

  /** Empties the write-ahead log into the file unless a reader is in the way; the next start does it then. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      throw toStoreError(error, this.#file, 'FAILED')
    } finally {
      this.#database.close()
      this.#unlock()
    }
  }

  #attempt<T>(otherwise: 'CORRUPT' | 'FAILED', run: () => T): T {
    if (this.#closed) throw new StoreError('CLOSED', `${this.#file}: the store is closed`)
    try {
      return run()
    } catch (error) {
      throw toStoreError(error, this.#file, otherwise)
    }
  }

  #ends(): Ends {
    return {
      lastPosition: this.#lastPosition,
      lastOutboxNumber: this.#lastOutboxNumber,
      lastSequence: (aggregate) => lastSequence.parse(this.#statements.lastSequence.get(aggregate)).sequence,
    }
  }

  #write({ journal, snapshots, outbox, delivered, lastOutboxNumber, lastSequences }: CheckedBatch): void {
    const statements = this.#statements
    for (const aggregate of lastSequences.keys()) statements.nameAggregate.run(aggregate)
    for (const { position, aggregate, sequence, at, machineVersion, outcome, input } of journal) {
      statements.appendJournal.run(position, aggregate, sequence, at, machineVersion, outcome, input)
    }
    for (const { aggregate, machine, machineVersion, sequence, at, state } of snapshots) {
      statements.keepSnapshot.run(aggregate, machine, machineVersion, sequence, at, state)
    }
    for (const { number, lane, kind, payload } of outbox) statements.appendOutbox.run(number, lane, kind, payload)
    for (const number of delivered) statements.deleteOutbox.run(number)
    if (outbox.length > 0) statements.setLastOutboxNumber.run(lastOutboxNumber)
  }

  #putRecord(collection: string, key: string, value: Json): void {
    checkText(collection, 'collection')
    checkText(key, 'key')
    this.#statements.putRecord.run(collection, key, toText(value, `record ${collection}/${key}`))
  }
}

const lastSequence = z.object({ sequence: z.number() })

const STATEMENTS = {
  lastSequence: `
    SELECT max(
      coalesce((SELECT max(sequence) FROM journal WHERE aggregate = ?1), 0),
      coalesce((SELECT sequence FROM snapshot WHERE aggregate = ?1), 0)) AS sequence`,
  nameAggregate: 'INSERT OR IGNORE INTO aggregate VALUES (?)',
  appendJournal: `
    INSERT INTO journal (position, aggregate, sequence, at, machine_version, outcome, input)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  keepSnapshot: `
    INSERT INTO snapshot (aggregate, machine, machine_version, sequence, at, state) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (aggregate) DO UPDATE SET machine = excluded.machine, machine_version = excluded.machine_version,
      sequence = excluded.sequence, at = excluded.at, state = excluded.state
    WHERE excluded.sequence >= snapshot.sequence`,
  appendOutbox: 'INSERT INTO outbox (number, lane, kind, payload) VALUES (?, ?, ?, ?)',
  deleteOutbox: 'DELETE FROM outbox WHERE number = ?',
  setLastOutboxNumber: 'UPDATE store SET last_outbox_number = ?',
  putRecord: `
    INSERT INTO record (collection, key, value) VALUES (?, ?, ?)
    ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value`,
  deleteRecord: 'DELETE FROM record WHERE collection = ? AND key = ?',
} as const

type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

function prepareStatements(database: DatabaseSync): Statements {
  const prepare = (name: keyof typeof STATEMENTS) => database.prepare(STATEMENTS[name])
  return {
    lastSequence: prepare('lastSequence'),
    nameAggregate: prepare('nameAggregate'),
    appendJournal: prepare('appendJournal'),
    keepSnapshot: prepare('keepSnapshot'),
    appendOutbox: prepare('appendOutbox'),
    deleteOutbox: prepare('deleteOutbox'),
    setLastOutboxNumber: prepare('setLastOutboxNumber'),
    putRecord: prepare('putRecord'),
    deleteRecord: prepare('deleteRecord'),
  }
}
