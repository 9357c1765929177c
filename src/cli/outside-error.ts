/** The words for an error of the operating system or of a library. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
