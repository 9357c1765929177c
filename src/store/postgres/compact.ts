/** Deletes old rows, a piece at a time. */
import { z } from 'zod'
import type { Connection } from './driver.ts'

/** Rows that a piece deletes at most. */
const ROWS = 2000
/** Aggregates that a piece looks at. */
const AGGREGATES = 500
/**
 * A pass over the aggregates starts again from the beginning when `before` has moved by more than this (ms) since the
 * pass began. Smaller moves are ignored, so that the pass ends for a caller that passes the current time in each call.
 */
const MOVED = 60_000

const SELECT_ENDED = `
  SELECT name FROM aggregate WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT ${AGGREGATES}`

/** Living aggregates with rows or snapshots that are no longer needed: those before `base`. */
const SELECT_LIVING = `
  SELECT name, base, EXISTS (SELECT FROM journal WHERE aggregate = name AND sequence <= base)
    OR EXISTS (SELECT FROM snapshot WHERE aggregate = name AND sequence < base) AS "hasOld"
  FROM (SELECT name, (SELECT sequence FROM snapshot WHERE aggregate = name AND at < $1
      ORDER BY sequence DESC LIMIT 1) AS base
    FROM aggregate WHERE ended_at IS NULL AND name > $2 ORDER BY name LIMIT ${AGGREGATES}) AS living`

const OF_LIST = 'json_to_recordset($1::text::json) AS old(name text, base bigint)'

/** Oldest first, so that a reader sees a snapshot with the rows that follow it, or no rows. */
const DROP_ROWS = `
  DELETE FROM journal WHERE position IN (
    SELECT position FROM ${OF_LIST} JOIN journal ON aggregate = name AND sequence <= base ORDER BY position LIMIT ${ROWS})
  RETURNING 1`
const DROP_SNAPSHOTS = `DELETE FROM snapshot USING ${OF_LIST} WHERE aggregate = name AND sequence < base`
const DROP_NAMES = `DELETE FROM aggregate USING ${OF_LIST} WHERE aggregate.name = old.name`

const nameRow = z.object({ name: z.string() })
const livingRow = z.object({ name: z.string(), base: z.number().nullable(), hasOld: z.boolean() })

/** What a piece deletes. */
interface Work {
  readonly old: readonly { readonly name: string; readonly base: number }[]
  /** They are deleted with all their rows. */
  readonly areEnded: boolean
  /** Where the pass is when all of this is deleted; `undefined`: at its end. */
  readonly pass: Pass | undefined
}

interface Pass {
  readonly before: number
  readonly after: string
}

/** A number above every sequence. */
const ALL = Number.MAX_SAFE_INTEGER

/**
 * Removes ended aggregates completely. Of living ones it removes the rows and snapshots before the newest snapshot that
 * is older than `before`. It remembers in memory how far a pass over the living ones has come.
 */
export class PostgresCompaction {
  #pass: Pass | undefined

  /** Forgets the pass. To be called after `clear`. */
  beginAnew(): void {
    this.#pass = undefined
  }

  /** Looks for the next piece; `undefined`: there is nothing to do. */
  async find(connection: Connection, before: number): Promise<Work | undefined> {
    const ended = await connection.query(SELECT_ENDED, [before])
    const old = ended.map((row) => ({ name: nameRow.parse(row).name, base: ALL }))
    if (old.length > 0) return { old, areEnded: true, pass: this.#pass }
    if (this.#pass === undefined || before < this.#pass.before || before > this.#pass.before + MOVED)
      this.#pass = { before, after: '' }
    for (let pass: Pass | undefined = this.#pass; pass !== undefined; ) {
      const page = z.array(livingRow).parse(await connection.query(SELECT_LIVING, [before, pass.after]))
      const last = page.at(-1)?.name
      pass = page.length === AGGREGATES && last !== undefined ? { ...pass, after: last } : undefined
      const found = page.flatMap(({ name, base, hasOld }) => (hasOld && base !== null ? [{ name, base }] : []))
      if (found.length > 0) return { old: found, areEnded: false, pass }
    }
    this.#pass = undefined
    return undefined
  }

  /** Deletes a piece, in a transaction of the caller. Returns true when it has deleted all of it. */
  async remove(connection: Connection, { old, areEnded }: Work): Promise<boolean> {
    const list = [JSON.stringify(old)]
    if (!areEnded) await connection.query(DROP_SNAPSHOTS, list)
    if ((await connection.query(DROP_ROWS, list)).length === ROWS) return false
    if (areEnded) {
      await connection.query(DROP_SNAPSHOTS, list)
      await connection.query(DROP_NAMES, list)
    }
    return true
  }

  /** Goes on after a piece that was deleted. Returns true when there may be more to do. */
  goOn({ areEnded, pass }: Work, isWhole: boolean): boolean {
    if (!isWhole || areEnded) return true
    this.#pass = pass
    return pass !== undefined
  }
}
