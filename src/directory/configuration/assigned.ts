/** Which entries of the configuration a team has. */
import type { Assignable } from './model.ts'

/** Does a team have the entry? */
export function isAssigned({ teams }: Assignable, teamId: string): boolean {
  return teams === undefined || teams.includes(teamId)
}

/** The entries that a team has, by id; all entries without `teamId`. */
export function assigned<T extends Assignable>(entries: readonly T[], teamId?: string): readonly T[] {
  const had = teamId === undefined ? entries : entries.filter((entry) => isAssigned(entry, teamId))
  return had.toSorted((a, b) => Number(a.id) - Number(b.id))
}
