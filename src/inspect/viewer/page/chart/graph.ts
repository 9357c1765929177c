/** The chart of a machine as the page shows it: in detail, with a label at every arrow; or as small as can be, without. */
import { edgeId, type Graph, graphOf, type NumberedRow, rowLabel, rowParts } from '../../../diagram/graph.ts'
import { ANY, type Chart } from '../../../diagram/model.ts'

/** More lines than this make a chart unreadable; the rest is told on hover and focus. */
const LINES = 3

/** Lines for all the ways along one arrow. Several ways by one event are one line; a single way has its guard below. */
export function edgeLabel(rows: readonly NumberedRow[]): readonly string[] {
  const [only] = rows
  if (rows.length === 1 && only !== undefined) return only.event === '' ? [rowLabel(only)] : rowParts(only)
  const lines = [...Map.groupBy(rows, ({ event }) => event)].flatMap(([event, each]) => {
    const [first] = each
    if (event === '' || (each.length === 1 && first !== undefined)) return each.map(rowLabel)
    return [`${event} (${each.length} rows)`]
  })
  return lines.length <= LINES + 1 ? lines : [...lines.slice(0, LINES), `and ${lines.length - LINES} more`]
}

/** In detail: everything that there is. Rows that hold in every state stand last, and only where there are some. */
export function fullGraph(chart: Chart): Graph {
  const { name, nodes, edges } = graphOf(chart, edgeLabel)
  const hasAny = chart.rows.some(({ from }) => from === ANY)
  const any = nodes.filter(({ key }) => hasAny && key === ANY)
  return { name, nodes: [...nodes.filter(({ key }) => key !== ANY), ...any], edges }
}

/**
 * As small as can be: without states that no row leads to, such as those that only a Finesse could tell, with one line for
 * both directions, and without labels.
 */
export function smallGraph({ name, nodes, edges }: Graph): Graph {
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const seen = new Set<string>()
  const single = edges.filter(({ from, to }) => {
    if (from === to || seen.has(edgeId(to, from))) return false
    seen.add(edgeId(from, to))
    return true
  })
  return {
    name,
    nodes: nodes.filter(({ key }) => joined.has(key)),
    edges: single.map((edge) => ({ ...edge, lines: [] })),
  }
}
