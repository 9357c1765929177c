/** Errors of a scenario file. */
import { FileError, type FileProblem } from '../../directory/errors.ts'

export type ScenarioProblem = FileProblem

/** A scenario is not valid. It has all problems with their lines. */
export class ScenarioError extends FileError {
  override readonly name = 'ScenarioError'
}
