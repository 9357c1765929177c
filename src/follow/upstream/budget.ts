/**
 * Limits the requests to one side: so many per second, so many at once, so many that wait. A sick server gets no more
 * than that, however much the follower wants to know.
 */
import type { Clock } from '../../engine/ports.ts'
import { UpstreamError } from './error.ts'
import type { FollowLimits } from './limits.ts'

/**
 * What comes first: commands of the program, then what is asked because of a gap, then what a notification only hints at,
 * then what is asked regularly.
 */
export const URGENCIES = ['command', 'probe', 'resync', 'hint', 'poll'] as const
export type Urgency = (typeof URGENCIES)[number]

interface Go {
  readonly go: () => void
  readonly fail: (error: UpstreamError) => void
}

const CLOSING = () => new UpstreamError('UPSTREAM_UNREACHABLE', 'the follower is closing')

export class RequestBudget {
  readonly #clock: Clock
  readonly #limits: Pick<FollowLimits, 'requestsPerSecond' | 'burst' | 'inFlight' | 'waiting'>
  readonly #queues: Readonly<Record<Urgency, Go[]>> = { command: [], probe: [], resync: [], hint: [], poll: [] }
  /** Requests that may be made now. */
  #tokens: number
  #counted: number
  #running = 0
  #closed = false
  #alarm: (() => void) | undefined

  constructor(clock: Clock, limits: Pick<FollowLimits, 'requestsPerSecond' | 'burst' | 'inFlight' | 'waiting'>) {
    this.#clock = clock
    this.#limits = limits
    this.#tokens = limits.burst
    this.#counted = clock.now()
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return URGENCIES.reduce((sum, each) => sum + this.#queues[each].length, 0)
  }

  get running(): number {
    return this.#running
  }

  /**
   * Runs a request in its turn, and settles like it. Rejects with `UpstreamError` of the code UPSTREAM_BUDGET if too
   * many wait.
   */
  async run<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    if (this.waiting >= this.#limits.waiting)
      throw new UpstreamError('UPSTREAM_BUDGET', 'too many requests wait for the followed Finesse')
    if (this.#closed) throw CLOSING()
    await new Promise<void>((go, fail) => {
      this.#queues[urgency].push({ go, fail })
      this.#next()
    })
    try {
      return await work()
    } finally {
      this.#running -= 1
      this.#next()
    }
  }

  /** Lets the next ones run, as far as there is room. */
  #next(): void {
    this.#refill()
    while (this.#running < this.#limits.inFlight && this.#tokens >= 1) {
      const next = this.#first()
      if (next === undefined) return
      this.#tokens -= 1
      this.#running += 1
      next.go()
    }
    if (this.#tokens < 1 && this.waiting > 0 && !this.#closed) this.#wakeWhenFilled()
  }

  #first(): Go | undefined {
    for (const urgency of URGENCIES) {
      const next = this.#queues[urgency].shift()
      if (next !== undefined) return next
    }
    return undefined
  }

  #refill(): void {
    const now = this.#clock.now()
    const { requestsPerSecond, burst } = this.#limits
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#counted) * requestsPerSecond) / 1000)
    this.#counted = now
  }

  #wakeWhenFilled(): void {
    if (this.#alarm !== undefined) return
    const pause = Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / this.#limits.requestsPerSecond))
    this.#alarm = this.#clock.at(this.#clock.now() + pause, () => {
      this.#alarm = undefined
      this.#next()
    })
  }

  /** Requests that wait are never made: they reject. */
  close(): void {
    this.#closed = true
    this.#alarm?.()
    for (const urgency of URGENCIES) for (const { fail } of this.#queues[urgency].splice(0)) fail(CLOSING())
  }
}
