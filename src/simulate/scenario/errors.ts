/** Errors of a scenario file. */
import { FileError, type FileProblem } from '../../directory/errors.ts'
import type { CodeOf } from '../../errors/mrdian-error.ts'

export type ScenarioProblem = FileProblem

/** A scenario is not valid. It has all problems with their lines. */
export class ScenarioError extends FileError {
  override readonly name = 'ScenarioError'
  readonly code: CodeOf<'ScenarioError'> = 'SCENARIO_REFUSED'
}
