/** Every machine as a diagram: Mermaid, SVG, SCXML, XState's configuration, tables. */
import type { AnyStateMachine } from 'xstate'
import {
  callMachine,
  followedMediaMachine,
  followedTaskMachine,
  followedUserMachine,
  mediaMachine,
  presenceMachine,
  sideMachine,
  taskMachine,
  userMachine,
} from '../../../machines/index.ts'
import { type DrawOptions, drawingOf } from './arrows.ts'
import { mermaidOf } from './mermaid.ts'
import { type Chart, chartOf } from './model.ts'
import { type Format, MACHINES } from './names.ts'
import { scxmlOf } from './scxml.ts'
import { tablesOf } from './tables.ts'
import { configurationOf } from './xstate.ts'

export type { Arrow, Box, Drawing, DrawOptions } from './arrows.ts'
export { drawingOf } from './arrows.ts'
export { ANY, type Chart, type ChartState, chartOf, type Row, type StateKind, type Word } from './model.ts'
export type { Format } from './names.ts'

const MACHINE_OF: Readonly<Record<(typeof MACHINES)[number], AnyStateMachine>> = {
  user: userMachine,
  media: mediaMachine,
  task: taskMachine,
  call: callMachine,
  presence: presenceMachine,
  side: sideMachine,
  'followed-user': followedUserMachine,
  'followed-media': followedMediaMachine,
  'followed-task': followedTaskMachine,
}

/** The charts of all machines, by name. */
export const charts = (): ReadonlyMap<string, Chart> =>
  new Map(MACHINES.map((name) => [name, chartOf(MACHINE_OF[name], name)]))

function machineOf({ name }: Chart): AnyStateMachine {
  const known = MACHINES.find((each) => each === name)
  if (known === undefined) throw new RangeError(`there is no machine ${name}`)
  return MACHINE_OF[known]
}

/** A diagram as text. JSON, tables and SCXML hold everything; `options` say what Mermaid and SVG draw. */
export async function diagramOf(chart: Chart, format: Format, options: DrawOptions = {}): Promise<string> {
  switch (format) {
    case 'json':
      return configurationOf(machineOf(chart))
    case 'tables':
      return tablesOf(chart)
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
