/** Converts states of a chart to the states that clients see. */
import type { StateValue } from 'xstate'

/** State and context of a machine: the part of a snapshot that most functions need. */
export interface Standing<Context> {
  readonly value: StateValue
  readonly context: Context
}

/**
 * The state that clients see: the innermost state of `value`, which has to be one of `states`.
 *
 * @throws Error for a state that clients never see, such as `deriving`.
 */
export function wireState<S extends string>(value: StateValue, states: readonly S[]): S {
  let leaf = value
  while (typeof leaf === 'object') leaf = Object.values(leaf)[0] ?? ''
  const state = states.find((each) => each === leaf)
  if (state === undefined) throw new Error(`clients never see the state ${leaf}`)
  return state
}

/**
 * Entry and exit actions of a state that clients see. The entry publishes the state, unless it is the one that was left
 * and nothing else has changed (`media A12`).
 */
export const shown = <S extends string>(state: S) =>
  ({ entry: { type: 'tell', params: { state } }, exit: { type: 'leave', params: { state } } }) as const
