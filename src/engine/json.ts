/** Type guards for JSON values, and copies of data as JSON. */
import type { Json } from './store-port.ts'

export type JsonObject = { readonly [key: string]: Json }

/** True for a record; false for a list and for `null`. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value)

/** `Array.isArray` does not narrow read-only lists. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** Is it a record with a list under each of these keys? */
export const hasLists = (value: unknown, ...keys: readonly string[]): boolean => {
  if (typeof value !== 'object' || value === null) return false
  const entries = new Map<string, unknown>(Object.entries(value))
  return keys.every((key) => Array.isArray(entries.get(key)))
}

/**
 * The same as `JSON.parse(JSON.stringify(value))`, but faster: plain data, which is the usual case, is copied directly.
 *
 * @throws TypeError for a value that JSON cannot hold: a cycle, a BigInt.
 */
export function asJson(value: object): Json {
  return copied(value, 0) ?? null
}

/** Data up to this depth are copied directly. Deeper data may be a cycle, which `JSON.stringify` finds. */
const PLAIN_DEPTH = 32

/** `undefined` if JSON leaves the value out. */
function copied(value: unknown, depth: number): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value + 0 : null // there is no -0 in JSON
    case 'object':
      if (value === null) return null
      if (depth > PLAIN_DEPTH || 'toJSON' in value) return throughText(value)
      if (Array.isArray(value)) return copiedList(value, depth)
      return isPlain(value) ? copiedRecord(value, depth) : throughText(value)
    default:
      return throughText(value)
  }
}

function copiedList(value: readonly unknown[], depth: number): Json {
  const copy: Json[] = []
  for (const each of value) copy.push(copied(each, depth + 1) ?? null)
  return copy
}

function copiedRecord(value: Readonly<Record<string, unknown>>, depth: number): Json {
  const copy: Record<string, Json> = {}
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return throughText(value) ?? null
    const member = copied(value[key], depth + 1)
    if (member !== undefined) copy[key] = member
  }
  return copy
}

const isPlain = (value: object): value is Readonly<Record<string, unknown>> =>
  Object.getPrototypeOf(value) === Object.prototype

function throughText(value: unknown): Json | undefined {
  const text = JSON.stringify(value)
  return text === undefined ? undefined : JSON.parse(text)
}

/**
 * Is `value` the same as `other`, as JSON? Members that JSON leaves out do not count, and neither does the order of members.
 * Both are plain data.
 */
export function isSameJson(value: unknown, other: unknown): boolean {
  if (value === other) return true
  if (typeof value !== 'object' || typeof other !== 'object' || value === null || other === null) return false
  if (Array.isArray(value) || Array.isArray(other))
    return Array.isArray(value) && Array.isArray(other) && isSameList(value, other)
  return isPlain(value) && isPlain(other) && isSameRecord(value, other)
}

const isSameList = (value: readonly unknown[], other: readonly unknown[]): boolean =>
  value.length === other.length && value.every((each, index) => isSameJson(each, other[index]))

function isSameRecord(value: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  let members = 0
  for (const key in value) {
    if (value[key] === undefined) continue
    members += 1
    if (!Object.hasOwn(other, key) || !isSameJson(value[key], other[key])) return false
  }
  for (const key in other) if (other[key] !== undefined) members -= 1
  return members === 0
}

/** Freezes a JSON value with everything in it, and returns it. */
export function frozen<Value extends Json>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values<Json>(value)) frozen(member)
  return Object.freeze(value)
}
