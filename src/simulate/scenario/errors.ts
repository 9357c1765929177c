/** What is wrong with a scenario file, and where. */

import { FileError, type FileProblem } from '../../directory/errors.ts'
import type { CodeOf } from '../../errors/mrdian-error.ts'

export type ScenarioProblem = FileProblem

/** A scenario was refused as a whole. */
export class ScenarioError extends FileError {
  override readonly name = 'ScenarioError'
  readonly code: CodeOf<'ScenarioError'> = 'SCENARIO_REFUSED'
}
