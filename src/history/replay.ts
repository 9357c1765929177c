/**
 * Replay: applies the whole kept journal again, with the machines of this version. The resulting states must equal the
 * stored ones byte for byte, and every step must do what its journal row says.
 */

import { contained } from '../engine/contained.ts'
import type { History, JournalRow, KeptAggregate, SnapshotRow } from '../engine/ports.ts'
import { currentSnapshot, liftedBy } from '../engine/recovery/migrations.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { firstDifference, shortened } from './difference.ts'
import { type Retracing, retrace, SnapshotRefused, StepRefused } from './retrace.ts'
import { type Before, checkStep, type Finding } from './row-checks.ts'

/** The first difference between the replay of an aggregate and what was stored. */
export interface Difference extends Finding {
  /**
   * Position of the row at which the difference was found; `null` when there is no row, for example at the first
   * snapshot.
   */
  readonly position: number | null
  readonly sequence: number
  /** Milliseconds since 1970 UTC. */
  readonly at: number
}

/** Result of the replay of one aggregate. */
export interface AggregateReplay {
  readonly aggregate: string
  readonly rows: number
  /** Kept snapshots that were compared. */
  readonly snapshots: number
  /** Names of the migrations that were applied to rows or snapshots of older machines. */
  readonly lifted: readonly string[]
  /** The replay stops at the first difference, because later ones would only be its consequences. */
  readonly difference: Difference | undefined
}

export interface ReplayReport {
  readonly aggregates: readonly AggregateReplay[]
  readonly rows: number
  readonly snapshots: number
  readonly lifted: readonly string[]
  /** Number of aggregates with a difference. */
  readonly differing: number
}

export interface ReplayProgress {
  readonly rows: number
  /** Number of rows when the replay began. */
  readonly total: number
}

export interface ReplayOptions {
  /** Only this one, for example `user/1001`. */
  readonly aggregate?: string
  /** Called after every 500 rows. */
  readonly onProgress?: (progress: ReplayProgress) => void
}

/** Rows between two calls of `onProgress`. */
const PROGRESS_EVERY = 500

/**
 * Replays every kept aggregate from its oldest kept snapshot, or from the beginning, up to the present. It reads one
 * row at a time and writes nothing.
 *
 * Rejects with InvalidArgument when the history has no aggregate of this name; with UnknownMachineVersion for rows of a
 * version that has no migration; with UnknownRules for rows that were written with guards that `history.rules` does not
 * have; with PastForgotten if an engine deletes rows meanwhile.
 */
export async function replay(history: History, { aggregate, onProgress }: ReplayOptions = {}): Promise<ReplayReport> {
  const kept = aggregate === undefined ? await history.aggregates() : [await known(history, aggregate)]
  const total = kept.reduce((sum, { from, to }) => sum + to - from, 0)
  let rows = 0
  const count = () => {
    rows += 1
    if (rows % PROGRESS_EVERY === 0) contained(() => onProgress?.({ rows, total: Math.max(rows, total) }))
  }
  const aggregates: AggregateReplay[] = []
  for (const each of kept) aggregates.push(await new Run(history, each, count).toEnd())
  return {
    aggregates,
    rows: aggregates.reduce((sum, each) => sum + each.rows, 0),
    snapshots: aggregates.reduce((sum, each) => sum + each.snapshots, 0),
    lifted: [...new Set(aggregates.flatMap(({ lifted }) => lifted))],
    differing: aggregates.filter(({ difference }) => difference !== undefined).length,
  }
}

async function known(history: History, name: string) {
  const kept = await history.aggregate(name)
  if (!kept)
    throw new InvalidArgument(`nothing is kept of ${name}; aggregates are called user/1001, queue/5001, call/1, side/A`)
  return kept
}

/** The replay of one aggregate. */
class Run {
  readonly #history: History
  readonly #kept: KeptAggregate
  readonly #count: () => void
  readonly #lifted = new Set<string>()
  readonly #versions = new Set<number>()
  #rows = 0
  #snapshots = 0
  #last: Pick<Difference, 'position' | 'sequence' | 'at'> = { position: null, sequence: 0, at: 0 }

  constructor(history: History, kept: KeptAggregate, count: () => void) {
    this.#history = history
    this.#kept = kept
    this.#count = count
  }

  async toEnd(): Promise<AggregateReplay> {
    const { name: aggregate } = this.#kept
    const difference = await this.#firstDifference(aggregate)
    return { aggregate, rows: this.#rows, snapshots: this.#snapshots, lifted: [...this.#lifted], difference }
  }

  async #firstDifference(name: string): Promise<Difference | undefined> {
    const retracing = await this.#begin(name)
    if ('kind' in retracing) return retracing
    const snapshots = this.#history.snapshots(name)[Symbol.asyncIterator]()
    try {
      return await this.#walk(retracing, snapshots)
    } finally {
      await retracing.close()
      await snapshots.return?.()
    }
  }

  async #begin(name: string): Promise<Retracing | Difference> {
    try {
      return await retrace(this.#history, name)
    } catch (error) {
      if (!(error instanceof SnapshotRefused)) throw error
      const { sequence, at } = error.snapshot
      this.#last = { position: null, sequence, at }
      return this.#found({ kind: 'state', path: '$.state', ...told('a state that was restored', error.message) })
    }
  }

  async #walk(retracing: Retracing, snapshots: AsyncIterator<SnapshotRow>): Promise<Difference | undefined> {
    const { to, ended } = this.#kept
    const { aggregate } = retracing
    const begin = aggregate.snapshot()
    this.#last = { position: null, sequence: begin.sequence, at: begin.at }
    let snapshot = await nextOf(snapshots)
    for (;;) {
      for (; snapshot && snapshot.sequence <= aggregate.sequence; snapshot = await nextOf(snapshots)) {
        const difference = snapshot.sequence === aggregate.sequence && this.#compare(snapshot, retracing)
        if (difference) return difference
      }
      if (aggregate.sequence >= to) break
      const step = await this.#step(retracing)
      if (step === undefined) break
      if (step !== 'well') return step
    }
    if (aggregate.sequence !== to) return this.#found({ kind: 'end', path: '', ...told(to, aggregate.sequence) })
    if (ended && !aggregate.behaviour.finished)
      return this.#found({ kind: 'end', path: '', ...told('ended', 'not at its end') })
    return undefined
  }

  async #step(retracing: Retracing): Promise<'well' | Difference | undefined> {
    const { aggregate } = retracing
    const { at, position } = this.#last
    const before: Before = { at, position: position ?? 0, due: aggregate.dueUpTo(Number.POSITIVE_INFINITY) }
    try {
      const step = await retracing.next()
      if (!step) return undefined
      this.#took(step.row)
      const finding = await checkStep(this.#history, step, before)
      return finding ? this.#found(finding) : 'well'
    } catch (error) {
      if (!(error instanceof StepRefused)) throw error
      this.#took(error.row)
      return this.#found({ kind: 'step', path: '', ...told(`a step that was ${error.row.outcome}`, error.message) })
    }
  }

  #took({ position, sequence, at, machineVersion }: JournalRow): void {
    this.#last = { position, sequence, at }
    this.#rows += 1
    this.#count()
    this.#noteVersion(machineVersion)
  }

  /**
   * Compares a stored snapshot, migrated if it is of an older version, with the state that the machines have reached.
   */
  #compare(stored: SnapshotRow, retracing: Retracing): Difference | undefined {
    this.#snapshots += 1
    this.#noteVersion(stored.machineVersion)
    const { machine, at, state } = currentSnapshot(stored)
    const arrived = retracing.aggregate.snapshot()
    const difference = firstDifference(
      { machine, at, state },
      { machine: arrived.machine, at: arrived.at, state: arrived.state },
    )
    return difference && this.#found({ kind: 'state', ...difference })
  }

  #noteVersion(version: number): void {
    if (this.#versions.has(version)) return
    this.#versions.add(version)
    for (const name of liftedBy(this.#kept.name, version)) this.#lifted.add(name)
  }

  #found(finding: Finding): Difference {
    return { ...this.#last, ...finding }
  }
}

const nextOf = async <T>(iterator: AsyncIterator<T>): Promise<T | undefined> => {
  const { value, done } = await iterator.next()
  return done ? undefined : value
}

const told = (stored: unknown, replayed: unknown) => ({
  stored: shortened(String(stored)),
  replayed: shortened(String(replayed)),
})
