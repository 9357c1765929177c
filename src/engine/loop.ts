/**
 * The loop: input -> aggregate -> outputs -> commit -> release.
 *
 * Inputs that arrive in one tick commit together. An input, everything that it causes in other aggregates, and what
 * has to leave because of it are in one batch: kept as a whole or not at all. Only then are answers given and
 * notifications released.
 */
import type { Aggregate } from './aggregate.ts'
import type { Aggregates } from './aggregates.ts'
import { EngineUnavailable } from './api.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'
import type { Clock, JournalRow, OutboxRow, SnapshotRow, Store } from './ports.ts'
import { WakeIndex } from './wake-index.ts'

/** At most so many inputs share a commit; more wait for the next tick. */
const BATCH_MAX = 512
/** At most so many inputs may wait. */
const INBOX_MAX = 50_000
/** At most so many steps may follow from one input: a cycle of messages must not hang the loop. */
const CASCADE_MAX = 100_000
/** An aggregate writes a snapshot after so many inputs. */
const SNAPSHOT_EVERY = 64
/** How long to wait before deadlines are tried again after a commit failed, in ms. */
const RETRY_AFTER = 1000

/** What became of an input, for whoever gave it. */
export interface Reply {
  readonly rejected?: Extract<Output, { type: 'reply' }>['rejected']
  readonly refused?: string
  readonly id?: string
  /** The step threw; the state is as it was. */
  readonly failed?: string
}

/** Things that leave, as they were committed. */
export interface Released {
  readonly aggregate: string
  readonly output: Extract<Output, { type: 'publish' | 'acd' | 'flagged' }>
  /** Rows of the outbox made for it; none when nobody waits outside. */
  readonly rows: readonly OutboxRow[]
}

export interface LoopHooks {
  /** Outbox rows of an output; the loop gives them their numbers. */
  outboxOf(aggregate: string, output: Released['output']): readonly Omit<OutboxRow, 'number'>[]
  released(released: readonly Released[]): void
  failedInput(aggregate: string, sequence: number, error: Error): void
  commitFailed(error: Error): void
}

interface Waiting {
  readonly aggregate: string
  /** `undefined`: only its deadlines. */
  readonly input: Input | undefined
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

/** Something for an aggregate; without input only its deadlines. */
interface Work {
  readonly to: string
  readonly input: Input | undefined
}

interface Tick {
  readonly journal: JournalRow[]
  readonly outbox: OutboxRow[]
  readonly released: Released[]
  readonly steps: Map<Aggregate, number>
  readonly answers: { readonly waiting: Waiting; readonly reply: Reply }[]
  readonly failures: { readonly aggregate: string; readonly sequence: number; readonly error: Error }[]
}

export class Loop {
  readonly #aggregates: Aggregates
  readonly #store: Store
  readonly #clock: Clock
  readonly #hooks: LoopHooks
  readonly #wakes = new WakeIndex()
  #inbox: Waiting[] = []
  #delivered: number[] = []
  #scheduled = false
  #closed = false
  #position: number
  #outboxNumber: number
  #cancelWake: (() => void) | undefined
  #wakeAt: number | undefined
  readonly figures = { inputs: 0, failedInputs: 0, commits: 0, notifications: 0 }

  constructor(
    aggregates: Aggregates,
    store: Store,
    clock: Clock,
    hooks: LoopHooks,
    lastPosition: number,
    lastOutboxNumber: number,
  ) {
    this.#aggregates = aggregates
    this.#store = store
    this.#clock = clock
    this.#hooks = hooks
    this.#position = lastPosition
    this.#outboxNumber = lastOutboxNumber
  }

  /** Resolves when the input, and all that it caused, is committed. Rejects with `EngineUnavailable`. */
  submit(aggregate: string, input: Input): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new EngineUnavailable('the engine is closing'))
      if (this.#inbox.length >= INBOX_MAX) return reject(new EngineUnavailable('too many inputs are waiting'))
      this.#inbox.push({ aggregate, input, resolve, reject })
      this.#schedule()
    })
  }

  /** Outbox rows that have left; they go from the store with the next commit. */
  delivered(rows: readonly number[]): void {
    this.#delivered.push(...rows)
    this.#schedule()
  }

  /** Looks at the deadlines of all aggregates; for after a recovery. */
  start(): void {
    for (const aggregate of this.#aggregates.values()) this.#wakes.set(aggregate.id, aggregate.nextDue)
    this.#arm()
  }

  /** Takes no more input, commits what waits, writes snapshots. */
  close(): void {
    if (this.#closed) return
    while (this.#inbox.length > 0) this.#run()
    this.#closed = true
    this.#cancelWake?.()
    const snapshots = [...this.#aggregates.values()]
      .filter((each) => each.tailLength > 0)
      .map((each) => each.snapshot())
    try {
      this.#store.commit({ journal: [], outbox: [], snapshots, delivered: this.#delivered })
    } catch (error) {
      // Nothing is lost: the journal holds all that the snapshots would have.
      this.#hooks.commitFailed(asError(error))
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    this.#clock.soon(() => {
      this.#scheduled = false
      if (!this.#closed) this.#run()
    })
  }

  #run(): void {
    const waiting = this.#inbox.splice(0, BATCH_MAX)
    if (this.#inbox.length > 0) this.#schedule()
    const tick: Tick = { journal: [], outbox: [], released: [], steps: new Map(), answers: [], failures: [] }
    const now = this.#clock.now()
    const before = { position: this.#position, outboxNumber: this.#outboxNumber }
    for (const each of waiting) this.#take(tick, each, now)
    try {
      this.#commit(tick)
    } catch (error) {
      this.#position = before.position
      this.#outboxNumber = before.outboxNumber
      this.#giveUp(tick, waiting, asError(error))
      return
    }
    for (const { waiting: each, reply } of tick.answers) each.resolve(reply)
    for (const { aggregate, sequence, error } of tick.failures) this.#hooks.failedInput(aggregate, sequence, error)
    this.#hooks.released(tick.released)
    this.#arm()
  }

  #take(tick: Tick, waiting: Waiting, now: number): void {
    let reply: Reply = {}
    const work: Work[] = []
    try {
      reply = this.#deliver(tick, { to: waiting.aggregate, input: waiting.input }, now, work)
      for (let steps = 0, next = work.shift(); next; steps += 1, next = work.shift()) {
        if (steps > CASCADE_MAX) throw new Error('messages between aggregates do not come to an end')
        this.#deliver(tick, next, now, work)
      }
    } catch (error) {
      reply = { failed: asError(error).message }
      tick.failures.push({ aggregate: waiting.aggregate, sequence: 0, error: asError(error) })
    }
    tick.answers.push({ waiting, reply })
  }

  /** An aggregate's own deadlines up to now come first, then the input. */
  #deliver(tick: Tick, { to, input }: Work, now: number, work: Work[]): Reply {
    if (this.#isOver(to, input)) return {}
    const aggregate = this.#aggregates.open(to)
    for (let due = aggregate.dueUpTo(now); due; due = aggregate.dueUpTo(now))
      this.#step(tick, aggregate, due, due.due, work)
    if (!input) return {}
    const outputs = this.#step(tick, aggregate, input, now, work)
    return typeof outputs === 'string' ? { failed: outputs } : replyOf(outputs)
  }

  /** A word to a call that has ended and was forgotten must not bring it back. */
  #isOver(to: string, input: Input | undefined): boolean {
    const arrives = input?.kind === 'message' && input.body.type === 'call'
    return to.startsWith('call/') && !arrives && this.#aggregates.get(to) === undefined
  }

  #step(tick: Tick, aggregate: Aggregate, input: Input, stamp: number, work: Work[]): readonly Output[] | string {
    const result = aggregate.step(input, stamp, this.#position + 1)
    if (result.outcome === 'dropped') return []
    this.#position += 1
    this.figures.inputs += 1
    tick.steps.set(aggregate, (tick.steps.get(aggregate) ?? 0) + 1)
    const row = aggregate.lastRow()
    if (row) tick.journal.push(row)
    this.#wakes.set(aggregate.id, aggregate.nextDue)
    if (result.outcome === 'failed') {
      this.figures.failedInputs += 1
      tick.failures.push({ aggregate: aggregate.id, sequence: result.sequence, error: result.error })
      return result.error.message
    }
    for (const output of result.outputs) this.#release(tick, aggregate.id, output)
    for (const { to, input: message } of result.messages) work.push({ to, input: message })
    return result.outputs
  }

  #release(tick: Tick, aggregate: string, output: Output): void {
    if (output.type !== 'publish' && output.type !== 'acd' && output.type !== 'flagged') return
    if (output.type === 'publish') this.figures.notifications += 1
    const rows = this.#hooks.outboxOf(aggregate, output).map((row) => {
      this.#outboxNumber += 1
      return { ...row, number: this.#outboxNumber }
    })
    tick.outbox.push(...rows)
    tick.released.push({ aggregate, output, rows })
  }

  #commit(tick: Tick): void {
    const due = [...tick.steps.keys()].filter((each) => each.tailLength >= SNAPSHOT_EVERY || each.behaviour.finished)
    const snapshots: SnapshotRow[] = due.map((each) => each.snapshot())
    const delivered = this.#delivered
    if (tick.journal.length === 0 && delivered.length === 0) return
    this.#store.commit({ journal: tick.journal, snapshots, outbox: tick.outbox, delivered })
    this.figures.commits += 1
    this.#delivered = []
    for (const [index, aggregate] of due.entries()) {
      const snapshot = snapshots[index]
      if (snapshot) aggregate.rebase(snapshot)
      if (aggregate.behaviour.finished) {
        this.#wakes.set(aggregate.id, undefined)
        this.#aggregates.forget(aggregate.id)
      }
    }
  }

  /** Nothing of this tick was kept: the aggregates go back, and everybody who waits hears of it. */
  #giveUp(tick: Tick, waiting: readonly Waiting[], error: Error): void {
    for (const [aggregate, steps] of tick.steps) {
      aggregate.undo(steps)
      if (aggregate.sequence === 0) this.#aggregates.forget(aggregate.id)
      this.#wakes.set(aggregate.id, aggregate.sequence === 0 ? undefined : aggregate.nextDue)
    }
    const unavailable = new EngineUnavailable(`the store does not take changes: ${error.message}`)
    for (const each of waiting) each.reject(unavailable)
    this.#hooks.commitFailed(error)
    this.#arm(this.#clock.now() + RETRY_AFTER)
  }

  #arm(notBefore = 0): void {
    const next = this.#wakes.next()
    const at = next === undefined ? undefined : Math.max(next, notBefore)
    if (at === this.#wakeAt) return
    this.#cancelWake?.()
    this.#wakeAt = at
    this.#cancelWake = at === undefined ? undefined : this.#clock.at(at, () => this.#wake())
  }

  #wake(): void {
    this.#wakeAt = undefined
    this.#cancelWake = undefined
    if (this.#closed) return
    for (const aggregate of this.#wakes.dueUpTo(this.#clock.now()))
      this.#inbox.push({ aggregate, input: undefined, resolve: () => undefined, reject: () => undefined })
    if (this.#inbox.length > 0) this.#schedule()
    else this.#arm()
  }
}

function replyOf(outputs: readonly Output[]): Reply {
  const reply = outputs.find((output) => output.type === 'reply')
  if (!reply) return {}
  const { type: _, ...rest } = reply
  return rest
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
