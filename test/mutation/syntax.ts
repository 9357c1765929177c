/** A parsed source: nodes with their offsets. Every read of a node checks its shape. */
import { parseAst } from 'rolldown/parseAst'

export interface Node {
  readonly type: string
  /** Offsets into the text. */
  readonly start: number
  readonly end: number
}

export interface Source {
  /** Path from the root of the repository. */
  readonly file: string
  readonly text: string
  readonly root: Node
  /** Outermost first. */
  readonly ancestorsOf: (node: Node) => readonly Node[]
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'start' in value &&
  typeof value.start === 'number' &&
  'end' in value &&
  typeof value.end === 'number'

/** The child nodes, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flat()
    .filter((value) => isNode(value))
    .sort((a, b) => a.start - b.start)
}

/** The node itself and everything below it. */
export function* descendants(node: Node): Generator<Node> {
  yield node
  for (const child of childrenOf(node)) yield* descendants(child)
}

export function parse(file: string, text: string): Source {
  const root: unknown = parseAst(text, { lang: 'ts' })
  if (!isNode(root)) throw new Error(`${file} gives no syntax tree`)
  const parents = new Map<Node, Node>()
  for (const node of descendants(root)) for (const child of childrenOf(node)) parents.set(child, node)
  const ancestorsOf = (node: Node): readonly Node[] => {
    const parent = parents.get(node)
    return parent ? [...ancestorsOf(parent), parent] : []
  }
  return { file, text, root, ancestorsOf }
}

/** The child node with this name, or `undefined`. */
export function part(node: Node, name: string): Node | undefined {
  const value: unknown = Reflect.get(node, name)
  return isNode(value) ? value : undefined
}

/** The child nodes in the list with this name, for example the elements of an array. */
export function parts(node: Node, name: string): readonly Node[] {
  const value: unknown = Reflect.get(node, name)
  return Array.isArray(value) ? value.filter((each) => isNode(each)) : []
}

/** The text with this name, for example an operator or a name. `''` if there is none. */
export function word(node: Node, name: string): string {
  const value: unknown = Reflect.get(node, name)
  return typeof value === 'string' ? value : ''
}

/** Text of a string literal, or `undefined`. */
export function literal(node: Node | undefined): string | undefined {
  if (node?.type !== 'Literal') return undefined
  const value: unknown = Reflect.get(node, 'value')
  return typeof value === 'string' ? value : undefined
}

/** The expression without `as const`, `satisfies` and parentheses. */
export function peeled(node: Node | undefined): Node | undefined {
  const wrapped =
    node?.type === 'TSAsExpression' ||
    node?.type === 'TSSatisfiesExpression' ||
    node?.type === 'ParenthesizedExpression'
  return wrapped ? peeled(part(node, 'expression')) : node
}

/** Name of a property, a variable or a function. */
export function nameOf(node: Node): string {
  const key = part(node, 'key') ?? part(node, 'id')
  if (!key) return ''
  return key.type === 'Identifier' ? word(key, 'name') : (literal(key) ?? '')
}

/** Value of a property by its name. */
export function propertyOf(object: Node, name: string): Node | undefined {
  const property = parts(object, 'properties').find((each) => each.type === 'Property' && nameOf(each) === name)
  return property && peeled(part(property, 'value'))
}

/** Is the node part of a type? */
export function isInType(source: Source, node: Node): boolean {
  return source
    .ancestorsOf(node)
    .some(({ type }) => type.startsWith('TS') && !/^TS(As|Satisfies|NonNull)Expression$/.test(type))
}

/** Name of the called function or method. `''` if the node is not a call. */
export function calleeName(node: Node): string {
  const callee = node.type === 'CallExpression' ? part(node, 'callee') : undefined
  if (!callee) return ''
  return word(callee.type === 'Identifier' ? callee : (part(callee, 'property') ?? callee), 'name')
}
