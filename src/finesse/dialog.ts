/** Dialogs on the wire: tasks (`media 7.1`) and calls (`dialog 1.1`). */
import type { CallDialogValue, CallParticipantValue, DialogValue, TaskDialogValue, Variable } from '../engine/values.ts'
import { leaf, list, parent, wireTime } from './xml.ts'

function dialogUri(id: string): string {
  return `/finesse/api/Dialog/${id}`
}

function actionList(actions: readonly string[]): string {
  return list(
    'actions',
    actions.map((action) => leaf('action', action)),
  )
}

function callVariables(variables: readonly Variable[]): string {
  const variable = (one: Variable) => parent('CallVariable', leaf('name', one.name), leaf('value', one.value))
  return list('callvariables', variables.map(variable))
}

const PERIPHERAL_NAMES = Array.from({ length: 10 }, (_, index) => `callVariable${index + 1}`)

/** Variables of a call. The ten `callVariable`s come first and are always present, even if empty (`dialog 1.4`). */
function allVariables(variables: readonly Variable[]): readonly Variable[] {
  const given = (name: string) => variables.find((one) => one.name === name)
  const peripheral = PERIPHERAL_NAMES.map((name) => given(name) ?? { name, value: '' })
  return [...peripheral, ...variables.filter(({ name }) => !PERIPHERAL_NAMES.includes(name))]
}

function taskContent(task: TaskDialogValue): readonly string[] {
  return [
    leaf('associatedDialogUri', task.associatedDialog === '' ? '' : dialogUri(task.associatedDialog)),
    leaf('id', task.id),
    leaf('mediaType', task.mediaType),
    parent(
      'mediaProperties',
      leaf('mediaId', task.mrd),
      leaf('dialedNumber', ''),
      leaf('queueNumber', task.queueNumber),
      leaf('queueName', task.queueName),
      leaf('callKeyCallId', task.callKey.callId),
      leaf('callKeySequenceNum', task.callKey.sequence),
      leaf('callKeyPrefix', task.callKey.prefix),
      callVariables(task.variables),
      leaf('dispositionCode', task.dispositionCode),
    ),
    parent(
      'participants',
      parent(
        'Participant',
        actionList(task.actions),
        leaf('mediaAddress', task.user),
        leaf('startTime', wireTime(task.startTime)),
        leaf('state', task.state),
        leaf('stateChangeTime', wireTime(task.stateChangeTime)),
      ),
    ),
    leaf('state', task.state),
    leaf('uri', dialogUri(task.id)),
  ]
}

function callParticipant(participant: CallParticipantValue): string {
  return parent(
    'Participant',
    actionList(participant.actions),
    leaf('mediaAddress', participant.mediaAddress),
    leaf('mediaAddressType', participant.user === undefined ? '' : 'AGENT_DEVICE'),
    leaf('startTime', wireTime(participant.startTime)),
    leaf('state', participant.state),
    leaf('stateCause', participant.stateCause),
    leaf('stateChangeTime', wireTime(participant.stateChangeTime)),
  )
}

/** `dialog 1.2`. Absent without a callback. */
function callbackInfo({ campaign }: CallDialogValue): readonly string[] {
  const { callbackTime, callbackNumber } = campaign?.callback ?? {}
  const values = [
    ...(callbackTime === undefined ? [] : [leaf('callbackTime', callbackTime)]),
    ...(callbackNumber === undefined ? [] : [leaf('callbackNumber', callbackNumber)]),
  ]
  return values.length === 0 ? [] : [parent('scheduledCallbackInfo', ...values)]
}

/** The wrap-up reason, and on CCX the list of reasons, which has one (`dialog 1.2`). Absent until there is one. */
function wrapUp({ wrapUpReason, hasWrapUpItems }: CallDialogValue): readonly string[] {
  if (wrapUpReason === undefined) return []
  const items = hasWrapUpItems ? [parent('wrapUpItems', leaf('wrapUpItem', wrapUpReason))] : []
  return [...items, leaf('wrapUpReason', wrapUpReason)]
}

function callContent(call: CallDialogValue): readonly string[] {
  return [
    leaf('associatedDialogUri', call.associatedDialog === undefined ? '' : dialogUri(call.associatedDialog)),
    leaf('fromAddress', call.fromAddress),
    leaf('id', call.id),
    parent(
      'mediaProperties',
      leaf('mediaId', 1),
      leaf('DNIS', call.dnis),
      leaf('callType', call.callType),
      leaf('dialedNumber', call.dialedNumber),
      leaf('outboundClassification', call.campaign?.classification ?? ''),
      ...wrapUp(call),
      callVariables(allVariables(call.variables)),
      ...(call.queue ? [leaf('queueNumber', call.queue.number), leaf('queueName', call.queue.name)] : []),
    ),
    leaf('mediaType', 'Voice'),
    list('participants', call.participants.map(callParticipant)),
    ...callbackInfo(call),
    ...(call.secondaryId === undefined ? [] : [leaf('secondaryId', call.secondaryId)]),
    leaf('state', call.state),
    leaf('toAddress', call.toAddress),
    leaf('uri', dialogUri(call.id)),
  ]
}

/** A dialog. The root is `Dialog` in answers and collections, `dialog` in a notification of one item (ruling 2). */
export function renderDialog(dialog: DialogValue, root: 'Dialog' | 'dialog' = 'Dialog'): string {
  return parent(root, ...(dialog.kind === 'task' ? taskContent(dialog) : callContent(dialog)))
}

/** A collection of dialogs. The root is `Dialogs` in answers and `dialogs` in notifications. */
export function renderDialogs(dialogs: readonly DialogValue[], root: 'Dialogs' | 'dialogs' = 'Dialogs'): string {
  return list(
    root,
    dialogs.map((dialog) => renderDialog(dialog)),
  )
}
