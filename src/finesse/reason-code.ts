/** Reason codes on the wire (`user 6.1`, 4.10). */
import type { Reason } from '../../machines/wire.ts'
import type { ReasonCode } from '../directory/model.ts'
import { leaf, list, parent } from './xml.ts'

function reasonUri(id: string): string {
  return `/finesse/api/ReasonCode/${id}`
}

/**
 * The reason of a state: `reasonCode` inside User, `ReasonCode` inside Media (ruling 4).
 *
 * `systemCode` is written only inside User and only when true, because no sample of a code chosen by a user has it.
 */
export function stateReason(element: 'reasonCode' | 'ReasonCode', reason: Reason): string {
  const system = element === 'reasonCode' && reason.systemCode ? leaf('systemCode', true) : ''
  return parent(
    element,
    leaf('category', reason.category),
    leaf('code', reason.code),
    leaf('forAll', reason.forAll),
    leaf('id', reason.id),
    leaf('label', reason.label),
    system,
    leaf('uri', reasonUri(reason.id)),
  )
}

/** A reason code of the directory. Its elements are in the order of live servers (`user 4.10`). */
export function renderReasonCode(reason: ReasonCode): string {
  return parent(
    'ReasonCode',
    leaf('uri', reasonUri(reason.id)),
    leaf('id', reason.id),
    leaf('category', reason.category),
    leaf('code', reason.code),
    leaf('label', reason.label),
    leaf('forAll', reason.forAll),
    leaf('systemCode', reason.systemCode),
  )
}

/** The answer to a query for one category or for `ALL`. */
export function renderReasonCodes(category: 'NOT_READY' | 'LOGOUT' | 'ALL', codes: readonly ReasonCode[]): string {
  return list('ReasonCodes', codes.map(renderReasonCode), ` category="${category}"`)
}
