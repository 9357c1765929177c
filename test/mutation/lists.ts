/** Mutants of lists of what is said: elements of a document, outputs of an effect. */
import { dropped, type Edit, neighboursSwapped } from './mutant.ts'
import { calleeName, descendants, isInType, type Node, parts, type Source } from './syntax.ts'

/** What a list holds: of an element the children, without its name. */
function listedIn(node: Node): readonly Node[] {
  if (node.type === 'ArrayExpression') return parts(node, 'elements')
  return calleeName(node) === 'parent' ? parts(node, 'arguments').slice(1) : []
}

/** `list(name, members)` has no members. */
function emptied(node: Node): readonly Edit[] {
  const members = calleeName(node) === 'list' ? parts(node, 'arguments')[1] : undefined
  return members ? [{ kind: 'element-dropped', start: members.start, end: members.end, text: '[]' }] : []
}

/** One element missing, or all of a list; two elements exchanged. */
export function listEdits(source: Source): readonly Edit[] {
  const nodes = [...descendants(source.root)].filter((node) => !isInType(source, node))
  return [
    ...nodes
      .map(listedIn)
      .flatMap((list) => [
        ...list.map((each) => dropped('element-dropped', source, each)),
        ...neighboursSwapped('element-swapped', source, list),
      ]),
    ...nodes.flatMap(emptied),
  ]
}
