/** Work that is a sequence of short steps, so that it can be interrupted (`slices.ts`). */

/** Does all steps at once, and returns the result. */
export function finished<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}
