/**
 * Aggregates that follow a journal, row by row: the acknowledged state, while the loop is ahead of it. They keep no rows
 * and write no snapshots.
 */
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { asError } from '../contained.ts'
import type { JournalRow } from '../ports.ts'

export class Follower {
  readonly #aggregates: Aggregates
  readonly #strayed: (aggregate: string, error: Error) => void
  /** Ids of the aggregates that cannot follow any more. */
  readonly #lost = new Set<string>()

  /**
   * `strayed`: a row that was applied before cannot be applied again, because a guard of an embedder is not
   * deterministic. The aggregate stays as it is until the next start.
   */
  constructor(aggregates: Aggregates, strayed: (aggregate: string, error: Error) => void) {
    this.#aggregates = aggregates
    this.#strayed = strayed
  }

  /** Applies the next rows of the journal. Returns their aggregates, also those that have ended. */
  apply(rows: readonly JournalRow[]): ReadonlySet<Aggregate> {
    const touched = new Set<Aggregate>()
    for (const row of rows) {
      const aggregate = this.#aggregates.open(row.aggregate)
      touched.add(aggregate)
      this.#replay(aggregate, row)
    }
    for (const { id, behaviour } of touched) if (behaviour.finished) this.#aggregates.forget(id)
    return touched
  }

  #replay(aggregate: Aggregate, row: JournalRow): void {
    if (this.#lost.has(aggregate.id)) return
    try {
      aggregate.replay(row)
    } catch (thrown) {
      this.#lost.add(aggregate.id)
      this.#strayed(aggregate.id, asError(thrown))
    }
  }
}
