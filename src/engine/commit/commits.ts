/**
 * The commits of the loop. Each tick is given to the store at once, and what follows from it when the store has kept it:
 * answers, notifications, and what reads show. If the store does not keep it, it is taken back.
 *
 * Most stores answer immediately. With one that answers later, the loop goes on meanwhile, and the state of its
 * aggregates is ahead of what the store has acknowledged. Then a follower has the acknowledged state.
 */
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { asError } from '../contained.ts'
import type { Reply, Waiting } from '../input/inbox.ts'
import type { Probe } from '../inspection/probe.ts'
import type { Clock, SnapshotRow, Store } from '../ports.ts'
import type { LoopFigures } from './figures.ts'
import type { Follower } from './follower.ts'
import type { LoopHooks } from './hooks.ts'
import { Snapshots } from './snapshots.ts'
import { StoreWatch } from './store-watch.ts'
import { Tick } from './tick.ts'
import { Unacknowledged } from './unacknowledged.ts'
import type { WakeIndex } from './wake-index.ts'

/** A submission that was applied, and its results. */
export interface Applied {
  readonly each: Waiting
  readonly replies: readonly Reply[]
}

/**
 * `tick`: a usual commit. `snapshots`: it only writes snapshots. `probe`: the same, to find out whether a store that
 * failed works again.
 */
type Purpose = 'tick' | 'snapshots' | 'probe'

/** One tick, as it was given to the store. */
export interface Commit {
  readonly purpose: Purpose
  readonly tick: Tick
  readonly applied: readonly Applied[]
  /** Aggregates that write a snapshot, or would if that had not failed. */
  readonly due: ReadonlySet<Aggregate>
  readonly snapshots: readonly SnapshotRow[]
  readonly ended: readonly Aggregate[]
  /** Numbers of the outbox rows that were delivered. */
  readonly delivered: readonly number[]
  /** When it was given to the store, in ms. */
  readonly at: number
}

/** `given`: the answer will come later. */
type Outcome = 'kept' | 'failed' | 'given'

export interface CommitsParts {
  readonly aggregates: Aggregates
  /** Has the acknowledged state, if the store answers later. */
  readonly follower: Follower | undefined
  readonly store: Store
  readonly clock: Clock
  readonly hooks: LoopHooks
  readonly figures: LoopFigures
  readonly inspectors: Probe
  readonly wakes: WakeIndex
  readonly last: { readonly lastPosition: number; readonly lastOutboxNumber: number }
  /** Commits were taken back, oldest first. */
  takenBack(commits: readonly Commit[], error: Error): void
  /** A commit is kept that was given before; `undefined`: the store has answered for all that were taken back. */
  answered(commit: Commit | undefined): void
  /** The store does not do what it must. Nothing may be given to it any more. */
  broken(problem: string): void
}

/** After this time without an answer, in ms, the engine is out of service until the store answers. */
const LATE = 5000

const BROKEN = 'the store has kept a commit that followed a failed one; out of service until a new start'

export class Commits {
  readonly watch = new StoreWatch()
  readonly #parts: CommitsParts
  readonly #snapshots: Snapshots
  readonly #unacknowledged: Unacknowledged<Commit>
  #delivered: number[] = []
  #position: number
  #outboxNumber: number

  constructor(parts: CommitsParts) {
    this.#parts = parts
    this.#position = parts.last.lastPosition
    this.#outboxNumber = parts.last.lastOutboxNumber
    this.#snapshots = new Snapshots(parts.aggregates, (failed) => parts.hooks.failedInput(failed))
    this.#unacknowledged = new Unacknowledged({
      acknowledged: (commit) => {
        this.#acknowledge(commit)
        parts.answered(commit)
      },
      failed: (commits, error) => this.#takeBack(commits, error),
      brokeOrder: () => parts.broken(BROKEN),
      settled: () => parts.answered(undefined),
    })
  }

  /** Does the store owe an answer? */
  get isWaiting(): boolean {
    return this.#unacknowledged.isWaiting
  }

  /** Must the next tick wait for an answer of the store? */
  get mustWait(): boolean {
    return this.#unacknowledged.isFull || (this.watch.problem !== undefined && this.isWaiting)
  }

  /** When the store is late with its oldest answer (ms); `undefined` if it owes none, or is late already. */
  get lateAt(): number | undefined {
    const { oldest } = this.#unacknowledged
    return oldest && this.watch.problem === undefined ? oldest.at + LATE : undefined
  }

  /** When the next idle aggregate writes its snapshot (ms). */
  get snapshotDue(): number | undefined {
    return this.#snapshots.nextDue
  }

  /** Are there delivered rows that no commit has deleted yet? */
  get hasDelivered(): boolean {
    return this.#delivered.length > 0
  }

  nextTick(): Tick {
    return new Tick(this.#position, this.#outboxNumber, this.#parts.hooks.outboxOf)
  }

  /** These outbox rows were delivered. The next commit deletes them from the store. */
  delivered(rows: readonly number[]): void {
    this.#delivered.push(...rows)
  }

  /** Notes the state of an aggregate at the start. */
  started(aggregate: Aggregate, now: number): void {
    this.#snapshots.changed(aggregate, now)
  }

  /** Reports a store that owes an answer for too long. */
  look(now: number): void {
    if (this.lateAt === undefined || now < this.lateAt) return
    this.#parts.hooks.storeFailed(this.watch.isLate(LATE))
  }

  /** Gives the tick to the store, with the snapshots of idle aggregates. */
  give(tick: Tick, applied: readonly Applied[], now: number): Outcome {
    return this.#give('tick', tick, applied, this.#snapshots.idle(now))
  }

  /** Writes the snapshot of one aggregate, if there is one. */
  probe(): Outcome {
    return this.#give('probe', this.nextTick(), [], this.#oneAggregate())
  }

  /** The same, of a store that has not failed. */
  tryStore(): void {
    this.#give('snapshots', this.nextTick(), [], this.#oneAggregate())
  }

  #oneAggregate(): readonly Aggregate[] {
    return [...this.#parts.aggregates.values()].slice(0, 1)
  }

  /** Writes snapshots of all aggregates that have changed since their last one. Rejects if the store refuses them. */
  writeSnapshots(): Promise<void> {
    const changed = [...this.#parts.aggregates.values()].filter((each) => each.tail.rows.length > 0)
    return new Promise((resolve, reject) => {
      const each = {
        inputs: [],
        origin: null,
        isFact: false,
        committed: () => undefined,
        resolve: () => resolve(),
        reject,
      }
      this.#give('snapshots', this.nextTick(), [{ each, replies: [] }], changed)
    })
  }

  /** Resolves at the next answer of the store; immediately if it owes none. */
  async nextAnswer(): Promise<void> {
    await this.#unacknowledged.answered()
  }

  /** Hears no answers any more. Returns the submissions whose outcome is unknown. */
  abandon(): readonly Waiting[] {
    return this.#unacknowledged.clear().flatMap(({ applied }) => applied.map(({ each }) => each))
  }

  #give(purpose: Purpose, tick: Tick, applied: readonly Applied[], others: readonly Aggregate[]): Outcome {
    const commit = this.#prepare(purpose, tick, applied, others)
    this.#moveOn(commit)
    try {
      const answer = this.#send(commit)
      if (answer !== undefined || this.isWaiting) {
        this.#unacknowledged.add(commit, answer)
        return 'given'
      }
    } catch (error) {
      this.#takeBack([commit], asError(error))
      return 'failed'
    }
    this.#acknowledge(commit)
    return 'kept'
  }

  /** `others`: aggregates that write a snapshot although they took no step in this tick. */
  #prepare(purpose: Purpose, tick: Tick, applied: readonly Applied[], others: readonly Aggregate[]): Commit {
    const touched = [...tick.touched]
    const ended = touched.filter(({ behaviour }) => behaviour.finished)
    const due = new Set([...touched.filter((each) => this.#snapshots.isDue(each)), ...ended, ...others])
    const [snapshots, at] = [this.#snapshots.rowsOf(due), this.#parts.clock.now()]
    return { purpose, tick, applied, due, snapshots, ended, delivered: this.#delivered, at }
  }

  /** The state after this commit is the one that the next tick begins with. */
  #moveOn({ tick, due, ended, at }: Commit): void {
    const { wakes, aggregates } = this.#parts
    this.#position = tick.position
    this.#outboxNumber = tick.outboxNumber
    this.#delivered = []
    for (const aggregate of tick.touched) {
      wakes.set(aggregate.id, aggregate.nextDue)
      this.#snapshots.changed(aggregate, at)
    }
    this.#snapshots.given(due)
    for (const { id } of ended) {
      wakes.set(id, undefined)
      aggregates.forget(id)
    }
  }

  #send({ tick, snapshots, delivered, ended }: Commit): Promise<void> | undefined {
    const { journal, outbox } = tick
    if (journal.length === 0 && delivered.length === 0 && snapshots.length === 0) return undefined
    const names = ended.map(({ id }) => id)
    const answer = this.#parts.store.commit({ journal, snapshots, outbox, delivered, ended: names })
    this.#parts.figures.commits += 1
    return answer ?? undefined
  }

  /** The store has kept this commit, and all before it. */
  #acknowledge(commit: Commit): void {
    const { purpose, tick, applied, due, snapshots } = commit
    const { figures, follower, hooks, inspectors } = this.#parts
    figures.inputs += tick.journal.length
    figures.failedInputs += tick.failures.length
    for (const { output } of tick.released) if (output.type === 'publish') figures.notifications += 1
    figures.snapshots += snapshots.length
    this.#snapshots.written(due, snapshots)
    const touched = follower ? follower.apply(tick.journal) : tick.touched
    if (purpose !== 'probe' && this.watch.works()) hooks.storeWorks()
    for (const { each, replies } of applied) {
      each.committed()
      each.resolve(replies)
    }
    if (purpose !== 'tick') return
    for (const failed of tick.failures) hooks.failedInput(failed)
    hooks.released(tick.released)
    hooks.committed({ touched, journal: tick.journal })
    inspectors.release(tick.inspected)
  }

  /** Undoes these commits, the newest first. */
  #takeBack(commits: readonly Commit[], error: Error): void {
    const { aggregates, clock, figures, takenBack } = this.#parts
    for (const { tick, due, ended, delivered } of commits.toReversed()) {
      figures.failedCommits += 1
      this.#position = tick.before.position
      this.#outboxNumber = tick.before.outboxNumber
      this.#delivered = [...delivered, ...this.#delivered]
      for (const aggregate of ended) aggregates.putBack(aggregate)
      const touched = tick.undo()
      this.wentBack(touched)
      this.#snapshots.takenBack([...touched, ...due], clock.now())
    }
    takenBack(commits, error)
  }

  /** Updates the deadlines of aggregates whose steps were undone. Removes those without any input. */
  wentBack(these: ReadonlySet<Aggregate>): void {
    const { aggregates, wakes } = this.#parts
    for (const aggregate of these) {
      const isNew = aggregate.sequence === 0
      if (isNew) aggregates.forget(aggregate.id)
      wakes.set(aggregate.id, isNew ? undefined : aggregate.nextDue)
    }
  }
}
