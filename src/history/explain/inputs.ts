/** Describes every kind of input in words. The compiler requires a sentence for a new kind. */
import type { Side } from '../../../machines/wire.ts'
import type { FaultInput } from '../../engine/api.ts'
import type { ByKind, OfKind } from '../../engine/by-type.ts'
import type { CallInputEvent, Input, UserInputEvent } from '../../engine/input.ts'
import type { JournalRow, Origin } from '../../engine/ports.ts'
import { campaignWords } from './campaigns.ts'
import { deadlineTitle } from './deadlines.ts'
import type { Subject, Who } from './explanation.ts'
import { farEndWords, messageWords } from './messages.ts'
import type { Names } from './names.ts'

const otherUser = (aggregate: string) => `agent ${aggregate.replace('user/', '')}`

/** The input as a noun phrase, without its source. `to` is the aggregate that received it. */
export function inputWords<Kind extends Input['kind']>(
  input: OfKind<Input, Kind, 'kind'>,
  to: string,
  names: Names,
): string {
  return INPUTS[input.kind](input, to, names)
}

const INPUTS: ByKind<Input, [to: string, names: Names], string, 'kind'> = {
  user: (input, to, names) =>
    to === `user/${names.user}`
      ? eventWords(input.event, names)
      : `${eventWords(input.event, names)} of ${otherUser(to)}`,
  call: (input, to) => callWords(input.event, to.replace('call/', '')),
  side: (input, to) =>
    `${DEPENDENCY[input.dependency]} of side ${to.replace('side/', '')} ${input.change === 'LOST' ? 'was lost' : 'came back'}`,
  fault: (input) => faultWords(input.fault),
  acd: (input, _, names) => messageWords(input.event, names),
  acdCall: (input, _, names) =>
    input.event.type === 'farEnd'
      ? farEndWords(input.event)
      : `call ${input.event.acd.call} from ${names.personal(input.event.from)} was offered to agent ${input.event.user}`,
  submitTask: (input) => `new task for ${input.scriptSelector}${meantFor(input)}`,
  abandonTask: (input) => `the customer of task ${input.task} gave up`,
  erase: (input, to) =>
    `erasure of the values of ${input.tasks.length} ${to.startsWith('campaign/') ? 'contacts of a campaign' : 'finished tasks'}`,
  submitCall: (input, _, names) => `call from ${names.personal(input.from)} to extension ${input.to}`,
  queueCall: (input, _, names) => `call from ${names.personal(input.from)} to the queue ${input.queue.name}`,
  makeCall: (input, _, names) =>
    `agent ${input.user} calls ${input.destination.kind === 'outside' ? names.personal(input.to) : input.to}`,
  callOutside: (input, _, names) => `call from ${names.personal(input.from)} to ${names.personal(input.to)}, outside`,
  network: () => 'numbers outside answer calls in another way',
  campaign: (input, to) => campaignWords(input.change, to.replace('campaign/', '')),
  message: (input, _, names) => messageWords(input.body, names),
  deadline: (input, to, names) => {
    const title = deadlineTitle(input.name, input.owner)
    return to.startsWith('user/') && to !== `user/${names.user}` ? `${title} at ${otherUser(to)}` : title
  },
  configuredUser: (input) =>
    input.change?.type === 'ADDED'
      ? `agent ${input.setup.profile.id} was added to the directory`
      : `settings of agent ${input.setup.profile.id} from the directory`,
  removedUser: (_, to) => `${otherUser(to)} was removed from the directory`,
  awaited: (input, to) =>
    `${otherUser(to)} was connected before: undelivered notifications wait for the agent on ${sidesWords(input.sides)}`,
  heard: (input, to) => `${otherUser(to)} is back: no notifications wait any more${leftWithout(input.missed)}`,
  notBack: (input, to) =>
    `${otherUser(to)} did not come back to side ${input.side} in time${leftWithout(input.missed)}`,
  configuredQueue: (input, _, names) =>
    `settings of the queue of ${names.mrd(input.setup.mrd)} ${sourceOf(input.setup)}`,
  removedQueue: (_, to) =>
    to.startsWith('voice-queue/')
      ? `${to.replace('voice-queue/', 'queue ')} was removed from the directory`
      : `the MRD of ${to.replace('queue/', 'queue ')} was removed from the directory`,
  configuredVoiceQueue: (input) => `settings of the queue ${input.setup.name} ${sourceOf(input.setup)}`,
  configuredSide: (input, to) => `settings of side ${to.replace('side/', '')}: ${input.platform}`,
  draining: (input, to) =>
    input.on
      ? `drain of ${to.replace('/', ' ')}: no new offers and no new sign-ins`
      : `end of the drain of ${to.replace('/', ' ')}`,
  clockSetBack: (input) => `a start with the clock ${input.by / 1000} s behind the journal`,
}

/** Which settings of a queue are not those of the directory, because a request has changed them. */
function sourceOf({ changed = {} }: { readonly changed?: object }): string {
  const settings = Object.keys(changed)
  return settings.length === 0 ? 'from the directory' : `from the directory, with ${settings.join(', ')} as requested`
}

function leftWithout(missed: readonly number[]): string {
  if (missed.length === 0) return ''
  return `: ${missed.length === 1 ? '1 notification has' : `${missed.length} notifications have`} left without the agent`
}

const sidesWords = (sides: readonly Side[]) => `side${sides.length === 1 ? '' : 's'} ${sides.join(' and ')}`

const DEPENDENCY = {
  'acd-link': 'the link to the ACD',
  'peripheral-gateway': 'both peripheral gateways',
  'notification-service': 'the notification service',
  side: 'the whole',
} as const

function callWords<Kind extends CallInputEvent['type']>(event: OfKind<CallInputEvent, Kind>, call: string): string {
  return CALLS[event.type](event, call)
}

const ofCall = ({ type }: { readonly type: string }, call: string) => `${type} of call ${call}`

const CALLS: ByKind<CallInputEvent, [call: string], string> = {
  ANSWER: ofCall,
  HOLD: ofCall,
  RETRIEVE: ofCall,
  DROP: ofCall,
  ACCEPT: ofCall,
  CLOSE: ofCall,
  REJECT: ofCall,
  TRANSFER: ofCall,
  CONFERENCE: ofCall,
  TRANSFER_SST: ofCall,
  CONSULT_CALL: (event, call) => `${event.type} during call ${call}`,
  PARTICIPANT_DROP: (event, call) => `PARTICIPANT_DROP of extension ${event.targetMediaAddress} from call ${call}`,
  UPDATE_CALL_DATA: (_, call) => `new data of call ${call}`,
  START_RECORDING: (_, call) => `recording of call ${call}`,
  SEND_DTMF: (_, call) => `tones on call ${call}`,
  RECLASSIFY: (event, call) => `call ${call} has reached ${event.classification}`,
  UPDATE_SCHEDULED_CALLBACK: (_, call) => `the customer of call ${call} is to be called back`,
  CANCEL_SCHEDULED_CALLBACK: (_, call) => `the customer of call ${call} is not to be called back`,
  CALLER_HANGS_UP: (_, call) => `the caller of call ${call} hung up`,
}

function faultWords(fault: FaultInput): string {
  const side = `on side ${fault.side}`
  if (fault.up) return `end of the simulated failure ${fault.type} ${side}`
  switch (fault.type) {
    case 'acd-link':
    case 'app-path':
      return `simulated failure ${fault.type} ${side}`
    case 'side':
      return `simulated loss of side ${fault.side}`
    case 'peripheral-gateway':
      return `simulated failure of ${fault.both ? 'both peripheral gateways' : 'a peripheral gateway'} ${side}`
    case 'resubmission':
      return `simulated failure ${side}: the ACD does not take tasks back (${fault.mode})`
  }
}

function meantFor({ agentId, keepAgent }: Extract<Input, { kind: 'submitTask' }>): string {
  if (agentId === '') return ''
  return `, meant for agent ${agentId}${keepAgent ? ', also when it is resubmitted' : ''}`
}
function eventWords<Kind extends UserInputEvent['type']>(event: OfKind<UserInputEvent, Kind>, names: Names): string {
  return EVENTS[event.type](event, names)
}

const EVENTS: ByKind<UserInputEvent, [names: Names], string> = {
  SIGN_IN: (event, names) =>
    `sign-in at extension ${event.extension}${event.mobileAgent ? `, mobile at ${names.personal(event.mobileAgent.dialNumber)}` : ''}`,
  READY: () => 'READY',
  NOT_READY: (event) => `NOT_READY${event.reason ? ` with reason ${event.reason.code} (${event.reason.label})` : ''}`,
  SIGN_OUT: (event) =>
    `${event.supervisor ? 'sign-out by a supervisor' : 'sign-out'}${event.reason ? ` with reason ${event.reason.code} (${event.reason.label})` : ''}`,
  WORK: () => 'wrap-up state',
  MONITOR: (event) => `SILENT_MONITOR of agent ${event.agent}`,
  BARGE_ASKED: (event) => `BARGE_CALL by supervisor ${event.listener}`,
  MEDIA_SIGN_IN: (event, names) =>
    `sign-in to ${names.mrd(event.mrd)} with interruptAction ${event.interruptAction}, dialogLogoutAction ${event.dialogLogoutAction}, at most ${event.maxDialogLimit} dialog${event.maxDialogLimit === 1 ? '' : 's'}`,
  MEDIA_STATE: (event, names) => {
    const reason = event.reason ? ` with reason ${event.reason.code} (${event.reason.label})` : ''
    const what = event.state === 'LOGOUT' ? 'sign-out from' : `${event.state} in`
    return `${what} ${names.mrd(event.mrd)}${reason}`
  },
  MEDIA_ROUTABLE: (event, names) => `${event.routable ? 'routable' : 'not routable'} in ${names.mrd(event.mrd)}`,
  DIALOG_ACTION: (event) =>
    `${event.action} of dialog ${event.dialog}${event.action === 'TRANSFER' ? ` to ${event.target}` : ''}`,
  PRESENCE: (event) =>
    `${event.available ? 'a session became available' : 'a session became unavailable'} on side ${event.side}: ${event.session}`,
  SERVICE_LOST: (event) => `the notification service of side ${event.side} is gone: it is unknown which sessions exist`,
  SERVICE_BACK: (event) => `the notification service of side ${event.side} is back`,
  SESSIONS_LOST: (event) => `side ${event.side} is gone, and every session on it`,
  LINK_LOST: (event) => `side ${event.side} lost its link to the ACD`,
  LINK_BACK: (event) => `side ${event.side} has its link to the ACD again`,
  PATH_LOST: () => 'the application path failed',
  PATH_BACK: () => 'the application path works again',
  PERIPHERAL_LOST: (event) => (event.both ? 'both peripheral gateways failed' : 'a peripheral gateway failed'),
  CALLS_FOUND: () => 'calls that the state did not yet show',
  USER_EVENT: (event) => `the followed Finesse says: voice is ${event.state}`,
  MEDIA_EVENT: (event, names) =>
    `the followed Finesse says: ${names.mrd(event.mrd)} is ${event.state}${event.routable === false ? ', not routable' : ''}`,
  TASK_EVENT: (event) => `the followed Finesse says: dialog ${event.dialog} is ${event.state}`,
  CALL_EVENT: (event) =>
    `the followed Finesse says: call ${event.call.dialog} is ${event.change === 'REMOVED' ? 'over for the agent' : event.call.state}`,
}

/** Describes the input of a row, and the task or call that it created. */
export function rowWords({ aggregate, made }: JournalRow, input: Input | undefined, names: Names): string {
  const words = input ? inputWords(input, aggregate, names) : 'an input that this version cannot read'
  return made === null ? words : `${words}, ${aggregate === 'queue/1' ? 'call' : 'task'} ${made}`
}

export function whoOf(origin: Origin | null): Who | null {
  return origin && { via: origin.via, by: origin.by ?? null, ...(origin.missed ? { missed: origin.missed } : {}) }
}

const timeOf = (time: number): string => new Date(time).toISOString()

/** The source of an input, for example `agent 1001 over REST`. `user` is the id of the explained user. */
export function whoWords({ via, by, missed }: Who, user: string): string {
  switch (via) {
    case 'rest':
      return by === null ? 'somebody over REST' : `${by === user ? 'agent' : 'user'} ${by} over REST`
    case 'board':
      return `supervisor ${by ?? ''} on the board`.replace('  ', ' ')
    case 'acd-control':
      return `administrator ${by ?? ''} through /acd`.replace('  ', ' ')
    case 'xmpp':
      return 'the notification service'
    case 'acd':
      return 'the ACD'
    case 'finesse':
      return missed
        ? `the Finesse that is followed, found by a read: no notification came from ${timeOf(missed.from)} to ${timeOf(missed.to)}`
        : 'the Finesse that is followed'
    case 'api':
      return by === null ? 'the embedding program' : `${by} through the embedding program`
    default:
      return 'the engine itself'
  }
}

/** The request id of an input: the one that the client gave, or the one that the server made; `null` for neither. */
export function requestIdOf(origin: Origin | null, input: Input | undefined): string | null {
  const event = input?.kind === 'user' || input?.kind === 'call' ? input.event : {}
  const own = 'requestId' in event && typeof event.requestId === 'string' ? event.requestId : ''
  return own !== '' ? own : (origin?.request ?? null)
}

/** The subjects that an input of a user is about. */
export function subjectsOf(input: Input): readonly Subject[] {
  const named =
    input.kind === 'message' ? input.body : input.kind === 'user' || input.kind === 'acd' ? input.event : input
  if (input.kind === 'deadline') return subjectOfOwner(input.owner)
  if ('call' in named && typeof named.call === 'object') return [{ kind: 'call', dialog: named.call.dialog }]
  const mrd = 'mrd' in named ? named.mrd : undefined
  const dialog = 'dialog' in named ? named.dialog : undefined
  if (mrd !== undefined && dialog !== undefined) return [{ kind: 'dialog', dialog, mrd }]
  if (mrd !== undefined) return [{ kind: 'media', mrd }]
  return dialog === undefined ? [] : [{ kind: 'call', dialog }]
}

/** The subject of the owner of a deadline. */
export function subjectOfOwner(owner: string): readonly Subject[] {
  if (owner === 'user') return [{ kind: 'voice' }]
  if (owner.startsWith('presence:')) return [{ kind: 'presence', side: owner.slice('presence:'.length) }]
  const [, , mrd] = owner.split('_')
  return mrd === undefined
    ? [{ kind: 'call', dialog: owner.split('#')[0] ?? '' }]
    : [{ kind: 'dialog', dialog: owner, mrd }]
}
