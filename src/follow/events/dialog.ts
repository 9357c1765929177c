/** Reads dialogs: tasks (`media 7`) and calls (`dialog 1`; `notifications 8.2`, 8.3, 8.7). */
import {
  CALL_ACTIONS,
  CALL_STATES,
  type DispositionCode,
  LEG_STATES,
  type ListedAction,
  TASK_STATES,
  type TaskAction,
} from '../../../machines/wire.ts'
import { VOICE_MRD } from '../../directory/model.ts'
import type {
  CallDialogValue,
  CallParticipantValue,
  DialogValue,
  TaskDialogValue,
  Variable,
} from '../../engine/values.ts'
import { lastPart } from './paths.ts'
import { oneOf, type Reading, timeAt } from './reading.ts'
import { at, childrenOf, type Tree, textAt } from './tree.ts'

const TASK_ACTIONS: readonly TaskAction[] = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER']
/** The actions on a call, and those that no request on the dialog carries out. */
const LISTED: readonly ListedAction[] = [...CALL_ACTIONS, 'BARGE_CALL', 'START_RECORDING']
const CAUSES = ['', 'BUSY', 'BAD_DESTINATION', 'DEVICE_RESOURCE_NOT_AVAILABLE', 'OTHER'] as const
const DISPOSITIONS = [
  '',
  'CD_NORMAL_END_TASK',
  'CD_TASK_TRANSFER',
  'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT',
  'CD_RING_NO_ANSWER',
  'CD_MAX_DIALOG_LIFETIME_EXCEEDED',
  'CD_TASK_ABANDONED_WHILE_OFFERED',
  'CD_AGENT_LOGGED_OUT_DURING_DIALOG',
  'CD_APPLICATION_DISCONNECTED',
] as const satisfies readonly (DispositionCode | '')[]
/** Call variables that are empty are written by some servers and left out by others (`dialog 1.4`). */
const PERIPHERAL = /^callVariable\d+$/

/** A dialog; `undefined` without an id. `user`: the owner of the node or collection, who a task belongs to. */
export function readDialog(tree: Tree, user: string, reading: Reading): DialogValue | undefined {
  const id = textAt(tree, 'id') || lastPart(textAt(tree, 'uri'))
  if (id === '') return undefined
  return isTask(tree, id) ? readTask(tree, id, user, reading) : readCall(tree, id, reading)
}

/** Ids of tasks have underscores, and those of calls have none (`notifications 8.7`). */
function isTask(tree: Tree, id: string): boolean {
  if (textAt(tree, 'mediaType').toLowerCase() === 'voice') return false
  const mrd = textAt(tree, 'mediaProperties', 'mediaId')
  return mrd === '' ? id.includes('_') : mrd !== VOICE_MRD
}

const actionsOf = <A extends string>(tree: Tree | undefined, known: readonly A[]): readonly A[] =>
  childrenOf(at(tree, 'actions'), 'action').flatMap(({ text }) => known.find((each) => each === text) ?? [])

function variablesOf(tree: Tree): readonly Variable[] {
  return childrenOf(at(tree, 'mediaProperties', 'callvariables'), 'CallVariable').map((each) => ({
    name: textAt(each, 'name'),
    value: textAt(each, 'value'),
  }))
}

function readTask(tree: Tree, id: string, user: string, reading: Reading): TaskDialogValue {
  const properties = at(tree, 'mediaProperties')
  const participant = at(tree, 'participants', 'Participant')
  const text = (name: string) => textAt(properties, name)
  const since = timeAt(participant, 'stateChangeTime')
  return {
    kind: 'task',
    id,
    user: user || textAt(participant, 'mediaAddress') || (id.split('_')[1] ?? ''),
    mrd: text('mediaId') || (id.split('_')[2] ?? ''),
    mediaType: textAt(tree, 'mediaType'),
    associatedDialog: lastPart(textAt(tree, 'associatedDialogUri')),
    queueNumber: text('queueNumber'),
    queueName: text('queueName'),
    callKey: {
      prefix: text('callKeyPrefix'),
      callId: text('callKeyCallId'),
      sequence: text('callKeySequenceNum'),
    },
    variables: variablesOf(tree),
    state: oneOf(TASK_STATES, textAt(tree, 'state'), 'UNKNOWN', 'dialog/state', reading),
    dispositionCode: oneOf(DISPOSITIONS, text('dispositionCode'), '', 'dialog/dispositionCode', reading),
    actions: actionsOf(participant, TASK_ACTIONS),
    startTime: timeAt(participant, 'startTime') ?? since ?? 0,
    stateChangeTime: since ?? 0,
  }
}

function readCall(tree: Tree, id: string, reading: Reading): CallDialogValue {
  const properties = at(tree, 'mediaProperties')
  const participants = childrenOf(at(tree, 'participants'), 'Participant').map((each) => readParty(each, reading))
  const associatedDialog = lastPart(textAt(tree, 'associatedDialogUri'))
  const secondaryId = textAt(tree, 'secondaryId')
  const number = textAt(properties, 'queueNumber')
  const wrapUpReason = at(properties, 'wrapUpReason')
  return {
    kind: 'call',
    id,
    ...(associatedDialog === '' ? {} : { associatedDialog }),
    ...(secondaryId === '' ? {} : { secondaryId }),
    fromAddress: textAt(tree, 'fromAddress'),
    toAddress: textAt(tree, 'toAddress'),
    dnis: textAt(properties, 'DNIS'),
    dialedNumber: textAt(properties, 'dialedNumber'),
    callType: textAt(properties, 'callType'),
    ...(number === '' ? {} : { queue: { number, name: textAt(properties, 'queueName'), outcome: outcomeOf(tree) } }),
    variables: variablesOf(tree).filter(({ name, value }) => value !== '' || !PERIPHERAL.test(name)),
    ...(wrapUpReason ? { wrapUpReason: wrapUpReason.text } : {}),
    state: oneOf(CALL_STATES, textAt(tree, 'state'), 'FAILED', 'dialog/state', reading),
    participants,
  }
}

/** The documents do not say what became of the call in its queue. The state of the call does, as far as agents see it. */
const outcomeOf = (tree: Tree) => (textAt(tree, 'state') === 'ALERTING' ? 'RINGING' : 'ANSWERED')

function readParty(tree: Tree, reading: Reading): CallParticipantValue {
  const mediaAddress = textAt(tree, 'mediaAddress')
  const isAgent = textAt(tree, 'mediaAddressType') === 'AGENT_DEVICE'
  const user = isAgent ? reading.agentAt(mediaAddress) : undefined
  const since = timeAt(tree, 'stateChangeTime')
  return {
    mediaAddress,
    ...(user === undefined ? {} : { user }),
    state: oneOf(LEG_STATES, textAt(tree, 'state'), 'FAILED', 'participant/state', reading),
    stateCause: oneOf(CAUSES, textAt(tree, 'stateCause'), 'OTHER', 'participant/stateCause', reading),
    actions: actionsOf(tree, LISTED),
    startTime: timeAt(tree, 'startTime') ?? since ?? 0,
    stateChangeTime: since,
  }
}
