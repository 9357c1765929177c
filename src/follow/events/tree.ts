/**
 * Reads XML of the followed Finesse as a tree of elements.
 *
 * The document comes from a server that was chosen by the operator, but the network is between. So its size, its depth
 * and the number of its tags and references are limited, and a document type is refused. Letter case of names is
 * ignored, because Finesse writes the same object as `User`, `user`, `Media` and `media` (`notifications 7.2`).
 */
import { XMLParser } from 'fast-xml-parser'

/** An element. */
export interface Tree {
  /** As it was written. */
  readonly name: string
  /** Without white space at both ends; `''` for an element with child elements. */
  readonly text: string
  readonly children: readonly Tree[]
}

/** Longest document, in characters. A team of some thousand users is smaller. */
export const MAX_CHARACTERS = 4 * 1024 * 1024
const MAX_DEPTH = 32
/** Most `<` and `&` of a short document. A long one has at most one in so many characters. */
const MAX_MARKS = 50_000
const CHARACTERS_PER_MARK = 8

/** The text is not a document that the follower reads. The message says why, and never quotes the text. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** `htmlEntities` makes the parser resolve numeric references. `preserveOrder` keeps elements with the same name apart. */
const parser = new XMLParser({
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true,
  preserveOrder: true,
  ignoreAttributes: true,
  trimValues: true,
})

/** The root of the document. @throws Unreadable */
export function parseTree(text: string): Tree {
  if (text.length > MAX_CHARACTERS) throw new Unreadable(`the document has more than ${MAX_CHARACTERS} characters`)
  if (text.includes('<!DOCTYPE')) throw new Unreadable('the document has a document type')
  if (marksIn(text) > Math.max(MAX_MARKS, text.length / CHARACTERS_PER_MARK))
    throw new Unreadable('the document has too many tags or references')
  const [root, ...others] = elementsOf(parsed(text), 0)
  if (root === undefined || others.length > 0) throw new Unreadable('the document has not exactly one root')
  return root
}

function parsed(text: string): unknown {
  try {
    return parser.parse(text, true)
  } catch {
    throw new Unreadable('the document is not well-formed')
  }
}

function marksIn(text: string): number {
  let marks = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x3c || code === 0x26) marks += 1
  }
  return marks
}

/** What the parser made: a list with one object for each element or text. */
function elementsOf(parts: unknown, depth: number): readonly Tree[] {
  if (!Array.isArray(parts)) return []
  if (depth > MAX_DEPTH) throw new Unreadable(`elements are nested in more than ${MAX_DEPTH} levels`)
  return parts.flatMap((part: unknown) => {
    const [name, content] = named(part)
    return name === undefined || name === '#text' || name.startsWith('?') ? [] : [elementOf(name, content, depth)]
  })
}

function elementOf(name: string, content: unknown, depth: number): Tree {
  const children = elementsOf(content, depth + 1)
  return { name, text: children.length > 0 ? '' : textOf(content), children }
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => {
      const [name, text] = named(part)
      return name === '#text' && typeof text === 'string' ? text : ''
    })
    .join('')
    .trim()
}

function named(part: unknown): readonly [string | undefined, unknown] {
  if (typeof part !== 'object' || part === null) return [undefined, undefined]
  const [entry] = Object.entries(part).filter(([key]) => key !== ':@')
  return entry ?? [undefined, undefined]
}

const isNamed =
  (name: string) =>
  (tree: Tree): boolean =>
    tree.name.toLowerCase() === name.toLowerCase()

/** All children with this name, in any letter case. */
export const childrenOf = (tree: Tree | undefined, name: string): readonly Tree[] =>
  tree?.children.filter(isNamed(name)) ?? []

/** The element at a path of names, of the first element each. */
export const at = (tree: Tree | undefined, ...path: readonly string[]): Tree | undefined =>
  path.reduce<Tree | undefined>((each, name) => each?.children.find(isNamed(name)), tree)

/** The text at a path; `''` if there is none. */
export const textAt = (tree: Tree | undefined, ...path: readonly string[]): string => at(tree, ...path)?.text ?? ''

/** Is the root named like this, in any letter case? */
export const isCalled = (tree: Tree | undefined, name: string): boolean => tree !== undefined && isNamed(name)(tree)
