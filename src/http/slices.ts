/** Builds long answers in slices, so that other requests do not wait for a whole answer. */
import { setImmediate as turn } from 'node:timers/promises'

const SLICE = 100

/** Resolves with the results of `make` for each, in order. Yields to the event loop after every 100. */
export async function inSlices<T, R>(all: readonly T[], make: (each: T) => R): Promise<readonly R[]> {
  const made: R[] = []
  for (const [index, each] of all.entries()) {
    if (index > 0 && index % SLICE === 0) await turn()
    made.push(make(each))
  }
  return made
}
