/** Reading a data file from outside: beside a running server, or when there is none. */
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

/** Milliseconds to wait for a server that just starts or stops. */
const BUSY_TIMEOUT = 2000

/** A data file as it was when it was opened. */
export interface OpenHistory extends History {
  readonly records: Pick<RecordStore, 'list'>
  /** Looks through the file, at its structure only when it is to be `quick`. @throws StoreError `CORRUPT` */
  assertWhole(depth?: Depth): void
  close(): void
}

/**
 * Opens a data file to read: everything comes from one state of it, that of this moment, whatever a server beside it
 * commits. There is no lock, and the file is not written; what a server that was killed left in its log is read too.
 * SQLite keeps its index of the log (`FILE-shm`) beside the file, so the directory has to be writable unless a server
 * has the file open.
 *
 * Until `close` the server cannot shorten its log; `rewrite` waits for the close.
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
  // Before the file: a server goes on writing, and its note is never ahead of it. A fresh copy is as old as it is.
  const noted = isHeldHere(path) || wasUsed(path, file) ? readReached(path) : undefined
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT })
    // The first look, not BEGIN, fixes what is seen.
    database.exec('BEGIN')
    checkReadable(database, file)
    refuseLack(readEnds(database, file), noted, file)
    return database
  } catch (error) {
    database?.close()
    throw toStoreError(error, file, 'NOT_A_STORE')
  }
}
