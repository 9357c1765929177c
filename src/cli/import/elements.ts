/** Reads documents of a server that the user has chosen. Elements that nobody asks for do not matter. */
import { XMLParser } from 'fast-xml-parser'

/** `htmlEntities` makes the parser resolve numeric references. Every element is in a list, so that all are alike. */
const parser = new XMLParser({ parseTagValue: false, htmlEntities: true, isArray: () => true })

/** What is in an element: text, or elements by name. */
export type Content = unknown

/** The content of the root with this name; `undefined` if the text is no such document. */
export function rootOf(text: string, name: string): Content {
  // A document type could define entities, which no Finesse does.
  if (text.includes('<!DOCTYPE')) return undefined
  try {
    const document: unknown = parser.parse(text, true)
    // An empty root has the content ''.
    return childrenOf(document, name)[0]
  } catch {
    return undefined
  }
}

/** The contents of the children with this name. */
export function childrenOf(content: Content, name: string): readonly Content[] {
  if (typeof content !== 'object' || content === null) return []
  const found = Object.entries(content).find(([key]) => key === name)?.[1]
  return Array.isArray(found) ? found : []
}

/** The content at a path of names, of the first element each. */
export const at = (content: Content, ...path: readonly string[]): Content =>
  path.reduce<Content>((each, name) => childrenOf(each, name)[0], content)

/** The text at a path; `''` if there is none. */
export function textAt(content: Content, ...path: readonly string[]): string {
  const found = at(content, ...path)
  return typeof found === 'string' ? found.trim() : ''
}

/** The texts of the children with this name. */
export const textsOf = (content: Content, name: string): readonly string[] =>
  childrenOf(content, name).flatMap((each) => (typeof each === 'string' && each.trim() !== '' ? [each.trim()] : []))

/** The id of an object: the last part of its URI. */
export const idOf = (content: Content): string => textAt(content, 'uri').split('/').at(-1) ?? ''
