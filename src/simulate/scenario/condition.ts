/** Conditions on a number in an `expect` line. */
import { durationOf, printDuration } from './time.ts'

/** Unit of a number. */
export type Unit = 'count' | 'duration' | 'share'

/** The allowed values of a number. `is` may differ by `tolerance` up or down. Durations are in milliseconds. */
export interface Condition {
  readonly unit: Unit
  readonly is: number | undefined
  readonly tolerance: number
  readonly atLeast: number | undefined
  readonly atMost: number | undefined
}

interface Written {
  readonly is?: unknown
  readonly atLeast?: unknown
  readonly atMost?: unknown
  readonly tolerance?: unknown
}

const KEYS = ['is', 'atLeast', 'atMost', 'tolerance'] as const

/** The condition, or the wrong key and the reason. */
export function conditionOf(
  written: Written,
  unit: Unit,
): Condition | { readonly key: string; readonly message: string } {
  const read = (value: unknown) =>
    unit === 'duration' ? durationOf(value) : typeof value === 'number' && value >= 0 ? value : undefined
  for (const key of KEYS)
    if (written[key] !== undefined && read(written[key]) === undefined)
      return { key, message: unit === 'duration' ? 'must be a duration: 90s, 3m, 1h30m' : 'must be a number' }
  const [is, atLeast, atMost, tolerance = 0] = KEYS.map((key) => read(written[key]))
  if (is === undefined && atLeast === undefined && atMost === undefined)
    return { key: '', message: 'must have is, atLeast or atMost' }
  return { unit, is, tolerance, atLeast, atMost }
}

export function isMet({ is, tolerance, atLeast, atMost }: Condition, value: number): boolean {
  if (is !== undefined && Math.abs(value - is) > tolerance) return false
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost)
}

export function printValue(value: number, unit: Unit): string {
  return unit === 'duration' ? printDuration(value) : String(Math.round(value * 10_000) / 10_000)
}

/** For example `17m (1s more or less)` or `at least 3`. */
export function printCondition({ unit, is, tolerance, atLeast, atMost }: Condition): string {
  const print = (value: number) => printValue(value, unit)
  return [
    is === undefined ? '' : `${print(is)}${tolerance === 0 ? '' : ` (${print(tolerance)} more or less)`}`,
    atLeast === undefined ? '' : `at least ${print(atLeast)}`,
    atMost === undefined ? '' : `at most ${print(atMost)}`,
  ]
    .filter(Boolean)
    .join(', ')
}
