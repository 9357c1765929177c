/** Runs row tests one after the other and says of each whether the server does what is documented. */
import type { Definition } from '../rows/registry.ts'
import { NotTestable } from './not-testable.ts'

export type Verdict = 'as documented' | 'differs' | 'not testable here'

export interface Result {
  readonly rows: readonly string[]
  readonly title: string
  readonly verdict: Verdict
  /** The difference, or the reason. Empty if as documented. */
  readonly why: string
}

/** `told` gets the number of tests that are done. */
export async function run(
  definitions: readonly Definition[],
  told: (done: number) => void,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const { rows, title, test } of definitions) {
    results.push({ rows, title, ...(await verdictOf(test)) })
    told(results.length)
  }
  return results
}

async function verdictOf(test: () => Promise<void>): Promise<Pick<Result, 'verdict' | 'why'>> {
  try {
    await test()
    return { verdict: 'as documented', why: '' }
  } catch (error) {
    if (error instanceof NotTestable) return { verdict: 'not testable here', why: error.message }
    return { verdict: 'differs', why: wordsOf(error) }
  }
}

/** The message, and what was expected and found if the error knows it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const values = 'expected' in error && 'actual' in error ? [error.expected, error.actual] : []
  const [documented, found] = values.map((value) => shortened(JSON.stringify(value) ?? String(value)))
  const both =
    documented === undefined || found === undefined ? '' : `\ndocumented: ${documented}\nfound:      ${found}`
  return `${shortened(error.message.split('\n')[0] ?? '')}${cause}${both}`
}

/** Longest value that is shown, in characters. */
const LONGEST = 600

const shortened = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`)
