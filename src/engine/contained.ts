/**
 * Calls a function of the host program: a listener, an observer or a log. An error that it throws, or with which its
 * promise rejects, goes to `failed`. Without `failed` the error is ignored. `contained` does not wait for the promise.
 */
export function contained(call: () => unknown, failed: (error: unknown) => void = () => undefined): void {
  try {
    const result = call()
    if (isThenable(result)) Promise.resolve(result).catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** May throw, because `then` may be a getter of the host. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** The message of what the host threw. That may be any value, even one that cannot be made a string. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'something that has no text'
  }
}

/** Makes an `Error` of a thrown value that is not one. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
