/** Wrap-up reasons on the wire (`user 4.11`; `dialog 12`). */
import type { WrapUpReason } from '../directory/configuration/model.ts'
import { leaf, list, parent } from './xml.ts'

/**
 * A wrap-up reason. `user`: the user whose reasons are read, who is then a part of the URI (`user 4.11`). The URI of
 * the reason itself is for administrators.
 */
export function renderWrapUpReason({ id, label, teams }: WrapUpReason, user?: string): string {
  const owner = user === undefined ? '' : `/User/${user}`
  return parent(
    'WrapUpReason',
    leaf('uri', `/finesse/api${owner}/WrapUpReason/${id}`),
    leaf('label', label),
    leaf('forAll', teams === undefined),
  )
}

export function renderWrapUpReasons(reasons: readonly WrapUpReason[], user?: string): string {
  return list(
    'WrapUpReasons',
    reasons.map((reason) => renderWrapUpReason(reason, user)),
  )
}
