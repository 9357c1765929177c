/** Mutants of the values of elements: a constant, or the value of another element; and of values per side. */
import { type Edit, type Kind, swapped } from './mutant.ts'
import { calleeName, descendants, isInType, literal, type Node, parts, type Source, word } from './syntax.ts'

const CONSTANT = `'NONSENSE'`

const instead = (kind: Kind, { start, end }: Node, text: string): Edit => ({ kind, start, end, text })
const isWritten = (node: Node) => node.type === 'Literal'

/** Value of an element: the second argument of `leaf`. */
const shownBy = (node: Node): Node | undefined =>
  calleeName(node) === 'leaf' ? parts(node, 'arguments')[1] : undefined

/** Replaces the value of each element by the next different value in the same function. */
function otherValues(source: Source, shown: readonly Node[]): readonly Edit[] {
  const textOf = ({ start, end }: Node) => source.text.slice(start, end)
  return shown.flatMap((node, at) => {
    if (isWritten(node)) return []
    const scope = source.ancestorsOf(node).findLast(({ type }) => /Function/.test(type))
    const isNear = (each: Node) => scope !== undefined && each.start >= scope.start && each.end <= scope.end
    const others = [...shown.slice(at + 1), ...shown.slice(0, at)].filter((each) => isNear(each) && !isWritten(each))
    const other = others.map(textOf).find((text) => text !== textOf(node))
    return other === undefined ? [] : [instead('value-replaced', node, other)]
  })
}

/** Replaces each value in a template by a constant. */
const inTemplates = (node: Node): readonly Edit[] =>
  node.type === 'TemplateLiteral'
    ? parts(node, 'expressions').map((each) => instead('value-replaced', each, CONSTANT))
    : []

/** `f(mobileSide, side)` becomes `f(side, mobileSide)`, and `f(side)` becomes `f(actingSide)`. */
function ofSides(source: Source, node: Node): readonly Edit[] {
  const given = parts(node, 'arguments').filter((each) => /^\w*[sS]ide$/.test(word(each, 'name')))
  const [first, second] = given
  if (node.type !== 'CallExpression' || !first) return []
  if (second) return [swapped('side-exchanged', source, first, second)]
  const names = new Set(
    [...descendants(source.ancestorsOf(node).find(({ type }) => /^FunctionDeclaration$/.test(type)) ?? node)]
      .filter(({ type }) => type === 'Identifier')
      .map((each) => word(each, 'name')),
  )
  const other = word(first, 'name') === 'side' ? 'actingSide' : 'side'
  return names.has(other) ? [instead('side-exchanged', first, other)] : []
}

export function valueEdits(source: Source): readonly Edit[] {
  const nodes = [...descendants(source.root)].filter((node) => !isInType(source, node))
  const shown = nodes.flatMap((node) => shownBy(node) ?? [])
  return [
    ...shown.filter((node) => literal(node) === undefined).map((node) => instead('value-replaced', node, CONSTANT)),
    ...otherValues(source, shown),
    ...nodes.flatMap(inTemplates),
    ...nodes.flatMap((node) => ofSides(source, node)),
  ]
}
