import type { Input } from '../input.ts'
import type { Inspectable } from '../inspection/recording.ts'
import type { Output } from '../output.ts'
import type { Json } from '../ports.ts'

/** The part that differs between users, calls, queues and sides. Deterministic: no clock, no randomness, no I/O. */
export interface Behaviour {
  /** Applies an input that happened at `at` (ms). Throws when it cannot; the caller discards it then. */
  step(input: Input, at: number): readonly Output[]
  persist(): Json
  /**
   * What others have to hear when this input has failed, so that nobody waits for an answer for ever. Depends on the
   * input alone.
   */
  afterFailure?(input: Input): readonly Output[]
  /** Nothing can happen to it any more; it may be forgotten. */
  readonly finished: boolean
  /** What inspectors may see of it now; `undefined` as long as there is nothing. */
  readonly inspected: Inspectable | undefined
}

/** Makes a behaviour, fresh or from what `persist` returned. */
export type BehaviourFactory<B extends Behaviour> = (state?: Json) => B
