/** A store in one SQLite file. */

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
import { timeToRead } from '../../waiting/reading-time.ts'
import { checkBatch, checkText } from '../batch.ts'
import { StoreError } from '../errors.ts'
import { toText } from '../json.ts'
import type { Spacing } from '../spacing.ts'
import { FileChanges } from './changes.ts'
import { Compaction } from './compact.ts'
import { toStoreError } from './errors.ts'
import { SqliteHistory } from './history.ts'
import { Hold } from './hold.ts'
import { DatabaseSync } from './module.ts'
import { emptyLog, type OpenDatabase, openDatabase } from './open.ts'
import type { Reached } from './reached.ts'
import { rewritePiece } from './rewrite.ts'
import { readEnds, readRecords } from './rows.ts'
import { emptyTables, sizeOf } from './schema.ts'
import { readState } from './state.ts'
import { prepareStatements, type Statements } from './statements.ts'
import { BatchWriter } from './writer.ts'

/** Options of `sqliteStore`. */
export interface SqliteOptions {
  /** Milliseconds that a commit waits while another process locks the data file. Default: 2000. */
  readonly busyTimeout?: number | undefined
  /**
   * Milliseconds between two snapshots of an aggregate that are kept as history. By default as few are kept as replay and
   * retention need: one per day, and further ones after many inputs.
   */
  readonly historySpacing?: number | undefined
  /**
   * Opens a file even if confirmed changes are missing in it, according to `FILE.commits`. By default such a file is
   * refused with `BEHIND`.
   */
  readonly acceptOlder?: boolean | undefined
  /** Called with the files that other users of the machine could read until now. The store has removed that right. */
  readonly onTightened?: ((files: readonly string[]) => void) | undefined
  /** The caller has already checked the file for damage. By default a thread checks it. */
  readonly isWhole?: boolean | undefined
}

/**
 * Opens the data file, or creates it with its directory; `:memory:` is a database in memory. The file is in WAL mode
 * with `synchronous=FULL`: a commit is on the disk when it returns. This process is the only writer until `close`;
 * other processes may read. The journal is kept until `compact` is called. A file of an earlier version is migrated.
 *
 * The store ends by itself (`onEnd`) when the file or one beside it is no longer the file that was opened. It also ends
 * when damage is found: after the start a thread checks the file.
 *
 * @throws StoreError `IN_USE`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`, `BEHIND`, `FAILED`.
 */
export function sqliteStore(file: string, options: SqliteOptions = {}): Store {
  const open = openDatabase(file, options.busyTimeout ?? 2000, options.acceptOlder)
  if (open.tightened.length > 0) options.onTightened?.(open.tightened)
  return storeOn(file, open, options)
}

/** The store on an open data file. */
export function storeOn(file: string, open: OpenDatabase, options: SqliteOptions = {}): Store {
  const isWhole = open.isWhole || (options.isWhole ?? false)
  return new SqliteStore(file, { ...open, isWhole }, options.historySpacing)
}

class SqliteStore implements Store {
  readonly records: RecordStore
  readonly history: History
  readonly #file: string
  readonly #open: OpenDatabase
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #compaction: Compaction
  /**
   * Separate connection for `history`, so that reads never block a commit; `undefined` for a database in memory, which
   * has only one connection.
   */
  readonly #reader: DatabaseSync | undefined
  /** `undefined` for a database in memory. */
  readonly #hold: Hold | undefined
  readonly #changes: FileChanges
  readonly #writer: BatchWriter
  #id: string
  #lastPosition: number
  #lastOutboxNumber: number
  #closed = false

  constructor(file: string, open: OpenDatabase, spacing: Spacing) {
    const { database } = open
    this.#file = file
    this.#open = open
    this.#database = database
    try {
      const ends = readEnds(database, file)
      this.#id = ends.history
      this.#lastPosition = ends.lastPosition
      this.#lastOutboxNumber = ends.lastOutboxNumber
      const statements = prepareStatements(database)
      this.#statements = statements
      this.#writer = new BatchWriter(statements, spacing)
      this.#compaction = new Compaction(database)
      const parts = { file, database, statements, hold: () => this.#hold, ends: () => this.#last() }
      this.#changes = new FileChanges(parts, ends.turn)
      const { path, place, isWhole, busyTimeout } = open
      if (path !== undefined && place !== undefined) {
        this.#reader = connectReader(path, busyTimeout)
        const held = { file, path, place, isWhole, reached: () => this.#reached(), letGo: () => this.#letGo() }
        this.#hold = new Hold(held)
      }
    } catch (error) {
      this.close()
      throw toStoreError(error, file, 'CORRUPT')
    }
    this.history = new SqliteHistory(() => this.#connectReader(), file)
    this.records = {
      list: (collection) => this.#attempt('CORRUPT', () => readRecords(database, collection, file)),
      put: (collection, key, value) => this.#attempt('FAILED', () => this.#putRecord(collection, key, value)),
      delete: (collection, key) => {
        this.#attempt('FAILED', () => this.#changeBeside(() => this.#statements.deleteRecord.run(collection, key)))
      },
    }
  }

  get id(): string {
    return this.#id
  }

  /** Each step checks that the store is still open. */
  async load(): Promise<StoredState> {
    const steps = this.#attempt('CORRUPT', () => readState(this.#database, this.#file))
    for (;;) {
      const { done, value } = this.#attempt('CORRUPT', () => steps.next())
      if (done) return { ...value, ...this.#last() }
      const wait = timeToRead()
      if (wait !== undefined) await wait
    }
  }

  commit(batch: Batch): void {
    this.#attempt('FAILED', () => {
      const checked = checkBatch(batch, { ...this.#last(), endOf: (aggregate) => this.#writer.endOf(aggregate) })
      this.#changes.change(() => this.#writer.write(checked))
      this.#lastPosition = checked.lastPosition
      this.#lastOutboxNumber = checked.lastOutboxNumber
      this.#writer.remember(checked)
      this.#hold?.note()
    })
  }

  async compact(before: number): Promise<boolean> {
    return this.#attempt('FAILED', () => this.#changeBeside(() => this.#compaction.piece(before, this.#lastPosition)))
  }

  /**
   * After the last row the log is emptied and the file is rebuilt, because free space and the log also contain old
   * content: SQLite overwrites deleted content, but not the copy of content that it has moved to another page. The
   * duration of this piece grows with the file (about ten seconds for a gigabyte). Meanwhile it needs free space of the
   * size of the file.
   *
   * @throws StoreError `FAILED` when a reader still sees an older state, or when there is no space. The changes are
   * kept, but old content may still be on the disk. The caller has to repeat the same call.
   */
  async rewrite(rewriting: Rewriting, from: RewritePlace | null): Promise<RewritePlace | null> {
    return this.#attempt('FAILED', () => {
      const next = this.#changeBeside(() => rewritePiece(this.#database, this.#file, rewriting, from))
      if (next === null) this.#overwriteOld()
      return next
    })
  }

  clear(): void {
    this.#attempt('FAILED', () => {
      const id = this.#changeBeside(() => emptyTables(this.#database))
      this.#id = id
      this.#lastPosition = 0
      this.#lastOutboxNumber = 0
      this.#hold?.note()
      this.#writer.beginAnew()
      this.#compaction.beginAnew()
    })
  }

  /** A database in memory never ends by itself, so it never calls the listener. */
  onEnd(listener: (end: StoreEnd) => void): void {
    this.#hold?.onEnd(listener)
  }

  size(): StoreSize {
    return this.#attempt('FAILED', () => sizeOf(this.#database))
  }

  /** Moves the write-ahead log into the file. If a reader prevents that, the next start does it. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#hold?.close()
    try {
      if (this.#hold?.error === undefined) {
        this.#hold?.check('FAILED')
        this.#reader?.close()
        emptyLog(this.#open)
      }
    } catch (error) {
      throw toStoreError(error, this.#file, 'FAILED')
    } finally {
      this.#letGo()
    }
  }

  /**
   * The read-only connection is closed last. If the last connection were a writing one, SQLite would move the log into
   * the file and remove the log. After the store has lost its file, both may belong to another server.
   */
  #letGo(): void {
    if (this.#database.isOpen) this.#database.close()
    if (this.#reader?.isOpen) this.#reader.close()
    this.#open.unlock()
  }

  /** The last numbers given. */
  #last() {
    return { lastPosition: this.#lastPosition, lastOutboxNumber: this.#lastOutboxNumber }
  }

  #reached(): Reached {
    return { history: this.#id, ...this.#last(), turn: this.#changes.turn }
  }

  #changeBeside<T>(work: () => T): T {
    const result = this.#changes.changeBeside(work)
    this.#hold?.note()
    return result
  }

  #overwriteOld(): void {
    const empty = () => {
      if (emptyLog(this.#open)) return
      const message = `${this.#file}: a reader still has old content open, which cannot be overwritten; close it and try again`
      throw new StoreError('FAILED', message)
    }
    empty()
    this.#changes.guard(() => this.#database.exec('VACUUM'))
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
    if (this.#hold?.error !== undefined) throw this.#hold.error
    if (this.#closed) throw new StoreError('CLOSED', `${this.#file}: the store is closed`)
  }

  #connectReader(): DatabaseSync {
    this.#assertOpen()
    return this.#reader ?? this.#database
  }

  #putRecord(collection: string, key: string, value: Json): void {
    checkText(collection, 'collection')
    checkText(key, 'key')
    const text = toText(value, `record ${collection}/${key}`)
    this.#changeBeside(() => this.#statements.putRecord.run(collection, key, text))
  }
}

/** The first read takes the shared lock on the log, which prevents that another connection removes the log. */
function connectReader(path: string, timeout: number): DatabaseSync {
  const reader = new DatabaseSync(path, { readOnly: true, timeout })
  reader.prepare('SELECT one FROM store').get()
  return reader
}
