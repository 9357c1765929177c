/** Every machine as a diagram: Mermaid, SVG, SCXML, XState's configuration, tables. */
import type { AnyStateMachine } from 'xstate'
import { type DrawOptions, drawingOf } from './drawing.ts'
import { ofAllMachines } from './machines.ts'
import { mermaidOf } from './mermaid.ts'
import { type Chart, chartOf } from './model.ts'
import type { Format } from './names.ts'
import { scxmlOf } from './scxml.ts'

export type { DrawOptions } from './drawing.ts'
export { ANY, type Chart, type ChartState, chartOf, type Row, type StateKind, type Word } from './model.ts'
export type { Format } from './names.ts'

/** Raised when something that stands in the tables changes its meaning or its place; what is added does not raise it. */
const CHART_FORMAT = 2

/** The charts of all machines, by name. */
export const charts = (): ReadonlyMap<string, Chart> => ofAllMachines(chartOf)

/**
 * A diagram as text. JSON, tables and SCXML hold everything; `options` say what Mermaid and SVG draw.
 *
 * - JSON is what `createMachine` takes, and Stately's tools import: states, rows with their descriptions and rules, guards
 *   and actions by name. The first context is a function and left out. (`machine.toJSON()` leaves out the rows that are
 *   taken at once, and `createMachine` does not take it back.)
 * - Tables are for programs: `{ format, name, initial, states: [{ name, kind, within, begins, … }],
 *   rows: [{ from, event, guard, to, reenters, actions }] }` as `Chart` describes it; guards and actions are
 *   `{ name, params }`.
 */
export async function diagramOf(chart: Chart, format: Format, options: DrawOptions = {}): Promise<string> {
  switch (format) {
    case 'json':
      return json(configurationOf(chart))
    case 'tables':
      return json({ format: CHART_FORMAT, ...chart })
    case 'scxml':
      return scxmlOf(chart)
    case 'mermaid':
      return mermaidOf(drawingOf(chart, options))
    case 'svg': {
      // ELK is large; nobody else needs it.
      const { svgOf } = await import('./svg.ts')
      return svgOf(drawingOf(chart, options))
    }
  }
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`

function configurationOf({ name }: Chart): AnyStateMachine['config'] {
  const known = new Map<string, AnyStateMachine>(ofAllMachines((machine) => machine)).get(name)
  if (known === undefined) throw new RangeError(`there is no machine ${name}`)
  return known.config
}
