/** Helpers of the migrations. They copy JSON objects and never change them in place. */
import { isObject, type JsonObject } from '../json.ts'
import type { Json } from '../ports.ts'

/**
 * A copy of the object with the keys of `more` after `key`. The order of keys has to be that of a state that was never
 * migrated.
 */
export function withBehind(object: JsonObject, key: string, more: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) =>
      name === key ? [[name, value], ...Object.entries(more)] : [[name, value]],
    ),
  )
}

export const changed = (holder: Json | undefined, key: string, change: (value: JsonObject) => Json): Json => {
  if (!isObject(holder)) return holder ?? null
  const value = holder[key]
  return isObject(value) ? { ...holder, [key]: change(value) } : holder
}
