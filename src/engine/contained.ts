/**
 * Calls of what a host has handed to the engine: listeners, observers, a log. What it throws, or what its promise rejects
 * with, is told to `failed`, and to nobody when that is left out; nothing waits for its promise.
 */
export function contained(call: () => unknown, failed: (error: unknown) => void = () => undefined): void {
  try {
    const result = call()
    if (isThenable(result)) Promise.resolve(result).catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** May throw, as whatever it looks at. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** A host may throw anything, even what has no text. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'something that has no text'
  }
}

/** What was thrown, as an error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
