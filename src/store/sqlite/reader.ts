/** Reads a data file, with or without a running server. */
import { existsSync, realpathSync } from 'node:fs'
import type { History, RecordStore } from '../../engine/ports.ts'
import { StoreError } from '../errors.ts'
import { type Depth, damaged, damageOf } from './damage.ts'
import { toStoreError } from './errors.ts'
import { refuseForeign, wasUsed } from './header.ts'
import { SqliteHistory } from './history.ts'
import { isHeldHere } from './lock.ts'
import { DatabaseSync } from './module.ts'
import { readReached, refuseLack } from './reached.ts'
import { readEnds, readRecords } from './rows.ts'
import { checkReadable } from './schema.ts'

/** Milliseconds to wait for a server that is just starting or stopping. */
const BUSY_TIMEOUT = 2000

/** A data file in the state in which it was opened. */
export interface OpenHistory extends History {
  readonly records: Pick<RecordStore, 'list'>
  /** Checks the file for damage; with `quick`, only its structure. @throws StoreError `CORRUPT` */
  assertWhole(depth?: Depth): void
  close(): void
}

/**
 * Opens a data file for reading. All reads see the state of this moment, even if a server commits changes meanwhile. It
 * takes no lock and does not write the file. It also reads what a killed server left in the log. The directory must be
 * writable unless a server has the file open, because SQLite creates the index of the log (`FILE-shm`) there.
 *
 * Until `close` the server cannot shorten its log, and its `rewrite` cannot finish.
 *
 * @throws StoreError `NOT_A_STORE` also when there is no such file, `UNKNOWN_VERSION`, `CORRUPT`, `BEHIND`.
 */
export function openHistory(file: string): OpenHistory {
  return new DataFile(openReader(file), file)
}

class DataFile extends SqliteHistory implements OpenHistory {
  readonly records: OpenHistory['records']
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync, file: string) {
    const connect = () => {
      if (!database.isOpen) throw new StoreError('CLOSED', `${file}: the history is closed`)
      return database
    }
    super(connect, file)
    this.#database = database
    this.records = { list: (collection) => this.attempt((open) => readRecords(open, collection, file)) }
  }

  assertWhole(depth: Depth = 'all'): void {
    this.attempt((database) => {
      const finding = damageOf(database, depth)
      if (finding !== undefined) throw damaged(this.file, finding)
    })
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }
}

/** A connection that reads one state of the file until it is closed. */
export function openReader(file: string): DatabaseSync {
  if (!existsSync(file)) throw new StoreError('NOT_A_STORE', `${file} does not exist`)
  const path = realpathSync(file)
  refuseForeign(path, file)
  // `FILE.commits` is read before the file, so that it is not newer than the file when a server is writing. It is
  // ignored for a copy that no store has opened, because a copy may be older.
  const noted = isHeldHere(path) || wasUsed(path, file) ? readReached(path) : undefined
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT })
    // The first read, not BEGIN, fixes the state that the transaction sees.
    database.exec('BEGIN')
    checkReadable(database, file)
    refuseLack(readEnds(database, file), noted, file)
    return database
  } catch (error) {
    database?.close()
    throw toStoreError(error, file, 'NOT_A_STORE')
  }
}
