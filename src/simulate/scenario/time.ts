/** Parses and prints durations and times of day in scenarios. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
export const HOUR = 3_600_000
export const DAY = 86_400_000

/**
 * Parses a duration such as `90`, `90s`, `1m30s`, `1.5h` or `250ms` into milliseconds. A plain number is in seconds.
 * `undefined` for anything else.
 */
export function durationOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.round(value * 1000) : undefined
  if (typeof value !== 'string' || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(value)) return undefined
  let sum = 0
  const units = value.match(/[a-z]+/g) ?? []
  for (const [at, amount] of (value.match(/[\d.]+/g) ?? []).entries())
    sum += Number(amount) * (UNITS[units[at] ?? ''] ?? 0)
  return Math.round(sum)
}

/**
 * Parses a time into milliseconds since `start`. A duration counts from `start`. `10:15` or `10:15:30` is the next such
 * time of day (UTC) at or after `start`.
 */
export function momentOf(value: unknown, start: number): number | undefined {
  const clock = typeof value === 'string' ? /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(value) : null
  if (!clock) return durationOf(value)
  const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const sinceMidnight = ((hours * 60 + minutes) * 60 + seconds) * 1000
  return (sinceMidnight - (start % DAY) + DAY) % DAY
}

/** Prints a duration, for example `1h 2m 3s`, `45s`, `0s` or `1.25s`. Units that are zero are left out. */
export function printDuration(ms: number): string {
  if (ms < 0) return `-${printDuration(-ms)}`
  const parts: string[] = []
  const hours = Math.floor(ms / HOUR)
  const minutes = Math.floor((ms % HOUR) / 60_000)
  const seconds = Math.round(ms % 60_000) / 1000
  if (hours > 0) parts.push(`${hours}h`)
  if (minutes > 0) parts.push(`${minutes}m`)
  if (seconds > 0 || parts.length === 0) parts.push(`${seconds}s`)
  return parts.join(' ')
}
