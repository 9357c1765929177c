/** Tries the values of a sweep in order, until a target is met. */
import { type Experiment, figureOf, type Target, targetVerdict, type Variant } from '../../simulate/index.ts'
import { UsageFailure } from '../start-failure.ts'

/** The values that were tried, as one experiment. Sets the exit code 1 if no value surely meets the target. */
export async function sweepUntil(
  variants: readonly Variant[],
  target: Target,
  run: (variant: Variant) => Promise<Experiment>,
): Promise<Experiment> {
  let found: Experiment | undefined
  for (const variant of variants) {
    const own = await run(variant)
    const [outcome] = own.outcomes
    if (!outcome) break
    const { figures } = outcome
    if (!figureOf(target, figures))
      throw new UsageFailure(`--until: no figure ${target.figure.replace('/', '.')}; there are ${namesOf(figures)}`)
    found = { ...own, outcomes: [...(found?.outcomes ?? []), ...own.outcomes], target }
    if (targetVerdict(target, figures) === 'met') return found
  }
  if (!found) throw new UsageFailure('--until: there is no value to try')
  process.exitCode = 1
  return found
}

const namesOf = (figures: readonly { readonly id: string }[]) =>
  figures.map(({ id }) => id.replace(/^(?:queue|work)\//, '').replace('/', '.')).join(', ')
