/** Makes changes of a data file atomic, and refuses them when the store has lost its file. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import { isInputOutputError } from './errors.ts'
import type { Hold } from './hold.ts'
import { readEnds } from './rows.ts'
import type { Statements } from './statements.ts'
import { inTransaction } from './transaction.ts'

/** What `FileChanges` needs of its store. */
interface Parts {
  readonly file: string
  readonly database: DatabaseSync
  readonly statements: Statements
  /** `undefined` for a database in memory, which no other process can open. */
  hold(): Hold | undefined
  /** The last committed numbers. */
  ends(): { readonly lastPosition: number; readonly lastOutboxNumber: number }
}

/**
 * Every change of a data file uses this class. It runs the change in one transaction, and handles I/O errors of the
 * disk.
 *
 * When a COMMIT fails while it writes or syncs the log, no connection sees its changes, because SQLite publishes a
 * transaction only after the sync. But its frames may be complete in the log. If the process died now, the next start
 * would find them as if they had been committed. So a small transaction is written over them before any other change,
 * and, if the disk allows it, before the failure is reported. This also makes the rest of the failed frames void,
 * because frames are chained by checksums.
 *
 * The connection is kept on purpose. After a reopening, SQLite would read the log from the cache of the operating
 * system. After a failed sync this cache can contain pages that never reached the disk. Everything committed after such
 * pages would be lost with them when the power fails. Overwriting writes and syncs these pages again.
 *
 * No position is given twice. When the small transaction has succeeded, the failed one is gone. Until then every change
 * is refused, and a new start reads the last position from the file.
 *
 * Two servers never both confirm changes. Every store that opens the file increments `store.times_opened`, and this
 * store ends when a transaction finds another value. When the servers have different files, the checks of the files
 * before and after a change detect it.
 */
export class FileChanges {
  readonly #parts: Parts
  /** The value of `times_opened` that this store wrote last. */
  #turn: number
  /** After an I/O error: the log may still contain the refused change. */
  #inDoubt = false

  constructor(parts: Parts, turn: number) {
    this.#parts = parts
    this.#turn = turn
  }

  get turn(): number {
    return this.#turn
  }

  /**
   * Runs a change of the journal or the outbox. It does not increment `turn`, because its own numbers show that it was
   * committed.
   */
  change<T>(work: () => T): T {
    return this.guard(() =>
      inTransaction(this.#parts.database, () => {
        this.#assertTurn()
        return work()
      }),
    )
  }

  /** Runs any other change, and increments `turn`. */
  changeBeside<T>(work: () => T): T {
    const result = this.change(() => {
      this.#parts.statements.nextTurn.run()
      return work()
    })
    this.#turn += 1
    return result
  }

  /**
   * Runs `change` between the two checks of the files. Called directly only for a change that cannot run in a
   * transaction (VACUUM).
   */
  guard<T>(change: () => T): T {
    const hold = this.#parts.hold()
    hold?.check('FAILED')
    if (this.#inDoubt) this.#settle()
    try {
      const result = change()
      // The change is not confirmed if the file is lost, because the next start would not find it.
      hold?.check('LOST')
      return result
    } catch (error) {
      if (error instanceof StoreError && error.code === 'LOST') hold?.lose(error)
      if (isInputOutputError(error)) {
        this.#inDoubt = true
        this.#trySettle()
      }
      throw error
    }
  }

  /** Called within the transaction, so that no other server can write in between. */
  #assertTurn(): void {
    const { file, statements, hold } = this.#parts
    if (hold() === undefined || turnRow.parse(statements.turn.get()).turn === this.#turn) return
    throw new StoreError('LOST', `${file} was opened by another server; this one writes nothing any more`)
  }

  #trySettle(): void {
    try {
      this.#settle()
    } catch {
      // The disk still fails. The next change tries again first, and reports the error.
    }
  }

  /**
   * @throws StoreError `CORRUPT` when the refused change is in the file after all. Then every change is refused until a
   * new start.
   */
  #settle(): void {
    const { file, database, statements, ends } = this.#parts
    inTransaction(database, () => {
      this.#assertTurn()
      statements.touch.run()
    })
    const expected = ends()
    const { lastPosition, lastOutboxNumber } = readEnds(database, file)
    if (lastPosition !== expected.lastPosition || lastOutboxNumber !== expected.lastOutboxNumber) {
      throw new StoreError('CORRUPT', `${file}: a refused change is in the file; restart the server`)
    }
    this.#inDoubt = false
  }
}

const turnRow = z.object({ turn: z.number() })
