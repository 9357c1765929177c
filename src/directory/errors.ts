/** Problems in files that people write, such as directories and scenarios. */
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

/** One problem. `line` and `column` count from 1. They are absent if the file could not be read. */
export interface FileProblem {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** Place in the document, for example `users[2].teamId`; empty for the document as a whole. */
  readonly path: string
  readonly message: string
}

const LISTED = 100

/**
 * A file was refused as a whole. The message has one line per problem, `file:line:column path: message`, for the first
 * hundred problems. `problems` has all of them.
 */
export abstract class FileError extends MrdianError {
  readonly problems: readonly FileProblem[]

  constructor(problems: readonly FileProblem[], options?: ErrorOptions) {
    super(list(problems), options)
    this.problems = problems
  }
}

export type DirectoryProblem = FileProblem

/** A directory file was refused. Values of passwords are never quoted. */
export class DirectoryError extends FileError {
  override readonly name = 'DirectoryError'
  readonly code: CodeOf<'DirectoryError'> = 'DIRECTORY_REFUSED'
}

/** Compares problems by their place in the file. Problems without a place come first. */
export function inFileOrder(a: FileProblem, b: FileProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

function list(problems: readonly FileProblem[]): string {
  const lines = problems.slice(0, LISTED).map(printProblem)
  if (problems.length > LISTED) lines.push(`and ${problems.length - LISTED} more`)
  return lines.join('\n')
}

function printProblem({ file, line, column, path, message }: FileProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
}
