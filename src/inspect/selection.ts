/** Filters the actors that a viewer wants to see. */
import type { ActorFacts } from './protocol.ts'

/** The filter of a viewer. An empty list means everything. */
export interface Wanted {
  readonly users: readonly string[]
  readonly mrds: readonly string[]
  readonly dialogs: readonly string[]
}

export type Selection = (actor: ActorFacts) => boolean

export const EVERYTHING: Wanted = { users: [], mrds: [], dialogs: [] }

/** A function that says whether an actor passes the filter. `StreamQuery` has the rules. */
export function selectionOf({ users, mrds, dialogs }: Wanted): Selection {
  const ofUser = new Set(users)
  const ofMrd = new Set(mrds)
  const isDialog = new Set(dialogs)
  const above = new Set(dialogs.flatMap(namesAbove))
  return (actor) => {
    const { mrd, dialog } = actor
    if (ofUser.size > 0 && !usersOf(actor).some((user) => ofUser.has(user))) return false
    if (ofMrd.size > 0 && mrd !== undefined && !ofMrd.has(mrd)) return false
    if (isDialog.size === 0) return true
    return dialog === undefined ? above.has(pathOf(actor)) : isDialog.has(dialog)
  }
}

/** The users that an actor is about: for a call and its legs, all agents on the call. */
const usersOf = ({ user, users }: ActorFacts): readonly string[] => users ?? (user === undefined ? [] : [user])

/** Id of a nonvoice dialog: number, user, MRD. The ids of users and MRDs contain no underscore. */
const NONVOICE = /^\d+_(?<user>[^_]+)_(?<mrd>[^_]+)$/

/** The user that a nonvoice dialog belongs to; `undefined` for a call. */
export const ownerOf = (dialog: string): string | undefined => NONVOICE.exec(dialog)?.groups?.user

/** The medium and the user that a nonvoice dialog belongs to. */
function namesAbove(dialog: string): readonly string[] {
  const { user, mrd } = NONVOICE.exec(dialog)?.groups ?? {}
  if (user === undefined || mrd === undefined) return []
  return [pathOf({ kind: 'user', user }), pathOf({ kind: 'media', user, mrd })]
}

const pathOf = ({ kind, user = '', mrd = '' }: ActorFacts) => `${kind} ${user} ${mrd}`
