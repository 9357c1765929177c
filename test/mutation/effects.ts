/** Where the words of a machine make what leaves it: effects, and the views that they carry. */
import { calleeName, type Node, nameOf, propertyOf, type Source } from './syntax.ts'

const isFunction = ({ type }: Node) => /Function/.test(type)

/** Is the object an effect, part of one, or what a function that is named `…View` returns? */
export function isEffectField(source: Source, object: Node): boolean {
  const around = source.ancestorsOf(object)
  const inner = [...around.slice(around.findLastIndex(isFunction) + 1), object]
  const emits = around.some((each) => calleeName(each) === 'emit')
  if (emits && inner.some((each) => each.type === 'ObjectExpression' && propertyOf(each, 'type') !== undefined))
    return true
  return around.some(({ type, ...rest }) => type === 'FunctionDeclaration' && /View$/.test(nameOf({ type, ...rest })))
}
