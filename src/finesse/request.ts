/** What the readers of request bodies share. */
import type { Refused } from './errors.ts'
import { parseRequest, type XmlElement } from './parse.ts'

/** A request as understood, or why not. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refused: Refused }

export function accept<T>(value: T): Read<T> {
  return { ok: true, value }
}

export function refuse(key: Refused['key'], about: string): { readonly ok: false; readonly refused: Refused } {
  return { ok: false, refused: { key, about } }
}

// Longer values than any documented one; the engine and its journal never see them.
const MAX_VALUE = 256

/** Element with that name as root, or why not: `about` names what was expected (ruling 23). */
export function readRoot(text: string | undefined, name: string): Read<XmlElement> {
  const root = text === undefined ? undefined : parseRequest(text)
  return root === undefined || root.name !== name || root.mixed ? refuse('BAD_REQUEST', name) : accept(root)
}

/**
 * The text of a child. `''` stands for missing, since clients send empty elements for what they leave open; a child
 * that is there twice, holds elements, or is absurdly long, is refused rather than guessed.
 */
export function readText(element: XmlElement, name: string): Read<string> {
  const child = readChild(element, name)
  if (!child.ok) return child
  if (child.value === undefined) return accept('')
  if (child.value.children.length > 0 || child.value.text.length > MAX_VALUE) return refuse('BAD_REQUEST', name)
  return accept(child.value.text)
}

/** The only child with that name; unknown others are ignored (ruling 23). */
export function readChild(element: XmlElement, name: string): Read<XmlElement | undefined> {
  const found = element.children.filter((child) => child.name === name)
  return found.length > 1 ? refuse('BAD_REQUEST', name) : accept(found[0])
}

/** Several children at once; the first refusal wins, in the order of the names. */
export function readTexts<N extends string>(element: XmlElement, names: readonly N[]): Read<(name: N) => string> {
  const texts = new Map<N, string>()
  for (const name of names) {
    const text = readText(element, name)
    if (!text.ok) return text
    texts.set(name, text.value)
  }
  return accept((name) => texts.get(name) ?? '')
}

/** The member of a closed list that a text names. */
export function oneOf<T extends string>(list: readonly T[], text: string): T | undefined {
  return list.find((member) => member === text)
}
