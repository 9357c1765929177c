/** Mutants of conditions in renderers and publishing: always true, always false, and defaults that are missing. */
import type { Edit } from './mutant.ts'
import { descendants, isInType, type Node, part, type Source, word } from './syntax.ts'

function held(test: Node | undefined): readonly Edit[] {
  if (!test) return []
  const { start, end } = test
  return [
    { kind: 'condition-true', start, end, text: 'true' },
    { kind: 'condition-false', start, end, text: 'false' },
  ]
}

/** `left ?? right` becomes `left`. */
function withoutDefault(node: Node): readonly Edit[] {
  const left = part(node, 'left')
  return left ? [{ kind: 'default-removed', start: left.end, end: node.end, text: '' }] : []
}

function caseDropped(node: Node): readonly Edit[] {
  const test = part(node, 'test')
  // No value equals `{}`, so the case is never taken.
  return test ? [{ kind: 'case-dropped', start: test.start, end: test.end, text: '{}' }] : []
}

function editsAt(node: Node): readonly Edit[] {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return held(part(node, 'test'))
    case 'LogicalExpression':
      return word(node, 'operator') === '??' ? withoutDefault(node) : []
    case 'SwitchCase':
      return caseDropped(node)
    default:
      return []
  }
}

/** The mutants of the conditions of a file. `words.ts` has the negated conditions. */
export const conditionEdits = (source: Source): readonly Edit[] =>
  [...descendants(source.root)].filter((node) => !isInType(source, node)).flatMap(editsAt)
