/** Describes every message between aggregates in words. The compiler requires a sentence for a new one. */
import type { ByKind, OfKind } from '../../engine/by-type.ts'
import type { Message } from '../../engine/input.ts'
import { campaignNewsWords } from './campaigns.ts'
import { NOT_ELIGIBLE, refusedBy } from './failures.ts'
import type { Names } from './names.ts'

type NewCall = Extract<Message, { type: 'call' }>['event']

/** Describes a message between aggregates, or from the external ACD. */
export function messageWords<Kind extends Message['type']>(body: OfKind<Message, Kind>, names: Names): string {
  return MESSAGES[body.type](body, names)
}

const MESSAGES: ByKind<Message, [names: Names], string> = {
  offer: (body) => `task ${body.task.id} was offered`,
  customerCancels: (body) => `the customer of task ${body.task} gave up`,
  resubmitted: (body) => `the ACD took task ${body.task} back (dialog ${body.dialog})`,
  resubmissionRefused: (body) => `the ACD refused to take the task of dialog ${body.dialog} back: ${body.reason}`,
  availability: (body) => {
    const { eligible, freeSlots } = body.claim
    return eligible
      ? `agent ${body.user} may get ${freeSlots} more task${freeSlots === 1 ? '' : 's'}`
      : `agent ${body.user} gets no tasks for now`
  },
  offered: (body) => `agent ${body.user} has task ${body.task} as dialog ${body.dialog}`,
  accepted: (body) => `agent ${body.user} accepted task ${body.task}`,
  refused: (body) => `agent ${body.user} cannot take task ${body.task}: ${NOT_ELIGIBLE[body.reason].text}`,
  handled: (body) => `task ${body.task} is done`,
  resubmit: (body) => `task ${body.task} is to go back to ${body.scriptSelector} (${RESUBMIT[body.cause]})`,
  cancelResubmission: (body) => `task ${body.task} stays with its agent after all`,
  ended: (body) => `task ${body.task} ended without service (${ENDED[body.cause]})`,
  enqueue: (body) => `task ${body.original} moves to ${body.scriptSelector}`,
  enqueued: (body) => `task ${body.original} goes on as ${body.task}`,
  withdraw: (body) => `task ${body.task} is taken back from the queue`,
  call: (body, names) => newCallWords(body.event, names),
  consults: (body) => `agent ${body.consult.user} makes a call during call ${body.consult.associatedDialog}`,
  dialled: (body, names) => `how does ${names.personal(body.number)} answer?`,
  numberIs: (body) => NUMBER[body.number.outcome],
  acdCallIsIn: (body) => `call ${body.call} of the ACD is here now`,
  acdCallOver: (body) => `call ${body.call} of the ACD is not here any more`,
  acdCallFailed: (body) => `call ${body.call} of the ACD could not begin`,
  farEnd: (body) => farEndWords(body),
  callAvailability: (body) =>
    body.claim.eligible
      ? `agent ${body.user} may get a call at extension ${body.extension}`
      : `agent ${body.user} gets no calls for now`,
  callWaits: (body) =>
    `call ${body.call} waits in the queue${body.insteadOf ? ` in the place of call ${body.insteadOf.call}` : ''}`,
  ringAt: (body) => `the queue selected agent ${body.user}`,
  callNotTaken: (body) =>
    `call ${body.call} comes back: agent ${body.user} ${body.isRefused ? 'cannot take it' : 'did not answer'}`,
  callLeftQueue: (body) => `call ${body.call} leaves the queue`,
  queueRemoved: () => 'the queue was removed from the directory',
  nails: (body, names) => `nailed connection to ${names.personal(body.dialNumber)}`,
  nail: (body) => `the nailed connection of the agent: ${body.is}`,
  nailEnds: () => 'the nailed connection is not needed any more',
  phoneFails: (body) => `the telephone of agent ${body.user} cannot be reached`,
  wantsToListen: (body) => `supervisor ${body.listener} wants to listen`,
  newCallFailed: (body) => `${body.action} is not possible: ${refusedBy(body.failure).text}`,
  monitors: (body) =>
    `supervisor ${body.listening.monitor.supervisor} listens to agent ${body.listening.monitor.agent}`,
  monitoringEnds: (body) => `monitoring ends for ${body.user}`,
  bargesIn: (body) => `supervisor ${body.supervisor} barges in`,
  hasBargedIn: () => 'the supervisor who listened is a party of the call now',
  legTaken: (body) => `the line of agent ${body.user} has the call`,
  legRefused: (body) => `agent ${body.user} cannot take the call`,
  wrapUpOver: (body) => `wrap-up of agent ${body.user} is over`,
  agentSignedOut: (body) => `agent ${body.user} is signed out`,
  agentLeaves: (body) => `agent ${body.user} ${body.leaves ? 'leaves' : 'stays'} when the call ends`,
  agentTalks: (body) => `agent ${body.user} ${body.elsewhere ? 'talks on another call' : 'talks on no other call'}`,
  holdForOther: (body) => `agent ${body.user} is connected to another call`,
  lineIsFree: (body) => `the other call of agent ${body.user} is on hold`,
  joins: (body) => `${JOINS[body.how]} of call ${body.dialog} with the active one`,
  joinsInto: (body) => `${JOINS[body.how]} by agent ${body.user}: the parties go to call ${body.into}`,
  legsCome: (body) => `${JOINS[body.how]} by agent ${body.user}: the parties of call ${body.last.dialog} come`,
  hasJoined: (body) => `${JOINS[body.how]} by agent ${body.user}: the parties are in the other call`,
  takesLine: (body) => `call ${body.dialog} is about to be connected`,
  leg: (body) =>
    `call ${body.call.dialog}: the agent's side is ${body.change === 'REMOVED' ? `over${body.notAnswered ? ', not answered' : ''}` : body.leg}`,
  seeksAgents: (body) =>
    body.agents === 0
      ? `campaign ${body.campaign} wants no agents`
      : `campaign ${body.campaign} wants ${body.agents} agent${body.agents === 1 ? '' : 's'}`,
  agentLent: (body) => `agent ${body.user} is free for the campaign`,
  loanOver: (body) =>
    `agent ${body.user} ${body.isRefused ? 'could not be reserved' : 'has the reservation, or was not needed'}`,
  reserves: (body) => `campaign ${body.event.facts.campaign} reserves agent ${body.event.user}`,
  reservationRefused: (body) => `agent ${body.user} was not reserved, because of a drain`,
  reaches: (body, names) =>
    `the customer at ${names.personal(body.reached.number)} has answered for agent ${body.reached.user}`,
  reservationOver: (body) =>
    body.isRefused ? 'the agent could not take the call of the customer' : 'the agent has the customer',
  campaignNews: (body) => campaignNewsWords(body),
  legFailed: (body) => `call ${body.dialog} refused ${body.detail}: ${refusedBy(body.failure).text}`,
}
function newCallWords<Kind extends NewCall['type']>(event: OfKind<NewCall, Kind>, names: Names): string {
  return NEW_CALLS[event.type](event, names)
}

const NEW_CALLS: ByKind<NewCall, [names: Names], string> = {
  ENTERS: (event, names) => `call from ${names.personal(event.from)} comes to the queue ${event.queue.name}`,
  ARRIVES: (event, names) => `call from ${names.personal(event.from)} arrives at extension ${event.to}`,
  CALLS_OUT: (event, names) => `call from ${names.personal(event.from)} to ${names.personal(event.to)}, outside`,
  NAILS: (event) => `nailed connection of agent ${event.user}`,
  MONITORS: (event) => `supervisor ${event.monitor.supervisor} listens to agent ${event.monitor.agent}`,
  GOES_OFF_HOOK: (event) => `agent ${event.user} is off-hook at extension ${event.extension}`,
  RESERVES: (event) => `campaign ${event.facts.campaign} reserves agent ${event.user}`,
  REACHES: (event, names) =>
    `the customer at ${names.personal(event.reached.number)} talks with agent ${event.reached.user}`,
}

export const farEndWords = ({ call, state }: Extract<Message, { type: 'farEnd' }>): string =>
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
