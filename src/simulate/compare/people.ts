/** What is assumed of people in the variants of an experiment: what they share, and what only some of them have. */
import type { Assumption, SharedAssumption, SimulationResult } from '../result.ts'

export function peopleOf(
  outcomes: readonly { readonly name: string; readonly first: Pick<SimulationResult, 'people'> }[],
): readonly SharedAssumption[] {
  const known = new Map<string, { readonly assumption: Assumption; readonly names: string[] }>()
  for (const { name, first } of outcomes)
    for (const assumption of first.people) {
      const key = JSON.stringify(assumption)
      const { names } = known.get(key) ?? { names: [] }
      known.set(key, { assumption, names: [...names, name] })
    }
  // Those about the same subject stand together, in the order in which subjects appear.
  const subjects = [...new Set([...known.values()].map(({ assumption }) => assumption.about))]
  return subjects.flatMap((subject) =>
    [...known.values()]
      .filter(({ assumption }) => assumption.about === subject)
      .map(({ assumption, names }) => {
        return { ...assumption, of: names.length === outcomes.length ? '' : ` in ${names.join(', ')}` }
      }),
  )
}
