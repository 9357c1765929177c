/** Mutants of statements that only have effects: one is missing, or two are exchanged. */
import { dropped, type Edit, neighboursSwapped } from './mutant.ts'
import { calleeName, descendants, type Node, part, parts, type Source, word } from './syntax.ts'

/** Names of functions with effects, as in `enqueue.emit(…)`, `outputs.push(…)`, `listeners.emit(…)`. */
const SAYS = /^(emit|raise|sendTo|push|add|enqueue|publish|pump|send|error|warn)$/

function says(statement: Node): boolean {
  const said = statement.type === 'ExpressionStatement' ? part(statement, 'expression') : undefined
  const call = said?.type === 'AwaitExpression' ? part(said, 'argument') : said
  const callee = call && part(call, 'callee')
  return call !== undefined && SAYS.test(callee?.type === 'Identifier' ? word(callee, 'name') : calleeName(call))
}

function ofBlock(source: Source, block: Node): readonly Edit[] {
  const statements = parts(block, 'body')
  const runs = statements.map((each, at) => {
    const next = statements[at + 1]
    return says(each) && next && says(next) ? neighboursSwapped('effect-swapped', source, [each, next]) : []
  })
  return [...statements.filter(says).map((each) => dropped('effect-dropped', source, each)), ...runs.flat()]
}

/** The mutants of all blocks of a source. */
export const orderEdits = (source: Source): readonly Edit[] =>
  [...descendants(source.root)].filter(({ type }) => type === 'BlockStatement').flatMap((each) => ofBlock(source, each))
