/** Operations on dialogs (`media 9`, `dialog 4.2`, 4.4). */
import type { Command } from '../../engine/commands.ts'
import {
  type CallRequest,
  type NewCallRequest,
  readCallRequest,
  readNewCallRequest,
  readTaskRequest,
  renderDialog,
  renderDialogs,
} from '../../finesse/index.ts'
import { authorisedDialog, authorisedUser, authoriseListening } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply, submit, understood } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

/** An agent on a call gets it as the agent's notifications show it (`dialog 6.4`). */
function get(call: Call): Reply {
  const dialog = authorisedDialog(call)
  const own = call.engine.get.dialogs(call.principal.id, 'voice')?.find(({ id }) => id === dialog.id)
  return found(renderDialog(own ?? dialog))
}

function act(call: Call): Promise<Reply> {
  const dialog = authorisedDialog(call)
  const who = { user: call.principal.id, dialog: dialog.id }
  const wording = { DIALOG_NOT_FOUND: 'DIALOG_TO_ACT_ON_NOT_FOUND' } as const
  if (dialog.kind === 'task') {
    return submit(call, { type: 'dialog.act', ...who, ...understood(readTaskRequest(call.body())) }, wording)
  }
  const request = understood(readCallRequest(call.body(), call.engine.get.directory().platform, dialog.callType))
  return submit(call, callCommand(request, who), wording)
}

function callCommand(request: CallRequest, who: { readonly user: string; readonly dialog: string }): Command {
  switch (request.action) {
    case 'UPDATE_CALL_DATA': {
      const { targetMediaAddress, variables, wrapUpReason } = request
      const acting = targetMediaAddress === '' ? undefined : targetMediaAddress
      return { type: 'call.setData', ...who, targetMediaAddress: acting, variables, wrapUpReason }
    }
    case 'SEND_DTMF': {
      const { targetMediaAddress, tones } = request
      return { type: 'call.sendDtmf', ...who, targetMediaAddress, tones }
    }
    case 'CONSULT_CALL': {
      const { targetMediaAddress, toAddress } = request
      return { type: 'call.consult', ...who, targetMediaAddress, toAddress }
    }
    case 'TRANSFER_SST': {
      const { targetMediaAddress, toAddress } = request
      return { type: 'call.transferTo', ...who, targetMediaAddress, toAddress }
    }
    case 'TRANSFER':
    case 'CONFERENCE': {
      const { action, targetMediaAddress } = request
      return { type: 'call.join', ...who, action, targetMediaAddress }
    }
    case 'START_RECORDING':
      return { type: 'call.record', ...who, targetMediaAddress: request.targetMediaAddress }
    case 'RECLASSIFY': {
      const { targetMediaAddress, classification } = request
      return { type: 'call.reclassify', ...who, targetMediaAddress, classification }
    }
    case 'UPDATE_SCHEDULED_CALLBACK': {
      const { targetMediaAddress, callbackTime, callbackNumber } = request
      return { type: 'call.setCallback', ...who, targetMediaAddress, callbackTime, callbackNumber }
    }
    case 'CANCEL_SCHEDULED_CALLBACK':
      return { type: 'call.cancelCallback', ...who, targetMediaAddress: request.targetMediaAddress }
    case 'PARTICIPANT_DROP':
      return { type: 'call.dropParticipant', ...who, targetMediaAddress: request.targetMediaAddress }
    default: {
      const { action, targetMediaAddress } = request
      return { type: 'call.act', ...who, action, targetMediaAddress }
    }
  }
}

/** `dialog 4.3`, 4.9, 4.10. */
function makeCall(call: Call): Promise<Reply> {
  const { user } = authorisedUser(call)
  const request = understood(readNewCallRequest(call.body()))
  if (request.action !== 'MAKE_CALL') return listen(call, request)
  const { action: _, ...attempt } = request
  return submit(call, { type: 'call.make', user: user.id, ...attempt })
}

/** `dialog 4.9`, 4.10: a supervisor listens, or barges in. */
function listen(call: Call, request: Exclude<NewCallRequest, { action: 'MAKE_CALL' }>): Promise<Reply> {
  const { user } = authorisedUser(call, { action: 'SILENT_MONITOR' })
  authoriseListening(call, request.toAddress)
  const { fromAddress, toAddress } = request
  const who = { user: user.id, fromAddress, toAddress }
  if (request.action === 'SILENT_MONITOR') return submit(call, { type: 'call.monitor', ...who })
  return submit(call, { type: 'call.barge', ...who, monitor: request.associatedDialog })
}

function list(call: Call, kind: 'voice' | 'nonvoice' | 'all', mrd?: string): Reply {
  const { user } = authorisedUser(call)
  return found(renderDialogs(call.engine.get.dialogs(user.id, kind, mrd) ?? []))
}

function listOfMrd(call: Call): Reply {
  const { user } = authorisedUser(call)
  const mrd = call.param('mrdId')
  if (call.engine.get.mediaOrUndefined(user.id, mrd, call.side) === undefined)
    throw new RestRefusal('MRD_NOT_FOUND', mrd)
  return list(call, 'nonvoice', mrd)
}

export const DIALOG_OPERATIONS: readonly Operation[] = [
  { access: 'caller', method: 'GET', path: '/Dialog/:dialogId', run: get },
  { access: 'caller', method: 'PUT', path: '/Dialog/:dialogId', run: act },
  {
    access: 'caller',
    method: 'GET',
    path: '/User/:id/Dialogs',
    run: (call) => list(call, call.query('includeNonVoice') === 'true' ? 'all' : 'voice'),
  },
  { access: 'caller', method: 'POST', path: '/User/:id/Dialogs', run: makeCall },
  {
    access: 'caller',
    method: 'GET',
    path: '/User/:id/Dialogs/Media',
    platform: 'CCE',
    run: (call) => list(call, 'nonvoice'),
  },
  { access: 'caller', method: 'GET', path: '/User/:id/Media/:mrdId/Dialogs', platform: 'CCE', run: listOfMrd },
]
