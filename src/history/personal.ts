/** Decides which parts of a journal row or of a state are personal: callers, names, what a customer wrote. */
import { isList } from '../engine/json.ts'
import type { Json } from '../engine/ports.ts'

/** Placeholder for a hidden value. */
export const HIDDEN = '(hidden)'

/** Keys whose whole content is personal. */
const PERSONAL: ReadonlySet<string> = new Set([
  'loginName',
  'firstName',
  'lastName',
  'fromAddress',
  'toAddress',
  'dnis',
  'dialedNumber',
  'dialNumber',
  'mediaAddress',
])

/** Keys of lists of named values: the names are shown, the values are hidden. */
const NAMED_VALUES: ReadonlySet<string> = new Set(['variables'])

/** In a call `from` and `to` are telephone numbers; in a message they are aggregates. */
const AGGREGATE = /^(?:user|call|queue|side)\//
const ADDRESSES: ReadonlySet<string> = new Set(['from', 'to'])

/** Whether the value at this path is personal. `value` only matters for a key with two meanings (`from`, `to`). */
export function isPersonal(path: readonly (string | number)[], value: Json | undefined): boolean {
  const keys = path.map(String)
  if (keys.some((key) => PERSONAL.has(key))) return true
  const list = keys.findIndex((key) => NAMED_VALUES.has(key))
  if (list >= 0) return typeof value !== 'object' && keys.at(-1) !== 'name'
  return ADDRESSES.has(keys.at(-1) ?? '') && !(typeof value === 'string' && AGGREGATE.test(value))
}

/** The same JSON with all personal values hidden. */
export function withoutPersonal(value: Json, path: readonly (string | number)[] = []): Json {
  if (typeof value !== 'object' || value === null) return isPersonal(path, value) ? HIDDEN : value
  if (isList(value)) return value.map((each, index) => withoutPersonal(each, [...path, index]))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutPersonal(each, [...path, key])]))
}
