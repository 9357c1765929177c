/** Mutants of guards, and of conditions in functions. */
import type { Edit, Kind } from './mutant.ts'
import {
  calleeName,
  descendants,
  isInType,
  type Node,
  nameOf,
  part,
  parts,
  peeled,
  type Source,
  word,
} from './syntax.ts'

const FLIPPED: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '&&': '||',
  '||': '&&',
}

/** The guards of a file: the functions of an object with the name `guards`. */
export function guardsOf(source: Source): readonly { readonly name: string; readonly guard: Node }[] {
  return [...descendants(source.root)]
    .filter((node) => node.type === 'Property' && nameOf(node) === 'guards')
    .flatMap((node) => parts(part(node, 'value') ?? node, 'properties'))
    .flatMap((property) => {
      const guard = part(property, 'value')
      return guard ? [{ name: nameOf(property), guard }] : []
    })
}

function ofGuard(source: Source, guard: Node): readonly Edit[] {
  const body = part(guard, 'body')
  if (!body || body.type === 'BlockStatement') throw new Error(`${source.file}: a guard that is not one expression`)
  const { start, end } = body
  const edit = (kind: Kind, text: string): Edit => ({ kind, start, end, text })
  const negated = edit('guard-negated', `!(${source.text.slice(start, end)})`)
  return [edit('guard-true', 'true'), edit('guard-false', 'false'), negated]
}

/** Replaces the operator of `left operator right`. */
function otherOperator(source: Source, node: Node): readonly Edit[] {
  const [left, right] = [part(node, 'left'), part(node, 'right')]
  const operator = word(node, 'operator')
  const instead = FLIPPED[operator]
  if (!left || !right || instead === undefined) return []
  const start = left.end + source.text.slice(left.end, right.start).indexOf(operator)
  return [{ kind: 'flipped', start, end: start + operator.length, text: instead }]
}

function flipsAt(source: Source, node: Node): readonly Edit[] {
  const { start, end } = node
  const edit = (text: string): Edit => ({ kind: 'flipped', start, end, text })
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return otherOperator(source, node)
    case 'Literal': {
      const value: unknown = Reflect.get(node, 'value')
      return typeof value === 'boolean' ? [edit(String(!value))] : []
    }
    case 'UnaryExpression': {
      const argument = part(node, 'argument')
      return word(node, 'operator') === '!' && argument ? [edit(source.text.slice(argument.start, argument.end))] : []
    }
    case 'IfStatement':
    case 'ConditionalExpression': {
      const test = peeled(part(node, 'test'))
      const plain = test && /^(Identifier|MemberExpression|CallExpression)$/.test(test.type)
      return test && plain
        ? [{ ...edit(`!${source.text.slice(test.start, test.end)}`), start: test.start, end: test.end }]
        : []
    }
    default:
      return []
  }
}

/** Every mutant of the guards and conditions of a file. */
export function wordEdits(source: Source): readonly Edit[] {
  const nodes = [...descendants(source.root)]
  const charts = nodes.filter((node) => {
    const callee = node.type === 'CallExpression' ? part(node, 'callee') : undefined
    const property = callee && part(callee, 'property')
    return property !== undefined && word(property, 'name') === 'createMachine'
  })
  const inChart = (node: Node) =>
    charts.some((chart) => parts(chart, 'arguments').some(({ start, end }) => node.start >= start && node.end <= end))
  const inFunction = (node: Node) => source.ancestorsOf(node).some(({ type }) => /Function/.test(type)) || inSetup(node)
  const inSetup = (node: Node) => source.ancestorsOf(node).some((each) => /^(extend|setup)$/.test(calleeName(each)))
  const guards = guardsOf(source).map(({ guard }) => guard)
  // `guard-negated` negates a whole guard.
  const wholes = new Set(
    guards.map((guard) => part(guard, 'body')).filter((body) => body?.type !== 'LogicalExpression'),
  )
  return [
    ...guards.flatMap((guard) => ofGuard(source, guard)),
    ...nodes
      .filter((node) => !inChart(node) && !wholes.has(node))
      .flatMap((node) => {
        const flips = flipsAt(source, node)
        return flips.length > 0 && inFunction(node) && !isInType(source, node) ? flips : []
      }),
  ]
}
