/**
 * Reads the store of another process for someone who follows it: first everything, then each new row of the journal.
 *
 * It goes on with another connection, to another server too. Such a server may lack rows that were read before, if the
 * former one showed them although no second machine had them. So the last rows are compared first.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { JournalRow, StoreFollower } from '../../engine/ports.ts'
import { StoreError } from '../errors.ts'
import { parseJournal } from '../sqlite/rows.ts'
import type { Address } from './address.ts'
import type { Connection } from './driver.ts'
import type { Given } from './options.ts'
import { JOURNAL_COLUMNS } from './rows.ts'
import { checkReadable } from './schema.ts'
import { readAggregates } from './state.ts'

/** Rows of one page. */
const PAGE = 256
/** Milliseconds until the next look, when there was nothing new. */
const IDLE = 50
/** Milliseconds until it begins again after rows that could not be applied. */
const AGAIN = 1000
/** Rows that are compared: more than one server can have and the next one lack, which are those of the batches under way. */
const RECENT = 2048

/** The file of the journal changes when its rows were rewritten, and with them the space of the old content. */
const PLACE = `
  history, last_position AS "lastPosition", pg_relation_filenode('journal')::bigint AS file`
const placeRow = z.object({ history: z.string(), lastPosition: z.int().min(0), file: z.number() })
type Place = z.output<typeof placeRow>

const SELECT_PLACE = `SELECT ${PLACE} FROM store`

const SELECT_NEXT = `
  SELECT ${PLACE}, journal.* FROM store LEFT JOIN LATERAL (
    SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position > $1 ORDER BY position LIMIT ${PAGE}) AS journal ON true
  ORDER BY journal.position`

const SELECT_RECENT = `
  SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position > $1 AND position <= $2 ORDER BY position`

/** Rows of a load need one moment. It is short, because nothing is applied meanwhile. */
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

export class FollowedStore {
  readonly #follower: StoreFollower
  readonly #address: Address
  readonly #options: Given
  /** Where the follower is; `undefined`: it has nothing. */
  #at: { readonly history: string; readonly file: number; readonly position: number } | undefined
  /** The last rows that the follower has, as text. */
  #recent: string[] = []
  /** The last connection whose server was seen to have these rows. */
  #connection: Connection | undefined

  constructor(follower: StoreFollower, address: Address, options: Given) {
    this.#follower = follower
    this.#address = address
    this.#options = options
  }

  /** Goes on until `signal` aborts. Rejects with the error of the connection, or with what the follower rejects with. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    if (!(await this.#canRead(connection))) return
    await this.compare(connection)
    while (!signal.aborted) {
      const isMore = this.#at ? await this.#next(connection, signal) : await this.#begin(connection, signal)
      if (!isMore) await rest(IDLE, signal)
    }
  }

  /** Makes sure that the server behind this connection has the last rows. If not, the follower has to begin again. */
  async compare(connection: Connection): Promise<void> {
    const at = this.#at
    if (connection === this.#connection || at === undefined) return
    const known = this.#recent
    const found = await this.#recentRows(connection, at.position)
    // Older ones may be deleted by now. The last one is not, unless nothing has happened for longer than the past is kept.
    const same = known.slice(known.length - found.length)
    if (found.length === 0 || found.some((text, index) => text !== same[index])) {
      this.#at = undefined
      this.#options.onLine(
        `${this.#address.shown}: the server has other rows than the one before; the standby loads again`,
      )
    }
    this.#connection = connection
  }

  /** False for tables of an older version. Those of a newer one, and other tables, are refused. */
  async #canRead(connection: Connection): Promise<boolean> {
    try {
      await checkReadable(connection, this.#address, this.#options.schema)
      return true
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'UNKNOWN_VERSION') throw error
      this.#options.onLine(`${error.message}: the standby does not follow it`)
      return false
    }
  }

  /** Returns false if nothing was loaded. */
  async #begin(connection: Connection, signal: AbortSignal): Promise<boolean> {
    const { shown } = this.#address
    let loaded: { readonly place: Place; readonly stored: Awaited<ReturnType<typeof readAggregates>> } | undefined
    await connection.query(BEGIN)
    try {
      const place = await readPlace(connection)
      const read = async <T>(work: (of: Connection) => Promise<T>): Promise<T> => {
        signal.throwIfAborted()
        return work(connection)
      }
      const stored = await readAggregates(read, shown)
      this.#recent = await this.#recentRows(connection, place.lastPosition)
      loaded = { place, stored }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      await connection.query('COMMIT').catch(() => undefined)
    }
    if (loaded === undefined) return false
    const { history, file, lastPosition } = loaded.place
    await this.#follower.begin(history, { ...loaded.stored, lastPosition, lastOutboxNumber: 0 })
    this.#at = { history, file, position: lastPosition }
    this.#connection = connection
    return true
  }

  /** Returns true if there may be more at once. */
  async #next(connection: Connection, signal: AbortSignal): Promise<boolean> {
    const at = this.#at
    if (at === undefined) return false
    const { shown } = this.#address
    const page = await connection.query(SELECT_NEXT, [at.position])
    const { history, lastPosition, file } = placeRow.parse(page[0])
    const rows = page.flatMap((row) => (row.position === null ? [] : parseJournal(row, shown)))
    if (history !== at.history) {
      this.#at = undefined
      this.#options.onLine(`${shown}: the store was emptied; the standby loads again`)
      return true
    }
    if (!(await this.#follower.next(rows, lastPosition))) {
      this.#at = undefined
      await rest(AGAIN, signal)
      return true
    }
    const position = rows.at(-1)?.position ?? at.position
    this.#at = { history, file: at.file, position }
    this.#recent = [...this.#recent, ...rows.map(textOf)].slice(-RECENT)
    if (file !== at.file) await this.#rewritten({ history, file, position }, connection)
    return rows.length === PAGE
  }

  async #rewritten(at: { history: string; file: number; position: number }, connection: Connection): Promise<void> {
    await this.#follower.rewritten()
    this.#recent = await this.#recentRows(connection, at.position)
    this.#at = at
  }

  async #recentRows(connection: Connection, position: number): Promise<string[]> {
    const rows = await connection.query(SELECT_RECENT, [position - RECENT, position])
    return rows.map((row) => textOf(parseJournal(row, this.#address.shown)))
  }
}

const textOf = (row: JournalRow): string => JSON.stringify(row)

async function readPlace(connection: Connection): Promise<Place> {
  return placeRow.parse((await connection.query(SELECT_PLACE))[0])
}

/** Waits, or until `signal` aborts. */
async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined)
}
