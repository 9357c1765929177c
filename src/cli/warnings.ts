/** Warnings for operators that do not prevent the start. */
import type { LoadedDirectory } from '../directory/index.ts'
import type { ConnectionLimits, ResolvedLimits } from '../sockets/index.ts'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** A warning if the limit of open files lowers the limits of connections that were asked for, or that all users need. */
export function roomWarning(asked: ConnectionLimits, { total, withoutSession }: ResolvedLimits): string | undefined {
  const lowered = (wanted: number | undefined, found: number) => wanted !== undefined && wanted > found
  const needed = asked.withoutSession ?? asked.users
  if (!lowered(asked.total, total) && !lowered(needed, withoutSession)) return undefined
  return `the limit of open files (ulimit -n) leaves room for ${total} connections, ${withoutSession} of them without a session`
}

/** Warnings about the directory, for the log. */
export function warningsOf(loaded: LoadedDirectory, isSample: boolean, host: string): readonly string[] {
  if (!isSample) return loaded.warnings ?? []
  if (isLoopback(host)) return []
  return [`other machines can reach the sample directory at ${host}, and its password is public: use --directory FILE`]
}
