import type { Input } from '../input.ts'
import type { Inspectable } from '../inspection/recording.ts'
import type { Output } from '../output.ts'
import type { Json } from '../ports.ts'

/** The part that differs between users, calls, queues and sides. Deterministic: no clock, no randomness, no I/O. */
export interface Behaviour {
  /**
   * Applies an input that happened at `at` (ms). Throws when it cannot. The state is then invalid, and the caller
   * discards this behaviour.
   */
  step(input: Input, at: number): readonly Output[]
  persist(): Json
  /**
   * Messages to other aggregates when this input has failed, so that none waits for an answer for ever. Depends only on
   * the input.
   */
  afterFailure?(input: Input): readonly Output[]
  /** The aggregate gets no more inputs and may be deleted. */
  readonly finished: boolean
  /** What inspectors see of the current state; `undefined` until the first configuration. */
  readonly inspected: Inspectable | undefined
}

/** Makes a new behaviour, or one with the state that `persist` returned. */
export type BehaviourFactory<B extends Behaviour> = (state?: Json) => B
