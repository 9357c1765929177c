/** The queue of submitted inputs that wait for their commit, oldest first. */
import type { RefusedIn } from '../answers/standing.ts'
import { EngineUnavailable, type Unavailability } from '../api.ts'
import type { Input } from '../input.ts'
import type { Output, Refusal } from '../output.ts'
import type { Origin, TransferResult } from '../ports.ts'

/**
 * Maximum number of submissions in one commit. Others wait for the next tick, which is another turn of the event loop: with
 * this number a turn takes some 20 ms, and a larger one saves little, because one sync of the disk takes less than 1 ms.
 */
export const BATCH_MAX = 128
/** Maximum number of submissions that may wait. */
const INBOX_MAX = 50_000

/** The result of an input, for the caller that submitted it. */
export interface Reply {
  readonly rejected?: Extract<Output, { type: 'reply' }>['rejected']
  readonly refused?: string
  readonly id?: string
  /** The message of the error that the step threw. The state has not changed. */
  readonly failed?: string
  /** The input was for a call that had ended before it in the same tick. It was not applied, and has no row in the journal. */
  readonly isOver?: boolean
  /** Refusals of the input, or of the messages that it caused. */
  readonly refusals?: readonly RefusedAt[]
  /** For an answer of an external ACD to a transfer: what became of it. */
  readonly transferResult?: TransferResult | undefined
  /** The input's position in the journal. */
  readonly position?: number
}

/** A refusal, the aggregate that refused, and its state. */
export interface RefusedAt extends Refusal {
  readonly aggregate: string
  readonly refusedIn?: RefusedIn | undefined
}

/** Options of a submission. */
export interface Giving {
  readonly origin: Origin
  /**
   * True for an event that has happened, false for a request. If the store refuses the commit, a fact is kept and
   * submitted again, in order, and a request is rejected with `EngineUnavailable`.
   */
  readonly isFact?: boolean
}

/** Submits an input to an aggregate. See `Loop.submit`. */
export type Submit = (aggregate: string, input: Input, giving: Giving) => Promise<Reply>

/** An input and the id of its aggregate. */
export interface Addressed {
  readonly to: string
  readonly input: Input
}

/** One submission. All its inputs are in one commit. */
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

  /** Removes and returns the submissions for the next commit. */
  takeBatch(): readonly Waiting[] {
    return this.#waiting.splice(0, BATCH_MAX)
  }

  /** The commit of this batch failed. Facts become the first of the queue again. Requests are rejected. */
  giveBack(batch: readonly Waiting[], unavailable: EngineUnavailable): void {
    for (const each of batch) if (!each.isFact) each.reject(unavailable)
    this.#waiting.unshift(...batch.filter((each) => each.isFact))
  }

  /** Rejects all waiting submissions with `EngineUnavailable`. */
  refuse(why: Unavailability): void {
    this.refuseAll(this.#waiting.splice(0), why)
  }

  /** Rejects a batch that was taken already. */
  refuseAll(batch: readonly Waiting[], { message, reason }: Unavailability): void {
    const refused = new EngineUnavailable(message, reason)
    for (const each of batch) each.reject(refused)
  }
}
