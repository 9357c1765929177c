/** Compares two contexts, member by member. */
import type { FrameJson } from '../../../protocol.ts'

export interface Entry {
  /** `reason.code` for a member of a member. */
  readonly path: string
  readonly value: string | undefined
  /** The value before; `undefined` if it did not exist. */
  readonly before: string | undefined
  readonly isChanged: boolean
}

type Json = FrameJson | undefined

const isMembers = (value: Json): value is { readonly [key: string]: FrameJson } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** True if each member of the value gets its own line. False for references to actors and for lists of plain values. */
function isNest(value: Json): value is { readonly [key: string]: FrameJson } | readonly FrameJson[] {
  if (Array.isArray(value)) return value.some((each) => typeof each === 'object' && each !== null)
  return isMembers(value) && Object.keys(value).length > 0 && !('xstate$$type' in value)
}

/** Collects nested members one by one, so that changes are easy to find. */
function leaves(value: Json, path: string, into: Map<string, string>): void {
  if (isNest(value)) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, path === '' ? key : `${path}.${key}`, into)
  } else if (path !== '' && value !== undefined) into.set(path, textOf(path, value))
}

/** Numbers above this may be times in milliseconds. */
const TIMES = Date.UTC(2000)
const IS_TIME = /(^|\.)at$|Time$|Since$|due$/

function textOf(path: string, value: FrameJson): string {
  if (typeof value === 'string') return value === '' ? '""' : value
  if (typeof value === 'number' && value > TIMES && IS_TIME.test(path)) return new Date(value).toISOString()
  if (isMembers(value) && 'xstate$$type' in value) return `actor ${String(value.id ?? '')}`
  return Array.isArray(value) && value.length > 0 ? value.join(', ') : JSON.stringify(value)
}

/** All members of `now`, and removed members of `before`. Changed members come first; otherwise the order is kept. */
export function differences(now: Json, before: Json): readonly Entry[] {
  const [values, past] = [new Map<string, string>(), new Map<string, string>()]
  leaves(now, '', values)
  leaves(before, '', past)
  const entries = [...new Set([...values.keys(), ...past.keys()])].map((path) => {
    const [value, old] = [values.get(path), past.get(path)]
    return { path, value, before: old, isChanged: before !== undefined && value !== old }
  })
  return [...entries.filter(({ isChanged }) => isChanged), ...entries.filter(({ isChanged }) => !isChanged)]
}
