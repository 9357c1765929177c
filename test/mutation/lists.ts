/** Mutants of lists: elements of a document, and outputs. */
import { dropped, type Edit, neighboursSwapped } from './mutant.ts'
import { calleeName, descendants, isInType, type Node, parts, type Source } from './syntax.ts'

/** The members of a list. Those of a document's element are its children. */
function listedIn(node: Node): readonly Node[] {
  if (node.type === 'ArrayExpression') return parts(node, 'elements')
  return calleeName(node) === 'parent' ? parts(node, 'arguments').slice(1) : []
}

/** `list(name, members)` becomes a list without members. */
function emptied(node: Node): readonly Edit[] {
  const members = calleeName(node) === 'list' ? parts(node, 'arguments')[1] : undefined
  return members ? [{ kind: 'element-dropped', start: members.start, end: members.end, text: '[]' }] : []
}

/** Mutants without one element, without all elements, or with two elements exchanged. */
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
