/** `PUT /Dialog/{id}`: actions on tasks (`media 9.1`) and on calls (`dialog 4.4`). */
import { CALL_ACTIONS, type JoinAction, type LegAction, type TaskAction } from '../../machines/wire.ts'
import type { Platform } from '../directory/model.ts'
import { type CampaignRequest, readCampaignAction, readParams } from './campaign-request.ts'
import type { XmlElement } from './parse.ts'
import { accept, oneOf, type Read, readChild, readRoot, readText, readTexts, refuse } from './request.ts'

/** Action on a task. `target` is the script selector of a TRANSFER; other actions have none. */
export interface TaskRequest {
  readonly action: TaskAction
  readonly target?: string
}

/** Action on a call. `targetMediaAddress`: extension of the acting agent, which only UPDATE_CALL_DATA may leave empty. */
export type CallRequest =
  | { readonly action: LegAction | JoinAction | 'CANCEL_SCHEDULED_CALLBACK'; readonly targetMediaAddress: string }
  | CampaignRequest
  /** `targetMediaAddress`: the party to drop, or to record. */
  | { readonly action: 'PARTICIPANT_DROP' | 'START_RECORDING'; readonly targetMediaAddress: string }
  | {
      readonly action: 'UPDATE_CALL_DATA'
      readonly targetMediaAddress: string
      readonly variables: readonly { readonly name: string; readonly value: string }[]
      readonly wrapUpReason?: string
    }
  | {
      readonly action: 'CONSULT_CALL' | 'TRANSFER_SST'
      readonly targetMediaAddress: string
      readonly toAddress: string
    }
  | { readonly action: 'SEND_DTMF'; readonly targetMediaAddress: string; readonly tones: string }

interface Addresses {
  readonly fromAddress: string
  readonly toAddress: string
}

/** A call to make. No `variables` means that the request has no `mediaProperties`. */
export type NewCallRequest =
  | ({
      readonly action: 'MAKE_CALL'
      readonly variables?: readonly { readonly name: string; readonly value: string }[]
    } & Addresses)
  | ({ readonly action: 'SILENT_MONITOR' } & Addresses)
  /** `associatedDialog`: id of the monitor call. */
  | ({ readonly action: 'BARGE_CALL'; readonly associatedDialog: string } & Addresses)

const TASK_ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'] as const

const NEW_CALLS = ['MAKE_CALL', 'SILENT_MONITOR', 'BARGE_CALL'] as const

/** The action that a platform does not have (`dialog 4.13`). */
const MISSING: Readonly<Record<Platform, CallRequest['action']>> = { CCE: 'START_RECORDING', CCX: 'PARTICIPANT_DROP' }

/** The types of reservations that a platform does not have, nor ACCEPT, CLOSE and REJECT for them (`dialog 5.1`). */
const FOREIGN_PREVIEWS: Readonly<Record<Platform, readonly string[]>> = {
  CCE: ['OUTBOUND_DIRECT_PREVIEW'],
  CCX: ['OUTBOUND_PREVIEW', 'OUTBOUND_CALLBACK_PREVIEW'],
}
const PREVIEW_ACTIONS: readonly string[] = ['ACCEPT', 'CLOSE', 'REJECT']

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

/**
 * Reads the body of an action on a call. `undefined` stands for a request without a body. `callType` is that of the
 * call: a platform has no actions for the previews of the other one.
 */
export function readCallRequest(
  body: string | undefined,
  platform: Platform = 'CCE',
  callType = '',
): Read<CallRequest> {
  const root = readRoot(body, 'Dialog')
  if (!root.ok) return root
  const texts = readTexts(root.value, ['requestedAction', 'targetMediaAddress'])
  if (!texts.ok) return texts
  const requestedAction = texts.value('requestedAction')
  const targetMediaAddress = texts.value('targetMediaAddress')
  if (requestedAction === '') return refuse('PARAMETER_MISSING', 'requestedAction')
  const action = oneOf([...CALL_ACTIONS, 'START_RECORDING'], requestedAction)
  if (action === undefined) return refuse('INVALID_INPUT', 'requestedAction')
  const isForeign = PREVIEW_ACTIONS.includes(action) && FOREIGN_PREVIEWS[platform].includes(callType)
  if (action === MISSING[platform] || isForeign) return refuse('NOT_IMPLEMENTED', requestedAction)
  if (targetMediaAddress !== '' && !ADDRESS.test(targetMediaAddress))
    return refuse('INVALID_INPUT', 'targetMediaAddress')
  if (action === 'UPDATE_CALL_DATA') return readCallData(root.value, targetMediaAddress)
  if (targetMediaAddress === '') return refuse('PARAMETER_MISSING', 'targetMediaAddress')
  if (action === 'CONSULT_CALL' || action === 'TRANSFER_SST') return readDialled(root.value, action, targetMediaAddress)
  if (action === 'RECLASSIFY' || action === 'UPDATE_SCHEDULED_CALLBACK')
    return readCampaignAction(root.value, action, targetMediaAddress)
  return action === 'SEND_DTMF' ? readTones(root.value, targetMediaAddress) : accept({ action, targetMediaAddress })
}

/** The URI of a dialog, with its id. */
const DIALOG_URI = /^\/finesse\/api\/Dialog\/(\w{1,64})$/

/** Reads the body of `POST /User/{id}/Dialogs` (`dialog 4.3`, 4.9, 4.10). `undefined` stands for a request without a body. */
export function readNewCallRequest(body: string | undefined): Read<NewCallRequest> {
  const root = readRoot(body, 'Dialog')
  if (!root.ok) return root
  const texts = readTexts(root.value, ['requestedAction', 'fromAddress', 'toAddress'])
  if (!texts.ok) return texts
  const requested = texts.value('requestedAction')
  const action = oneOf(NEW_CALLS, requested)
  if (requested !== '' && action === undefined) return refuse('INVALID_INPUT', 'requestedAction')
  const missing = (['requestedAction', 'fromAddress', 'toAddress'] as const).find((name) => texts.value(name) === '')
  if (missing !== undefined) return refuse('PARAMETER_MISSING', missing)
  const addresses = { fromAddress: texts.value('fromAddress'), toAddress: texts.value('toAddress') }
  if (action === 'SILENT_MONITOR') return accept({ action, ...addresses })
  return action === 'BARGE_CALL' ? readBarge(root.value, addresses) : readMadeCall(root.value, addresses)
}

function readBarge(root: XmlElement, addresses: Addresses): Read<NewCallRequest> {
  const uri = readText(root, 'associatedDialogUri')
  if (!uri.ok) return uri
  if (uri.value === '') return refuse('PARAMETER_MISSING', 'associatedDialogUri')
  const [, associatedDialog] = DIALOG_URI.exec(uri.value) ?? []
  if (associatedDialog === undefined) return refuse('INVALID_INPUT', 'associatedDialogUri')
  return accept({ action: 'BARGE_CALL', ...addresses, associatedDialog })
}

function readMadeCall(root: XmlElement, addresses: Addresses): Read<NewCallRequest> {
  const action = 'MAKE_CALL'
  const properties = readChild(root, 'mediaProperties')
  if (!properties.ok) return properties
  if (properties.value === undefined) return accept({ action, ...addresses })
  if (hasChild(properties.value, 'wrapUpReason')) return refuse('INVALID_INPUT', 'wrapUpReason')
  const variables = readCallVariables(properties.value)
  return variables.ok ? accept({ action, ...addresses, variables: variables.value }) : variables
}

const hasChild = ({ children }: XmlElement, name: string): boolean => children.some((child) => child.name === name)

/** The call variables of `mediaProperties`. */
function readCallVariables(properties: XmlElement): Read<readonly { readonly name: string; readonly value: string }[]> {
  const list = readChild(properties, 'callvariables')
  if (!list.ok) return list
  const variables: { readonly name: string; readonly value: string }[] = []
  for (const child of list.value?.children ?? []) {
    if (child.name !== 'CallVariable') continue
    const texts = readTexts(child, ['name', 'value'])
    if (!texts.ok) return texts
    variables.push({ name: texts.value('name'), value: texts.value('value') })
  }
  return accept(variables)
}

/** `dialog 4.5`. Clients omit `targetMediaAddress`. An empty value is a value (`dialog 1.4`). */
function readCallData(root: XmlElement, targetMediaAddress: string): Read<CallRequest> {
  const properties = readChild(root, 'mediaProperties')
  if (!properties.ok) return properties
  if (properties.value === undefined) return refuse('PARAMETER_MISSING', 'mediaProperties')
  const reason = readText(properties.value, 'wrapUpReason')
  if (!reason.ok) return reason
  const hasReason = hasChild(properties.value, 'wrapUpReason')
  const variables = readCallVariables(properties.value)
  if (!variables.ok) return variables
  if (!hasChild(properties.value, 'callvariables') && !hasReason) return refuse('PARAMETER_MISSING', 'mediaProperties')
  const wrapUpReason = hasReason ? { wrapUpReason: reason.value } : {}
  return accept({ action: 'UPDATE_CALL_DATA', targetMediaAddress, variables: variables.value, ...wrapUpReason })
}

/** `dialog 4.6`, 4.7: an action that dials a number. */
function readDialled(
  root: XmlElement,
  action: 'CONSULT_CALL' | 'TRANSFER_SST',
  targetMediaAddress: string,
): Read<CallRequest> {
  const toAddress = readText(root, 'toAddress')
  if (!toAddress.ok) return toAddress
  if (toAddress.value === '') return refuse('PARAMETER_MISSING', 'toAddress')
  return accept({ action, targetMediaAddress, toAddress: toAddress.value })
}

/** `dialog 4.8`. */
function readTones(root: XmlElement, targetMediaAddress: string): Read<CallRequest> {
  const params = readParams(root)
  if (!params.ok) return params
  const tones = params.value.get('dtmfString')
  return tones === undefined
    ? refuse('PARAMETER_MISSING', 'dtmfString')
    : accept({ action: 'SEND_DTMF', targetMediaAddress, tones })
}
