/** Finds the objects in a machine that are effects or views. */
import { calleeName, type Node, part, propertyOf, type Source } from './syntax.ts'

const isFunction = ({ type }: Node) => /Function/.test(type)

/** Matches the head of a function that returns a view or an effect. */
const MAKES = /View\(|\): Effect /

const makes = ({ text }: Source, node: Node): boolean => {
  const body = node.type === 'FunctionDeclaration' ? part(node, 'body') : undefined
  return body !== undefined && MAKES.test(text.slice(node.start, body.start))
}

/** Is the object an effect, or part of an effect or a view? */
export function isEffectField(source: Source, object: Node): boolean {
  const around = source.ancestorsOf(object)
  if (around.some((each) => makes(source, each))) return true
  const inner = [...around.slice(around.findLastIndex(isFunction) + 1), object]
  const hasType = inner.some((each) => each.type === 'ObjectExpression' && propertyOf(each, 'type') !== undefined)
  return hasType && around.some((each) => calleeName(each) === 'emit')
}
