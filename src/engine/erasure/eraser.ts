/** Erasure in a running engine: in turn, in pieces, and to the end even when the process dies meanwhile. */

import type { Aggregates } from '../aggregate/aggregates.ts'
import { EngineUnavailable } from '../api.ts'
import { asError } from '../contained.ts'
import type { Giving, Reply } from '../input/inbox.ts'
import type { Input } from '../input.ts'
import type { Clock, Json, Origin, Store } from '../ports.ts'
import { type CustomerSubjects, type ErasureEntry, type ErasureResult, type Erasures, StillOpen } from './api.ts'
import type { Subjects } from './erase.ts'
import { expired, formerAgents } from './expiry.ts'
import { planFor, told } from './found.ts'
import { erasureInputs } from './inputs.ts'
import { type Begun, ErasureRecords, type Plan } from './records.ts'
import { rewriteAll } from './rewrite.ts'
import { checkSubjects, search } from './search.ts'
import type { Kept } from './walk.ts'

export interface EraserParts {
  readonly aggregates: Aggregates
  readonly store: Store
  readonly clock: Clock
  submit(aggregate: string, input: Input, giving: Giving): Promise<Reply>
  writeSnapshots(): void
  /** Values beside the aggregates: calls that are over. */
  readonly others: () => Iterable<Json>
  /** Replaces values beside the aggregates. */
  forget(subjects: Subjects): void
  /** Something did not go well; it is tried again. */
  failed(error: Error): void
}

/** What is to go without anybody asking. */
export interface Expiring {
  /** Contacts of which nothing has happened since, in ms; `undefined` for none. */
  readonly customersBefore: number | undefined
  /** Agents beside these, to whom nothing has happened since; `undefined` for none. */
  readonly agentsBefore: number | undefined
  readonly agents: ReadonlySet<string>
}

/** At most so many requests wait for their turn. */
const WAITING_MAX = 10
/** An erasure that the store refused goes on after this, in ms. */
const RETRY = 60_000

const ENGINE: Origin = { via: 'engine' }

export class Eraser implements Erasures {
  readonly #parts: EraserParts
  readonly #records: ErasureRecords
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #cancelRetry: (() => void) | undefined
  #closed = false

  constructor(parts: EraserParts) {
    this.#parts = parts
    this.#records = new ErasureRecords(parts.store.records)
  }

  /** Goes on with what an earlier process has begun. */
  start(): void {
    if (this.#records.begun().length > 0) this.#resume()
  }

  stop(): void {
    this.#closed = true
    this.#cancelRetry?.()
  }

  list(): readonly ErasureEntry[] {
    return this.#records.list()
  }

  async find(subjects: CustomerSubjects) {
    checkSubjects(subjects)
    return this.#asked(() => this.#find(subjects))
  }

  async erase(subjects: CustomerSubjects, origin: Origin = { via: 'api' }): Promise<ErasureResult> {
    checkSubjects(subjects)
    return this.#asked(() => this.#erase(subjects, origin))
  }

  /** One round of what was kept long enough. Returns true when there is more to do. */
  expire({ customersBefore, agentsBefore, agents }: Expiring): Promise<boolean> {
    return this.#inTurn(async () => {
      const { aggregates, clock } = this.#parts
      // What a round before could not finish is found in a part of the rows only.
      await this.#finishBegun()
      const former = agentsBefore === undefined ? [] : formerAgents(aggregates, agents, agentsBefore)
      const from = this.#records.watermark
      const nothing = { ids: new Set<string>(), contacts: 0, watermark: from, isMore: false }
      // Without a history nobody knows when something ended.
      const isWanted = customersBefore !== undefined && this.#parts.store.history !== undefined
      const found = isWanted ? await this.#drive(expired(this.#kept, customersBefore, from)) : nothing
      const { ids, contacts, watermark, isMore } = found
      const plan: Plan = { at: clock.now(), by: 'retention', ids, agents: new Set(former), contacts, watermark }
      if (ids.size > 0 || former.length > 0) await this.#carryOut(this.#records.begin(plan))
      else if (watermark !== from) this.#records.watermark = watermark
      return isMore
    })
  }

  get #kept(): Kept {
    const { aggregates, store, others } = this.#parts
    return { aggregates, history: store.history, others }
  }

  async #find(subjects: CustomerSubjects) {
    return told(await this.#drive(search(this.#kept, subjects)), this.#parts.aggregates)
  }

  async #erase(subjects: CustomerSubjects, { via, by = via }: Origin): Promise<ErasureResult> {
    const found = await this.#find(subjects)
    // From this look to the first input nobody else has a turn, and what is over does not begin again.
    const open = found.find((contact) => contact.open !== null)?.open
    if (open) throw new StillOpen(open)
    if (found.every(({ places }) => places === 0)) return { found, erasure: undefined }
    const begun = this.#records.begin(planFor(found, { at: this.#parts.clock.now(), by }))
    return { found, erasure: await this.#carryOut(begun) }
  }

  /**
   * The present first, then the past: when the aggregates' states hold nothing any more and stand in snapshots, no
   * state in memory is rebuilt from an old row, and no new row repeats an old value.
   */
  async #carryOut(begun: Begun): Promise<ErasureEntry> {
    const { aggregates, store, submit, writeSnapshots, forget } = this.#parts
    try {
      for (const { to, input } of erasureInputs(aggregates, begun)) {
        const { failed } = await submit(to, input, { origin: ENGINE })
        if (failed !== undefined) throw new Error(failed)
      }
      forget(begun)
      writeSnapshots()
      return this.#records.done(begun, await this.#drive(rewriteAll(store, begun)))
    } catch (thrown) {
      if (this.#closed) throw thrown
      const error = asError(thrown)
      this.#parts.failed(error)
      this.#retryLater()
      throw new EngineUnavailable(`the erasure was begun and goes on by itself; it waits because: ${error.message}`)
    }
  }

  #retryLater(): void {
    const { clock } = this.#parts
    this.#cancelRetry?.()
    this.#cancelRetry = clock.at(clock.now() + RETRY, () => this.#resume())
  }

  #resume(): void {
    // Whatever goes wrong is told, and tried again.
    this.#inTurn(() => this.#finishBegun()).catch(() => undefined)
  }

  async #finishBegun(): Promise<void> {
    for (const begun of this.#records.begun()) await this.#carryOut(begun)
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) throw new EngineUnavailable('too many erasures wait for their turn')
    this.#waiting += 1
    try {
      return await this.#inTurn(work)
    } finally {
      this.#waiting -= 1
    }
  }

  /** One after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /** A piece at a time; between two of them everybody else's work is done. */
  async #drive<T>(work: Generator<unknown, T>): Promise<T> {
    for (;;) {
      await new Promise<void>((resolve) => this.#parts.clock.soon(resolve))
      if (this.#closed) throw new EngineUnavailable('the engine is closing')
      const { done, value } = work.next()
      if (done) return value
    }
  }
}
