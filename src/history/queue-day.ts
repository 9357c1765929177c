/** The last day of one queue, per quarter of an hour, from its journal: once from the beginning, and then what is new. */
import type { Aggregate } from '../engine/aggregate/aggregate.ts'
import { QueueBehaviour } from '../engine/aggregate/queue/behaviour.ts'
import { VoiceQueueBehaviour } from '../engine/aggregate/voice-queue/behaviour.ts'
import type { History, JournalRow } from '../engine/ports.ts'
import { inputOf } from './explain/trace.ts'
import { type Retracing, retrace } from './retrace.ts'

/** Length of a quarter of an hour, in ms. */
export const QUARTER = 15 * 60_000
const DAY = 24 * 60 * 60_000

export interface Quarter {
  /** Its begin, in ms since 1970 UTC. */
  readonly from: number
  /** The most contacts that waited at once. */
  readonly waiting: number
  /** Contacts that an agent took: accepted tasks, and calls that left the queue while they rang at an agent. */
  readonly taken: number
  /** The longest time that anybody had waited so far, in ms. */
  readonly longestMs: number
}

type Counted = { -readonly [Key in keyof Quarter]: Quarter[Key] }

/**
 * A queue of tasks (`queue/5001`) or of calls (`voice-queue/701`). The steps are taken by the machines of production, on
 * a copy of the queue, so that the figures are those that the board showed at the time.
 */
export class QueueDay {
  readonly #steps: Retracing
  /** In the order of time. */
  readonly #quarters = new Map<number, Counted>()
  /** Time up to which everything is counted. */
  #at: number

  private constructor(steps: Retracing, at: number) {
    this.#steps = steps
    this.#at = at
  }

  /** Rejects with SnapshotRefused, UnknownMachineVersion, UnknownRules: see `retrace`. */
  static async begin(history: History, name: string, now: number): Promise<QueueDay> {
    return new QueueDay(await retrace(history, name, now - DAY), now - DAY)
  }

  /**
   * Counts what happened until `now` (ms since 1970 UTC), in short steps. Call `rest` before a pause in between.
   *
   * Rejects with StepRefused, PastForgotten, UnknownMachineVersion, UnknownRules.
   */
  async *read(now: number): AsyncGenerator<undefined, void> {
    while (await this.#step()) yield
    this.#pass(now)
    for (const from of this.#quarters.keys()) if (from + QUARTER <= now - DAY) this.#quarters.delete(from)
  }

  /** Ends the reading of the journal; another step goes on. An open read may hold something of the store. */
  rest(): Promise<void> {
    return this.#steps.close()
  }

  /** Quarters in which somebody waited or was taken, oldest first. */
  get quarters(): readonly Quarter[] {
    return [...this.#quarters.values()].filter(({ waiting, taken }) => waiting > 0 || taken > 0)
  }

  /** Takes the next step. False at the end of the journal. */
  async #step(): Promise<boolean> {
    const before = figuresOf(this.#steps.aggregate)
    const ringing = ringingIn(this.#steps.aggregate)
    const step = await this.#steps.next()
    if (!step) return false
    const { row } = step
    this.#pass(row.at, before)
    const now = this.#quarterOf(row.at)
    if (!now) return true
    now.waiting = Math.max(now.waiting, figuresOf(this.#steps.aggregate).waiting)
    if (isTaken(row, ringing)) now.taken += 1
    return true
  }

  /** Time goes on until `at`, while the queue is as it was: those who wait, wait longer. */
  #pass(at: number, { waiting, oldestQueuedAt } = figuresOf(this.#steps.aggregate)): void {
    while (this.#at < at) {
      const end = Math.min(at, beginOf(this.#at) + QUARTER)
      const quarter = waiting > 0 ? this.#quarterOf(this.#at) : undefined
      if (quarter) {
        quarter.waiting = Math.max(quarter.waiting, waiting)
        quarter.longestMs = Math.max(quarter.longestMs, end - (oldestQueuedAt ?? end))
      }
      this.#at = end
    }
  }

  /** `undefined` for a moment before the day. */
  #quarterOf(at: number): Counted | undefined {
    if (at < this.#at) return undefined
    const from = beginOf(at)
    const known = this.#quarters.get(from) ?? { from, waiting: 0, taken: 0, longestMs: 0 }
    this.#quarters.set(from, known)
    return known
  }
}

const beginOf = (at: number) => Math.floor(at / QUARTER) * QUARTER

const NOBODY = { waiting: 0, oldestQueuedAt: null }

function figuresOf({ behaviour }: Aggregate): { readonly waiting: number; readonly oldestQueuedAt: number | null } {
  if (behaviour instanceof QueueBehaviour) return behaviour.tasks.figures
  return behaviour instanceof VoiceQueueBehaviour ? behaviour.figures : NOBODY
}

/** The calls that ring at an agent. */
function ringingIn({ behaviour }: Aggregate): ReadonlySet<string> {
  const calls = behaviour instanceof VoiceQueueBehaviour ? behaviour.calls : []
  return new Set(calls.flatMap(({ id, offeredTo }) => (offeredTo === '' ? [] : [id])))
}

function isTaken(row: JournalRow, ringing: ReadonlySet<string>): boolean {
  const input = row.outcome === 'applied' ? inputOf(row) : undefined
  if (input?.kind !== 'message') return false
  const { body } = input
  return body.type === 'accepted' || (body.type === 'callLeftQueue' && ringing.has(body.call))
}
