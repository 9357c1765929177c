/** Which parts of a journal row or of a state are about people: callers, names, what a customer wrote. */
import { isList } from '../engine/json.ts'
import type { Json } from '../engine/ports.ts'

/** What stands for a value that is not shown. */
export const HIDDEN = '(hidden)'

/** Everything below these keys. */
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

/** Below these keys the names are shown and the values are not. */
const NAMED_VALUES: ReadonlySet<string> = new Set(['variables'])

/** `from` and `to` of a call are numbers that people have; those of a message are aggregates. */
const AGGREGATE = /^(?:user|call|queue|side)\//
const ADDRESSES: ReadonlySet<string> = new Set(['from', 'to'])

/** Is the value at this path about a person? `value` decides only where a key means two things. */
export function isPersonal(path: readonly (string | number)[], value: Json | undefined): boolean {
  const keys = path.map(String)
  if (keys.some((key) => PERSONAL.has(key))) return true
  const list = keys.findIndex((key) => NAMED_VALUES.has(key))
  if (list >= 0) return typeof value !== 'object' && keys.at(-1) !== 'name'
  return ADDRESSES.has(keys.at(-1) ?? '') && !(typeof value === 'string' && AGGREGATE.test(value))
}

/** The same JSON with everything hidden that is about people. */
export function withoutPersonal(value: Json, path: readonly (string | number)[] = []): Json {
  if (typeof value !== 'object' || value === null) return isPersonal(path, value) ? HIDDEN : value
  if (isList(value)) return value.map((each, index) => withoutPersonal(each, [...path, index]))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutPersonal(each, [...path, key])]))
}
