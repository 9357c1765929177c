/** The data of a call: its variables and the wrap-up reason (`dialog 1.4`, 4.5). */
import type { NamedValue } from '../effects.ts'
import type { CallContext, CallEvent } from './model.ts'

export type NewData = Extract<CallEvent, { type: 'UPDATE_CALL_DATA' }>

/** Longest total of the names and values of all `user.` variables, in bytes. */
const ALL_ECC_BYTES = 2000

const bytesIn = (text: string): number => new TextEncoder().encode(text).length

const valueIn = (variables: readonly NamedValue[], name: string): string =>
  variables.find((each) => each.name === name)?.value ?? ''

/** The variables after the change. New names follow those that the call has. */
export function changedVariables({ variables }: Pick<CallContext, 'variables'>, news: NewData): readonly NamedValue[] {
  const known = new Set(variables.map(({ name }) => name))
  const kept = variables.map(({ name, value }) => news.variables.find((each) => each.name === name) ?? { name, value })
  return [...kept, ...news.variables.filter(({ name }) => !known.has(name))]
}

/**
 * A direct call without variables was never routed: the telephone system protects its variables. One that arrived with
 * variables carries the call data of a script.
 */
export const isProtected = ({ variables }: CallContext, news: NewData): boolean =>
  news.variables.length > 0 && variables.length === 0

/** Do the new values fit, each of them and all `user.` variables together? */
export function fits(context: CallContext, news: NewData): boolean {
  const ecc = changedVariables(context, news).filter(({ name }) => name.startsWith('user.'))
  const total = ecc.reduce((sum, { name, value }) => sum + bytesIn(name) + bytesIn(value), 0)
  return news.fits && (total <= ALL_ECC_BYTES || news.variables.every(({ name }) => !name.startsWith('user.')))
}

/** Is any value different from what it was? An absent variable is an empty one. */
export function changesData({ variables, wrapUpReason }: CallContext, news: NewData): boolean {
  const isNewReason = news.wrapUpReason !== undefined && news.wrapUpReason !== wrapUpReason
  return isNewReason || news.variables.some(({ name, value }) => value !== valueIn(variables, name))
}
