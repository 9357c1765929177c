/** Mutants of a chart: its rows, and their guards, targets and actions, in the whole file. */
import { dropped, type Edit, type Kind, neighboursSwapped } from './mutant.ts'
import {
  descendants,
  literal,
  type Node,
  nameOf,
  part,
  parts,
  peeled,
  propertyOf,
  type Source,
  word,
} from './syntax.ts'
import { isUpdate } from './updates.ts'

/** Number of other states that replace the target of a row. */
const OTHER_TARGETS = 2

const ACTION_LISTS = ['actions', 'entry', 'exit']

interface Chart {
  readonly source: Source
  /** States on the same level, in their order: those of the machine, and those of each compound state. */
  readonly families: readonly (readonly string[])[]
  /** Objects from events to rows: `on`, and the constants and functions that are its value. */
  readonly eventMaps: ReadonlySet<Node>
  /** Functions that return a row, with the index of the parameter that is its target, or -1. */
  readonly rowMakers: ReadonlyMap<string, number>
}

const isProperty = (node: Node) => node.type === 'Property'
const isRow = (node: Node | undefined): boolean =>
  node?.type === 'ObjectExpression' &&
  (['guard', 'target'].some((name) => propertyOf(node, name)) ||
    (propertyOf(node, 'actions') !== undefined && !propertyOf(node, 'type')))

const calledName = (node: Node | undefined) => {
  const callee = node?.type === 'CallExpression' ? part(node, 'callee') : undefined
  return callee?.type === 'Identifier' ? word(callee, 'name') : ''
}

/** Constants of the file: name and value. */
const constants = (source: Source) =>
  [...descendants(source.root)]
    .filter(({ type }) => type === 'VariableDeclarator')
    .map((node) => ({ name: nameOf(node), value: peeled(part(node, 'init')) }))

function eventMapsOf(source: Source): ReadonlySet<Node> {
  const all = new Map(constants(source).map(({ name, value }) => [name, value]))
  const found = new Set<Node>()
  const add = (value: Node | undefined): void => {
    if (value?.type === 'Identifier') return add(all.get(word(value, 'name')))
    if (value?.type === 'CallExpression') return add(peeled(part(all.get(calledName(value)) ?? value, 'body')))
    if (value?.type !== 'ObjectExpression' || found.has(value)) return
    found.add(value)
    for (const each of parts(value, 'properties'))
      if (each.type === 'SpreadElement') add(peeled(part(each, 'argument')))
  }
  for (const node of descendants(source.root))
    if (isProperty(node) && nameOf(node) === 'on') add(peeled(part(node, 'value')))
  for (const value of all.values()) if (value && hasEventNames(value)) add(value)
  return found
}

/** A constant in a file with rows only, whose `on` is in the file of the chart. */
function hasEventNames(value: Node): boolean {
  const properties = value.type === 'ObjectExpression' ? parts(value, 'properties') : []
  return properties.length > 0 && properties.every((each) => /^[A-Z_]+$/.test(nameOf(each)))
}

function rowMakersOf(source: Source): ReadonlyMap<string, number> {
  return new Map(
    constants(source).flatMap(({ name, value }) => {
      const body = value?.type === 'ArrowFunctionExpression' ? peeled(part(value, 'body')) : undefined
      if (!value || !body || !isRow(body)) return []
      const target = propertyOf(body, 'target')
      const named = [...(target ? descendants(target) : [])].find(({ type }) => type === 'Identifier')
      return [[name, parts(value, 'params').findIndex((each) => named && word(each, 'name') === word(named, 'name'))]]
    }),
  )
}

/** The states that replace `state`: those that follow it in the chart. */
function others({ families }: Chart, state: string | undefined): readonly string[] {
  const states = families.find((family) => state !== undefined && family.includes(state)) ?? families[0] ?? []
  const at = state === undefined ? -1 : states.indexOf(state)
  return [...states.slice(at + 1), ...states.slice(0, Math.max(at, 0))].slice(0, OTHER_TARGETS)
}

/** Replaces a literal, a template or an argument by another state. */
function otherTargets(chart: Chart, node: Node): readonly Edit[] {
  const quoted = literal(node)
  const [quasi] = parts(node, 'quasis')
  const written = quoted ?? (quasi ? chart.source.text.slice(quasi.start, quasi.end) : '')
  const prefix = /^(#\w+)?\.|/.exec(written)?.[0] ?? ''
  return others(chart, quoted?.slice(prefix.length)).map((state) => {
    const text = `'${prefix}${state}'`
    return { kind: 'target-replaced', start: node.start, end: node.end, text }
  })
}

function ofRow(chart: Chart, row: Node): readonly Edit[] {
  return parts(row, 'properties').flatMap((property): readonly Edit[] => {
    if (property.type === 'SpreadElement') return [dropped('action-dropped', chart.source, property)]
    const value = part(property, 'value')
    switch (nameOf(property)) {
      case 'guard':
        return [dropped('guard-removed', chart.source, property)]
      case 'target':
        return [dropped('target-removed', chart.source, property), ...(value ? otherTargets(chart, value) : [])]
      case 'reenter':
        return value ? [{ kind: 'reenter-flipped', start: value.start, end: value.end, text: 'false' }] : []
      default:
        return []
    }
  })
}

/** Mutants of `actions`, `entry` and `exit`, and of constants and functions that are such lists. */
function ofActions({ source }: Chart, node: Node): readonly Edit[] {
  const drop = (each: Node) => dropped('action-dropped', source, each)
  const listed = (elements: readonly Node[]) => [
    ...elements.map(drop),
    ...elements.flatMap((second, index) => {
      const first = elements[index - 1]
      const bothSay = first !== undefined && !isUpdate(first) && !isUpdate(second)
      return bothSay ? neighboursSwapped('effect-swapped', source, [first, second]) : []
    }),
  ]
  if (isProperty(node) && ACTION_LISTS.includes(nameOf(node))) {
    const value = peeled(part(node, 'value'))
    return value?.type === 'ArrayExpression' ? listed(parts(value, 'elements')) : [drop(node)]
  }
  if (node.type !== 'VariableDeclarator') return []
  const init = peeled(part(node, 'init'))
  const list = init?.type === 'ArrowFunctionExpression' ? peeled(part(init, 'body')) : init
  return list?.type === 'ArrayExpression' && !list.type.startsWith('TS') && !hasRows(list)
    ? listed(parts(list, 'elements'))
    : []
}

const hasRows = (list: Node) => parts(list, 'elements').some((each) => isRow(peeled(each)))

/** The only row of an event: an object, the call of a function, or only the name of its target. */
function ofEvent(chart: Chart, property: Node): readonly Edit[] {
  const value = peeled(part(property, 'value'))
  if (!value) return [dropped('row-dropped', chart.source, property)] // a spread of more events
  const rows = value.type === 'ArrayExpression' ? [] : [dropped('row-dropped', chart.source, property)]
  return literal(value) === undefined ? rows : [...rows, ...bareTarget(chart, value)]
}

function bareTarget(chart: Chart, { start, end, ...rest }: Node): readonly Edit[] {
  const removed: Kind = 'target-removed'
  return [{ kind: removed, start, end, text: '{}' }, ...otherTargets(chart, { start, end, ...rest })]
}

function isListOfRows(chart: Chart, list: Node, parent: Node | undefined): boolean {
  if (hasRows(list)) return true
  const event =
    parent && isProperty(parent) && [...chart.eventMaps].some((map) => parts(map, 'properties').includes(parent))
  return Boolean(event)
}

function editsAt(chart: Chart, node: Node): readonly Edit[] {
  const { source, eventMaps, rowMakers } = chart
  const edits = [...ofActions(chart, node)]
  if (isRow(node)) edits.push(...ofRow(chart, node))
  if (eventMaps.has(node)) edits.push(...parts(node, 'properties').flatMap((each) => ofEvent(chart, each)))
  if (node.type === 'ArrayExpression' && isListOfRows(chart, node, source.ancestorsOf(node).at(-1)))
    edits.push(...parts(node, 'elements').map((each) => dropped('row-dropped', source, each)))
  if (isProperty(node) && nameOf(node) === 'always') {
    const value = part(node, 'value')
    if (value && literal(value) !== undefined) edits.push(...bareTarget(chart, value))
  }
  const target = parts(node, 'arguments')[rowMakers.get(calledName(node)) ?? -1]
  if (target && literal(target) !== undefined) edits.push(...otherTargets(chart, target))
  return edits
}

/** The states on the same level. A file with rows only, such as a derivation, has no states, so its targets are used. */
function familiesOf(nodes: readonly Node[]): readonly (readonly string[])[] {
  const named = (name: string) => nodes.filter((node) => isProperty(node) && nameOf(node) === name)
  const families = named('states').flatMap((node) => {
    const region = part(node, 'value')
    return region ? [parts(region, 'properties').map(nameOf)] : []
  })
  if (families.length > 0) return families
  return [[...new Set(named('target').flatMap((node) => literal(part(node, 'value')) ?? []))]]
}

/** Every mutant of the rows of a file. Empty if the file has no chart. */
export function chartEdits(source: Source): readonly Edit[] {
  const nodes = [...descendants(source.root)]
  const chart: Chart = {
    source,
    families: familiesOf(nodes),
    eventMaps: eventMapsOf(source),
    rowMakers: rowMakersOf(source),
  }
  // `setup` has guards and actions, but no rows.
  const setups = nodes.filter((node) => calledName(node) === 'setup')
  return nodes
    .filter((node) => !setups.some(({ start, end }) => node.start >= start && node.end <= end))
    .flatMap((node) => editsAt(chart, node))
}
