/** The last day of all queues, for the board. It is read while somebody looks, beside all other work. */
import { setTimeout as after } from 'node:timers/promises'
import type { Engine } from '../../engine/api.ts'
import type { History } from '../../engine/ports.ts'
import { QueueDay } from '../../history/queue-day.ts'
import { PastForgotten } from '../../history/retrace.ts'
import { TimeSlices } from '../../waiting/slices.ts'
import { type BoardHistory, type BoardQuarter, VOICE } from './protocol.ts'

/** Pause between two slices of reading, which take some 10 ms, so that most of the time is left for other work. */
const REST_MS = 30

type Reads = Pick<Engine['get'], 'queues' | 'voiceQueues'>

/** The part of an engine that is needed. */
export type EngineOfDay = Pick<Engine, 'history' | 'now'> & { readonly get: Reads }

export class QueuesOfDay {
  readonly #engine: EngineOfDay
  readonly #failed: (error: unknown) => void
  /** By name of the aggregate. `undefined`: the journal of this queue cannot be read. */
  readonly #days = new Map<string, QueueDay | undefined>()
  #storeId = ''
  #isReading = false
  #isClosed = false
  #value: BoardHistory = {}

  constructor(engine: EngineOfDay, failed: (error: unknown) => void) {
    this.#engine = engine
    this.#failed = failed
  }

  get value(): BoardHistory {
    return this.#value
  }

  /** Reads what is new. Resolves with true if `value` has changed. Never rejects. */
  async refresh(): Promise<boolean> {
    const { history, get } = this.#engine
    if (!history || this.#isReading || this.#isClosed) return false
    this.#isReading = true
    try {
      // After a reset of the engine everything begins anew.
      if (history.storeId !== this.#storeId) this.#days.clear()
      this.#storeId = history.storeId
      const names = new Map<string, string>([
        ...get.queues().map(({ mrd }) => [`queue/${mrd}`, mrd] as const),
        ...get.voiceQueues().map(({ id }) => [`voice-queue/${id}`, VOICE] as const),
      ])
      for (const name of this.#days.keys()) if (!names.has(name)) this.#days.delete(name)
      for (const name of names.keys()) if (!this.#isClosed) await this.#read(history, name)
      const value = this.#sums(names)
      const isChanged = JSON.stringify(value) !== JSON.stringify(this.#value)
      this.#value = value
      return isChanged
    } finally {
      this.#isReading = false
    }
  }

  /** Nothing is read any more: the engine and its store may be closed. */
  close(): void {
    this.#isClosed = true
  }

  async #read(history: History, name: string): Promise<void> {
    const now = this.#engine.now()
    try {
      if (!this.#days.has(name)) this.#days.set(name, await QueueDay.begin(history, name, now))
      const day = this.#days.get(name)
      if (!day) return
      const slices = new TimeSlices(async () => {
        await day.rest()
        await after(REST_MS)
        if (this.#isClosed) throw new Error('the board is closed')
      })
      for await (const _ of day.read(now)) if (slices.isOver) await slices.next()
    } catch (error) {
      // The next time it is read from the beginning.
      if (error instanceof PastForgotten) return void this.#days.delete(name)
      // The journal is of other machines or rules, or the store is closed. The rest of the board does not need it.
      this.#days.set(name, undefined)
      if (!this.#isClosed) this.#failed(error)
    }
  }

  #sums(names: ReadonlyMap<string, string>): BoardHistory {
    const sums = new Map<string, Map<number, BoardQuarter>>()
    for (const [name, mrd] of names) {
      const quarters = sums.get(mrd) ?? new Map<number, BoardQuarter>()
      sums.set(mrd, quarters)
      for (const { from, waiting, taken, longestMs } of this.#days.get(name)?.quarters ?? []) {
        const [, others = 0, takenToo = 0, longest = 0] = quarters.get(from) ?? []
        quarters.set(from, [from, others + waiting, takenToo + taken, Math.max(longest, longestMs)])
      }
    }
    return Object.fromEntries(
      [...sums].map(([mrd, quarters]) => [mrd, [...quarters.values()].sort(([a], [b]) => a - b)]),
    )
  }
}
