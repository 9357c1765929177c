/** Mutants of lists of what is said: elements of a document, outputs of an effect. */
import { dropped, type Edit, neighboursSwapped } from './mutant.ts'
import { calleeName, descendants, isInType, type Node, parts, type Source } from './syntax.ts'

/** What a list holds: of an element the children, without its name. */
function listedIn(node: Node): readonly Node[] {
  if (node.type === 'ArrayExpression') return parts(node, 'elements')
  return calleeName(node) === 'parent' ? parts(node, 'arguments').slice(1) : []
}

/** One element missing, two elements exchanged. */
export const listEdits = (source: Source): readonly Edit[] =>
  [...descendants(source.root)]
    .filter((node) => !isInType(source, node))
    .map(listedIn)
    .flatMap((list) => [
      ...list.map((each) => dropped('element-dropped', source, each)),
      ...neighboursSwapped('element-swapped', source, list),
    ])
