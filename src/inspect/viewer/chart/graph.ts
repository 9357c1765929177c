/** The graph of a machine for the page: in detail, with a label at every arrow, or small, without labels. */
import { edgeId, type Graph, graphOf, type NumberedRow, rowLabel, rowParts } from '../../diagram/graph.ts'
import { ANY, type Chart } from '../../diagram/model.ts'

/** Most lines at an arrow, so that the chart stays readable. The other lines are shown on hover and focus. */
const LINES = 3

/** The lines at an arrow. Several rows of one event share a line. A single row has its guard on a second line. */
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

/** The detailed graph, with everything. The node `ANY` is last, and is left out if it has no rows. */
export function fullGraph(chart: Chart): Graph {
  const { name, nodes, edges } = graphOf(chart, edgeLabel)
  const hasAny = chart.rows.some(({ from }) => from === ANY)
  const any = nodes.filter(({ key }) => hasAny && key === ANY)
  return { name, nodes: [...nodes.filter(({ key }) => key !== ANY), ...any], edges }
}

/**
 * The small graph: without labels, with one line for both directions, and without states that no row leads to (for
 * example, states that only a followed Finesse reports).
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
