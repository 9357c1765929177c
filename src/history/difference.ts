/** Finds the first difference of two JSON values, and describes it without personal data. */
import { isList, type JsonObject } from '../engine/json.ts'
import type { Json } from '../engine/ports.ts'
import { HIDDEN, isPersonal } from './personal.ts'

/** The first difference of two values, in the order of the keys of the first one. */
export interface JsonDifference {
  /** For example `$.state.tree.value`; `$` for the whole value. */
  readonly path: string
  /** The value there, shortened. Personal values are hidden. */
  readonly stored: string
  readonly replayed: string
}

type Path = readonly (string | number)[]

/** Characters of a value that are shown. */
const SHOWN_MAX = 60

/** The first difference; `undefined` when both have the same JSON text, including the order of keys. */
export function firstDifference(stored: Json, replayed: Json): JsonDifference | undefined {
  if (JSON.stringify(stored) === JSON.stringify(replayed)) return undefined
  return descend(stored, replayed, []) ?? inOrder(stored, replayed, [])
}

/** The first different value. The order of keys is ignored. */
function descend(stored: Json | undefined, replayed: Json | undefined, path: Path): JsonDifference | undefined {
  if (!isNested(stored) || !isNested(replayed) || isList(stored) !== isList(replayed))
    return stored === replayed ? undefined : told(path, stored, replayed)
  for (const [key, mine, other] of pairs(stored, replayed)) {
    const found = descend(mine, other, [...path, key])
    if (found) return found
  }
  return undefined
}

/** The first object whose keys are in a different order. */
function inOrder(stored: Json | undefined, replayed: Json | undefined, path: Path): JsonDifference | undefined {
  if (!isNested(stored) || !isNested(replayed)) return undefined
  const [mine, others] = [Object.keys(stored), Object.keys(replayed)]
  if (mine.join() !== others.join()) {
    const keys = (of: readonly string[]) => shortened(`keys in the order ${of.join(', ')}`)
    return { path: pathText(path), stored: keys(mine), replayed: keys(others) }
  }
  for (const [key, each, other] of pairs(stored, replayed)) {
    const found = inOrder(each, other, [...path, key])
    if (found) return found
  }
  return undefined
}

function* pairs(a: Nested, b: Nested): Generator<[string | number, Json | undefined, Json | undefined]> {
  if (isList(a) && isList(b)) {
    for (let at = 0; at < Math.max(a.length, b.length); at += 1) yield [at, a[at], b[at]]
  } else if (!isList(a) && !isList(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) yield [key, a[key], b[key]]
  }
}

type Nested = readonly Json[] | JsonObject

const isNested = (value: Json | undefined): value is Nested => typeof value === 'object' && value !== null

const told = (path: Path, stored: Json | undefined, replayed: Json | undefined): JsonDifference => ({
  path: pathText(path),
  stored: valueText(path, stored),
  replayed: valueText(path, replayed),
})

const pathText = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return /^[A-Za-z_]\w*$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`
  }, '$')

/** Only the size of lists and objects is shown, because they may contain personal values. */
function valueText(path: Path, value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (isList(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return `an object with ${Object.keys(value).length} keys`
  return isPersonal(path, value) ? HIDDEN : shortened(JSON.stringify(value))
}

export const shortened = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text)
