/** Reason codes that a user may choose (`user 4.10`). */
import { lookup } from '../../directory/index.ts'
import { renderReasonCode, renderReasonCodes } from '../../finesse/index.ts'
import { readableUser } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

// The directory does not assign codes to teams, so codes that are not for all are listed for every user.
function list(call: Call): Reply {
  readableUser(call)
  const category = call.query('category')
  if (category === '') throw new RestRefusal('PARAMETER_MISSING', 'category')
  if (category !== 'NOT_READY' && category !== 'LOGOUT' && category !== 'ALL') {
    throw new RestRefusal('INVALID_INPUT', 'category')
  }
  const { reasonCodes } = call.engine.get.directory()
  const wanted = category === 'ALL' ? reasonCodes : reasonCodes.filter((reason) => reason.category === category)
  return found(renderReasonCodes(category, wanted))
}

function one(call: Call): Reply {
  readableUser(call)
  const id = call.param('reasonCodeId')
  const reason = lookup(call.engine.get.directory()).reason(id)
  if (reason === undefined) throw new RestRefusal('RESOURCE_NOT_FOUND', id)
  return found(renderReasonCode(reason))
}

export const REASON_CODE_OPERATIONS: readonly Operation[] = [
  { access: 'caller', method: 'GET', path: '/User/:id/ReasonCodes', run: list },
  { access: 'caller', method: 'GET', path: '/User/:id/ReasonCode/:reasonCodeId', run: one },
]
