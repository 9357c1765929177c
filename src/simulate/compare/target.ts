/** A target of a sweep, and whether a variant meets it. */
import type { FigureEstimate } from './experiment.ts'

/** A figure of a medium or of the agents, and what it has to reach. Durations in ms, shares from 0 to 1. */
export interface Target {
  /** As it was given, for example `5002.serviceLevel>=80%`. */
  readonly text: string
  /** For example `5002/serviceLevel`. */
  readonly figure: string
  readonly least: boolean
  readonly value: number
}

/**
 * Met means surely met: the whole 95 % interval does. With one seed there is no interval, and the figure itself counts.
 */
export type TargetVerdict = 'met' | 'met by the mean only' | 'not met'

/** The figure that the target is about. `undefined` if the variant has no such figure. */
export const figureOf = <Of extends { readonly id: string }>({ figure }: Target, figures: readonly Of[]) =>
  figures.find(({ id }) => id.endsWith(`/${figure}`) || id === figure)

/** `undefined` if the variant has no such figure. */
export function targetVerdict(target: Target, figures: readonly FigureEstimate[]): TargetVerdict | undefined {
  const found = figureOf(target, figures)
  if (!found) return undefined
  const { least, value } = target
  const { mean, low = mean, high = mean } = found.estimate
  if (least ? low >= value : high <= value) return 'met'
  return (least ? mean >= value : mean <= value) ? 'met by the mean only' : 'not met'
}
