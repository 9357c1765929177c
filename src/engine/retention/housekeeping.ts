/**
 * Housekeeping: how long the past is kept. Old rows are deleted from the store, and personal data are erased when their
 * time is over. Both in rounds, a little at a time, so that requests of agents are not delayed.
 */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { asError } from '../contained.ts'
import type { Eraser } from '../erasure/eraser.ts'
import type { EngineLog } from '../log.ts'
import type { Clock, Store } from '../ports.ts'
import { farAhead, SECOND_LOOK } from './far-ahead.ts'

/** How long the past is kept. */
export interface Retention {
  /**
   * Retention of the journal in milliseconds: every moment of that time can be replayed and explained. `Infinity` keeps
   * all. The default is 30 days. The engine does not need the past to run, so 0 is possible.
   */
  readonly journal?: number | undefined
  /**
   * Milliseconds after the end of a contact. Then the values of its variables and the caller's number are replaced
   * everywhere. The default is the retention of the journal.
   */
  readonly customerData?: number | undefined
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Pauses between two rounds, and between two pieces of work of one round, in ms. */
interface Pauses {
  readonly round: number
  readonly piece: number
}

const OF_DELETION: Pauses = { round: HOUR, piece: 50 }

/** Rounds are rare, because each one rewrites the whole store. */
const ofErasure = (customerData: number): Pauses => ({
  round: Math.min(Math.max(customerData / 10, HOUR), DAY),
  piece: 1000,
})

export interface HousekeepingParts {
  readonly aggregates: Aggregates
  readonly store: Store
  readonly clock: Clock
  readonly eraser: Eraser
  readonly retention: Retention
  readonly log: EngineLog
  /** Ids of all users in the directory. */
  agents(): ReadonlySet<string>
}

export class Housekeeping {
  readonly #parts: HousekeepingParts
  /** Retention of the journal, in ms. The names of agents who left the directory are kept as long. */
  readonly #journal: number
  /** Retention of the values of contacts after their end, in ms. They never stay longer than the journal. */
  readonly #customerData: number
  readonly #planned = new Set<() => void>()
  #stopped = false

  constructor(parts: HousekeepingParts) {
    const { journal = 30 * DAY, customerData = Number.POSITIVE_INFINITY } = parts.retention
    for (const kept of [journal, customerData])
      if (!(kept >= 0)) throw new InvalidArgument(`the retention has to be 0 ms or more, not ${kept}`)
    this.#parts = parts
    this.#journal = journal
    this.#customerData = customerData
  }

  /**
   * The pause before the first rounds, in ms, if the clock of this start is far ahead of the journal. To be called
   * before the first input of this start.
   */
  pauseAtStart(): number | undefined {
    const { aggregates, clock, log } = this.#parts
    const by = farAhead(aggregates, clock.now(), Math.min(this.#journal, this.#customerData))
    if (by === undefined) return undefined
    log.warn(
      { seconds: by / 1000, waitsSeconds: SECOND_LOOK / 1000 },
      'the clock is further ahead of the last entry of the journal than the retention: nothing is deleted for a day; if the clock is wrong, stop the engine, correct the clock and start again',
    )
    return SECOND_LOOK
  }

  /** Begins the first rounds after `pause` ms. */
  start(pause?: number): void {
    if (Number.isFinite(this.#journal)) this.#plan(() => void this.#delete(), pause ?? OF_DELETION.piece)
    if (Number.isFinite(Math.min(this.#journal, this.#customerData)))
      this.#plan(() => void this.#erase(), pause ?? ofErasure(this.#customerData).piece)
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#planned) cancel()
  }

  #plan(work: () => void, pause: number): void {
    if (this.#stopped) return
    const { clock } = this.#parts
    const cancel = clock.at(clock.now() + pause, () => {
      this.#planned.delete(cancel)
      work()
    })
    this.#planned.add(cancel)
  }

  /** Never rejects. */
  async #delete(): Promise<void> {
    const { store, clock, log } = this.#parts
    let isMore = false
    try {
      isMore = await store.compact(Math.max(0, clock.now() - this.#journal))
    } catch (error) {
      // The next round tries again. The store has undone the failed piece.
      log.error({ err: asError(error).message }, 'the store could not be compacted')
    }
    this.#plan(() => void this.#delete(), isMore ? OF_DELETION.piece : OF_DELETION.round)
  }

  /** Never rejects. The eraser has reported the error already, and the next round tries again. */
  async #erase(): Promise<void> {
    const { clock, eraser, agents } = this.#parts
    const before = (kept: number) => (Number.isFinite(kept) ? clock.now() - kept : undefined)
    const expiring = {
      customersBefore: before(this.#customerData),
      agentsBefore: before(this.#journal),
      agents: agents(),
    }
    const isMore = await eraser.expire(expiring).catch(() => false)
    const pauses = ofErasure(this.#customerData)
    this.#plan(() => void this.#erase(), isMore ? pauses.piece : pauses.round)
  }
}
