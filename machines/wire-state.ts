/** From the states of a chart to what clients see, which is the name of the leaf. */
import type { StateValue } from 'xstate'

/** How a machine stands. */
export interface Standing<Context> {
  readonly value: StateValue
  readonly context: Context
}

/**
 * The state that clients see: the leaf of the value, which is one of `states`.
 *
 * @throws Error for a state that nobody ever sees, such as `deriving`.
 */
export function wireState<S extends string>(value: StateValue, states: readonly S[]): S {
  let leaf = value
  while (typeof leaf === 'object') leaf = Object.values(leaf)[0] ?? ''
  const state = states.find((each) => each === leaf)
  if (state === undefined) throw new Error(`nobody sees the state ${leaf}`)
  return state
}

/**
 * Entry and exit of a state that clients see. They hear of it unless it is the one that was left and nothing else is
 * new (`media A12`).
 */
export const shown = <S extends string>(state: S) =>
  ({ entry: { type: 'tell', params: { state } }, exit: { type: 'leave', params: { state } } }) as const
