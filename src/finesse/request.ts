/** Functions that the readers of request bodies share. */
import type { Refused } from './errors.ts'
import { parseRequest, type XmlElement } from './parse.ts'

/** The value that was read from a request, or its refusal. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refused: Refused }

export function accept<T>(value: T): Read<T> {
  return { ok: true, value }
}

export function refuse(key: Refused['key'], about: string): { readonly ok: false; readonly refused: Refused } {
  return { ok: false, refused: { key, about } }
}

// Longer than any documented value. Longer values are refused, so they never reach the engine and its journal.
const MAX_VALUE = 256

/** The root element, which must have this name. Else a refusal whose `about` is the expected name (ruling 23). */
export function readRoot(text: string | undefined, name: string): Read<XmlElement> {
  const root = text === undefined ? undefined : parseRequest(text)
  return root === undefined || root.name !== name || root.mixed ? refuse('BAD_REQUEST', name) : accept(root)
}

/**
 * The text of a child; `''` when it is missing, because clients send empty elements for missing values. A child that
 * appears twice, contains elements or is too long is refused.
 */
export function readText(element: XmlElement, name: string): Read<string> {
  const child = readChild(element, name)
  if (!child.ok) return child
  if (child.value === undefined) return accept('')
  if (child.value.children.length > 0 || child.value.text.length > MAX_VALUE) return refuse('BAD_REQUEST', name)
  return accept(child.value.text)
}

/** The child with this name; `undefined` when it is missing. Refused when it appears twice (ruling 23). */
export function readChild(element: XmlElement, name: string): Read<XmlElement | undefined> {
  const found = element.children.filter((child) => child.name === name)
  return found.length > 1 ? refuse('BAD_REQUEST', name) : accept(found[0])
}

/** Texts of several children. Returns the first refusal, in the order of the names. */
export function readTexts<N extends string>(element: XmlElement, names: readonly N[]): Read<(name: N) => string> {
  const texts = new Map<N, string>()
  for (const name of names) {
    const text = readText(element, name)
    if (!text.ok) return text
    texts.set(name, text.value)
  }
  return accept((name) => texts.get(name) ?? '')
}

/** The member of the list that equals the text; `undefined` when there is none. */
export function oneOf<T extends string>(list: readonly T[], text: string): T | undefined {
  return list.find((member) => member === text)
}
