/**
 * A chart as boxes and arrows: what every picture of it is made from, in a file and on the viewer's page. One arrow per
 * pair of states, however many rows lead that way, so that a machine with a hundred rows stays readable.
 */
import { ANY, type Chart, type ChartState, type Row, textOf } from './model.ts'

/** Where the machine begins. */
export const START = '^'

export interface GraphNode {
  /** Name of the state, or `ANY`, or `START`. */
  readonly key: string
  readonly kind: ChartState['kind'] | 'any' | 'start'
  /** In one sentence; empty for what is no state. */
  readonly description: string
  readonly entry: ChartState['entry']
  readonly exit: ChartState['exit']
  /** Rows that lead nowhere else. */
  readonly stays: readonly Row[]
  /** Written below the name. */
  readonly lines: readonly string[]
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** All the ways from there to there; none from where the machine begins. */
  readonly rows: readonly NumberedRow[]
  /** Written at the arrow. */
  readonly lines: readonly string[]
}

export interface NumberedRow extends Row {
  /** Of the rows of the same state and event: 1 is tried first. 0: it is the only one. */
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
 * Nodes and arrows of a chart, the arrow from `START` first; `ANY` is among them even where no row holds in every state.
 *
 * @param linesOf what is written at an arrow.
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

/** What a node is called. */
export const nodeLabel = (key: string): string => (key === ANY ? 'any state' : key)

/** What leads along a row, and its guard. Rows of a state that is left at once have their place instead of an event. */
export function rowParts({ event, guard, place }: Pick<NumberedRow, 'event' | 'guard' | 'place'>): readonly string[] {
  const first = event === '' && place > 0 ? `${place}.` : event
  if (guard !== null) return first === '' ? [`[${textOf(guard)}]`] : [first, `[${textOf(guard)}]`]
  if (event !== '') return [event]
  return [place > 0 ? `${first} else` : 'at once']
}

/** `START [isAllowed]`, `2. [isInterrupted]`, `7. else`. */
export const rowLabel = (row: Parameters<typeof rowParts>[0]): string => rowParts(row).join(' ')
