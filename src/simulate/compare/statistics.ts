/** Means of independent runs, with their 95 % intervals (Student's t). */

/** A mean, and the bounds of its 95 % interval. With one run the bounds are absent. */
export interface Estimate {
  readonly mean: number
  readonly low?: number
  readonly high?: number
  /** Number of runs. */
  readonly runs: number
}

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const T975 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
] as const

/** The 97.5 % quantile of Student's t. Above 30 degrees of freedom: its expansion around the normal quantile. */
export function t975(freedom: number): number {
  const known = T975[freedom - 1]
  if (known !== undefined) return known
  const z = 1.959964
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  return z + (z ** 3 + z) / (4 * freedom) + second + third
}

/** The mean of the values, which must be at least one. */
export function estimate(values: readonly number[]): Estimate {
  const runs = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / runs
  if (runs < 2) return { mean, runs }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const half = t975(runs - 1) * Math.sqrt(squares / (runs - 1) / runs)
  return { mean, low: mean - half, high: mean + half, runs }
}

/** Whether the interval leaves out zero, so that the value differs from it by more than chance. */
export const isClear = ({ low, high }: Estimate): boolean =>
  low !== undefined && high !== undefined && (low > 0 || high < 0)
