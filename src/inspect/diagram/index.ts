/** Every machine as a diagram: Mermaid, JSON, SVG, SCXML. */
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
import { jsonOf } from './json.ts'
import { mermaidOf } from './mermaid.ts'
import { type Chart, chartOf } from './model.ts'
import { type Format, MACHINES } from './names.ts'
import { scxmlOf } from './scxml.ts'

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

/** A diagram as text. JSON and SCXML hold everything; `options` say what Mermaid and SVG draw. */
export async function diagramOf(chart: Chart, format: Format, options: DrawOptions = {}): Promise<string> {
  switch (format) {
    case 'json':
      return jsonOf(chart)
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
