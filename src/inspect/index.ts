/** `mrdian/inspect`: an engine's state machines, live and in the past, and a board of its agents. */

import '../node-version.ts'

export { type Board, type BoardOptions, createBoard } from './board/index.ts'
export {
  type BridgeFigures,
  type BridgeOptions,
  type InspectedEngine,
  InspectorBridge,
  inspectorBridge,
  type View,
} from './bridge.ts'
export { machineDefinitions } from './definitions.ts'
export {
  ANY,
  type Chart,
  type ChartState,
  chartOf,
  charts,
  type DrawOptions,
  diagramOf,
  type Row,
  type StateKind,
  type Word,
} from './diagram/index.ts'
export type { Format } from './diagram/names.ts'
export { NothingKept, type Recollection, recollect } from './history.ts'
export { pastEngine } from './past-engine.ts'
export { inspector, inspectorRoutes } from './plugin.ts'
export type * from './protocol.ts'
export { PROTOCOL, STATELY_VERSION } from './protocol.ts'
export { DEFAULT_PREFIX, type InspectorOptions, InspectorService } from './service.ts'
