/** The content of a memory store. */
import type { End, Ends } from '../batch.ts'
import { isSuperseded, type Spacing } from '../spacing.ts'
import type { StoredJournal, StoredOutbox, StoredSnapshot } from '../stored.ts'

/** The rows of one aggregate. Both lists are in order of `sequence`. */
export interface Kept {
  rows: StoredJournal[]
  snapshots: StoredSnapshot[]
  /** Sequence number of its last input. */
  sequence: number
  /** Time of its last input if it has ended. */
  endedAt: number | undefined
}

export class Content implements Ends {
  readonly id: string
  readonly aggregates = new Map<string, Kept>()
  /** All rows, in order of `position`. */
  readonly journal = new Map<number, StoredJournal>()
  readonly outbox = new Map<number, StoredOutbox>()
  readonly records = new Map<string, Map<string, string>>()
  /** Numbers of the snapshots, in the order in which they were written. */
  readonly #snapshotNumbers = new WeakMap<StoredSnapshot, number>()
  #lastSnapshotNumber = 0
  lastPosition = 0
  lastOutboxNumber = 0

  constructor(id: string) {
    this.id = id
  }

  endOf(aggregate: string): End {
    const kept = this.aggregates.get(aggregate)
    return { sequence: kept?.sequence ?? 0, ended: kept?.endedAt !== undefined }
  }

  /** The rows of an aggregate. An unknown aggregate is added, without rows. */
  kept(aggregate: string): Kept {
    const known = this.aggregates.get(aggregate)
    if (known !== undefined) return known
    const kept: Kept = { rows: [], snapshots: [], sequence: 0, endedAt: undefined }
    this.aggregates.set(aggregate, kept)
    return kept
  }

  append(row: StoredJournal): void {
    this.kept(row.aggregate).rows.push(row)
    this.journal.set(row.position, row)
  }

  replaceRow(row: StoredJournal, by: StoredJournal): void {
    const { rows } = this.kept(row.aggregate)
    rows[rows.indexOf(row)] = by
    this.journal.set(row.position, by)
  }

  keepSnapshot(row: StoredSnapshot, spacing: Spacing): void {
    const { snapshots, rows } = this.kept(row.aggregate)
    const previous = snapshots.at(-1)
    if (previous !== undefined && previous.sequence > row.sequence) return
    const beforeIt = snapshots.at(-2) ?? (spacing === undefined ? beginning(rows[0]) : undefined)
    const isSame = previous?.sequence === row.sequence
    if (isSame || isSuperseded(previous, beforeIt, row, row.state.length, spacing)) snapshots.pop()
    snapshots.push(row)
    this.#lastSnapshotNumber += 1
    this.#snapshotNumbers.set(row, this.#lastSnapshotNumber)
  }

  replaceSnapshot(row: StoredSnapshot, by: StoredSnapshot): void {
    const { snapshots } = this.kept(row.aggregate)
    snapshots[snapshots.indexOf(row)] = by
    this.#snapshotNumbers.set(by, this.#numberOf(row))
  }

  /** Snapshots with their numbers, ascending. */
  snapshotsByNumber(): readonly (readonly [number, StoredSnapshot])[] {
    const all = [...this.aggregates.values()].flatMap(({ snapshots }) => snapshots)
    return all.map((row) => [this.#numberOf(row), row] as const).sort(([a], [b]) => a - b)
  }

  /** Number of all rows: journal, snapshots and outbox. */
  get rows(): number {
    const snapshots = [...this.aggregates.values()].reduce((sum, kept) => sum + kept.snapshots.length, 0)
    return this.journal.size + snapshots + this.outbox.size
  }

  #numberOf(row: StoredSnapshot): number {
    return this.#snapshotNumbers.get(row) ?? 0
  }

  end(aggregate: string): void {
    const kept = this.aggregates.get(aggregate)
    if (kept === undefined) return
    kept.endedAt ??= Math.max(kept.rows.at(-1)?.at ?? 0, kept.snapshots.at(-1)?.at ?? 0)
  }

  /** Deletes the rows up to and including `sequence`, and the snapshots before it. */
  forget(kept: Kept, sequence: number): void {
    for (const row of kept.rows) if (row.sequence <= sequence) this.journal.delete(row.position)
    kept.rows = kept.rows.filter((row) => row.sequence > sequence)
    kept.snapshots = kept.snapshots.filter((row) => row.sequence >= sequence)
  }

  /** Aggregates by name. */
  sorted(): readonly (readonly [string, Kept])[] {
    return [...this.aggregates].sort(([a], [b]) => compareText(a, b))
  }
}

/** The beginning of an aggregate whose rows are all stored, as a snapshot before its first row. */
const beginning = (first: StoredJournal | undefined) =>
  first?.sequence === 1 ? { sequence: 0, at: first.at } : undefined

/** Compares by UTF-8 bytes, as SQLite does. */
export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
