/** Tries the values of a sweep in order, until a target is met. */
import { type Experiment, printFigureEstimate, type Variant } from '../../simulate/index.ts'
import { table } from '../../tables/index.ts'
import { UsageFailure } from '../start-failure.ts'
import type { Target } from './options.ts'

/**
 * Met means surely met: the whole 95 % interval does. With one seed there is no interval, and the figure itself counts.
 * Sets the exit code 1 if no value meets the target.
 */
export async function sweepUntil(
  variants: readonly Variant[],
  { text, figure, least, value }: Target,
  run: (variant: Variant) => Promise<Experiment>,
  print: (line: string) => void,
): Promise<void> {
  const rows: string[][] = [['', text, '']]
  let met: string | undefined
  for (const variant of variants) {
    const { figures = [] } = (await run(variant)).outcomes[0] ?? {}
    const found = figures.find(({ id }) => id.endsWith(`/${figure}`) || id === figure)
    if (!found) throw new UsageFailure(`--until: no figure ${figure.replace('/', '.')}; there are ${namesOf(figures)}`)
    const { mean, low = mean, high = mean } = found.estimate
    const isMet = least ? low >= value : high <= value
    const isMaybe = least ? mean >= value : mean <= value
    rows.push([variant.name, printFigureEstimate(found), isMet ? 'met' : isMaybe ? 'met by the mean only' : 'not met'])
    if (!isMet) continue
    met = variant.name
    break
  }
  print(`${met === undefined ? `No value surely meets ${text}.` : `${met} is the first that surely meets ${text}.`}\n`)
  print(table(rows))
  if (met === undefined) process.exitCode = 1
}

const namesOf = (figures: readonly { readonly id: string }[]) =>
  figures.map(({ id }) => id.replace(/^(?:queue|work)\//, '').replace('/', '.')).join(', ')
