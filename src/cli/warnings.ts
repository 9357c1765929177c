/** What an operator should know although the server starts. */
import type { LoadedDirectory } from '../directory/index.ts'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** One line each, for the log. */
export function warningsOf(loaded: LoadedDirectory, isSample: boolean, host: string): readonly string[] {
  if (!isSample) return loaded.warnings ?? []
  if (isLoopback(host)) return []
  return [
    `the sample directory, whose password everybody knows, is reachable from other machines at ${host}: use --directory FILE`,
  ]
}
