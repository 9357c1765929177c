/**
 * The loop: input -> aggregate -> outputs -> commit -> release.
 *
 * Inputs that arrive in one tick share one commit. An input, everything that it causes in other aggregates, and all its
 * notifications are in the same batch, which the store keeps as a whole or not at all. Answers and notifications are
 * sent after the commit.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'
import { CLOSING, EngineUnavailable, type Unavailability } from '../api.ts'
import { type Addressed, BATCH_MAX, type Giving, Inbox, type Reply, type Waiting } from '../input/inbox.ts'
import { checkedOrigin } from '../input/origin.ts'
import { type Input, isInput } from '../input.ts'
import { asJson, frozen } from '../json.ts'
import type { Clock, Origin } from '../ports.ts'
import { Alarm } from './alarm.ts'
import { Cascade, FROM_NOBODY } from './cascade.ts'
import { type Commit, Commits, type CommitsParts } from './commits.ts'
import type { StoreWatch } from './store-watch.ts'
import type { Tick } from './tick.ts'
import { WakeIndex } from './wake-index.ts'

/** The loop closes after this time, in ms, even if the store owes answers. */
const LAST_ANSWERS = 10_000

export type LoopParts = Omit<CommitsParts, 'wakes' | 'takenBack' | 'answered' | 'broken'> & {
  /** The origin of a command with a key, with what has become of it: see `KnownCommands`. */
  readonly noted: Noted
}

export type Noted = (origin: Origin, reply: Reply, given: Addressed, ahead: Aggregates) => Origin

export class Loop {
  readonly #aggregates: Aggregates
  readonly #clock: Clock
  readonly #hooks: LoopParts['hooks']
  readonly #wakes = new WakeIndex()
  readonly #inbox = new Inbox()
  readonly #commits: Commits
  readonly #cascade: Cascade
  readonly #alarm: Alarm
  readonly #noted: Noted
  #scheduled = false
  /** The store, which had failed, has kept a probe. */
  #hasProbed = false
  /** The loop runs no tick until this ends. */
  #isHeld = false
  /** Why the loop accepts no input any more; `undefined` while it does. */
  #closed: Unavailability | undefined
  /** The loop is closing: there is no later attempt for facts. */
  #isLast = false
  /** The loop accepts no more input, and closes when the store has given its last answers. */
  #isClosing = false

  constructor(parts: LoopParts) {
    const { aggregates, clock, hooks, inspectors, noted } = parts
    this.#aggregates = aggregates
    this.#clock = clock
    this.#noted = noted
    this.#hooks = hooks
    this.#commits = new Commits({
      ...parts,
      wakes: this.#wakes,
      takenBack: (commits, error) => this.#giveUp(commits, error),
      answered: (commit) => this.#goOn(commit),
      broken: (problem) => this.#break(problem),
    })
    this.#cascade = new Cascade(aggregates, inspectors, (wentBack) => this.#commits.wentBack(wentBack))
    this.#alarm = new Alarm(clock, () => this.#schedule())
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
      const closed = this.#isClosing ? CLOSING : this.#closed
      if (closed) return reject(new EngineUnavailable(closed.message, closed.reason))
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
    this.#commits.delivered(rows)
    this.#schedule()
  }

  /** Sets the alarm for the deadlines of all aggregates. To be called once, after the recovery. */
  start(): void {
    for (const aggregate of this.#aggregates.values()) {
      this.#wakes.set(aggregate.id, aggregate.nextDue)
      this.#commits.started(aggregate, this.#clock.now())
    }
    this.#arm()
  }

  /**
   * Writes snapshots of all aggregates that have changed since their last one. Rejects with `EngineUnavailable` if the
   * store refuses them.
   */
  async writeSnapshots(): Promise<void> {
    await this.#commits.writeSnapshots()
  }

  /** Finds out whether the store still takes changes, unless it owes an answer, which will tell. */
  tryStore(): void {
    const isKnown = this.#commits.isWaiting || this.#watch.problem !== undefined
    if (isKnown || this.#isHeld || this.#isLast || this.#closed !== undefined) return
    this.#commits.tryStore()
    this.#arm()
  }

  /**
   * Runs no tick until the returned function is called. Resolves when the store owes no answer any more. With a store
   * that answers immediately it resolves at once.
   */
  async hold(): Promise<() => void> {
    this.#isHeld = true
    await this.#settled()
    return () => {
      this.#isHeld = false
      this.#schedule()
    }
  }

  /**
   * Accepts no more input, commits the waiting inputs, and writes snapshots. With a store that answers immediately, all
   * that is done when this returns.
   */
  async close(): Promise<void> {
    if (this.#closed !== undefined || this.#isLast) return
    this.#isLast = true
    this.#runLast()
    this.#isClosing = true
    if (this.#commits.isWaiting) {
      await this.#settled()
      for (; this.#inbox.size > 0 && this.#closed === undefined; await this.#settled()) {
        const before = this.#inbox.size
        this.#runLast()
        if (this.#inbox.size >= before) break
      }
    }
    if (this.#closed !== undefined) return
    // Without them no data is lost, because the journal has all inputs since the last snapshots.
    if (!this.#commits.isWaiting) this.#commits.writeSnapshots().catch(() => undefined)
    if (this.#commits.isWaiting) await this.#settled()
    this.abandon(CLOSING)
  }

  /** Accepts no more input and commits nothing. Waiting inputs are rejected for this reason. */
  abandon(why: Unavailability): void {
    this.#closed ??= why
    this.#alarm.set(undefined)
    this.#inbox.refuseAll(this.#commits.abandon(), why)
    this.#inbox.refuse(why)
  }

  get #watch(): StoreWatch {
    return this.#commits.watch
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed !== undefined) return
    this.#scheduled = true
    this.#clock.soon(() => {
      this.#scheduled = false
      if (this.#closed === undefined) this.#run()
    })
  }

  /** Runs one tick. */
  #run(): void {
    const now = this.#clock.now()
    this.#commits.look(now)
    if (this.#commits.mustWait || this.#isHeld) return this.#arm()
    if (!this.#watch.mayTry(now) && !this.#isLast) return this.#arm()
    if (!this.#isWorthwhile()) return
    const waiting = this.#inbox.takeBatch()
    if (this.#inbox.size > 0) this.#schedule()
    const tick = this.#commits.nextTick()
    this.#fireDue(tick, now)
    const given = this.#isLast ? asRequests(waiting) : waiting
    const applied = given.map((each) => ({ each, replies: this.#takeInputs(tick, each, now) }))
    this.#commits.give(tick, applied, now)
    this.#arm()
  }

  /** Runs ticks until no input waits, or until the store does not keep them at once. */
  #runLast(): void {
    while (this.#inbox.size > 0) {
      const before = this.#inbox.size
      this.#run()
      if (this.#inbox.size >= before) break
    }
  }

  /** Resolves when the store owes no answer any more, or when that takes too long. */
  async #settled(): Promise<void> {
    let isOver = false
    const over = new Promise<void>((resolve) => {
      const cancel = this.#clock.at(this.#clock.now() + LAST_ANSWERS, () => {
        isOver = true
        resolve()
      })
      const wait = async () => {
        while (this.#commits.isWaiting && !isOver) await this.#commits.nextAnswer()
        cancel()
        resolve()
      }
      void wait()
    })
    await over
  }

  /**
   * While the store fails, each attempt first writes one snapshot. Only if the store takes it, the inputs and the
   * deadlines that wait are applied: to apply and undo them every second would take much of the processor.
   */
  #isWorthwhile(): boolean {
    const isTried = this.#watch.problem === undefined || this.#hasProbed
    this.#hasProbed = false
    return isTried || this.#commits.probe() === 'kept'
  }

  /** The store has answered, so that there may be room for the next tick. */
  #goOn(kept: Commit | undefined): void {
    if (this.#closed !== undefined) return
    if (kept?.purpose === 'probe') this.#hasProbed = true
    if (this.#hasProbed || this.#inbox.size > 0 || this.#commits.hasDelivered) this.#schedule()
    this.#arm()
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
      this.#commits.wentBack(tick.touchedSince(mark))
    }
  }

  #takeInputs(tick: Tick, { inputs, origin }: Waiting, now: number): readonly Reply[] {
    return inputs.map((each) => {
      const reply = this.#cascade.take(tick, { ...each, source: { origin, cause: null } }, now)
      if (origin?.once && reply.position !== undefined)
        tick.note(reply.position, this.#noted(origin, reply, each, this.#aggregates))
      return reply
    })
  }

  /** The store has not kept these commits. Facts wait for the next attempt, and requests are rejected. */
  #giveUp(commits: readonly Commit[], error: Error): void {
    const isProbe = commits.some(({ purpose }) => purpose === 'probe')
    const given = commits.flatMap(({ applied }) => applied.map(({ each }) => each))
    const waiting = isProbe ? this.#inbox.takeBatch() : given
    // The store has ended for good, and the engine has abandoned this loop.
    if (this.#closed !== undefined) return this.#inbox.refuseAll(waiting, this.#closed)
    if (this.#watch.failed(error, this.#clock.now())) this.#hooks.storeFailed(error)
    const final = this.#isLast ? asRequests(waiting) : waiting
    this.#inbox.giveBack(final, new EngineUnavailable(this.#watch.problem ?? error.message, 'STORE'))
    this.#arm()
  }

  /** The store does not do what it must. What is stored can only be known by a new start. */
  #break(problem: string): void {
    if (this.#closed !== undefined) return
    this.#watch.broke(problem)
    this.#hooks.storeFailed(new Error(problem))
    this.abandon({ message: problem, reason: 'STORE' })
  }

  /**
   * Sets the alarm for the next work that does not come from an input: a deadline, a snapshot, an attempt to commit, or
   * a store that is late. While the next tick has to wait for the store, only for the last of these.
   */
  #arm(): void {
    if (this.#closed !== undefined) return
    const { lateAt, mustWait, snapshotDue } = this.#commits
    const { nextTry } = this.#watch
    const work = mustWait || this.#isHeld ? [] : [this.#wakes.next(), snapshotDue, nextTry || undefined]
    const times = [...work.flatMap((each) => (each === undefined ? [] : Math.max(each, nextTry))), lateAt]
    const soonest = Math.min(...times.flatMap((each) => each ?? []))
    this.#alarm.set(Number.isFinite(soonest) ? soonest : undefined)
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
