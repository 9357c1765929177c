/** Limits the number of users that a new directory may remove without a confirmation. */
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

/** If more users than both would be removed, the removal must be confirmed. */
export interface RemovalLimit {
  /** Share of the present users; 0.1 is a tenth. */
  readonly share: number
  readonly users: number
}

export const REMOVAL_LIMIT: RemovalLimit = { share: 0.1, users: 2 }

/** A new directory removes many users without a confirmation. Nothing has changed. */
export class RemovalsNotConfirmed extends MrdianError {
  override readonly name = 'RemovalsNotConfirmed'
  readonly code: CodeOf<'RemovalsNotConfirmed'> = 'REMOVALS_NOT_CONFIRMED'
  readonly removed: number
  /** Number of present users. */
  readonly users: number
  constructor(removed: number, users: number) {
    super(`the directory leaves out ${removed} of ${users} users, and nothing has changed: is the file complete?`)
    this.removed = removed
    this.users = users
  }
}

/** Throws `RemovalsNotConfirmed` if `after` lacks more of the users of `before` than the limit allows. */
export function limitRemovals(
  before: readonly string[],
  after: { readonly users: readonly { readonly id: string }[] },
  { share, users }: RemovalLimit = REMOVAL_LIMIT,
): void {
  const ids = new Set(after.users.map(({ id }) => id))
  const removed = before.filter((id) => !ids.has(id)).length
  if (removed > users && removed > share * before.length) throw new RemovalsNotConfirmed(removed, before.length)
}
