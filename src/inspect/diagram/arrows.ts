/**
 * What is drawn of a chart: one arrow per pair of states, however many rows lead that way, so that a machine with a
 * hundred rows stays readable. Nothing of Node: a page in the browser draws the same.
 */
import { ANY, type Chart, type ChartState, type Row, textOf } from './model.ts'

export interface DrawOptions {
  /** Names what each row does, and what happens at entry and exit of a state. */
  readonly actions?: boolean
  /** Also draws rows that leave the state as it is: refusals, news, things to remember. */
  readonly internal?: boolean
}

export interface Arrow {
  /** A state, or `ANY`. */
  readonly from: string
  readonly to: string
  /** One line per row: `EVENT [guard] / action, action`. */
  readonly labels: readonly string[]
}

/** A state as a box. */
export interface Box {
  readonly state: ChartState
  /** Lines below the name, `entry / …`, `EVENT [guard] / …`. */
  readonly lines: readonly string[]
}

export interface Drawing {
  readonly name: string
  readonly initial: string
  /** In the order of the chart; states that no event finds and that have one way out are left out. */
  readonly boxes: readonly Box[]
  readonly arrows: readonly Arrow[]
  /** What holds in every state and is drawn as text: see `Fan`. Also the internal rows of `ANY`, when asked for. */
  readonly everywhere: readonly string[]
}

/** From so many targets on, rows that differ in nothing but their target are one line of text instead of arrows. */
const FAN = 4

export function drawingOf(chart: Chart, { actions = false, internal = false }: DrawOptions = {}): Drawing {
  const through = passages(chart)
  const rows = chart.rows.filter(({ from }) => !through.has(from))
  const fans = fansOf(rows)
  const fanned = new Set(fans.flat())
  const label = (row: Row) => labelOf(row, rows, actions)
  const internalOf = (from: string) =>
    internal ? rows.filter((row) => row.from === from && row.to === null).map(label) : []
  return {
    name: chart.name,
    initial: through.get(chart.initial) ?? chart.initial,
    boxes: chart.states
      .filter(({ name }) => !through.has(name))
      .map((state) => ({
        state,
        lines: [...(actions ? doings(state) : []), ...internalOf(state.name)],
      })),
    arrows: arrowsOf(
      rows.filter((row) => !fanned.has(row) && (actions || !isCovered(row, rows))),
      through,
      label,
    ),
    everywhere: [...fans.map(fanText), ...internalOf(ANY)],
  }
}

/** Choices with one way out, such as LOGIN: what leads there leads on. */
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

function arrowsOf(
  rows: readonly Row[],
  through: ReadonlyMap<string, string>,
  label: (row: Row) => string,
): readonly Arrow[] {
  const arrows = new Map<string, Arrow>()
  for (const row of rows) {
    if (row.to === null) continue
    const to = through.get(row.to) ?? row.to
    const key = JSON.stringify([row.from, to])
    const known = arrows.get(key)?.labels ?? []
    arrows.set(key, { from: row.from, to, labels: [...new Set([...known, label(row)])] })
  }
  return [...arrows.values()]
}

/** The next row of the same state and event leads the same way, whatever its guard says, or is covered itself. */
function isCovered(row: Row, rows: readonly Row[]): boolean {
  const alike = rows.filter(({ from, event }) => from === row.from && event === row.event && event !== '')
  const next = alike[alike.indexOf(row) + 1]
  return next !== undefined && next.to === row.to && (next.guard === null || isCovered(next, rows))
}

/**
 * Rows of one state and event that differ in nothing but the target, which their guard names: a followed Finesse
 * tells any state, and an arrow to each would hide everything else.
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

function labelOf(row: Row, rows: readonly Row[], actions: boolean): string {
  const guard = row.guard ? ` [${textOf(row.guard)}]` : ''
  const event = row.event === '' ? placeOf(row, rows) : row.event
  const text = `${event}${guard}`
  return actions && row.actions.length > 0 ? `${text} / ${row.actions.map(textOf).join(', ')}` : text
}

/** Rows of a choice: which is tried first. */
function placeOf(row: Row, rows: readonly Row[]): string {
  const place = rows.filter(({ from, event }) => from === row.from && event === '').indexOf(row) + 1
  return row.guard ? `${place}.` : `${place}. else`
}

function doings({ entry, exit }: ChartState): readonly string[] {
  return [
    ...(entry.length > 0 ? [`entry / ${entry.map(textOf).join(', ')}`] : []),
    ...(exit.length > 0 ? [`exit / ${exit.map(textOf).join(', ')}`] : []),
  ]
}
