/** A machine as boxes and arrows, with all that is told about them on demand. */
import { ANY, type Chart, type ChartState, type Row } from '../../../diagram/model.ts'

/** Where the machine begins. */
export const START = '^'

export interface ChartNode {
  readonly key: string
  readonly kind: ChartState['kind'] | 'any' | 'start'
  /** In one sentence; empty for what is no state. */
  readonly description: string
  readonly entry: ChartState['entry']
  readonly exit: ChartState['exit']
  /** Rows that lead nowhere else. */
  readonly stays: readonly Row[]
}

export interface ChartEdge {
  readonly from: string
  readonly to: string
  /** All the ways from there to there, with their place among the rows of the state. */
  readonly rows: readonly NumberedRow[]
}

export interface NumberedRow extends Row {
  /** Of the rows of the same state and event: 1 is tried first. 0: it is the only one. */
  readonly place: number
}

export interface ChartGraph {
  readonly machine: string
  readonly nodes: readonly ChartNode[]
  readonly edges: readonly ChartEdge[]
}

const NOTHING = { description: '', entry: [], exit: [], stays: [] }

export const edgeId = (from: string, to: string) => `${from}>${to}`

function numbered(rows: readonly Row[]): readonly NumberedRow[] {
  return rows.map((row) => {
    const alike = rows.filter(({ from, event }) => from === row.from && event === row.event)
    return { ...row, place: alike.length === 1 ? 0 : alike.indexOf(row) + 1 }
  })
}

/** Nodes and arrows of a machine. */
export function graphOf({ name, initial, states, rows }: Chart): ChartGraph {
  const staysIn = (key: string) => rows.filter(({ from, to }) => from === key && to === null)
  const arrows = numbered(rows).filter((row) => row.to !== null)
  return {
    machine: name,
    nodes: [
      { ...NOTHING, key: START, kind: 'start' },
      ...states.map(
        (state): ChartNode => ({
          ...NOTHING,
          key: state.name,
          kind: state.kind,
          description: state.description,
          entry: state.entry,
          exit: state.exit,
          stays: staysIn(state.name),
        }),
      ),
      ...(rows.some(({ from }) => from === ANY)
        ? [{ ...NOTHING, key: ANY, kind: 'any', stays: staysIn(ANY) } as const]
        : []),
    ],
    edges: [
      { from: START, to: initial, rows: [] },
      ...[...Map.groupBy(arrows, ({ from, to }) => edgeId(from, to ?? ''))].flatMap(([, each]) => {
        const [{ from, to } = { from: '', to: null }] = each
        return to === null ? [] : [{ from, to, rows: each }]
      }),
    ],
  }
}

/** Without states that no row leads to, such as those that only a Finesse could tell, and with one line for both directions: a chart as small as can be. */
export function smallGraph({ machine, nodes, edges }: ChartGraph): ChartGraph {
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const seen = new Set<string>()
  return {
    machine,
    nodes: nodes.filter(({ key }) => joined.has(key)),
    edges: edges.filter(({ from, to }) => {
      if (from === to || seen.has(edgeId(to, from))) return false
      seen.add(edgeId(from, to))
      return true
    }),
  }
}
