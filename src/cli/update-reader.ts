/**
 * Reads an `Update` document for display, as objects. The document comes from a server that the user has chosen, so a
 * lenient parser is enough. Documents of clients are read by `src/finesse/parse.ts`.
 */
import { XMLParser } from 'fast-xml-parser'

/** `htmlEntities` makes the parser resolve numeric references. */
const parser = new XMLParser({ parseTagValue: false, htmlEntities: true })

/** Content of an element: text, elements by name, or a list if a name occurs several times. */
export type Content = unknown

/** The content of the root `Update`. Throws on XML that is not well-formed, and on names that objects cannot have. */
export function parseUpdate(document: string): Content {
  return contentAt(parser.parse(document, true), 'Update')
}

/** The content at the end of a path of element names. Of several elements with the same name, takes the first. */
export function contentAt(content: Content, ...path: readonly string[]): Content {
  return path.reduce<Content>((each, name) => {
    const [key, found] = elementsIn(each).find(([known]) => known === name) ?? []
    return key === undefined ? undefined : found
  }, content)
}

/** The text at the end of a path; `''` if there is none. */
export function textAt(content: Content, ...path: readonly string[]): string {
  const found = contentAt(content, ...path)
  return typeof found === 'string' ? found : ''
}

/** Elements with their names, in order. */
export function elementsIn(content: Content): readonly (readonly [string, Content])[] {
  if (typeof content !== 'object' || content === null) return []
  return Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
}
