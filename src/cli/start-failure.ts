/** A command that cannot be carried out, in words for whoever gave it. */
import type { DirectoryError } from '../directory/index.ts'

/** Something about the surroundings is not as it has to be: not a bug, and no stack trace helps. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/** One problem on the same line, more of them one a line. */
export function directoryProblems({ problems, message }: DirectoryError): string {
  return problems.length === 1 ? `directory: ${message}` : `the directory has ${problems.length} problems:\n${message}`
}
