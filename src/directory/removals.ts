/** How many users another directory may leave out before somebody has to say that it is meant. */
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

/** Above both, a removal has to be confirmed. */
export interface RemovalLimit {
  /** Of the users that are there: 0.1 is a tenth. */
  readonly share: number
  readonly users: number
}

export const REMOVAL_LIMIT: RemovalLimit = { share: 0.1, users: 2 }

/** Many users are missing in a directory, and nobody has confirmed it. Nothing has changed. */
export class RemovalsNotConfirmed extends MrdianError {
  override readonly name = 'RemovalsNotConfirmed'
  readonly code: CodeOf<'RemovalsNotConfirmed'> = 'REMOVALS_NOT_CONFIRMED'
  readonly removed: number
  /** How many users there are. */
  readonly users: number
  constructor(removed: number, users: number) {
    super(`the directory leaves out ${removed} of ${users} users, and nothing has changed: is the file complete?`)
    this.removed = removed
    this.users = users
  }
}

/** Throws `RemovalsNotConfirmed` where more of the users that are there are missing than the limit allows. */
export function limitRemovals(
  before: readonly string[],
  after: { readonly users: readonly { readonly id: string }[] },
  { share, users }: RemovalLimit = REMOVAL_LIMIT,
): void {
  const ids = new Set(after.users.map(({ id }) => id))
  const removed = before.filter((id) => !ids.has(id)).length
  if (removed > users && removed > share * before.length) throw new RemovalsNotConfirmed(removed, before.length)
}
