/**
 * A chart as nodes and arrows. Every picture of it is made from them, in files and on the viewer's page. All rows
 * between two states share one arrow, so that a machine with a hundred rows stays readable.
 */
import { ANY, type Chart, type ChartState, type Row, textOf } from './model.ts'

/** Key of the node where the machine begins. */
export const START = '^'

export interface GraphNode {
  /** Name of the state, or `ANY`, or `START`. */
  readonly key: string
  readonly kind: ChartState['kind'] | 'any' | 'start'
  /** The description of the state in one sentence; empty for other nodes. */
  readonly description: string
  readonly entry: ChartState['entry']
  readonly exit: ChartState['exit']
  /** Rows that do not change the state. */
  readonly stays: readonly Row[]
  /** Text below the name. */
  readonly lines: readonly string[]
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** All rows from `from` to `to`; empty for the arrow from `START`. */
  readonly rows: readonly NumberedRow[]
  /** Text at the arrow. */
  readonly lines: readonly string[]
}

export interface NumberedRow extends Row {
  /** Order among the rows of the same state and event: 1 is tried first. 0: it is the only row. */
  readonly place: number
}

export interface Graph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

const NOTHING = { description: '', entry: [], exit: [], stays: [], lines: [] }

export const edgeId = (from: string, to: string) => `${from}>${to}`

function numbered(rows: readonly Row[]): readonly NumberedRow[] {
  return rows.map((row) => {
    const alike = rows.filter(({ from, event }) => from === row.from && event === row.event)
    return { ...row, place: alike.length === 1 ? 0 : alike.indexOf(row) + 1 }
  })
}

/**
 * Nodes and arrows of a chart. The arrow from `START` is first. `ANY` is always among the nodes, even without rows.
 *
 * @param linesOf makes the text at an arrow
 */
export function graphOf(
  { name, initial, states, rows }: Chart,
  linesOf: (rows: readonly NumberedRow[]) => readonly string[],
): Graph {
  const staysIn = (key: string) => rows.filter(({ from, to }) => from === key && to === null)
  const leading = numbered(rows).flatMap((row) => (row.to === null ? [] : [{ row, from: row.from, to: row.to }]))
  const start: GraphNode = { ...NOTHING, key: START, kind: 'start' }
  const any: GraphNode = { ...NOTHING, key: ANY, kind: 'any', stays: staysIn(ANY) }
  return {
    name,
    nodes: [
      start,
      any,
      ...states.map(
        ({ name: key, kind, description, entry, exit }): GraphNode => ({
          ...NOTHING,
          ...{ key, kind, description, entry, exit },
          stays: staysIn(key),
        }),
      ),
    ],
    edges: [
      { from: START, to: initial, rows: [], lines: [] },
      ...[...Map.groupBy(leading, ({ from, to }) => edgeId(from, to)).values()].flatMap((alike): GraphEdge[] => {
        const [first] = alike
        const ways = alike.map(({ row }) => row)
        return first ? [{ from: first.from, to: first.to, rows: ways, lines: linesOf(ways) }] : []
      }),
    ],
  }
}

/** The text for a node's name. */
export const nodeLabel = (key: string): string => (key === ANY ? 'any state' : key)

/** The event of a row and its guard. The rows of a choice have no event; they have their place instead. */
export function rowParts({ event, guard, place }: Pick<NumberedRow, 'event' | 'guard' | 'place'>): readonly string[] {
  const first = event === '' && place > 0 ? `${place}.` : event
  if (guard !== null) return first === '' ? [`[${textOf(guard)}]`] : [first, `[${textOf(guard)}]`]
  if (event !== '') return [event]
  return [place > 0 ? `${first} else` : 'at once']
}

/** `START [isAllowed]`, `2. [isInterrupted]`, `7. else`. */
export const rowLabel = (row: Parameters<typeof rowParts>[0]): string => rowParts(row).join(' ')
