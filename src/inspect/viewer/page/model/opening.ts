/** Where the page opens if its address names no agent: where something happens. */
import type { Person } from './roster.ts'

/** 3: interrupted, 2: at work, 1: signed in, 0: nothing. */
function liveliness({ actors }: Person): number {
  let most = 0
  for (const { facts, state } of actors.values()) {
    if (facts.kind === 'media' && state === 'INTERRUPTED') return 3
    if (facts.kind === 'task' || (facts.kind === 'user' && (state === 'TALKING' || state === 'HOLD')))
      most = Math.max(most, 2)
    else if ((facts.kind === 'user' || facts.kind === 'media') && state !== 'LOGOUT') most = Math.max(most, 1)
  }
  return most
}

/** The first of the agents with the most to see; `undefined` if all are signed out. */
export function liveliest(people: readonly Person[]): string | undefined {
  let found: { readonly user: string; readonly rank: number } | undefined
  for (const person of people) {
    const rank = liveliness(person)
    if (rank > (found?.rank ?? 0)) found = { user: person.user, rank }
    if (rank === 3) break
  }
  return found?.user
}
