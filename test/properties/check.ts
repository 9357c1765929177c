/** Plays the histories of one seed, and shrinks the first that fails. */
import fc from 'fast-check'
import type { History } from './history.ts'
import { HistoryFailure, play, type Visited } from './play.ts'

/** The smallest failing history of a seed, as its transcript and script. `undefined` if none fails. */
export async function smallestFailure(
  given: fc.Arbitrary<History>,
  seed: number,
  runs: number,
  visited: Visited,
): Promise<string | undefined> {
  const property = fc.asyncProperty(given, (history) => play(history, { visited }))
  const run = await fc.check(property, { seed, numRuns: runs })
  if (!run.failed) return undefined
  const { errorInstance: error } = run
  if (error instanceof HistoryFailure) return `seed ${seed}:\n${error.message}`
  return `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n${JSON.stringify(run.counterexample)}`
}
