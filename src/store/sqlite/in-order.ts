/** Merges sorted lists in steps, because sorting all their elements at once would take long. */

/** Elements that are merged in one step. */
const STEP = 1000

/** All elements of `lists`, each of which is sorted by `numberOf`, sorted by it. Numbers that are equal keep the order of the lists. */
export function* inOrder<T>(
  lists: readonly (readonly T[])[],
  numberOf: (element: T) => number,
): Generator<undefined, readonly T[]> {
  let left = lists
  while (left.length > 1) {
    const merged: (readonly T[])[] = []
    for (let index = 0; index < left.length; index += 2)
      merged.push(yield* mergedPair(left[index] ?? [], left[index + 1] ?? [], numberOf))
    left = merged
  }
  return left[0] ?? []
}

function* mergedPair<T>(
  first: readonly T[],
  second: readonly T[],
  numberOf: (element: T) => number,
): Generator<undefined, readonly T[]> {
  if (second.length === 0) return first
  const merged: T[] = []
  const [a, b] = [first.values(), second.values()]
  let [nextA, nextB] = [a.next(), b.next()]
  while (!nextA.done || !nextB.done) {
    if (merged.length % STEP === 0) yield
    if (nextB.done || (!nextA.done && numberOf(nextA.value) <= numberOf(nextB.value))) {
      if (!nextA.done) merged.push(nextA.value)
      nextA = a.next()
    } else {
      merged.push(nextB.value)
      nextB = b.next()
    }
  }
  return merged
}
