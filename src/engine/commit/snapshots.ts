/** The snapshots of aggregates: which ones a commit writes, and when idle aggregates write theirs. */
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { asError } from '../contained.ts'
import type { SnapshotRow } from '../ports.ts'
import type { FailedStep } from './tick.ts'

/** A changed aggregate writes a snapshot when it has had no input for this time, in ms. */
const IDLE_AFTER = 60_000
/** Maximum number of snapshots of idle aggregates in one commit, some 10 ms of work. The others follow at once. */
const IDLE_MAX = 25

export class Snapshots {
  readonly #aggregates: Aggregates
  readonly #failed: (failed: FailedStep) => void
  /**
   * The aggregates that have changed since their last snapshot, with the time of their last change (ms), oldest first. A
   * `Map` keeps the order in which entries were added.
   */
  readonly #changed = new Map<string, number>()
  /** Ids of the aggregates whose snapshot was given to the store, which has not answered yet. */
  readonly #given = new Set<string>()

  /** `failed` gets the aggregates whose snapshot failed. */
  constructor(aggregates: Aggregates, failed: (failed: FailedStep) => void) {
    this.#aggregates = aggregates
    this.#failed = failed
  }

  /** Notes that a step of the aggregate was committed at `at` (ms), unless its snapshot has that step. */
  changed({ id, tail }: Aggregate, at: number): void {
    if (tail.rows.length === 0) return
    this.#changed.delete(id)
    this.#changed.set(id, at)
  }

  /** Has the aggregate had so many inputs since its last snapshot that it writes the next one? */
  isDue({ id, tail }: Aggregate): boolean {
    return tail.snapshotIsDue && !this.#given.has(id)
  }

  /** When the next idle aggregate writes its snapshot (ms); `undefined` if no aggregate has changed. */
  get nextDue(): number | undefined {
    const [oldest] = this.#changed.values()
    return oldest === undefined ? undefined : oldest + IDLE_AFTER
  }

  /** Changed aggregates that have been idle for `IDLE_AFTER`, the longest idle first. */
  idle(now: number): readonly Aggregate[] {
    const found: Aggregate[] = []
    for (const [id, at] of this.#changed) {
      const aggregate = this.#aggregates.get(id)
      if (at > now - IDLE_AFTER || found.length >= IDLE_MAX) break
      if (aggregate) found.push(aggregate)
    }
    return found
  }

  /**
   * The rows of these aggregates. If a snapshot fails, the others are still written, and the journal has all inputs of
   * that aggregate.
   */
  rowsOf(aggregates: Iterable<Aggregate>): readonly SnapshotRow[] {
    return [...aggregates].flatMap((each) => this.#rowOf(each) ?? [])
  }

  #rowOf(aggregate: Aggregate): SnapshotRow | undefined {
    if (!aggregate.writesSnapshots) return undefined
    try {
      return aggregate.snapshot()
    } catch (thrown) {
      const { id, sequence } = aggregate
      this.#failed({ aggregate: id, sequence, position: 0, error: asError(thrown) })
      return undefined
    }
  }

  /** The rows of these aggregates are given to the store. */
  given(aggregates: Iterable<Aggregate>): void {
    for (const { id } of aggregates) {
      this.#changed.delete(id)
      this.#given.add(id)
    }
  }

  /** The store has the rows of these aggregates. */
  written(aggregates: Iterable<Aggregate>, rows: readonly SnapshotRow[]): void {
    const rowOf = new Map(rows.map((row) => [row.aggregate, row]))
    for (const { id, tail } of aggregates) {
      const row = rowOf.get(id)
      if (row) tail.rebase(row)
      this.#given.delete(id)
    }
  }

  /** The store has not kept the rows and steps of these aggregates, at `now` (ms). */
  takenBack(aggregates: Iterable<Aggregate>, now: number): void {
    for (const each of aggregates) {
      this.#given.delete(each.id)
      this.#changed.delete(each.id)
      this.changed(each, now)
    }
  }
}
