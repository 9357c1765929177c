/** What migrations have in common: plain JSON, changed by copying. */
import { isObject, type JsonObject } from '../json.ts'
import type { Json } from '../ports.ts'

/** The same object with more keys behind one of them: the order of keys is part of a state. */
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
