/**
 * The loop: input -> aggregate -> outputs -> commit -> release.
 *
 * Inputs that arrive in one tick share one commit. An input, everything that it causes in other aggregates, and all its
 * notifications are in the same batch, which the store keeps as a whole or not at all. Answers and notifications are
 * sent after the commit.
 */
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { CLOSING, EngineUnavailable, type Unavailability } from '../api.ts'
import { asError } from '../contained.ts'
import { type Addressed, BATCH_MAX, type Giving, Inbox, type Reply, type Waiting } from '../input/inbox.ts'
import { checkedOrigin } from '../input/origin.ts'
import { type Input, isInput } from '../input.ts'
import { Probe } from '../inspection/probe.ts'
import { asJson, frozen } from '../json.ts'
import type { Clock, Store } from '../ports.ts'
import { Alarm } from './alarm.ts'
import { Cascade, FROM_NOBODY } from './cascade.ts'
import { type LoopFigures, noFigures } from './figures.ts'
import { Snapshots } from './snapshots.ts'
import { StoreWatch } from './store-watch.ts'
import { type FailedStep, type OutboxOf, type Released, Tick } from './tick.ts'
import { WakeIndex } from './wake-index.ts'

/** The parts of the engine that the loop calls. All but `outboxOf` are called after a commit, or after it failed. */
export interface LoopHooks {
  outboxOf: OutboxOf
  released(released: readonly Released[]): void
  /** Called after `released`, with the aggregates that took steps in the commit. */
  committed(tick: Pick<Tick, 'touched'>): void
  failedInput(failed: FailedStep): void
  /** The store has begun to refuse commits. */
  storeFailed(error: Error): void
  /** The store accepts commits again. */
  storeWorks(): void
}

export class Loop {
  readonly #aggregates: Aggregates
  readonly #store: Store
  readonly #clock: Clock
  readonly #hooks: LoopHooks
  readonly #wakes = new WakeIndex()
  readonly #watch = new StoreWatch()
  readonly #inspectors: Probe
  readonly #inbox = new Inbox()
  readonly #cascade: Cascade
  readonly #alarm: Alarm
  readonly #snapshots: Snapshots
  #delivered: number[] = []
  #scheduled = false
  /** Why the loop accepts no input any more; `undefined` while it does. */
  #closed: Unavailability | undefined
  #position: number
  #outboxNumber: number
  /** Counters. After a reset they continue from those of the previous loop. */
  readonly figures: LoopFigures

  constructor(
    aggregates: Aggregates,
    store: Store,
    clock: Clock,
    hooks: LoopHooks,
    last: { readonly lastPosition: number; readonly lastOutboxNumber: number },
    figures: LoopFigures = noFigures(),
    inspectors = new Probe(),
  ) {
    this.#inspectors = inspectors
    this.figures = figures
    this.#aggregates = aggregates
    this.#store = store
    this.#clock = clock
    this.#hooks = hooks
    this.#position = last.lastPosition
    this.#outboxNumber = last.lastOutboxNumber
    this.#cascade = new Cascade(aggregates, inspectors, (wentBack) => this.#watchOver(wentBack))
    this.#alarm = new Alarm(clock, () => this.#schedule())
    this.#snapshots = new Snapshots(aggregates, (failed) => hooks.failedInput(failed))
  }

  /** Why the store refuses changes; `undefined` while it accepts them. */
  get storeProblem(): string | undefined {
    return this.#watch.problem
  }

  /**
   * Resolves when the input, and everything that it caused, is committed. Rejects with `EngineUnavailable`, with
   * `TypeError` if the input is not JSON, or with `InvalidArgument` if the origin is not valid.
   */
  async submit(to: string, input: Input, giving: Giving): Promise<Reply> {
    const [reply = {}] = await this.submitTogether([{ to, input }], giving)
    return reply
  }

  /**
   * Submits several inputs, which are applied in their order and share one commit. An input that fails is recorded as
   * failed, and the others are not affected. `committed` is called after the commit, before anything is sent.
   */
  submitTogether(
    inputs: readonly Addressed[],
    { origin, isFact = false }: Giving,
    committed: () => void = () => undefined,
  ): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new EngineUnavailable(this.#closed.message, this.#closed.reason))
      if (this.#inbox.isFull) return reject(new EngineUnavailable('too many inputs are waiting', 'FULL'))
      const { problem } = this.#watch
      const mayTry = this.#watch.mayTry(this.#clock.now())
      if (!mayTry && !isFact) return reject(new EngineUnavailable(problem ?? '', 'STORE'))
      // A copy as JSON, as the journal will have it. Values that are not JSON (a cycle, a BigInt) are refused here.
      const given = inputs.map(({ to, input }) => ({ to, input: written(input) }))
      this.#inbox.add({ inputs: given, origin: checkedOrigin(origin), isFact, committed, resolve, reject })
      if (mayTry) this.#schedule()
    })
  }

  /** These outbox rows were delivered. The next commit deletes them from the store. */
  delivered(rows: readonly number[]): void {
    this.#delivered.push(...rows)
    this.#schedule()
  }

  /** Sets the alarm for the deadlines of all aggregates. To be called once, after the recovery. */
  start(): void {
    for (const aggregate of this.#aggregates.values()) {
      this.#wakes.set(aggregate.id, aggregate.nextDue)
      this.#snapshots.changed(aggregate, this.#clock.now())
    }
    this.#arm()
  }

  /** Writes snapshots of all aggregates that have changed since their last one. Throws if the store refuses them. */
  writeSnapshots(): void {
    const changed = [...this.#aggregates.values()].filter((each) => each.tail.rows.length > 0)
    this.#commit(new Tick(this.#position, this.#outboxNumber, this.#hooks.outboxOf), changed)
  }

  /** Accepts no more input, commits the waiting inputs, and writes snapshots. */
  close(): void {
    if (this.#closed !== undefined) return
    while (this.#inbox.size > 0) {
      const before = this.#inbox.size
      this.#run(true)
      if (this.#inbox.size >= before) break
    }
    this.abandon(CLOSING)
    try {
      this.writeSnapshots()
    } catch (error) {
      // No data is lost, because the journal has all inputs since the last snapshots.
      this.#hooks.storeFailed(asError(error))
    }
  }

  /** Accepts no more input and commits nothing. Waiting inputs are rejected for this reason. */
  abandon(why: Unavailability): void {
    this.#closed ??= why
    this.#alarm.set(undefined)
    this.#inbox.refuse(why)
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed !== undefined) return
    this.#scheduled = true
    this.#clock.soon(() => {
      this.#scheduled = false
      if (this.#closed === undefined) this.#run()
    })
  }

  /** Runs one tick. `last`: the engine is closing, so there is no later attempt for facts. */
  #run(last = false): void {
    const now = this.#clock.now()
    if (!this.#watch.mayTry(now) && !last) return this.#arm()
    const waiting = this.#inbox.takeBatch()
    if (this.#inbox.size > 0) this.#schedule()
    const tick = new Tick(this.#position, this.#outboxNumber, this.#hooks.outboxOf)
    const problem = this.#probe()
    if (problem) return this.#giveUp(tick, last ? asRequests(waiting) : waiting, problem)
    this.#fireDue(tick, now)
    const answers = waiting.map((each) => ({ each, replies: this.#takeInputs(tick, each, now) }))
    try {
      this.#commit(tick, this.#snapshots.idle(now))
    } catch (error) {
      return this.#giveUp(tick, last ? asRequests(waiting) : waiting, asError(error))
    }
    if (this.#watch.works()) this.#hooks.storeWorks()
    for (const { each, replies } of answers) {
      each.committed()
      each.resolve(replies)
    }
    for (const failed of tick.failures) this.#hooks.failedInput(failed)
    this.#hooks.released(tick.released)
    this.#hooks.committed(tick)
    this.#inspectors.release(tick.inspected)
    this.#arm()
  }

  /**
   * While the store fails, each attempt first writes one snapshot. Only if the store takes it, the inputs and the
   * deadlines that wait are applied: to apply and undo them every second would take much of the processor.
   */
  #probe(): Error | undefined {
    if (this.#watch.problem === undefined) return undefined
    const first = [...this.#aggregates.values()].slice(0, 1)
    try {
      this.#commit(new Tick(this.#position, this.#outboxNumber, this.#hooks.outboxOf), first)
      return undefined
    } catch (error) {
      return asError(error)
    }
  }

  /** Applies the due deadlines of all aggregates in order of time, each with everything that follows from it. */
  #fireDue(tick: Tick, now: number): void {
    for (let fired = 0; ; fired += 1) {
      const first = this.#wakes.dueUpTo(now)
      if (!first) return
      if (fired >= BATCH_MAX) return this.#schedule()
      const { mark } = tick
      this.#cascade.take(tick, { to: first.id, input: undefined, source: FROM_NOBODY }, first.due)
      this.#wakes.set(first.id, this.#aggregates.get(first.id)?.nextDue)
      this.#watchOver(tick.touchedSince(mark))
    }
  }

  #takeInputs(tick: Tick, { inputs, origin }: Waiting, now: number): readonly Reply[] {
    return inputs.map(({ to, input }) => this.#cascade.take(tick, { to, input, source: { origin, cause: null } }, now))
  }

  /** Commits the tick. `others`: aggregates that write a snapshot although they took no step in this tick. */
  #commit(tick: Tick, others: readonly Aggregate[]): void {
    const { touched, journal, outbox } = tick
    const due = new Set([...touched].filter((each) => each.tail.snapshotIsDue || each.behaviour.finished))
    for (const each of others) due.add(each)
    const snapshots = this.#snapshots.rowsOf(due)
    const delivered = this.#delivered
    if (journal.length > 0 || delivered.length > 0 || snapshots.length > 0) {
      const ended = [...touched].filter((each) => each.behaviour.finished).map((each) => each.id)
      this.#store.commit({ journal, snapshots, outbox, delivered, ended })
      this.figures.commits += 1
    }
    this.#delivered = []
    this.#committed(tick)
    this.figures.snapshots += snapshots.length
    this.#snapshots.written(due, snapshots)
    for (const aggregate of due) {
      if (!aggregate.behaviour.finished) continue
      this.#wakes.set(aggregate.id, undefined)
      this.#aggregates.forget(aggregate.id)
    }
  }

  /** Updates positions, counters and deadlines after a commit. */
  #committed(tick: Tick): void {
    const now = this.#clock.now()
    this.#position = tick.position
    this.#outboxNumber = tick.outboxNumber
    this.figures.inputs += tick.journal.length
    this.figures.failedInputs += tick.failures.length
    for (const { output } of tick.released) if (output.type === 'publish') this.figures.notifications += 1
    for (const aggregate of tick.touched) {
      this.#wakes.set(aggregate.id, aggregate.nextDue)
      this.#snapshots.changed(aggregate, now)
    }
  }

  /** The commit failed. Undoes the tick: facts wait for the next attempt, and requests are rejected. */
  #giveUp(tick: Tick, waiting: readonly Waiting[], error: Error): void {
    this.figures.failedCommits += 1
    this.#watchOver(tick.backTo({ journal: 0, outbox: 0, released: 0, failures: 0, inspected: 0 }))
    // The store has ended for good, and the engine has abandoned this loop.
    if (this.#closed !== undefined) return this.#inbox.refuseAll(waiting, this.#closed)
    if (this.#watch.failed(error, this.#clock.now())) this.#hooks.storeFailed(error)
    this.#inbox.giveBack(waiting, new EngineUnavailable(this.#watch.problem ?? error.message, 'STORE'))
    this.#arm()
  }

  /**
   * Updates the deadlines of aggregates that took steps, or whose steps were undone. Removes those without any input.
   */
  #watchOver(aggregates: ReadonlySet<Aggregate>): void {
    for (const aggregate of aggregates) {
      const isNew = aggregate.sequence === 0
      if (isNew) this.#aggregates.forget(aggregate.id)
      this.#wakes.set(aggregate.id, isNew ? undefined : aggregate.nextDue)
    }
  }

  /**
   * Sets the alarm for the next work that does not come from an input: a deadline, a snapshot or an attempt to commit.
   */
  #arm(): void {
    if (this.#closed !== undefined) return
    const { nextTry } = this.#watch
    const wanted = [this.#wakes.next(), this.#snapshots.nextDue, nextTry || undefined]
    const soonest = Math.min(...wanted.flatMap((each) => each ?? []))
    const at = Number.isFinite(soonest) ? Math.max(soonest, nextTry) : undefined
    this.#alarm.set(at)
  }
}

/** Inputs of which none waits for another attempt. */
const asRequests = (waiting: readonly Waiting[]) => waiting.map((each) => ({ ...each, isFact: false }))

/**
 * A copy of the input as JSON. It is frozen, because the journal, the machines and a replay after a failure share it.
 *
 * @throws TypeError if it is not JSON, or if its kind is unknown.
 */
function written(input: Input): Input {
  const json = frozen(asJson(input))
  if (!isInput(json)) throw new TypeError(`unknown kind of input: ${input.kind}`)
  return json
}
