/** The ticks of an axis from 0, in steps that people use. Pure. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DURATIONS = [1, 2, 5, 10, 15, 30]
  .map((seconds) => seconds * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE))
  .concat([1, 2, 4, 8, 12, 24, 48, 96, 168].map((hours) => hours * HOUR))
/** Most steps of an axis. */
const STEPS = 5

/** From 0 to the first tick that is not below `most`. Durations are in ms, shares from 0 to 1. */
export function naturalTicks(most: number, unit: 'count' | 'duration' | 'share'): readonly number[] {
  const step = stepOf(Math.max(most, Number.MIN_VALUE), unit)
  const steps = Math.max(1, Math.ceil(most / step - 1e-9))
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)))
}

function stepOf(most: number, unit: 'count' | 'duration' | 'share'): number {
  const wanted = most / STEPS
  const known = unit === 'duration' && most >= STEPS * 100 ? DURATIONS.find((step) => step >= wanted) : undefined
  if (known !== undefined) return known
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= wanted * (1 - 1e-9)) ?? 10)
  return unit === 'count' ? Math.max(1, step) : step
}
