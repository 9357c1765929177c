/** `PUT /Dialog/{id}`: actions on tasks (`media 9.1`) and on calls (`dialog 4.4`). */
import { CALL_ACTIONS, type CallAction, type TaskAction } from '../../machines/wire.ts'
import { accept, oneOf, type Read, readRoot, readTexts, refuse } from './request.ts'

/** Action on a task. `target` is the script selector of a TRANSFER; other actions have none. */
export interface TaskRequest {
  readonly action: TaskAction
  readonly target?: string
}

/** Action on a call. */
export interface CallRequest {
  readonly action: CallAction
  /** Extension of the acting agent. */
  readonly targetMediaAddress: string
}

const TASK_ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'] as const

/**
 * Documented actions on calls that are not supported yet. They get 501 instead of 400, so that clients see the
 * difference.
 */
const LATER_CALL_ACTIONS = [
  ...['TRANSFER', 'CONFERENCE', 'CONSULT_CALL', 'TRANSFER_SST', 'SEND_DTMF', 'UPDATE_CALL_DATA'],
  ...['PARTICIPANT_DROP', 'START_RECORDING', 'SILENT_MONITOR', 'BARGE_CALL', 'RECLASSIFY', 'ACCEPT', 'CLOSE', 'REJECT'],
  ...['UPDATE_SCHEDULED_CALLBACK', 'CANCEL_SCHEDULED_CALLBACK', 'MAKE_CALL'],
]
const ADDRESS = /^\+?[0-9A-Za-z*#]{1,32}$/

/** Reads the body of an action on a task. `undefined` stands for a request without a body. */
export function readTaskRequest(body: string | undefined): Read<TaskRequest> {
  const root = readRoot(body, 'Dialog')
  if (!root.ok) return root
  const texts = readTexts(root.value, ['requestedAction', 'target'])
  if (!texts.ok) return texts
  const requestedAction = texts.value('requestedAction')
  const target = texts.value('target')
  if (requestedAction === '') return refuse('PARAMETER_MISSING', 'requestedAction')
  const action = oneOf(TASK_ACTIONS, requestedAction)
  if (action === undefined) return refuse('INVALID_INPUT', 'requestedAction')
  if (action !== 'TRANSFER') return accept({ action })
  return target === '' ? refuse('PARAMETER_MISSING', 'target') : accept({ action, target })
}

/** Reads the body of an action on a call. `undefined` stands for a request without a body. */
export function readCallRequest(body: string | undefined): Read<CallRequest> {
  const root = readRoot(body, 'Dialog')
  if (!root.ok) return root
  const texts = readTexts(root.value, ['requestedAction', 'targetMediaAddress'])
  if (!texts.ok) return texts
  const requestedAction = texts.value('requestedAction')
  const targetMediaAddress = texts.value('targetMediaAddress')
  if (requestedAction === '') return refuse('PARAMETER_MISSING', 'requestedAction')
  const action = oneOf(CALL_ACTIONS, requestedAction)
  if (action === undefined) {
    return LATER_CALL_ACTIONS.includes(requestedAction)
      ? refuse('NOT_IMPLEMENTED', requestedAction)
      : refuse('INVALID_INPUT', 'requestedAction')
  }
  if (targetMediaAddress === '') return refuse('PARAMETER_MISSING', 'targetMediaAddress')
  return ADDRESS.test(targetMediaAddress)
    ? accept({ action, targetMediaAddress })
    : refuse('INVALID_INPUT', 'targetMediaAddress')
}
