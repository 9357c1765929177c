/** Mutants of literals: names of elements, fixed texts, numbers, names of sides. */
import type { Edit } from './mutant.ts'
import { descendants, isInType, literal, type Node, part, parts, type Source, word } from './syntax.ts'

const OTHER_SIDE: Readonly<Record<string, string>> = { A: 'B', B: 'A' }

/** True for a literal that is not part of an output: an import, a key, or a compared value. */
function isUnsaid(node: Node, parent: Node | undefined): boolean {
  if (!parent) return true
  if (/^(Import|Export)/.test(parent.type) || parent.type === 'SwitchCase') return true
  if (parent.type === 'Property' && part(parent, 'key') === node) return true
  return parent.type === 'BinaryExpression' && /^[!=]==$/.test(word(parent, 'operator'))
}

function otherLiteral(node: Node): readonly Edit[] {
  const { start, end } = node
  const text = literal(node)
  const value: unknown = Reflect.get(node, 'value')
  if (typeof value === 'number') return [{ kind: 'text-changed', start, end, text: String(value + 1) }]
  if (text === undefined) return []
  const side = OTHER_SIDE[text]
  if (side !== undefined) return [{ kind: 'side-exchanged', start, end, text: `'${side}'` }]
  // Before the closing quote.
  return [{ kind: 'text-changed', start: end - 1, end: end - 1, text: 'X' }]
}

/** Adds a character to the first fixed part of a template. */
function otherTemplate(source: Source, node: Node): readonly Edit[] {
  const written = parts(node, 'quasis').find(({ start, end }) => /\w/.test(source.text.slice(start, end)))
  const word = written && /\w/.exec(source.text.slice(written.start, written.end))
  if (!written || !word) return []
  const at = written.start + word.index
  return [{ kind: 'text-changed', start: at, end: at, text: 'X' }]
}

export const textEdits = (source: Source): readonly Edit[] =>
  [...descendants(source.root)]
    .filter((node) => !isInType(source, node) && !isUnsaid(node, source.ancestorsOf(node).at(-1)))
    .flatMap((node) => {
      if (node.type === 'Literal') return otherLiteral(node)
      return node.type === 'TemplateLiteral' ? otherTemplate(source, node) : []
    })
