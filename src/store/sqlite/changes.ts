/** Changes of a data file: as a whole, in order, and only as long as the file is this store's. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import { isInputOutputError } from './errors.ts'
import type { Hold } from './hold.ts'
import { readEnds } from './rows.ts'
import type { Statements } from './statements.ts'
import { inTransaction } from './transaction.ts'

/** What changes are made with. */
interface Parts {
  readonly file: string
  readonly database: DatabaseSync
  readonly statements: Statements
  /** `undefined` for a database in memory, which nobody else can have. */
  hold(): Hold | undefined
  /** The last numbers given, as far as they are committed. */
  ends(): { readonly lastPosition: number; readonly lastOutboxNumber: number }
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
 *
 * Two servers never both confirm: whoever opens the file counts `store.times_opened` up, and a transaction that finds it
 * changed ends this store. Where both have files of their own, the look at the files before and behind a change tells.
 */
export class FileChanges {
  readonly #parts: Parts
  /** `times_opened` as this store has left it. */
  #turn: number
  /** A write failed in such a way that the log may still hold what was refused. */
  #inDoubt = false

  constructor(parts: Parts, turn: number) {
    this.#parts = parts
    this.#turn = turn
  }

  get turn(): number {
    return this.#turn
  }

  /** A change of the journal or the outbox, whose numbers tell how far it has come. */
  change<T>(work: () => T): T {
    return this.guard(() =>
      inTransaction(this.#parts.database, () => {
        this.#assertTurn()
        return work()
      }),
    )
  }

  /** Any other change is counted by itself. */
  changeBeside<T>(work: () => T): T {
    const result = this.change(() => {
      this.#parts.statements.nextTurn.run()
      return work()
    })
    this.#turn += 1
    return result
  }

  /** For what takes no transaction. */
  guard<T>(change: () => T): T {
    const hold = this.#parts.hold()
    hold?.check('FAILED')
    if (this.#inDoubt) this.#settle()
    try {
      const result = change()
      // Nothing is confirmed that went into a file which nobody will find.
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

  /** Within a transaction, so that nobody comes in between. */
  #assertTurn(): void {
    const { file, statements, hold } = this.#parts
    if (hold() === undefined || turnRow.parse(statements.turn.get()).turn === this.#turn) return
    throw new StoreError(
      'LOST',
      `${file} was opened by another server, which goes on; this one writes nothing any more`,
    )
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
    const { file, database, statements, ends } = this.#parts
    inTransaction(database, () => {
      this.#assertTurn()
      statements.touch.run()
    })
    const expected = ends()
    const { lastPosition, lastOutboxNumber } = readEnds(database, file)
    if (lastPosition !== expected.lastPosition || lastOutboxNumber !== expected.lastOutboxNumber) {
      throw new StoreError('CORRUPT', `${file}: a change that had failed is there; start again`)
    }
    this.#inDoubt = false
  }
}

const turnRow = z.object({ turn: z.number() })
