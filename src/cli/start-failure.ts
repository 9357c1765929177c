/** Errors of commands with a message for the user. */
import type { DirectoryError } from '../directory/index.ts'

/** An expected error, for example a wrong file or a port that is taken. It is not a bug, so no stack is printed. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/** A command line or a file is wrong. The exit code is 2, where 1 says that the answer is no. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
}

/** The message for an invalid directory: one problem on the same line, several on a line each. */
export function directoryProblems({ problems, message }: DirectoryError): string {
  return problems.length === 1 ? `directory: ${message}` : `the directory has ${problems.length} problems:\n${message}`
}
