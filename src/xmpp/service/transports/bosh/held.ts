import type { Clock } from '../../../../engine/ports.ts'
import type { Exchange } from './exchange.ts'

/** A request that was accepted in its order and has no answer yet. */
export interface HeldRequest {
  readonly rid: number
  readonly exchange: Exchange
}

interface Entry {
  readonly rid: number
  exchange: Exchange
  readonly endWait: () => void
}

export interface HeldEvents {
  /** The request has been held for the agreed time. */
  late(rid: number): void
  /** No request is held any more, because the client has disconnected. */
  deserted(): void
}

/** The requests of one session that are held, in the order of their numbers. */
export class HeldRequests {
  readonly #clock: Clock
  readonly #waitMs: number
  readonly #events: HeldEvents
  #entries: Entry[] = []

  constructor(clock: Clock, waitMs: number, events: HeldEvents) {
    this.#clock = clock
    this.#waitMs = waitMs
    this.#events = events
  }

  get size(): number {
    return this.#entries.length
  }

  add(rid: number, exchange: Exchange): void {
    const endWait = this.#clock.at(this.#clock.now() + this.#waitMs, () => this.#events.late(rid))
    const entry = { rid, exchange, endWait }
    this.#entries.push(entry)
    this.#entries.sort((a, b) => a.rid - b.rid)
    this.#watch(entry)
  }

  /** Replaces a held request by its repetition on another connection. Returns false when it is not held. */
  replace(rid: number, exchange: Exchange): boolean {
    const entry = this.#entries.find((each) => each.rid === rid)
    if (entry === undefined) return false
    const former = entry.exchange
    entry.exchange = exchange
    former.drop()
    this.#watch(entry)
    return true
  }

  /** The held requests, in the order of their numbers. */
  get exchanges(): readonly Exchange[] {
    return this.#entries.map(({ exchange }) => exchange)
  }

  /** Removes and returns the oldest request, or the one with this number. */
  take(rid?: number): HeldRequest | undefined {
    const entry = rid === undefined ? this.#entries[0] : this.#entries.find((each) => each.rid === rid)
    if (entry !== undefined) this.#remove(entry)
    return entry
  }

  #watch(entry: Entry): void {
    const { exchange } = entry
    exchange.onGone(() => {
      if (entry.exchange !== exchange || !this.#entries.includes(entry)) return
      this.#remove(entry)
      if (this.size === 0) this.#events.deserted()
    })
  }

  #remove(entry: Entry): void {
    entry.endWait()
    this.#entries = this.#entries.filter((each) => each !== entry)
  }
}
