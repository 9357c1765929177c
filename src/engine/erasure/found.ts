/** Found contacts in the form of the API, and as the plan of an erasure. */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { FoundContact } from './api.ts'
import type { Contact } from './contacts.ts'
import { openThings } from './open.ts'
import type { Plan } from './records.ts'

/** The contacts for the API, oldest first, each with its open part. */
export function told(contacts: readonly Contact[], aggregates: Aggregates): readonly FoundContact[] {
  const open = new Map<string, string>()
  for (const { name, ids } of openThings(aggregates)) for (const id of ids) if (!open.has(id)) open.set(id, name)
  const sorted = contacts.toSorted((a, b) => a.first - b.first)
  return sorted.map(({ ids, first, last, places }) => ({
    ids: [...ids],
    first: first === 0 ? null : first,
    last: last === 0 ? null : last,
    places,
    open: firstOf(ids, open),
  }))
}

function firstOf(ids: Iterable<string>, names: ReadonlyMap<string, string>): string | null {
  for (const id of ids) {
    const name = names.get(id)
    if (name !== undefined) return name
  }
  return null
}

/** The time of the first row of these contacts, in ms; 0 if one of them has no row. */
export const firstTime = (found: readonly FoundContact[]): number => Math.min(...found.map(({ first }) => first ?? 0))

/** The plan for the erasure of these contacts. */
export function planFor(found: readonly FoundContact[], asked: Pick<Plan, 'at' | 'by'>): Plan {
  const ids = new Set(found.flatMap((contact) => contact.ids))
  return { ...asked, ids, agents: new Set(), contacts: found.length, since: firstTime(found), watermark: null }
}
