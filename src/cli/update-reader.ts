/**
 * Reads an `Update` document for display, as objects. It comes from a server that the caller has chosen, so a parser that
 * is generous will do; what clients send is read by `src/finesse/parse.ts`.
 */
import { XMLParser } from 'fast-xml-parser'

/** `htmlEntities` is what makes the parser resolve numeric references. */
const parser = new XMLParser({ parseTagValue: false, htmlEntities: true })

/** Content of an element: text, elements by name, or a list where a name occurs several times. */
export type Content = unknown

/** The content of the root `Update`. Throws on XML that is not well-formed, and on names that objects cannot have. */
export function parseUpdate(document: string): Content {
  return contentAt(parser.parse(document, true), 'Update')
}

/** What is found along a path of element names; the first one of several with the same name. */
export function contentAt(content: Content, ...path: readonly string[]): Content {
  return path.reduce<Content>((each, name) => {
    const [key, found] = elementsIn(each).find(([known]) => known === name) ?? []
    return key === undefined ? undefined : found
  }, content)
}

/** The text at the end of a path, `''` where there is none. */
export function textAt(content: Content, ...path: readonly string[]): string {
  const found = contentAt(content, ...path)
  return typeof found === 'string' ? found : ''
}

/** Elements with their names, in order. */
export function elementsIn(content: Content): readonly (readonly [string, Content])[] {
  if (typeof content !== 'object' || content === null) return []
  return Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
}
