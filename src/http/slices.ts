/** Long answers are made in slices, so that no other request waits for the whole of one. */
import { setImmediate as turn } from 'node:timers/promises'

const SLICE = 100

/** What `make` makes of each, in their order; others have their turns in between. */
export async function inSlices<T, R>(all: readonly T[], make: (each: T) => R): Promise<readonly R[]> {
  const made: R[] = []
  for (const [index, each] of all.entries()) {
    if (index > 0 && index % SLICE === 0) await turn()
    made.push(make(each))
  }
  return made
}
