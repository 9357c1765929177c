/** Deletes old rows, a piece at a time. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { readPragma } from './schema.ts'

/** A piece ends after about this many rows. */
const ROWS = 1000
/** One query of a piece reads at most this many aggregates. */
const AGGREGATES = 500
/** Milliseconds after which a piece ends. The commit after it takes about as long again. */
const MILLISECONDS = 4
/** Rows that are deleted between two checks of the clock. */
const CHUNK = 50
/**
 * A pass over the aggregates starts again from the beginning when `before` has moved by more than this (ms) since the
 * pass began. Smaller moves are ignored, so that the pass ends for a caller that passes the current time in each call.
 */
const MOVED = 60_000
/** When a quarter of the pages is free, a piece returns this many of them to the file system. */
const PAGES = 200

/** Rows and time that are left for a piece. */
class Budget {
  #rows = ROWS
  readonly #end = performance.now() + MILLISECONDS

  spend(rows: number): void {
    this.#rows -= rows
  }

  get isSpent(): boolean {
    return this.#rows <= 0 || performance.now() >= this.#end
  }
}

/**
 * Removes ended aggregates completely. Of living ones it removes the rows and snapshots before the newest snapshot that
 * is older than `before`. It remembers in memory how far a pass over the living ones has come. After a restart the pass
 * starts again from the beginning and finds little to do.
 */
export class Compaction {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  #pass: { readonly before: number; readonly after: string } | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  /** Forgets the pass. To be called after `clear`. */
  beginAnew(): void {
    this.#pass = undefined
  }

  /** Does one piece, in a transaction of the caller. Returns true when there is more to do. */
  piece(before: number, lastPosition: number): boolean {
    const budget = new Budget()
    const removed = { rows: 0 }
    const more = this.#removeEnded(before, budget, removed) || this.#trimLiving(before, budget, removed)
    // The newest rows may be among the removed ones. Numbering has to continue after them.
    if (removed.rows > 0) this.#statements.keepPosition.run(lastPosition)
    return more || this.#shrink()
  }

  /**
   * Returns free pages to the file system, and whether there is more to do. A file created by version 1 cannot shrink.
   */
  #shrink(): boolean {
    const free = Number(readPragma(this.#database, 'freelist_count'))
    if (free < PAGES || free * 4 <= Number(readPragma(this.#database, 'page_count'))) return false
    this.#database.exec(`PRAGMA incremental_vacuum(${PAGES})`)
    return Number(readPragma(this.#database, 'freelist_count')) < free
  }

  #removeEnded(before: number, budget: Budget, removed: { rows: number }): boolean {
    const names = readNames(this.#statements.ended, before, AGGREGATES)
    for (const name of names) {
      // Rows are removed oldest first. So a reader in between sees a snapshot with the rows that follow it, or no rows.
      const last = this.#newest(name, Number.MAX_SAFE_INTEGER)
      if (last !== undefined && !this.#trim(name, last, budget, removed)) return true
      removed.rows += Number(this.#statements.dropAllRows.run(name).changes)
      budget.spend(Number(this.#statements.dropAllSnapshots.run(name).changes) + 1)
      this.#statements.dropName.run(name)
      if (budget.isSpent) return true
    }
    return names.length === AGGREGATES
  }

  #trimLiving(before: number, budget: Budget, removed: { rows: number }): boolean {
    if (this.#pass === undefined || before < this.#pass.before || before > this.#pass.before + MOVED) {
      this.#pass = { before, after: '' }
    }
    const pass = this.#pass
    const names = readNames(this.#statements.living, pass.after, AGGREGATES)
    for (const name of names) {
      const base = this.#newest(name, before)
      if (base !== undefined && !this.#trim(name, base, budget, removed)) return true
      this.#pass = { ...pass, after: name }
      if (budget.isSpent) return true
    }
    if (names.length === AGGREGATES) return true
    this.#pass = undefined
    return false
  }

  /** Sequence number of the newest snapshot that is older than `before`. */
  #newest(name: string, before: number): number | undefined {
    return sequenceRow.optional().parse(this.#statements.base.get(name, before))?.sequence
  }

  /**
   * Removes the snapshots before `base`, and the rows up to `base`, oldest first. Returns false when the budget was
   * spent before the end.
   */
  #trim(name: string, base: number, budget: Budget, removed: { rows: number }): boolean {
    budget.spend(Number(this.#statements.dropSnapshots.run(name, base).changes))
    for (;;) {
      const first = firstRow.parse(this.#statements.firstRow.get(name)).sequence
      if (first === null || first > base) return true
      // At least one chunk is removed in every piece, so that the work makes progress on a busy machine too.
      const rows = Number(this.#statements.dropRows.run(name, Math.min(base, first + CHUNK - 1)).changes)
      budget.spend(rows)
      removed.rows += rows
      if (budget.isSpent) return false
    }
  }
}

const nameRow = z.object({ name: z.string() })
const sequenceRow = z.object({ sequence: z.number() })
const firstRow = z.object({ sequence: z.number().nullable() })

function readNames(statement: StatementSync, from: number | string, limit: number): readonly string[] {
  return statement.all(from, limit).map((row) => nameRow.parse(row).name)
}

const STATEMENTS = {
  ended: 'SELECT name FROM aggregate WHERE ended_at IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?',
  living: 'SELECT name FROM aggregate WHERE ended_at IS NULL AND name > ? ORDER BY name LIMIT ?',
  base: 'SELECT sequence FROM snapshot WHERE aggregate = ? AND at < ? ORDER BY sequence DESC LIMIT 1',
  firstRow: 'SELECT min(sequence) AS sequence FROM journal WHERE aggregate = ?',
  dropRows: 'DELETE FROM journal WHERE aggregate = ? AND sequence <= ?',
  dropSnapshots: 'DELETE FROM snapshot WHERE aggregate = ? AND sequence < ?',
  dropAllRows: 'DELETE FROM journal WHERE aggregate = ?',
  dropAllSnapshots: 'DELETE FROM snapshot WHERE aggregate = ?',
  dropName: 'DELETE FROM aggregate WHERE name = ?',
  keepPosition: 'UPDATE store SET last_position = ?',
} as const

type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

function prepareStatements(database: DatabaseSync): Statements {
  const prepare = (name: keyof typeof STATEMENTS) => database.prepare(STATEMENTS[name])
  return {
    ended: prepare('ended'),
    living: prepare('living'),
    base: prepare('base'),
    firstRow: prepare('firstRow'),
    dropRows: prepare('dropRows'),
    dropSnapshots: prepare('dropSnapshots'),
    dropAllRows: prepare('dropAllRows'),
    dropAllSnapshots: prepare('dropAllSnapshots'),
    dropName: prepare('dropName'),
    keepPosition: prepare('keepPosition'),
  }
}
