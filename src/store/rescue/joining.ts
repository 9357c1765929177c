/** Makes the saved rows consistent: removes rows that cannot be replayed without a missing row. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/** A row of the journal that is known to be missing. */
export interface MissingInput {
  readonly aggregate: string
  readonly sequence: number
  readonly position: number
}

/** What was lost of an aggregate. */
export interface Unjoined {
  readonly aggregate: string
  /**
   * `history`: its newest state is complete, but older states cannot be reconstructed. `present`: it has an older state
   * than before. `all`: no state of it can be reconstructed, and it is removed. `moment`: all others were set back to
   * an earlier moment, but its state of that moment had been deleted by compaction. It has a later state.
   */
  readonly lost: 'history' | 'present' | 'all' | 'moment'
  /** Readable rows that were left out. */
  readonly rows: number
}

export interface Joined {
  readonly unjoined: readonly Unjoined[]
  /**
   * The input to which the whole file was set back, because a later input is missing; `undefined` if it was not set
   * back.
   */
  readonly cut: { readonly position: number; readonly at: number | undefined; readonly inputs: number } | undefined
}

const numberRow = z.object({ value: z.number().nullable() })
const nameRows = z.array(z.object({ name: z.string() }))

/** Removes the rows that cannot be used. Runs in a transaction of the caller, on the target with all saved rows. */
export function join(database: DatabaseSync, missing: readonly MissingInput[]): Joined {
  const uncovered = missing.filter((each) => !isCovered(database, each))
  const first = Math.min(...uncovered.map(({ position }) => position))
  if (uncovered.length === 0) return { unjoined: joinEach(database), cut: undefined }
  // All aggregates are set back to one moment. Otherwise one could know of a message that the other one never got.
  database.exec('SAVEPOINT cut')
  const cut = cutBefore(database, first, missing)
  const atOneMoment = [...joinEach(database), ...laterThan(database, cut?.at)]
  const countRemoved = (of: readonly Unjoined[]) => of.filter(({ lost }) => lost === 'all').length
  const removesAll = cut === undefined || cut.position === 0
  if (countRemoved(atOneMoment) === 0 && !removesAll) {
    database.exec('RELEASE cut')
    return { unjoined: atOneMoment, cut }
  }
  database.exec('ROLLBACK TO cut')
  const withoutCut = joinEach(database)
  if (removesAll || countRemoved(withoutCut) < countRemoved(atOneMoment)) {
    database.exec('RELEASE cut')
    return { unjoined: withoutCut, cut: undefined }
  }
  database.exec('ROLLBACK TO cut')
  cutBefore(database, first, missing)
  const unjoined = [...joinEach(database), ...laterThan(database, cut?.at)]
  database.exec('RELEASE cut')
  return { unjoined, cut }
}

/** Whether the current state does not need the missing input: there is a later snapshot, or the aggregate has ended. */
function isCovered(database: DatabaseSync, { aggregate, sequence }: MissingInput): boolean {
  const query = `
    SELECT (SELECT count(*) FROM snapshot WHERE aggregate = ?1 AND sequence >= ?2)
      + (SELECT count(*) FROM aggregate WHERE name = ?1 AND ended_at IS NOT NULL) AS value`
  return Number(numberRow.parse(database.prepare(query).get(aggregate, sequence)).value) > 0
}

/** Removes everything from the cascade of position `first` on: an input from outside and the inputs that it caused. */
function cutBefore(database: DatabaseSync, first: number, missing: readonly MissingInput[]): Joined['cut'] {
  const one = (query: string, ...given: (string | number)[]) =>
    numberRow.parse(database.prepare(query).get(...given)).value
  // The cause of a missing row is unknown. Its cascade began with the last input from outside before the row.
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

/** Aggregates that existed at time `at` but whose oldest snapshot is later. */
function laterThan(database: DatabaseSync, at: number | undefined): readonly Unjoined[] {
  if (at === undefined) return []
  const query = 'SELECT aggregate AS name FROM snapshot GROUP BY aggregate HAVING min(at) > ? ORDER BY aggregate'
  const names = nameRows.parse(database.prepare(query).all(at))
  return names.map(({ name }) => ({ aggregate: name, lost: 'moment', rows: 0 }))
}

const rangeRow = z.object({ sequence: z.number() })

/** Keeps, of each aggregate, only the rows and snapshots that lead without a gap to its newest state. */
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
    const hasLaterRows = rows.some((sequence) => sequence > end)
    if (chain === undefined) unjoined.push({ aggregate: name, lost: 'all', rows: dropped })
    else if (hasLaterRows) unjoined.push({ aggregate: name, lost: 'present', rows: dropped })
    else if (!chain.isWhole) unjoined.push({ aggregate: name, lost: 'history', rows: dropped })
  }
  return unjoined
}

interface Chain {
  /** Sequence number of the snapshot that the chain begins with; 0 when it begins without one. */
  readonly base: number
  readonly end: number
  /** No row or snapshot is left out before it. */
  readonly isWhole: boolean
}

/**
 * The longest run of rows without a gap that has a base and ends with the newest state that can be reached; `undefined`
 * when no state can be reconstructed. Both lists ascend.
 */
export function chainOf(rows: readonly number[], snapshots: readonly number[]): Chain | undefined {
  const newest = snapshots.at(-1)
  const has = new Set(rows)
  // The end: the last row that follows without a gap on the newest snapshot, or on the beginning.
  let end = newest ?? 0
  while (has.has(end + 1)) end += 1
  if (newest === undefined && end === 0) return undefined
  let begin = newest ?? 0
  while (begin > 0 && has.has(begin)) begin -= 1
  const base = begin === 0 ? 0 : snapshots.find((sequence) => sequence >= begin)
  if (base === undefined) return undefined
  // Rows on the other side of a gap show that damage made the gap: compaction would have removed them too.
  const isWhole = !rows.some((sequence) => sequence < begin) && !snapshots.some((sequence) => sequence < begin)
  return { base, end, isWhole }
}
