/** What was given to the loop and waits for its turn, oldest first. */
import { EngineUnavailable } from '../api.ts'
import type { Input } from '../input.ts'
import type { Output, Refusal } from '../output.ts'
import type { Origin } from '../ports.ts'

/** At most so many inputs share a commit; more wait for the next tick. */
export const BATCH_MAX = 512
/** At most so many inputs may wait. */
const INBOX_MAX = 50_000

/** What became of an input, for whoever gave it. */
export interface Reply {
  readonly rejected?: Extract<Output, { type: 'reply' }>['rejected']
  readonly refused?: string
  readonly id?: string
  /** The step threw; the state is as it was. */
  readonly failed?: string
  /** Requests that the input made, and that could not be done. */
  readonly refusals?: readonly RefusedAt[]
  /** The input's position in the journal. */
  readonly position?: number
}

/** A refusal, and the aggregate that refused. */
export interface RefusedAt extends Refusal {
  readonly aggregate: string
}

/** How an input is given. */
export interface Giving {
  readonly origin: Origin
  /**
   * What has happened, not what somebody asks for: when the store refuses, it is kept and given again, in order.
   * A request is answered with `EngineUnavailable` instead.
   */
  readonly isFact?: boolean
}

/** An input and the aggregate that is to take it. */
export interface Addressed {
  readonly to: string
  readonly input: Input
}

/** What was given together is applied together, in one commit. */
export interface Waiting {
  readonly inputs: readonly Addressed[]
  readonly origin: Origin | null
  readonly isFact: boolean
  readonly committed: () => void
  readonly resolve: (replies: readonly Reply[]) => void
  readonly reject: (error: Error) => void
}

export class Inbox {
  #waiting: Waiting[] = []

  get size(): number {
    return this.#waiting.length
  }

  get isFull(): boolean {
    return this.#waiting.length >= INBOX_MAX
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting)
  }

  /** Takes what one commit is to hold. */
  takeBatch(): readonly Waiting[] {
    return this.#waiting.splice(0, BATCH_MAX)
  }

  /** Their commit failed: facts wait for the next attempt, before all others; requests are refused. */
  giveBack(batch: readonly Waiting[], unavailable: EngineUnavailable): void {
    for (const each of batch) if (!each.isFact) each.reject(unavailable)
    this.#waiting.unshift(...batch.filter((each) => each.isFact))
  }

  /** Nothing is taken any more; all that waits is refused. */
  refuse(reason: string): void {
    this.refuseAll(this.#waiting.splice(0), reason)
  }

  /** Refuses what was taken already. */
  refuseAll(batch: readonly Waiting[], reason: string): void {
    const refused = new EngineUnavailable(reason)
    for (const each of batch) each.reject(refused)
  }
}
