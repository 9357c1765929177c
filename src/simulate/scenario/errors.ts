/** What is wrong with a scenario file, and where. */

/** One thing that is wrong. `line` and `column` count from 1; 0 when the file could not be read. */
export interface ScenarioProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Place in the document, for example `agents[0].signIn`; empty for the document as a whole. */
  readonly path: string
  readonly message: string
}

const LISTED = 100

/** A scenario was refused as a whole. The message has one line per problem, `file:line:column path: what is wrong`. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly problems: readonly ScenarioProblem[]

  constructor(problems: readonly ScenarioProblem[], options?: ErrorOptions) {
    super(list(problems), options)
    this.problems = problems
  }
}

function list(problems: readonly ScenarioProblem[]): string {
  const lines = problems.slice(0, LISTED).map(print)
  if (problems.length > LISTED) lines.push(`and ${problems.length - LISTED} more`)
  return lines.join('\n')
}

function print({ file, line, column, path, message }: ScenarioProblem): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`
  return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
}
