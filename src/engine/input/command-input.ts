/**
 * Converts commands to inputs. Errors that follow from the request and the directory are found here (ruling 22). All
 * other errors are found by the machines.
 */
import type { JoinTerms, Monitor } from '../../../machines/index.ts'
import type { Reason } from '../../../machines/wire.ts'
import { isAssigned } from '../../directory/configuration/assigned.ts'
import { lookup } from '../../directory/lookup.ts'
import { type Directory, type ReasonCategory, VOICE_MRD } from '../../directory/model.ts'
import { asReason, systemReason } from '../aggregate/user/setup.ts'
import { rejected } from '../answers/answer.ts'
import type { Command, Rejected } from '../commands.ts'
import type { CallInputEvent, Input, UserInputEvent } from '../input.ts'
import { ownerOf } from '../reads.ts'
import { callData } from './call-data.ts'
import { callbackOf } from './campaign-data.ts'
import { dialledDuringCall, type Numbers, newCall } from './new-call.ts'

export type Addressed = { readonly to: string; readonly input: Input } | Rejected

/** The current state that the checks need. */
export interface Present extends Numbers {
  hasDialog(id: string): boolean
  /** The address of the user's leg on a call; undefined if the user is no party of it. */
  addressOn(call: string, user: string): string | undefined
  /** The extension at which the user is signed in; `''` for a user who is signed out. */
  extensionOf(user: string): string
  /** Ids of the agents on all calls of the user. */
  agentsOnCallsOf(user: string): readonly string[]
  /** Who listens to whom by this call; undefined for other calls. */
  monitorOf(call: string): Monitor | undefined
  /** May the agent, to whom somebody listens, add parties to that call? */
  mayAddParty(agent: string): boolean
}

/** `media 5.1`. */
const DIALOG_LIMIT = { least: 1, most: 10 }

/** The input of a command and its aggregate, or the rejection of the command. */
export function addressed(command: Command, present: Present): Addressed {
  const { directory } = present
  if (!lookup(directory).user(command.user)) return rejected('USER_NOT_FOUND', command.user)
  if (
    'mrd' in command &&
    !directory.mediaRoutingDomains.some((mrd) => mrd.id === command.mrd) &&
    command.mrd !== VOICE_MRD
  )
    return rejected('MRD_NOT_FOUND', command.mrd)
  if ('dialog' in command && !present.hasDialog(command.dialog)) return rejected('DIALOG_NOT_FOUND', command.dialog)
  if (command.type === 'call.make')
    return newCall(command, present, { extension: present.extensionOf(command.user), isForAcd: present.acdHasCalls })
  if (command.type === 'call.monitor') return listens(command, present)
  if (command.type === 'call.barge') return barges(command, present)
  if (isForCall(command)) return toCall(command, present)
  const event = userEvent(command, directory)
  return 'code' in event ? event : { to: `user/${command.user}`, input: { kind: 'user', event } }
}

type NewCall = Extract<Command, { type: 'call.make' | 'call.monitor' | 'call.barge' }>
type ForCall = Exclude<Extract<Command, { type: `call.${string}` }>, NewCall>

const isForCall = (command: Exclude<Command, NewCall>): command is ForCall => command.type.startsWith('call.')

function toCall(command: ForCall, present: Present): Addressed {
  const { user, dialog } = command
  const own = present.addressOn(dialog, user)
  if (own === undefined) return rejected('NOT_A_PARTICIPANT', dialog)
  // The extension of another user is refused like the call of another user (`dialog 4.1` E2).
  const acting = recordsOther(command, present) ? undefined : actingAddress(command)
  if (acting !== undefined && acting !== own) return rejected('NOT_A_PARTICIPANT', acting)
  const event = callEvent(command, present)
  return 'code' in event ? event : { to: `call/${dialog}`, input: { kind: 'call', event } }
}

/** Does a supervisor who listens have the other agent recorded? */
function recordsOther(command: ForCall, { monitorOf, addressOn }: Present): boolean {
  const { type, user, dialog } = command
  const { supervisor, agent = '' } = monitorOf(dialog) ?? {}
  return type === 'call.record' && supervisor === user && addressOn(dialog, agent) === command.targetMediaAddress
}

/** The extension that acts, if the command names it. To drop a participant, that party is named instead. */
const actingAddress = (command: ForCall): string | undefined =>
  command.type === 'call.dropParticipant' ? undefined : command.targetMediaAddress

function callEvent(command: ForCall, present: Present): CallInputEvent | Rejected {
  const { directory } = present
  const { user } = command
  const asked = echo(command)
  switch (command.type) {
    case 'call.act':
      return { type: command.action, user, targetMediaAddress: command.targetMediaAddress, ...asked }
    case 'call.consult':
    case 'call.transferTo': {
      const { targetMediaAddress, toAddress: to } = command
      const destination = dialledDuringCall(command, present)
      if ('code' in destination) return destination
      const asks = { user, targetMediaAddress, to, destination, ...asked }
      if (command.type === 'call.consult') return { type: 'CONSULT_CALL', ...asks }
      const isOffered = directory.platform === 'CCX' && destination.kind !== 'queue'
      return { type: 'TRANSFER_SST', ...asks, ...(isOffered ? { isOffered: true } : {}) }
    }
    case 'call.join': {
      const { action, targetMediaAddress } = command
      return { type: action, user, targetMediaAddress, terms: joinTerms(user, present), ...asked }
    }
    case 'call.dropParticipant':
      return { type: 'PARTICIPANT_DROP', user, targetMediaAddress: command.targetMediaAddress, ...asked }
    case 'call.record':
      return { type: 'START_RECORDING', user, targetMediaAddress: command.targetMediaAddress, ...asked }
    case 'call.setData': {
      const data = callData(command, directory)
      return 'code' in data ? data : { type: 'UPDATE_CALL_DATA', user, ...data, ...asked }
    }
    case 'call.reclassify': {
      const { targetMediaAddress, classification } = command
      return { type: 'RECLASSIFY', user, targetMediaAddress, classification, ...asked }
    }
    case 'call.setCallback': {
      const callback = callbackOf(command)
      if ('code' in callback) return callback
      return {
        type: 'UPDATE_SCHEDULED_CALLBACK',
        user,
        targetMediaAddress: command.targetMediaAddress,
        callback,
        ...asked,
      }
    }
    case 'call.cancelCallback':
      return { type: 'CANCEL_SCHEDULED_CALLBACK', user, targetMediaAddress: command.targetMediaAddress, ...asked }
    case 'call.sendDtmf': {
      const { targetMediaAddress, tones } = command
      if (!TONES.CCE.test(tones)) return rejected('INVALID_TONES', 'dtmfString')
      const inRange = TONES[directory.platform].test(tones)
      return { type: 'SEND_DTMF', user, targetMediaAddress, inRange, ...asked }
    }
  }
}

/** What the directory says about a transfer or conference now. `others` come to the calls of the user. */
function joinTerms(user: string, { directory, agentsOnCallsOf }: Present, ...others: readonly string[]): JoinTerms {
  const { conferencePartiesMax: partiesMax, enableDropParticipantFor: dropParticipantFor } = directory.settings
  const known = lookup(directory)
  // CCX lets nobody drop others.
  if (directory.platform === 'CCX') return { partiesMax, dropParticipantFor: 'supervisor_only', supervisors: [] }
  const supervisors = [...agentsOnCallsOf(user), ...others].filter((each) =>
    known.user(each)?.roles.includes('Supervisor'),
  )
  return { partiesMax, dropParticipantFor, supervisors }
}

/** A supervisor listens to the agent who has this extension (`dialog 4.9`). */
function listens(command: Extract<Command, { type: 'call.monitor' }>, present: Present): Addressed {
  const { user, fromAddress: extension, toAddress: agentExtension } = command
  const agent = lookup(present.directory).userByExtension(agentExtension)?.id
  const wrong = wrongAddress(command, present)
  if (wrong) return wrong
  if (agent === undefined || agent === user) return rejected('INVALID_DESTINATION', 'toAddress')
  const event = { type: 'MONITOR', agent, extension, agentExtension, ...echo(command) } as const
  return { to: `user/${user}`, input: { kind: 'user', event } }
}

/** A supervisor who listens comes into the call. The agent decides, who knows the call (`dialog 4.10`). */
function barges(command: Extract<Command, { type: 'call.barge' }>, present: Present): Addressed {
  const { user, fromAddress: extension, toAddress, monitor } = command
  const { supervisor, agent } = present.monitorOf(monitor) ?? {}
  const wrong = wrongAddress(command, present)
  if (wrong) return wrong
  if (agent === undefined || supervisor !== user) return rejected('NOT_MONITORING', 'associatedDialogUri')
  if (lookup(present.directory).userByExtension(toAddress)?.id !== agent)
    return rejected('INVALID_DESTINATION', 'toAddress')
  const terms = joinTerms(agent, present, user)
  const facts = { listener: supervisor, extension, monitor, controls: present.mayAddParty(agent), terms }
  return { to: `user/${agent}`, input: { kind: 'user', event: { type: 'BARGE_ASKED', ...facts, ...echo(command) } } }
}

/** A supervisor acts from the extension of the sign-in. */
const wrongAddress = (
  { user, fromAddress }: { readonly user: string; readonly fromAddress: string },
  { extensionOf }: Present,
): Rejected | undefined =>
  fromAddress === '' || extensionOf(user) !== fromAddress ? rejected('FOREIGN_EXTENSION', 'fromAddress') : undefined

/** CCX does not know the letters (`dialog 4.8`). */
const TONES = { CCE: /^[0-9*#A-D]+$/, CCX: /^[0-9*#]+$/ } as const

const echo = ({ requestId }: Command) => (requestId === undefined ? {} : { requestId })

function userEvent(command: Exclude<Command, ForCall | NewCall>, directory: Directory): UserInputEvent | Rejected {
  const asked = echo(command)
  switch (command.type) {
    case 'user.signIn': {
      const { extension, mobileAgent = null, side = 'A' } = command
      return { type: 'SIGN_IN', side, extension, mobileAgent, ...asked }
    }
    case 'user.setState':
      return userState(command, directory)
    case 'media.signIn': {
      const { mrd, maxDialogLimit, interruptAction, dialogLogoutAction = 'CLOSE', side = 'A' } = command
      const valid =
        Number.isInteger(maxDialogLimit) && maxDialogLimit >= DIALOG_LIMIT.least && maxDialogLimit <= DIALOG_LIMIT.most
      if (!valid) return rejected('INVALID_LIMIT', 'maxDialogLimit')
      return { type: 'MEDIA_SIGN_IN', side, mrd, maxDialogLimit, interruptAction, dialogLogoutAction, ...asked }
    }
    case 'media.setState': {
      const { mrd, state, reasonCodeId } = command
      const category = state === 'NOT_READY' || state === 'LOGOUT' ? state : undefined
      const reason = reasonOf(command.user, directory, category, reasonCodeId)
      return 'code' in reason ? reason : { type: 'MEDIA_STATE', mrd, state, reason: reason.reason, ...asked }
    }
    case 'media.setRoutable':
      return { type: 'MEDIA_ROUTABLE', mrd: command.mrd, routable: command.routable, ...asked }
    case 'dialog.act': {
      const { dialog, action, target = '' } = command
      const owner = ownerOf(dialog)
      if (owner?.user !== command.user) return rejected('NOT_A_PARTICIPANT', dialog)
      const targetKnown = directory.mediaRoutingDomains.some((mrd) => mrd.scriptSelectors.includes(target))
      return { type: 'DIALOG_ACTION', mrd: owner.mrd, dialog, action, target, targetKnown, ...asked }
    }
  }
}

/** System codes of a supervisor's action, by platform (`user 5.4`). */
const SUPERVISOR_CODES = { CCE: { NOT_READY: 999, LOGOUT: 999 }, CCX: { NOT_READY: 33, LOGOUT: 22 } } as const

function userState(
  command: Extract<Command, { type: 'user.setState' }>,
  directory: Directory,
): UserInputEvent | Rejected {
  const { state, reasonCodeId, by = 'self' } = command
  const asked = echo(command)
  const supervisor = by === 'supervisor'
  if (state === 'WORK' || state === 'WORK_READY') return { type: 'WORK', ...asked }
  if (state === 'READY') return { type: 'READY', supervisor, ...asked }
  const category = state
  const given = supervisor
    ? { reason: systemReason(directory, category, SUPERVISOR_CODES[directory.platform][category]) }
    : reasonOf(command.user, directory, category, reasonCodeId)
  if ('code' in given) return given
  const type = category === 'LOGOUT' ? 'SIGN_OUT' : 'NOT_READY'
  return { type, supervisor, reason: given.reason, ...asked }
}

/**
 * The reason code with this database id. `null` if no id is given and none is required. It can only be required if the
 * user's team has one (ruling 26, `user 4.10`).
 */
function reasonOf(
  user: string,
  directory: Directory,
  category: ReasonCategory | undefined,
  id: string | undefined,
): { readonly reason: Reason | null } | Rejected {
  if (category === undefined) return { reason: null }
  const offered = directory.reasonCodes.filter((code) => code.category === category && !code.systemCode)
  if (id === undefined) {
    const team = lookup(directory).user(user)?.teamId ?? ''
    const isRequired = directory.settings.requireReasonCode && offered.some((code) => isAssigned(code, team))
    return isRequired ? rejected('REASON_CODE_REQUIRED', 'reasonCodeId') : { reason: null }
  }
  const found = offered.find((code) => code.id === id)
  return found ? { reason: asReason(found) } : rejected('INVALID_REASON_CODE', 'reasonCodeId')
}
