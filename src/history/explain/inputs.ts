/** Describes every kind of input in words. The compiler requires a sentence for a new kind. */
import type { Side } from '../../../machines/wire.ts'
import type { FaultInput } from '../../engine/api.ts'
import type { Input, Message, UserInputEvent } from '../../engine/input.ts'
import type { JournalRow, Origin } from '../../engine/ports.ts'
import { campaignNewsWords, campaignWords } from './campaigns.ts'
import { deadlineTitle } from './deadlines.ts'
import type { Subject, Who } from './explanation.ts'
import { NOT_ELIGIBLE, refusedBy } from './failures.ts'
import type { Names } from './names.ts'

const otherUser = (aggregate: string) => `agent ${aggregate.replace('user/', '')}`

/** The input as a noun phrase, without its source. `to` is the aggregate that received it. */
export function inputWords(input: Input, to: string, names: Names): string {
  switch (input.kind) {
    case 'user':
      return to === `user/${names.user}`
        ? eventWords(input.event, names)
        : `${eventWords(input.event, names)} of ${otherUser(to)}`
    case 'call':
      return callWords(input.event, to.replace('call/', ''))
    case 'side':
      return `${DEPENDENCY[input.dependency]} of side ${to.replace('side/', '')} ${input.change === 'LOST' ? 'was lost' : 'came back'}`
    case 'fault':
      return faultWords(input.fault)
    case 'acd':
      return messageWords(input.event, names)
    case 'acdCall':
      return input.event.type === 'farEnd'
        ? farEndWords(input.event)
        : `call ${input.event.acd.call} from ${names.personal(input.event.from)} was offered to agent ${input.event.user}`
    case 'submitTask':
      return `new task for ${input.scriptSelector}${meantFor(input)}`
    case 'abandonTask':
      return `the customer of task ${input.task} gave up`
    case 'erase':
      return `erasure of the values of ${input.tasks.length} ${to.startsWith('campaign/') ? 'contacts of a campaign' : 'finished tasks'}`
    case 'submitCall':
      return `call from ${names.personal(input.from)} to extension ${input.to}`
    case 'queueCall':
      return `call from ${names.personal(input.from)} to the queue ${input.queue.name}`
    case 'makeCall':
      return `agent ${input.user} calls ${input.destination.kind === 'outside' ? names.personal(input.to) : input.to}`
    case 'callOutside':
      return `call from ${names.personal(input.from)} to ${names.personal(input.to)}, outside`
    case 'network':
      return 'numbers outside answer calls in another way'
    case 'campaign':
      return campaignWords(input.change, to.replace('campaign/', ''))
    case 'message':
      return messageWords(input.body, names)
    case 'deadline': {
      const title = deadlineTitle(input.name, input.owner)
      return to.startsWith('user/') && to !== `user/${names.user}` ? `${title} at ${otherUser(to)}` : title
    }
    case 'configuredUser':
      return input.change?.type === 'ADDED'
        ? `agent ${input.setup.profile.id} was added to the directory`
        : `settings of agent ${input.setup.profile.id} from the directory`
    case 'removedUser':
      return `${otherUser(to)} was removed from the directory`
    case 'awaited':
      return `${otherUser(to)} was connected before: undelivered notifications wait for the agent on ${sidesWords(input.sides)}`
    case 'heard':
      return `${otherUser(to)} is back: no notifications wait any more${leftWithout(input.missed)}`
    case 'notBack':
      return `${otherUser(to)} did not come back to side ${input.side} in time${leftWithout(input.missed)}`
    case 'configuredQueue':
      return `settings of the queue of ${names.mrd(input.setup.mrd)} ${sourceOf(input.setup)}`
    case 'removedQueue':
      return to.startsWith('voice-queue/')
        ? `${to.replace('voice-queue/', 'queue ')} was removed from the directory`
        : `the MRD of ${to.replace('queue/', 'queue ')} was removed from the directory`
    case 'configuredVoiceQueue':
      return `settings of the queue ${input.setup.name} ${sourceOf(input.setup)}`
    case 'configuredSide':
      return `settings of side ${to.replace('side/', '')}: ${input.platform}`
    case 'draining':
      return input.on
        ? `drain of ${to.replace('/', ' ')}: no new offers and no new sign-ins`
        : `end of the drain of ${to.replace('/', ' ')}`
    case 'clockSetBack':
      return `a start with the clock ${input.by / 1000} s behind the journal`
  }
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

function callWords(event: Extract<Input, { kind: 'call' }>['event'], call: string): string {
  switch (event.type) {
    case 'ANSWER':
    case 'HOLD':
    case 'RETRIEVE':
    case 'DROP':
    case 'ACCEPT':
    case 'CLOSE':
    case 'REJECT':
    case 'TRANSFER':
    case 'CONFERENCE':
    case 'TRANSFER_SST':
      return `${event.type} of call ${call}`
    case 'CONSULT_CALL':
      return `${event.type} during call ${call}`
    case 'PARTICIPANT_DROP':
      return `PARTICIPANT_DROP of extension ${event.targetMediaAddress} from call ${call}`
    case 'UPDATE_CALL_DATA':
      return `new data of call ${call}`
    case 'START_RECORDING':
      return `recording of call ${call}`
    case 'SEND_DTMF':
      return `tones on call ${call}`
    case 'RECLASSIFY':
      return `call ${call} has reached ${event.classification}`
    case 'UPDATE_SCHEDULED_CALLBACK':
      return `the customer of call ${call} is to be called back`
    case 'CANCEL_SCHEDULED_CALLBACK':
      return `the customer of call ${call} is not to be called back`
    case 'CALLER_HANGS_UP':
      return `the caller of call ${call} hung up`
  }
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

function eventWords(event: UserInputEvent, names: Names): string {
  switch (event.type) {
    case 'SIGN_IN':
      return `sign-in at extension ${event.extension}${event.mobileAgent ? `, mobile at ${names.personal(event.mobileAgent.dialNumber)}` : ''}`
    case 'READY':
      return 'READY'
    case 'NOT_READY':
      return `NOT_READY${event.reason ? ` with reason ${event.reason.code} (${event.reason.label})` : ''}`
    case 'SIGN_OUT':
      return `${event.supervisor ? 'sign-out by a supervisor' : 'sign-out'}${event.reason ? ` with reason ${event.reason.code} (${event.reason.label})` : ''}`
    case 'WORK':
      return 'wrap-up state'
    case 'MONITOR':
      return `SILENT_MONITOR of agent ${event.agent}`
    case 'BARGE_ASKED':
      return `BARGE_CALL by supervisor ${event.listener}`
    case 'MEDIA_SIGN_IN':
      return `sign-in to ${names.mrd(event.mrd)} with interruptAction ${event.interruptAction}, dialogLogoutAction ${event.dialogLogoutAction}, at most ${event.maxDialogLimit} dialog${event.maxDialogLimit === 1 ? '' : 's'}`
    case 'MEDIA_STATE': {
      const reason = event.reason ? ` with reason ${event.reason.code} (${event.reason.label})` : ''
      const what = event.state === 'LOGOUT' ? 'sign-out from' : `${event.state} in`
      return `${what} ${names.mrd(event.mrd)}${reason}`
    }
    case 'MEDIA_ROUTABLE':
      return `${event.routable ? 'routable' : 'not routable'} in ${names.mrd(event.mrd)}`
    case 'DIALOG_ACTION':
      return `${event.action} of dialog ${event.dialog}${event.action === 'TRANSFER' ? ` to ${event.target}` : ''}`
    case 'PRESENCE':
      return `${event.available ? 'a session became available' : 'a session became unavailable'} on side ${event.side}: ${event.session}`
    case 'SERVICE_LOST':
      return `the notification service of side ${event.side} is gone: it is unknown which sessions exist`
    case 'SERVICE_BACK':
      return `the notification service of side ${event.side} is back`
    case 'SESSIONS_LOST':
      return `side ${event.side} is gone, and every session on it`
    case 'LINK_LOST':
      return `side ${event.side} lost its link to the ACD`
    case 'LINK_BACK':
      return `side ${event.side} has its link to the ACD again`
    case 'PATH_LOST':
      return 'the application path failed'
    case 'PATH_BACK':
      return 'the application path works again'
    case 'PERIPHERAL_LOST':
      return event.both ? 'both peripheral gateways failed' : 'a peripheral gateway failed'
    case 'CALLS_FOUND':
      return 'calls that the state did not yet show'
    case 'USER_EVENT':
      return `the followed Finesse says: voice is ${event.state}`
    case 'MEDIA_EVENT':
      return `the followed Finesse says: ${names.mrd(event.mrd)} is ${event.state}${event.routable === false ? ', not routable' : ''}`
    case 'TASK_EVENT':
      return `the followed Finesse says: dialog ${event.dialog} is ${event.state}`
    case 'CALL_EVENT':
      return `the followed Finesse says: call ${event.call.dialog} is ${event.change === 'REMOVED' ? 'over for the agent' : event.call.state}`
  }
}

/** Describes a message between aggregates, or from the external ACD. */
export function messageWords(body: Message, names: Names): string {
  switch (body.type) {
    case 'offer':
      return `task ${body.task.id} was offered`
    case 'customerCancels':
      return `the customer of task ${body.task} gave up`
    case 'resubmitted':
      return `the ACD took task ${body.task} back (dialog ${body.dialog})`
    case 'resubmissionRefused':
      return `the ACD refused to take the task of dialog ${body.dialog} back: ${body.reason}`
    case 'availability': {
      const { eligible, freeSlots } = body.claim
      return eligible
        ? `agent ${body.user} may get ${freeSlots} more task${freeSlots === 1 ? '' : 's'}`
        : `agent ${body.user} gets no tasks for now`
    }
    case 'offered':
      return `agent ${body.user} has task ${body.task} as dialog ${body.dialog}`
    case 'accepted':
      return `agent ${body.user} accepted task ${body.task}`
    case 'refused':
      return `agent ${body.user} cannot take task ${body.task}: ${NOT_ELIGIBLE[body.reason].text}`
    case 'handled':
      return `task ${body.task} is done`
    case 'resubmit':
      return `task ${body.task} is to go back to ${body.scriptSelector} (${RESUBMIT[body.cause]})`
    case 'cancelResubmission':
      return `task ${body.task} stays with its agent after all`
    case 'ended':
      return `task ${body.task} ended without service (${ENDED[body.cause]})`
    case 'enqueue':
      return `task ${body.original} moves to ${body.scriptSelector}`
    case 'enqueued':
      return `task ${body.original} goes on as ${body.task}`
    case 'withdraw':
      return `task ${body.task} is taken back from the queue`
    case 'call':
      return newCallWords(body.event, names)
    case 'consults':
      return `agent ${body.consult.user} makes a call during call ${body.consult.associatedDialog}`
    case 'dialled':
      return `how does ${names.personal(body.number)} answer?`
    case 'numberIs':
      return NUMBER[body.number.outcome]
    case 'acdCallIsIn':
      return `call ${body.call} of the ACD is here now`
    case 'acdCallOver':
      return `call ${body.call} of the ACD is not here any more`
    case 'acdCallFailed':
      return `call ${body.call} of the ACD could not begin`
    case 'farEnd':
      return farEndWords(body)
    case 'callAvailability':
      return body.claim.eligible
        ? `agent ${body.user} may get a call at extension ${body.extension}`
        : `agent ${body.user} gets no calls for now`
    case 'callWaits':
      return `call ${body.call} waits in the queue${body.insteadOf ? ` in the place of call ${body.insteadOf.call}` : ''}`
    case 'ringAt':
      return `the queue selected agent ${body.user}`
    case 'callNotTaken':
      return `call ${body.call} comes back: agent ${body.user} ${body.isRefused ? 'cannot take it' : 'did not answer'}`
    case 'callLeftQueue':
      return `call ${body.call} leaves the queue`
    case 'queueRemoved':
      return 'the queue was removed from the directory'
    case 'nails':
      return `nailed connection to ${names.personal(body.dialNumber)}`
    case 'nail':
      return `the nailed connection of the agent: ${body.is}`
    case 'nailEnds':
      return 'the nailed connection is not needed any more'
    case 'phoneFails':
      return `the telephone of agent ${body.user} cannot be reached`
    case 'wantsToListen':
      return `supervisor ${body.listener} wants to listen`
    case 'newCallFailed':
      return `${body.action} is not possible: ${refusedBy(body.failure).text}`
    case 'monitors':
      return `supervisor ${body.listening.monitor.supervisor} listens to agent ${body.listening.monitor.agent}`
    case 'monitoringEnds':
      return `monitoring ends for ${body.user}`
    case 'bargesIn':
      return `supervisor ${body.supervisor} barges in`
    case 'hasBargedIn':
      return 'the supervisor who listened is a party of the call now'
    case 'legTaken':
      return `the line of agent ${body.user} has the call`
    case 'legRefused':
      return `agent ${body.user} cannot take the call`
    case 'wrapUpOver':
      return `wrap-up of agent ${body.user} is over`
    case 'agentSignedOut':
      return `agent ${body.user} is signed out`
    case 'agentLeaves':
      return `agent ${body.user} ${body.leaves ? 'leaves' : 'stays'} when the call ends`
    case 'agentTalks':
      return `agent ${body.user} ${body.elsewhere ? 'talks on another call' : 'talks on no other call'}`
    case 'holdForOther':
      return `agent ${body.user} is connected to another call`
    case 'lineIsFree':
      return `the other call of agent ${body.user} is on hold`
    case 'joins':
      return `${JOINS[body.how]} of call ${body.dialog} with the active one`
    case 'joinsInto':
      return `${JOINS[body.how]} by agent ${body.user}: the parties go to call ${body.into}`
    case 'legsCome':
      return `${JOINS[body.how]} by agent ${body.user}: the parties of call ${body.last.dialog} come`
    case 'hasJoined':
      return `${JOINS[body.how]} by agent ${body.user}: the parties are in the other call`
    case 'takesLine':
      return `call ${body.dialog} is about to be connected`
    case 'leg':
      return `call ${body.call.dialog}: the agent's side is ${body.change === 'REMOVED' ? `over${body.notAnswered ? ', not answered' : ''}` : body.leg}`
    case 'seeksAgents':
      return body.agents === 0
        ? `campaign ${body.campaign} wants no agents`
        : `campaign ${body.campaign} wants ${body.agents} agent${body.agents === 1 ? '' : 's'}`
    case 'agentLent':
      return `agent ${body.user} is free for the campaign`
    case 'loanOver':
      return `agent ${body.user} ${body.isRefused ? 'could not be reserved' : 'has the reservation, or was not needed'}`
    case 'reserves':
      return `campaign ${body.event.facts.campaign} reserves agent ${body.event.user}`
    case 'reservationRefused':
      return `agent ${body.user} was not reserved, because of a drain`
    case 'reaches':
      return `the customer at ${names.personal(body.reached.number)} has answered for agent ${body.reached.user}`
    case 'reservationOver':
      return body.isRefused ? 'the agent could not take the call of the customer' : 'the agent has the customer'
    case 'campaignNews':
      return campaignNewsWords(body)
    case 'legFailed':
      return `call ${body.dialog} refused ${body.detail}: ${refusedBy(body.failure).text}`
  }
}

function newCallWords(event: Extract<Message, { type: 'call' }>['event'], names: Names): string {
  switch (event.type) {
    case 'ENTERS':
      return `call from ${names.personal(event.from)} comes to the queue ${event.queue.name}`
    case 'ARRIVES':
      return `call from ${names.personal(event.from)} arrives at extension ${event.to}`
    case 'CALLS_OUT':
      return `call from ${names.personal(event.from)} to ${names.personal(event.to)}, outside`
    case 'NAILS':
      return `nailed connection of agent ${event.user}`
    case 'MONITORS':
      return `supervisor ${event.monitor.supervisor} listens to agent ${event.monitor.agent}`
    case 'GOES_OFF_HOOK':
      return `agent ${event.user} is off-hook at extension ${event.extension}`
    case 'RESERVES':
      return `campaign ${event.facts.campaign} reserves agent ${event.user}`
    case 'REACHES':
      return `the customer at ${names.personal(event.reached.number)} talks with agent ${event.reached.user}`
  }
}

const farEndWords = ({ call, state }: Extract<Message, { type: 'farEnd' }>): string =>
  `the party outside of call ${call} of the ACD: ${state}`

const NUMBER = {
  RINGS: 'it rings at the number outside',
  BUSY: 'the number outside is busy',
  BAD_DESTINATION: 'there is no such number outside',
  OTHER: 'the number outside cannot be reached',
} as const

const JOINS = { TRANSFER: 'transfer', CONFERENCE: 'conference' } as const

const RESUBMIT = {
  START_TIMEOUT: 'not accepted in time',
  SIGN_OUT: 'the agent was signed out',
  TRANSFER: 'transfer',
} as const

const ENDED = {
  MAX_TASK_DURATION: 'open too long',
  ABANDONED: 'the customer gave up',
  LOST: 'lost',
} as const

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
