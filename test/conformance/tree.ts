/** An XML document as an ordered tree, for comparisons and for reading single values. */
import { JXT } from 'stanza'

export interface Tree {
  readonly name: string
  /** Character data. Empty if there are children. */
  readonly text: string
  readonly children: readonly Tree[]
  /**
   * Only in built trees: the element has text, not elements. A parsed document does not show the difference if it is
   * empty.
   */
  readonly isLeaf?: boolean
}

/** An element with text, which may be empty. */
export const leaf = (name: string, text: string | number | boolean): Tree => ({
  name,
  text: String(text),
  children: [],
  isLeaf: true,
})

/** An element with elements, or none. `undefined` stands for an absent element. */
export const group = (name: string, ...children: readonly (Tree | undefined)[]): Tree => ({
  name,
  text: '',
  children: children.filter((child) => child !== undefined),
})

/** Attributes are part of the name, so that they are compared, too. */
function nameOf({ name, attributes }: JXT.XMLElement): string {
  return [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${value}"`)].join(' ')
}

function treeOf(element: JXT.XMLElement): Tree {
  const children = element.children.flatMap((child) => (typeof child === 'string' ? [] : [treeOf(child)]))
  const text = element.children.filter((child) => typeof child === 'string').join('')
  return { name: nameOf(element), text, children }
}

export const parseTree = (text: string): Tree => treeOf(JXT.parse(text))

export const childrenOf = (tree: Tree, name: string): readonly Tree[] =>
  tree.children.filter((child) => child.name === name)

/**
 * The element at a path below `tree`: `state`, `mediaProperties/mediaId`. Each step is a child of the previous element,
 * and the only one with its name.
 */
export function at(tree: Tree | undefined, path: string): Tree | undefined {
  let found = tree
  for (const name of path.split('/')) {
    if (found === undefined) return undefined
    const named: readonly Tree[] = childrenOf(found, name)
    if (named.length > 1) throw new Error(`${named.length} elements ${name} in ${found.name}: which one is meant?`)
    found = named[0]
  }
  return found
}

/** All text of the element; `undefined` if it does not exist. */
export const valueAt = (tree: Tree | undefined, path: string): string | undefined => textOf(at(tree, path))

const textOf = (tree: Tree | undefined): string | undefined =>
  tree && tree.text + tree.children.map((child) => textOf(child)).join('')

/** Wrappers around the one object that a document is about. */
const WRAPPERS = new Set(['dialogs', 'Dialogs', 'apiErrors', 'ApiErrors', 'Queues'])

/** The object of a document. For a collection of one member this is the member. */
export function objectOf(tree: Tree): Tree {
  const [only, ...others] = tree.children
  return only && others.length === 0 && WRAPPERS.has(tree.name) ? objectOf(only) : tree
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** The compact document of a built tree. An empty list is a self-closing tag, an empty text is not. */
export function written({ name, text, children, isLeaf }: Tree): string {
  // A name may have attributes.
  const [end] = name.split(' ')
  if (isLeaf) return `<${name}>${escaped(text)}</${end}>`
  return children.length === 0 ? `<${name}/>` : `<${name}>${children.map(written).join('')}</${end}>`
}

/** One element per line, with indented children, for readable comparisons. */
export function printed(tree: Tree, indent = ''): string {
  const { name, text, children } = tree
  const inner = children.map((child) => printed(child, `${indent}  `))
  return [`${indent}${name}${text === '' ? '' : `: ${JSON.stringify(text)}`}`, ...inner].join('\n')
}
