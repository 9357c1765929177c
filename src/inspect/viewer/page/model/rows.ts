/** The rows of the list of agents: search and filters applied, in the order of the ids. */
import type { Names } from './names.ts'
import type { Person, Present } from './roster.ts'

export interface Filter {
  readonly text: string
  /** `''` means any. */
  readonly state: string
  readonly mrd: string
}

/** The states of a user that the list shows: voice first, then the media. */
export function shownOf({ actors }: Person): readonly Present[] {
  const order = { user: 0, media: 1, task: 2, presence: 3, call: 4, leg: 5, side: 6, queue: 7 }
  return [...actors.values()]
    .filter(({ facts }) => facts.kind === 'user' || facts.kind === 'media')
    .sort((a, b) => order[a.facts.kind] - order[b.facts.kind] || compare(a.facts.mrd, b.facts.mrd))
}

const compare = (a = '', b = '') => a.localeCompare(b, 'en', { numeric: true })

/** Does an actor of the person have the state of the filter, in the medium of the filter if there is one? */
function fits({ actors }: Person, { state, mrd }: Filter): boolean {
  if (state === '' && mrd === '') return true
  for (const { facts, state: has } of actors.values()) {
    if (mrd !== '' && facts.mrd !== mrd) continue
    if (mrd !== '' && state === '' && (facts.kind !== 'media' || has === 'LOGOUT')) continue
    if (state === '' || has === state) return true
  }
  return false
}

function isFound({ user, actors }: Person, text: string, names: Pick<Names, 'ofUser'>): boolean {
  if (text === '') return true
  if (user.toLowerCase().includes(text) || names.ofUser(user).toLowerCase().includes(text)) return true
  // Dialogs are found by their ids.
  for (const { facts } of actors.values()) if (facts.dialog?.toLowerCase().includes(text)) return true
  return false
}

/** An agent is found by a part of the id or of the name, or of the id of a dialog. */
export function found(people: readonly Person[], filter: Filter, names: Pick<Names, 'ofUser'>): readonly Person[] {
  const text = filter.text.trim().toLowerCase()
  return people.filter((person) => fits(person, filter) && isFound(person, text, names))
}

/** The choices of the filters. */
export function choices(people: readonly Person[]): {
  readonly states: readonly string[]
  readonly mrds: readonly string[]
} {
  const states = new Set<string>()
  const mrds = new Set<string>()
  for (const { actors } of people)
    for (const { facts, state } of actors.values()) {
      if (facts.kind === 'user' || facts.kind === 'media' || facts.kind === 'task') states.add(state)
      if (facts.kind === 'media' && facts.mrd !== undefined) mrds.add(facts.mrd)
    }
  return { states: [...states].sort(), mrds: [...mrds].sort(compare) }
}
