/** Looking at the state machines of an engine, live and back in time: `mrdian/inspect`. */
export {
  type BridgeFigures,
  type BridgeOptions,
  type InspectedEngine,
  InspectorBridge,
  inspectorBridge,
  type View,
} from './bridge.ts'
export { machineDefinitions } from './definitions.ts'
export { NothingKept, type Recollection, recollect } from './history.ts'
export { inspector, inspectorRoutes } from './plugin.ts'
export type * from './protocol.ts'
export { PROTOCOL, STATELY_VERSION } from './protocol.ts'
export { DEFAULT_PREFIX, type InspectorOptions, InspectorService } from './service.ts'
