/** What is wrong with a directory file, and where. */

/** One thing that is wrong. `line` and `column` count from 1; they are absent when the file could not be read. */
export interface DirectoryProblem {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** Place in the document, for example `users[2].teamId`; empty for the document as a whole. */
  readonly path: string
  readonly message: string
}

const LISTED = 100

/**
 * A directory file was refused as a whole. The message has one line per problem, `file:line:column path: what is
 * wrong`, the first hundred of them; `problems` has all. Values of passwords are never quoted.
 */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError'
  readonly problems: readonly DirectoryProblem[]

  constructor(problems: readonly DirectoryProblem[], options?: ErrorOptions) {
    super(list(problems), options)
    this.problems = problems
  }
}

function list(problems: readonly DirectoryProblem[]): string {
  const lines = problems.slice(0, LISTED).map(printProblem)
  if (problems.length > LISTED) lines.push(`and ${problems.length - LISTED} more`)
  return lines.join('\n')
}

function printProblem({ file, line, column, path, message }: DirectoryProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
}
