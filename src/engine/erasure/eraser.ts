/**
 * Erasure in a running engine. Erasures run one after the other, in small pieces. One that was interrupted by the end
 * of the process is finished at the next start.
 */

import type { Aggregates } from '../aggregate/aggregates.ts'
import { CLOSING, EngineUnavailable } from '../api.ts'
import { asError } from '../contained.ts'
import type { Submit } from '../input/inbox.ts'
import { checkedOrigin, UNNAMED } from '../input/origin.ts'
import type { Clock, Json, Origin, Store } from '../ports.ts'
import { type CustomerSubjects, type ErasureEntry, type ErasureResult, type Erasures, StillOpen } from './api.ts'
import type { EraseElsewhere } from './elsewhere.ts'
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
  readonly submit: Submit
  writeSnapshots(): Promise<void>
  /** Values in memory outside of the aggregates: calls that are over. */
  readonly others: () => Iterable<Json>
  /** Replaces values in memory outside of the aggregates. */
  forget(subjects: Subjects): void
  /** Erases what is kept outside of the store. */
  readonly elsewhere: EraseElsewhere
  /** An erasure failed. The eraser will try it again. */
  failed(error: Error): void
}

/** The data whose retention is over. */
export interface Expiring {
  /** Contacts whose last row is older than this time (ms); `undefined` for none. */
  readonly customersBefore: number | undefined
  /** Users who are not among `agents` and whose last input is older than this time (ms); `undefined` for none. */
  readonly agentsBefore: number | undefined
  /** The users of the directory. */
  readonly agents: ReadonlySet<string>
}

/** The highest number of requests that wait for their turn. */
const WAITING_MAX = 10
/** Time in ms after which an erasure is tried again when the store has failed. */
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

  /** Continues erasures that an earlier process has begun. */
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

  async erase(subjects: CustomerSubjects, origin: Origin = UNNAMED): Promise<ErasureResult> {
    checkSubjects(subjects)
    const from = checkedOrigin(origin)
    return this.#asked(() => this.#erase(subjects, from))
  }

  /** Erases data whose retention is over. Returns true if there is more to do. */
  expire({ customersBefore, agentsBefore, agents }: Expiring): Promise<boolean> {
    return this.#inTurn(async () => {
      const { aggregates, clock } = this.#parts
      // First finish an interrupted round: a new search would no longer find all its rows.
      await this.#finishBegun()
      const former = agentsBefore === undefined ? [] : formerAgents(aggregates, agents, agentsBefore)
      const from = this.#records.watermark
      const nothing = { ids: new Set<string>(), contacts: 0, watermark: from, isMore: false }
      // Without a history the ends of contacts are unknown.
      const isWanted = customersBefore !== undefined && this.#parts.store.history !== undefined
      const found = isWanted ? await this.#drive(expired(this.#kept, customersBefore, from)) : nothing
      const { ids, contacts, watermark, isMore } = found
      // Outside of the store, data have a time of their own. The next round asks again, so an error does not stop this one.
      const elsewhere = { since: undefined, before: latest(customersBefore, agentsBefore), users: new Set(former) }
      await this.#parts.elsewhere(elsewhere).catch((error: unknown) => this.#parts.failed(asError(error)))
      const more = { agents: new Set(former), since: null, watermark }
      const plan: Plan = { at: clock.now(), by: 'retention', ids, contacts, ...more }
      if (ids.size > 0 || former.length > 0) await this.#carryOut(await this.#records.begin(plan))
      else if (watermark !== from) await this.#records.moveWatermark(watermark)
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
    // A contact that is over does not become open again.
    const open = found.find((contact) => contact.open !== null)?.open
    if (open) throw new StillOpen(open)
    if (found.every(({ places }) => places === 0)) return { found, erasure: undefined }
    const begun = await this.#records.begin(planFor(found, { at: this.#parts.clock.now(), by }))
    return { found, erasure: await this.#carryOut(begun) }
  }

  /**
   * First the current states, then the stored rows. When the aggregates have no erased values any more and have written
   * snapshots, no state in memory is rebuilt from an old row, and no new row contains an old value.
   */
  async #carryOut(begun: Begun): Promise<ErasureEntry> {
    const { aggregates, store, submit, writeSnapshots, forget, elsewhere } = this.#parts
    try {
      for (const { to, input } of erasureInputs(aggregates, begun)) {
        const { failed } = await submit(to, input, { origin: ENGINE })
        if (failed !== undefined) throw new Error(failed)
      }
      forget(begun)
      await writeSnapshots()
      if (begun.since !== null) await elsewhere({ since: begun.since, before: undefined, users: begun.agents })
      return await this.#records.done(begun, await this.#drive(rewriteAll(store, begun)))
    } catch (thrown) {
      if (this.#closed) throw thrown
      const error = asError(thrown)
      this.#parts.failed(error)
      this.#retryLater()
      const reason = error instanceof EngineUnavailable ? error.reason : 'FAILED'
      throw new EngineUnavailable(`the erasure has begun and will be tried again: ${error.message}`, reason)
    }
  }

  #retryLater(): void {
    const { clock } = this.#parts
    this.#cancelRetry?.()
    this.#cancelRetry = clock.at(clock.now() + RETRY, () => this.#resume())
  }

  #resume(): void {
    // `#carryOut` reports errors and plans the next attempt.
    this.#inTurn(() => this.#finishBegun()).catch(() => undefined)
  }

  async #finishBegun(): Promise<void> {
    for (const begun of this.#records.begun()) await this.#carryOut(begun)
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) throw new EngineUnavailable('too many erasures wait for their turn', 'FULL')
    this.#waiting += 1
    try {
      return await this.#inTurn(work)
    } finally {
      this.#waiting -= 1
    }
  }

  /** Runs `work` when all earlier work has ended. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /** Runs one piece at a time. Between two pieces all other work of the engine has its turn. */
  async #drive<T>(work: AsyncGenerator<unknown, T>): Promise<T> {
    for (;;) {
      await new Promise<void>((resolve) => this.#parts.clock.soon(resolve))
      if (this.#closed) throw new EngineUnavailable(CLOSING.message, CLOSING.reason)
      const { done, value } = await work.next()
      if (done) return value
    }
  }
}

/** The later one of two times; `undefined` if there is none. */
function latest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
