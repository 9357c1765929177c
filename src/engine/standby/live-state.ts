/**
 * The state of all aggregates at a position of the journal. It begins with what a store has loaded, and goes on with the
 * rows after that. A start on a store goes on with none.
 *
 * It is what the loop and the reads of a core begin with. So there are two sets of aggregates if the store answers later.
 */
import type { Aggregate } from '../aggregate/aggregate.ts'
import { Aggregates } from '../aggregate/aggregates.ts'
import { REMEMBERED_MAX } from '../answers/known-commands.ts'
import { contained } from '../contained.ts'
import type { TreeProbe } from '../inspection/probe.ts'
import type { JournalRow, StoredState } from '../ports.ts'
import { currentRow, MIGRATIONS } from '../recovery/migrations.ts'
import { recovering } from '../recovery/recovery.ts'
import type { RuleBook } from '../rules/rule-book.ts'

export interface LiveStateOptions {
  /** See `EngineOptions.throwaway`. */
  readonly isThrowaway?: boolean
  readonly probe?: TreeProbe
  readonly rules?: RuleBook
  /** Reads need a set of aggregates of their own, because the store answers later. */
  readonly isTwofold: boolean
}

export class LiveState {
  /** The set for the loop. */
  readonly ahead: Aggregates
  /** The set for reads. It keeps no rows and writes no snapshots. The same one, unless the state is twofold. */
  readonly acknowledged: Aggregates
  #began: number
  #position: number
  #keyed: JournalRow[] = []
  /** Aggregates that have ended, and may get further rows of the same commit. */
  #ended = new Set<string>()

  private constructor({ isThrowaway = false, probe, rules, isTwofold }: LiveStateOptions, position: number) {
    this.ahead = new Aggregates({ isThrowaway, probe, rules })
    this.acknowledged = isTwofold ? new Aggregates({ isThrowaway: true, rules }) : this.ahead
    this.#began = position
    this.#position = position
  }

  /** The state that a store has loaded, in short steps. Throws `RecoveryError`. */
  static *of(stored: Omit<StoredState, 'outbox'>, options: LiveStateOptions): Generator<undefined, LiveState> {
    const state = new LiveState(options, stored.lastPosition)
    for (const set of state.#sets) yield* recovering(set, stored)
    return state
  }

  /** The position of the last row that was applied. */
  get position(): number {
    return this.#position
  }

  /** The position after which `keyed` begins. */
  get began(): number {
    return this.#began
  }

  /** The rows that were applied since `began` whose commands may be sent again, the newest last. */
  get keyed(): readonly JournalRow[] {
    return this.#keyed.slice(-REMEMBERED_MAX)
  }

  /**
   * Applies the next rows of the journal, in short steps. `last`: the last position of the store when they were read. What
   * ends with a commit is forgotten when all rows up to `last` are applied, because only there a commit is over for sure.
   *
   * @throws Error if the rows do not follow the last one, or cannot be applied again. The state is of no use then.
   */
  *apply(rows: readonly JournalRow[], last: number, migrations = MIGRATIONS): Generator<undefined, void> {
    for (const row of rows) {
      if (row.position !== this.#position + 1) throw this.#gap(row.position)
      const current = currentRow(row, migrations)
      for (const set of this.#sets) {
        const aggregate = set.open(row.aggregate)
        aggregate.replay(current)
        if (aggregate.tail.snapshotIsDue) rebase(aggregate)
        if (aggregate.behaviour.finished) this.#ended.add(row.aggregate)
      }
      this.#position = row.position
      this.#remember(row)
      yield
    }
    if (last < this.#position || (rows.length === 0 && last > this.#position)) throw this.#gap(last)
    if (last === this.#position) this.#forget()
  }

  /**
   * Lets every aggregate begin anew from its present state, in short steps. No row and no snapshot of before is in memory
   * afterwards.
   */
  *beginAnew(): Generator<undefined, void> {
    for (const aggregate of [...this.ahead.values()]) {
      if (aggregate.tail.rows.length > 0) rebase(aggregate)
      yield
    }
    this.#began = this.#position
    this.#keyed = []
  }

  #remember(row: JournalRow): void {
    if (row.origin?.once === undefined) return
    this.#keyed.push(row)
    if (this.#keyed.length >= 2 * REMEMBERED_MAX) this.#keyed = [...this.keyed]
  }

  get #sets(): readonly Aggregates[] {
    return this.ahead === this.acknowledged ? [this.ahead] : [this.ahead, this.acknowledged]
  }

  #forget(): void {
    for (const id of this.#ended) for (const set of this.#sets) set.forget(id)
    this.#ended = new Set()
  }

  #gap(found: number): Error {
    return new Error(`the journal goes on at position ${found} after ${this.#position}`)
  }
}

/**
 * The aggregate's own snapshot takes the place of its last one and of the rows since then. The store does not get it: its
 * owner writes one when it is due. If it fails, the rows stay.
 */
function rebase(aggregate: Aggregate): void {
  if (aggregate.writesSnapshots) contained(() => aggregate.tail.rebase(aggregate.snapshot()))
}
