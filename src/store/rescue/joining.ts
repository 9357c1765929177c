/** Makes one story of the rows that were saved: what does not lead anywhere stays out. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/** A row of the journal that is known to be missing. */
export interface MissingInput {
  readonly aggregate: string
  readonly sequence: number
  readonly position: number
}

/** What of an aggregate could not be joined. */
export interface Unjoined {
  readonly aggregate: string
  /**
   * `history`: its state is complete, older moments cannot be explained. `present`: it stands where it stood before.
   * `all`: nothing leads to a state of it. `moment`: the rest was put back to a moment of which it has no state any more,
   * because retention had forgotten it: it stands as of later.
   */
  readonly lost: 'history' | 'present' | 'all' | 'moment'
  /** Rows that can be read and stay out. */
  readonly rows: number
}

export interface Joined {
  readonly unjoined: readonly Unjoined[]
  /** The whole file stands as it was after this input, because a later one is missing; `undefined` for as it is. */
  readonly cut: { readonly position: number; readonly at: number | undefined; readonly inputs: number } | undefined
}

const numberRow = z.object({ value: z.number().nullable() })
const nameRows = z.array(z.object({ name: z.string() }))

/** In a transaction of the caller, on a file that has all rows that were saved. */
export function join(database: DatabaseSync, missing: readonly MissingInput[]): Joined {
  const uncovered = missing.filter((each) => !isCovered(database, each))
  const first = Math.min(...uncovered.map(({ position }) => position))
  if (uncovered.length === 0) return { unjoined: joinEach(database), cut: undefined }
  // All to one moment, since what one aggregate has told another has to be known to both.
  database.exec('SAVEPOINT cut')
  const cut = cutBefore(database, first, missing)
  const atOneMoment = [...joinEach(database), ...laterThan(database, cut?.at)]
  const gone = (of: readonly Unjoined[]) => of.filter(({ lost }) => lost === 'all').length
  const isTheBeginning = cut === undefined || cut.position === 0
  if (gone(atOneMoment) === 0 && !isTheBeginning) {
    database.exec('RELEASE cut')
    return { unjoined: atOneMoment, cut }
  }
  database.exec('ROLLBACK TO cut')
  const eachAsFar = joinEach(database)
  if (isTheBeginning || gone(eachAsFar) < gone(atOneMoment)) {
    database.exec('RELEASE cut')
    return { unjoined: eachAsFar, cut: undefined }
  }
  database.exec('ROLLBACK TO cut')
  cutBefore(database, first, missing)
  const unjoined = [...joinEach(database), ...laterThan(database, cut?.at)]
  database.exec('RELEASE cut')
  return { unjoined, cut }
}

/** Nothing of the present depends on it: there is a later snapshot, or the aggregate has ended. */
function isCovered(database: DatabaseSync, { aggregate, sequence }: MissingInput): boolean {
  const query = `
    SELECT (SELECT count(*) FROM snapshot WHERE aggregate = ?1 AND sequence >= ?2)
      + (SELECT count(*) FROM aggregate WHERE name = ?1 AND ended_at IS NOT NULL) AS value`
  return Number(numberRow.parse(database.prepare(query).get(aggregate, sequence)).value) > 0
}

/** Takes out everything from the cascade on that a position belongs to. */
function cutBefore(database: DatabaseSync, first: number, missing: readonly MissingInput[]): Joined['cut'] {
  const one = (query: string, ...given: (string | number)[]) =>
    numberRow.parse(database.prepare(query).get(...given)).value
  // Which cascade a missing row was part of cannot be seen; it began with the last input from outside before it.
  const root = one('SELECT max(position) AS value FROM journal WHERE position < ? AND cause IS NULL', first)
  const position = (root ?? 1) - 1
  const inputs = one('SELECT count(*) AS value FROM journal WHERE position > ?', position) ?? 0
  const at = one('SELECT at AS value FROM (SELECT max(position), at FROM journal WHERE position <= ?)', position)
  database.exec('CREATE TEMP TABLE later (aggregate TEXT PRIMARY KEY, sequence INTEGER)')
  const note = database.prepare(
    'INSERT INTO later VALUES (?, ?) ON CONFLICT DO UPDATE SET sequence = min(sequence, excluded.sequence)',
  )
  database
    .prepare('INSERT INTO later SELECT aggregate, min(sequence) FROM journal WHERE position > ? GROUP BY aggregate')
    .run(position)
  for (const row of missing) if (row.position > position) note.run(row.aggregate, row.sequence)
  const firstOutbox = one('SELECT min(first_outbox) AS value FROM journal WHERE position > ?', position)
  if (firstOutbox !== null) database.prepare('DELETE FROM outbox WHERE number >= ?').run(firstOutbox)
  database.prepare('DELETE FROM journal WHERE position > ?').run(position)
  database.exec(`
    DELETE FROM snapshot WHERE sequence >= (SELECT sequence FROM later WHERE later.aggregate = snapshot.aggregate);
    UPDATE aggregate SET ended_at = NULL WHERE name IN (SELECT aggregate FROM later);
    DELETE FROM aggregate WHERE name IN (SELECT aggregate FROM later WHERE sequence = 1);
    DROP TABLE later`)
  return { position, at: at ?? undefined, inputs }
}

/** What has no state of as early as that, and was not new then either. */
function laterThan(database: DatabaseSync, at: number | undefined): readonly Unjoined[] {
  if (at === undefined) return []
  const query = 'SELECT aggregate AS name FROM snapshot GROUP BY aggregate HAVING min(at) > ? ORDER BY aggregate'
  const names = nameRows.parse(database.prepare(query).all(at))
  return names.map(({ name }) => ({ aggregate: name, lost: 'moment', rows: 0 }))
}

const rangeRow = z.object({ sequence: z.number() })

/** Keeps of each aggregate the rows and snapshots that follow one another to its end. */
function joinEach(database: DatabaseSync): readonly Unjoined[] {
  const names = nameRows.parse(database.prepare('SELECT name FROM aggregate ORDER BY name').all())
  const sequencesOf = (table: 'journal' | 'snapshot') => {
    const statement = database.prepare(`SELECT sequence FROM ${table} WHERE aggregate = ? ORDER BY sequence`)
    return (name: string) => statement.all(name).map((row) => rangeRow.parse(row).sequence)
  }
  const [rowsOf, snapshotsOf] = [sequencesOf('journal'), sequencesOf('snapshot')]
  const dropRows = database.prepare('DELETE FROM journal WHERE aggregate = ? AND (sequence <= ? OR sequence > ?)')
  const dropSnapshots = database.prepare('DELETE FROM snapshot WHERE aggregate = ? AND sequence < ?')
  const dropName = database.prepare('DELETE FROM aggregate WHERE name = ?')
  const unjoined: Unjoined[] = []
  for (const { name } of names) {
    const rows = rowsOf(name)
    const chain = chainOf(rows, snapshotsOf(name))
    const { base, end } = chain ?? { base: 0, end: 0 }
    const dropped = Number(dropRows.run(name, base, end).changes)
    dropSnapshots.run(name, chain === undefined ? Number.MAX_SAFE_INTEGER : base)
    if (chain === undefined) dropName.run(name)
    const isBehind = rows.some((sequence) => sequence > end)
    if (chain === undefined) unjoined.push({ aggregate: name, lost: 'all', rows: dropped })
    else if (isBehind) unjoined.push({ aggregate: name, lost: 'present', rows: dropped })
    else if (!chain.isWhole) unjoined.push({ aggregate: name, lost: 'history', rows: dropped })
  }
  return unjoined
}

interface Chain {
  /** Sequence of the snapshot that it begins with; 0: with nothing. */
  readonly base: number
  readonly end: number
  /** Nothing before it is missing. */
  readonly isWhole: boolean
}

/**
 * The longest run of rows, each with a base before it, that ends with the newest state. Both lists ascend.
 */
export function chainOf(rows: readonly number[], snapshots: readonly number[]): Chain | undefined {
  const newest = snapshots.at(-1)
  const has = new Set(rows)
  // From the newest snapshot on, or from the beginning, as far as it goes.
  let end = newest ?? 0
  while (has.has(end + 1)) end += 1
  if (newest === undefined && end === 0) return undefined
  let begin = newest ?? 0
  while (begin > 0 && has.has(begin)) begin -= 1
  const base = begin === 0 ? 0 : snapshots.find((sequence) => sequence >= begin)
  if (base === undefined) return undefined
  // What compaction has taken leaves nothing on the other side.
  const isWhole = !rows.some((sequence) => sequence < begin) && !snapshots.some((sequence) => sequence < begin)
  return { base, end, isWhole }
}
