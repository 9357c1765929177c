/** What migrations have in common: plain JSON, changed by copying. */
import type { Json } from '../ports.ts'

export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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
