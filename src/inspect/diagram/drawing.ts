/** The drawing of a chart for a file. It leaves out parts of the chart, so that it stays readable. */
import { type Graph, type GraphNode, graphOf, type NumberedRow, rowLabel } from './graph.ts'
import { ANY, type Chart, type Row, textOf } from './model.ts'

export interface DrawOptions {
  /** Also shows the actions of each row, and the entry and exit actions of each state. */
  readonly actions?: boolean
  /** Also shows rows that do not change the state, for example refusals. */
  readonly internal?: boolean
}

/** With this many targets, rows that differ only in their target become one line of text instead of arrows. */
const FAN = 4

/**
 * The graph of a chart. It leaves out choices with only one way out, and rows that do not change where an event leads.
 * `ANY` is a node only if it has lines or arrows. A line is `EVENT [guard] / action, action`, or `entry / action`.
 */
export function drawingOf(chart: Chart, { actions = false, internal = false }: DrawOptions = {}): Graph {
  const through = passages(chart)
  const rows = chart.rows.filter(({ from }) => !through.has(from))
  const fans = fansOf(rows)
  const fanned = new Set(fans.flat())
  const label = (row: NumberedRow) => labelOf(row, actions)
  const { name, nodes, edges } = graphOf(
    {
      name: chart.name,
      initial: through.get(chart.initial) ?? chart.initial,
      states: chart.states.filter((state) => !through.has(state.name)),
      rows: rows
        .filter((row) => !fanned.has(row) && (actions || row.to === null || !isCovered(row, rows)))
        .map((row) => ({ ...row, to: through.get(row.to ?? '') ?? row.to })),
    },
    (ways) => [...new Set(ways.map(label))],
  )
  const linesOf = ({ kind, entry, exit, stays }: GraphNode) => [
    ...(kind === 'any' ? fans.map(fanText) : []),
    ...(actions ? actionLines('entry', entry) : []),
    ...(actions ? actionLines('exit', exit) : []),
    ...(internal ? stays.map((row) => label({ ...row, place: 0 })) : []),
  ]
  const written = nodes.map((node) => ({ ...node, lines: linesOf(node) }))
  const isShown = ({ key, lines }: GraphNode) =>
    key !== ANY || lines.length > 0 || edges.some(({ from }) => from === ANY)
  return { name, nodes: written.filter(isShown), edges }
}

/** Choices with only one way out, such as LOGIN, and their targets. An arrow to such a choice goes on to the target. */
function passages({ states, rows }: Chart): ReadonlyMap<string, string> {
  return new Map(
    states
      .filter(({ kind }) => kind === 'choice')
      .flatMap(({ name }) => {
        const [only, ...more] = rows.filter(({ from }) => from === name)
        return only?.to && more.length === 0 ? [[name, only.to]] : []
      }),
  )
}

/** True if the next row of the same state and event has the same target, and has no guard or is covered itself. */
function isCovered(row: Row, rows: readonly Row[]): boolean {
  const alike = rows.filter(({ from, event }) => from === row.from && event === row.event && event !== '')
  const next = alike[alike.indexOf(row) + 1]
  return next !== undefined && next.to === row.to && (next.guard === null || isCovered(next, rows))
}

/**
 * Groups of rows of one state and event that differ only in the target, which their guard names. A followed Finesse may
 * report every state, and an arrow to each would hide everything else.
 */
function fansOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const fans = new Map<string, Row[]>()
  for (const row of rows) {
    if (!row.to || !row.guard || !Object.values(row.guard.params).includes(row.to)) continue
    const key = JSON.stringify([row.from, row.event, row.guard.name])
    fans.set(key, [...(fans.get(key) ?? []), row])
  }
  return [...fans.values()].filter(({ length }) => length >= FAN)
}

function fanText([row]: readonly Row[]): string {
  return row ? `${row.event} [${row.guard?.name ?? ''}]: to the state that it names` : ''
}

function labelOf(row: NumberedRow, actions: boolean): string {
  const text = rowLabel(row)
  return actions && row.actions.length > 0 ? `${text} / ${row.actions.map(textOf).join(', ')}` : text
}

const actionLines = (when: 'entry' | 'exit', words: GraphNode['entry']) =>
  words.length > 0 ? [`${when} / ${words.map(textOf).join(', ')}`] : []
