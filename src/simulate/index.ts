/** Runs scenarios in virtual time: `mrdian/simulate`. */

import '../node-version.ts'

export { experimentCsv } from './compare/csv.ts'
export {
  alone,
  type Broken,
  type Difference,
  type Experiment,
  type ExperimentOptions,
  experiment,
  type FigureEstimate,
  type Outcome,
} from './compare/experiment.ts'
export type { FigureFacts } from './compare/figures.ts'
export { shownOf, shownRuns } from './compare/shown.ts'
export type { Estimate } from './compare/statistics.ts'
export { figureOf, type Target, type TargetVerdict, targetVerdict } from './compare/target.ts'
export { printExperiment } from './compare/text.ts'
export { type Answer, answerOf } from './compare/words.ts'
export { SimulationFailed } from './failure.ts'
export type * from './result.ts'
export { closest } from './scenario/closest.ts'
export { ScenarioError, type ScenarioProblem } from './scenario/errors.ts'
export { loadScenario, loadVariants, parseScenario, parseVariants } from './scenario/load.ts'
export type { Point, Scenario, Variant } from './scenario/model.ts'
export { shippedScenarios, shippedTitles } from './scenario/shipped.ts'
export { LANES, type Progress, type SimulateOptions, simulate } from './simulate.ts'
export { printResult } from './text.ts'
