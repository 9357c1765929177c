/** The first state of a followed call or party: the one that is reported first. */
import { ownWork } from '../rules.ts'

const first = <S extends string>(state: S) => ({
  ...ownWork(`The followed Finesse reports ${state}, and nothing before.`),
  target: state,
})

/** A state that is left at once. `other`: the first state if none of the others was reported. */
export const beginning = <S extends string>(other: S, states: readonly S[]) => ({
  description: 'What was reported first decides the first state, and nobody sees this one.',
  always: [
    ...states
      .filter((state) => state !== other)
      .map((state) => ({ ...first(state), guard: { type: 'begins', params: { state } } as const })),
    first(other),
  ],
})
