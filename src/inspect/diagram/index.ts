/** Every machine as Mermaid, SVG, SCXML, XState configuration or tables. */
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

/** Version of the tables. It grows when a field changes its meaning or place, but not when a field is added. */
const CHART_FORMAT = 2

/** The charts of all machines, by name. */
export const charts = (): ReadonlyMap<string, Chart> => ofAllMachines(chartOf)

/**
 * A diagram as text. JSON, tables and SCXML contain everything; `options` are for Mermaid and SVG.
 *
 * - JSON is for `createMachine` and Stately's tools: states, rows with their descriptions and rules, guards and actions
 *   by name. The first context is a function, and is left out. (`machine.toJSON()` leaves out eventless rows, and
 *   `createMachine` does not accept its result.)
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
      // ELK is large, and only this format needs it.
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
