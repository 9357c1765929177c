/** Where the words of a machine make what leaves it: effects, and the views that they carry. */
import { calleeName, type Node, part, propertyOf, type Source } from './syntax.ts'

const isFunction = ({ type }: Node) => /Function/.test(type)

/** Names of functions and types by which a function tells that it makes what leaves. */
const MAKES = /View\(|\): Effect /

const makes = ({ text }: Source, node: Node): boolean => {
  const body = node.type === 'FunctionDeclaration' ? part(node, 'body') : undefined
  return body !== undefined && MAKES.test(text.slice(node.start, body.start))
}

/** Is the object an effect or part of one, or part of a view? */
export function isEffectField(source: Source, object: Node): boolean {
  const around = source.ancestorsOf(object)
  if (around.some((each) => makes(source, each))) return true
  const inner = [...around.slice(around.findLastIndex(isFunction) + 1), object]
  const hasType = inner.some((each) => each.type === 'ObjectExpression' && propertyOf(each, 'type') !== undefined)
  return hasType && around.some((each) => calleeName(each) === 'emit')
}
