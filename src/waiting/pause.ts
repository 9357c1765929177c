/** Pauses between attempts: each is twice as long as the one before, up to a longest one. */

/** In ms. */
export interface PauseLimits {
  readonly first: number
  readonly longest: number
}

/** The pause after `last`, in ms; the first one when left out. */
export const nextPause = ({ first, longest }: PauseLimits, last?: number): number =>
  last === undefined ? first : Math.min(longest, 2 * last)

/**
 * A random part of a pause, at least half of it, so that not all clients try again at the same moment. `random` returns
 * numbers from 0 up to, but not including, 1.
 */
export const spread = (pause: number, random: () => number): number => pause / 2 + (pause / 2) * random()
