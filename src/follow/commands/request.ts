/** The REST request of a command: method, path and body (`user 4.1`, `media 5`, `media 9`, `dialog 4.4`). */
import type { Command } from '../../engine/commands.ts'
import type { Variable } from '../../engine/values.ts'
import { leaf, list, parent } from '../../finesse/xml.ts'

export interface CommandRequest {
  readonly method: 'PUT' | 'POST'
  readonly path: string
  readonly body: string
}

const put = (path: string, body: string): CommandRequest => ({ method: 'PUT', path, body })
const id = encodeURIComponent
const optional = (name: string, text: string | undefined) => (text === undefined ? '' : leaf(name, text))

export function requestOf(command: Command): CommandRequest {
  switch (command.type) {
    case 'user.signIn':
    case 'user.setState':
      return put(`User/${id(command.user)}`, parent('User', userBody(command)))
    case 'media.signIn':
    case 'media.setState':
    case 'media.setRoutable':
      return put(`User/${id(command.user)}/Media/${id(command.mrd)}`, parent('Media', mediaBody(command)))
    case 'call.make':
    case 'call.monitor':
    case 'call.barge':
      return { method: 'POST', path: `User/${id(command.user)}/Dialogs`, body: parent('Dialog', newCallBody(command)) }
    default:
      return put(`Dialog/${id(command.dialog)}`, parent('Dialog', dialogBody(command)))
  }
}

function newCallBody(command: Extract<Command, { type: 'call.make' | 'call.monitor' | 'call.barge' }>): string {
  const to = leaf('toAddress', command.toAddress)
  const from = leaf('fromAddress', command.fromAddress)
  switch (command.type) {
    case 'call.make':
      return from + variablesOf(command.variables) + acts('MAKE_CALL', to)
    case 'call.monitor':
      return from + acts('SILENT_MONITOR', to)
    case 'call.barge':
      return leaf('associatedDialogUri', `/finesse/api/Dialog/${command.monitor}`) + from + acts('BARGE_CALL', to)
  }
}

function userBody(command: Extract<Command, { type: 'user.signIn' | 'user.setState' }>): string {
  if (command.type === 'user.setState')
    return leaf('state', command.state) + optional('reasonCodeId', command.reasonCodeId)
  const { extension, mobileAgent } = command
  const mobile = mobileAgent
    ? parent('mobileAgent', leaf('mode', mobileAgent.mode), leaf('dialNumber', mobileAgent.dialNumber))
    : ''
  return leaf('state', 'LOGIN') + leaf('extension', extension) + mobile
}

function mediaBody(
  command: Extract<Command, { type: 'media.signIn' | 'media.setState' | 'media.setRoutable' }>,
): string {
  switch (command.type) {
    case 'media.setRoutable':
      return leaf('routable', command.routable)
    case 'media.setState':
      return leaf('state', command.state) + optional('reasonCodeId', command.reasonCodeId)
    case 'media.signIn':
      return (
        leaf('state', 'LOGIN') +
        leaf('maxDialogLimit', command.maxDialogLimit) +
        leaf('interruptAction', command.interruptAction) +
        optional('dialogLogoutAction', command.dialogLogoutAction)
      )
  }
}

type OnDialog = Extract<Command, { readonly dialog: string }>

const acts = (action: string, ...more: readonly string[]) => leaf('requestedAction', action) + more.join('')

/** The extension of the agent who acts. */
const address = ({ targetMediaAddress }: { readonly targetMediaAddress: string }) =>
  leaf('targetMediaAddress', targetMediaAddress)

function dialogBody(command: OnDialog): string {
  switch (command.type) {
    case 'dialog.act':
      return acts(command.action, optional('target', command.target))
    case 'call.act':
    case 'call.join':
      return acts(command.action, address(command))
    case 'call.consult':
    case 'call.transferTo': {
      const action = command.type === 'call.consult' ? 'CONSULT_CALL' : 'TRANSFER_SST'
      return acts(action, address(command), leaf('toAddress', command.toAddress))
    }
    case 'call.dropParticipant':
      return acts('PARTICIPANT_DROP', address(command))
    case 'call.setData':
      return acts('UPDATE_CALL_DATA', variablesOf(command.variables, command.wrapUpReason))
    case 'call.record':
      return acts('START_RECORDING', address(command))
    case 'call.sendDtmf':
      return acts('SEND_DTMF', address(command), params({ dtmfString: command.tones }))
    case 'call.reclassify':
      return acts('RECLASSIFY', address(command), params({ outboundClassification: command.classification }))
    case 'call.setCallback': {
      const { callbackTime, callbackNumber } = command
      const callback = params({ callbackTime, callbackNumber })
      return acts('UPDATE_SCHEDULED_CALLBACK', address(command), callback)
    }
    case 'call.cancelCallback':
      return acts('CANCEL_SCHEDULED_CALLBACK', address(command))
  }
}

/** The parameters of an action that have a value (`dialog 4.8`, 5.1). */
function params(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  const each = given.map(([name, value = '']) => parent('ActionParam', leaf('name', name), leaf('value', value)))
  return parent('actionParams', ...each)
}

function variablesOf(variables: readonly Variable[] | undefined, wrapUpReason?: string): string {
  if (!variables && wrapUpReason === undefined) return ''
  const each = ({ name, value }: Variable) => parent('CallVariable', leaf('name', name), leaf('value', value))
  return parent(
    'mediaProperties',
    optional('wrapUpReason', wrapUpReason),
    variables ? list('callvariables', variables.map(each)) : '',
  )
}
