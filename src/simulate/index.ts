/** Runs scenarios in virtual time: `mrdian/simulate`. */

import '../node-version.ts'

export { SimulationFailed } from './failure.ts'
export type * from './result.ts'
export { ScenarioError, type ScenarioProblem } from './scenario/errors.ts'
export { loadScenario, parseScenario } from './scenario/load.ts'
export type { Scenario } from './scenario/model.ts'
export { shippedScenarios } from './scenario/shipped.ts'
export { LANES, type Progress, type SimulateOptions, simulate } from './simulate.ts'
export { printResult } from './text.ts'
