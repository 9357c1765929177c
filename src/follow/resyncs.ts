/**
 * Reads users again, because notifications may have been missed: a notification is only a hint. A few at a time, so that
 * the requests of all users are spread. A read that fails is repeated, with growing pauses, while the side is followed.
 */
import type { Clock } from '../engine/ports.ts'
import { nextPause, spread } from '../waiting/pause.ts'
import type { Urgency } from './upstream/budget.ts'
import type { FollowLimits } from './upstream/limits.ts'

export interface ResyncHost {
  /** Reads one user and takes over what differs. Rejects if a read fails. */
  resync(user: string, urgency: Urgency): Promise<void>
  failed(user: string, error: unknown): void
}

interface Wish {
  readonly user: string
  readonly urgency: Urgency
  readonly lastPause: number | undefined
}

/** Users that are read at the same time. */
const AT_ONCE = 4

export class Resyncs {
  readonly #host: ResyncHost
  readonly #clock: Clock
  readonly #limits: FollowLimits
  readonly #random: () => number
  readonly #wishes = new Map<string, Wish>()
  readonly #running = new Set<string>()
  readonly #timers = new Map<string, () => void>()
  #isOpen = false
  /** Grows when the link changes. A read that began before does not count any more. */
  #life = 0

  constructor(host: ResyncHost, clock: Clock, limits: FollowLimits, random: () => number) {
    this.#host = host
    this.#clock = clock
    this.#limits = limits
    this.#random = random
  }

  /** Users that wait for a read or are being read. */
  get pending(): number {
    return this.#wishes.size + this.#running.size + this.#timers.size
  }

  /** Reads are possible from now on. */
  open(): void {
    this.#isOpen = true
    this.#pump()
  }

  /** Nothing is read any more, and nothing is repeated. */
  close(): void {
    this.#isOpen = false
    this.#life += 1
    this.#wishes.clear()
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  wish(user: string, urgency: Urgency = 'resync'): void {
    if (!this.#isOpen) return
    const known = this.#wishes.get(user)
    if (known?.urgency !== 'resync') this.#wishes.set(user, { user, urgency, lastPause: undefined })
    this.#pump()
  }

  /** The same, after this time in ms. */
  wishLater(user: string, pause: number): void {
    if (this.#isOpen) this.#after(pause, { user, urgency: 'resync', lastPause: undefined })
  }

  #after(pause: number, wish: Wish): void {
    this.#timers.get(wish.user)?.()
    const cancel = this.#clock.at(this.#clock.now() + pause, () => {
      this.#timers.delete(wish.user)
      if (!this.#wishes.has(wish.user)) this.#wishes.set(wish.user, wish)
      this.#pump()
    })
    this.#timers.set(wish.user, cancel)
  }

  #pump(): void {
    for (const wish of this.#wishes.values()) {
      if (!this.#isOpen || this.#running.size >= AT_ONCE) return
      if (this.#running.has(wish.user)) continue
      this.#wishes.delete(wish.user)
      void this.#run(wish)
    }
  }

  async #run(wish: Wish): Promise<void> {
    const { user, urgency } = wish
    const life = this.#life
    this.#running.add(user)
    try {
      await this.#host.resync(user, urgency)
    } catch (error) {
      if (life === this.#life) {
        this.#host.failed(user, error)
        // The next regular read comes anyway.
        if (urgency !== 'poll') this.#later(wish)
      }
    } finally {
      this.#running.delete(user)
      this.#pump()
    }
  }

  #later(wish: Wish): void {
    const { firstRetryMs: first, longestRetryMs: longest } = this.#limits
    const lastPause = nextPause({ first, longest }, wish.lastPause)
    this.#after(spread(lastPause, this.#random), { ...wish, lastPause })
  }
}
