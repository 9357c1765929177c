/** The guards of a call. */
import { type ActorRefFrom, sendParent, setup } from 'xstate'
import type { Effect, LegView } from '../effects.ts'
import type { RowMeta, StateMeta } from '../rules.ts'
import { CALL_ACTIONS } from '../wire.ts'
import { dialledFar } from './acd-side.ts'
import { answered, isPreview, lineAfter } from './campaign.ts'
import { isControlledByOther, mayDropOthers } from './conference.ts'
import { changesData, fits, isProtected } from './data.ts'
import { partiesWith } from './joining.ts'
import { type Change, legChanged, legMachine } from './leg.ts'
import { type LegInput, legActions, legView, type NumberNews } from './leg-model.ts'
import {
  agentLeg,
  type CallContext,
  type CallEvent,
  type CallInput,
  derivedState,
  goesOnWithoutAgent,
  legsIn,
  lonelyLeg,
  PRESENT,
  waitsFor,
  withRights,
} from './model.ts'
import { isOpenToBarge } from './monitor.ts'

/** The leg machine as a child of a call. */
export const legOfCall = legMachine.provide({
  actions: {
    tellCall: sendParent(({ context, event }, params: Change) => legChanged(context, event, params)),
  },
})

type Leg = ActorRefFrom<typeof legOfCall>

/** A party at whom it does not ring, and who does not wrap up. */
export const SILENT = { wrapUp: false, ringMs: null } as const

/**
 * The leg of a party who comes, which has just begun. Snapshots have the facts in the order in which they are given here,
 * and a replay compares them. @throws the error of a leg that failed at once, which has no state.
 */
export function newLeg(
  spawn: (source: 'leg', options: { readonly id: string; readonly input: LegInput }) => Leg,
  input: LegInput,
): LegView {
  const snapshot = spawn('leg', { id: input.leg, input }).getSnapshot()
  if (snapshot.status === 'error') throw snapshot.error
  return legView(snapshot)
}

/** Is the action in the list of the agent's own leg? */
function isListed(context: CallContext, event: CallEvent): boolean {
  const action = CALL_ACTIONS.find((each) => each === event.type)
  if (action === undefined || !('user' in event)) return false
  const own = context.legs[agentLeg(context.dialog, event.user)]
  return own !== undefined && legActions(withRights(own, context)).includes(action)
}

/** The leg of the agent who makes the request. */
const ownLeg = ({ dialog, legs }: CallContext, event: CallEvent): LegView | undefined =>
  'user' in event ? legs[agentLeg(dialog, event.user)] : undefined

/** Is the leg on hold, and has its agent no active call beside it? */
const isHeldAlone = (leg: LegView | undefined): boolean => leg?.state === 'HELD' && leg.talksElsewhere !== true

/**
 * Has one of several parties left an answered call? At least two are still there, or one if the call rang at the party
 * that left, or waits in a queue.
 */
function leavesOthers(context: CallContext, event: CallEvent): boolean {
  if (event.type !== 'LEG_CHANGED' || event.view.state !== 'DROPPED' || context.unanswered !== null) return false
  const isExpected = event.was === 'ALERTING' || waitsFor(context)?.outcome === 'WAITING'
  return legsIn(context, ...PRESENT).length > (isExpected ? 0 : 1)
}

/** Does a call that nobody has answered ring at no agent, although its queue has sent it to one? */
const isNotTaken = (context: CallContext): boolean =>
  waitsFor(context)?.outcome === 'RINGING' &&
  legsIn(context, 'ALERTING').length === 0 &&
  legsIn(context, 'INITIATED').length > 0

/** Is the time in the queue over? */
const isTooLate = ({ queue }: CallContext, { at }: CallEvent): boolean => (queue?.due ?? at) <= at

/** Has the leg left at which the queue lets the connected call ring, while others are still there? */
const leavesQueuedCall = (context: CallContext, event: CallEvent): boolean =>
  event.type === 'LEG_CHANGED' &&
  event.view.state === 'DROPPED' &&
  waitsFor(context)?.leg === event.leg &&
  legsIn(context, ...PRESENT).some(([leg]) => leg !== event.leg)

/** Does the party who makes the call wait for the one with this leg? For a queue it waits for any agent. */
const waitsForCallee = (context: CallContext, leg: string): boolean =>
  context.outgoing !== undefined &&
  waitsFor(context) === undefined &&
  leg !== context.outgoing.caller &&
  context.legs[context.outgoing.caller]?.state === 'INITIATED'

/** Is the agent who transfers the call to a number still connected? */
function isTransferrerThere({ dialog, singleStep, legs }: CallContext): boolean {
  const state = singleStep && legs[agentLeg(dialog, singleStep.user)]?.state
  return state === 'ACTIVE' || state === 'HELD'
}

/** Does no number ring or wait after the news of this one? */
function isLastToFail({ reservation }: CallContext, event: CallEvent): boolean {
  if (event.type !== 'NUMBER_IS' || !reservation) return false
  const { lines, noAnswerMs } = reservation
  return lines.every((line, place) => {
    const { state } = place === event.line ? lineAfter(line, event.number, noAnswerMs, event.at) : line
    return state !== 'WAITS' && state !== 'RINGS'
  })
}

/** Is this another callback than the one that is known? */
function changesCallback({ campaignCall }: CallContext, event: CallEvent): boolean {
  if (event.type !== 'UPDATE_SCHEDULED_CALLBACK') return false
  const { callbackTime, callbackNumber } = campaignCall?.callback ?? {}
  const now = { callbackTime, callbackNumber, ...event.callback }
  return now.callbackTime !== callbackTime || now.callbackNumber !== callbackNumber
}

const hasDialled = (event: CallEvent): boolean => event.type === 'LEG_CHANGED' && event.view.state === 'INITIATED'

export const guarded = setup({
  types: {
    context: {} as CallContext,
    events: {} as CallEvent,
    input: {} as CallInput,
    emitted: {} as Effect,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  actors: { leg: legOfCall },
  guards: {
    /** The list of the agent's own leg is the check (`dialog 3`). */
    isAllowed: ({ context, event }) => isListed(context, event),
    isForbidden: ({ context, event }) => !isListed(context, event),
    isProtected: ({ context, event }) => event.type === 'UPDATE_CALL_DATA' && isProtected(context, event),
    takesNoReason: ({ context, event }) =>
      event.type === 'UPDATE_CALL_DATA' &&
      event.wrapUpReason !== undefined &&
      context.campaignCall?.isWithoutReason === true,
    doesNotFit: ({ context, event }) => event.type === 'UPDATE_CALL_DATA' && !fits(context, event),
    changesData: ({ context, event }) => event.type === 'UPDATE_CALL_DATA' && changesData(context, event),
    isHeld: ({ context, event }) =>
      'user' in event && context.legs[agentLeg(context.dialog, event.user)]?.state === 'HELD',
    isNotTalking: ({ context, event }) => ownLeg(context, event)?.state !== 'ACTIVE',
    /** The agent holds the call and has no active one, so there is nothing to join it with. */
    hasNoActiveCall: ({ context, event }) => isHeldAlone(ownLeg(context, event)),
    isControlledByOther: ({ context, event }) => 'user' in event && isControlledByOther(context.conference, event.user),
    /** The agent makes a conference of calls of which one is the conference of another agent. */
    addsToConferenceOfOther: ({ context, event }) =>
      event.type === 'JOINS_INTO' && event.how === 'CONFERENCE' && isControlledByOther(context.conference, event.user),
    /**
     * It rings at the target of a transfer, or waits in a queue, or an ACD may still answer. Not if it never rang, because
     * the answer of the network could not be taken.
     */
    isBeingTransferred: ({ context }) =>
      waitsFor(context) !== undefined ||
      dialledFar(context) !== undefined ||
      (context.singleStep !== undefined && Object.hasOwn(context.legs, context.singleStep.leg)),
    /** The number takes no calls, or the agent there has a leg on the call. */
    hasNoTarget: ({ context: { singleStep, legs } }) =>
      singleStep === undefined ||
      singleStep.destination.kind === 'nobody' ||
      singleStep.destination.kind === 'full' ||
      Object.hasOwn(legs, singleStep.leg),
    isTargetQueue: ({ context }) => context.singleStep?.destination.kind === 'queue',
    isTargetOutside: ({ context }) => context.singleStep?.destination.kind === 'outside',
    mayLeaveForTarget: ({ context, event }) =>
      event.type === 'LEG_TAKEN' &&
      context.singleStep?.leg === agentLeg(context.dialog, event.user) &&
      isTransferrerThere(context),
    mayLeaveForNumber: ({ context, event }) =>
      event.type === 'NUMBER_IS' && event.number.outcome === 'RINGS' && isTransferrerThere(context),
    isRefusedByTarget: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.cause === 'REFUSED' && context.singleStep?.leg === event.leg,
    /** An agent of the queue is to come if the call waits in one. */
    hasNothingToJoin: ({ context, event }) =>
      event.type === 'JOINS_INTO' &&
      waitsFor(context) === undefined &&
      legsIn(context, ...PRESENT).every(([, { user }]) => user === event.user),
    /** Each of two calls waits for an agent of a queue. */
    waitsInTwoQueues: ({ context, event }) =>
      event.type === 'LEGS_COME' && event.queue !== undefined && waitsFor(context) !== undefined,
    isOnBoth: ({ context, event }) =>
      event.type === 'LEGS_COME' &&
      event.legs.some(
        ({ leg }) => leg.user !== undefined && Object.hasOwn(context.legs, agentLeg(context.dialog, leg.user)),
      ),
    hasTooManyParties: ({ context, event }) =>
      event.type === 'LEGS_COME' && partiesWith(context, event) > event.terms.partiesMax,
    isMonitor: ({ context }) => context.monitor !== undefined,
    cannotBeBarged: ({ context, event }) => event.type === 'BARGES_IN' && !isOpenToBarge(context, event),
    isTransfer: ({ event }) => 'how' in event && event.how === 'TRANSFER',
    isJoined: ({ event }) =>
      event.type === 'LEG_CHANGED' && (event.cause === 'TRANSFERS' || event.cause === 'CONFERENCES'),
    isNoConference: ({ context }) => context.conference === undefined,
    mayNotDropOthers: ({ context, event }) => 'user' in event && !mayDropOthers(context.conference, event.user),
    isNoOtherAgent: ({ context, event }) =>
      event.type === 'PARTICIPANT_DROP' &&
      !legsIn(context, ...PRESENT).some(
        ([, { user, mediaAddress }]) =>
          user !== undefined && user !== event.user && mediaAddress === event.targetMediaAddress,
      ),
    leavesOthers: ({ context, event }) => leavesOthers(context, event),
    isOutOfRange: ({ event }) => event.type === 'SEND_DTMF' && !event.inRange,
    /** An agent has answered, and the caller still has to be connected. */
    callerWaits: ({ context, event }) =>
      event.type === 'LEG_CHANGED' &&
      event.was === 'ALERTING' &&
      event.view.state === 'ACTIVE' &&
      legsIn(context, 'INITIATED').length > 0,
    numberIs: ({ event }, { outcome }: { outcome: NumberNews['outcome'] }) =>
      event.type === 'NUMBER_IS' && event.number.outcome === outcome,
    hasDialled: ({ event }) => hasDialled(event),
    hasFailed: ({ event }) => event.type === 'LEG_CHANGED' && event.view.state === 'FAILED',
    hasDialledOutside: ({ context, event }) => hasDialled(event) && context.outgoing?.destination.kind === 'outside',
    hasDialledNobody: ({ context, event }) => hasDialled(event) && context.outgoing?.destination.kind === 'nobody',
    hasDialledFull: ({ context, event }) => hasDialled(event) && context.outgoing?.destination.kind === 'full',
    hasDialledQueue: ({ context, event }) => hasDialled(event) && context.outgoing?.destination.kind === 'queue',
    isOutgoing: ({ context }) => context.outgoing !== undefined,
    /** The line of the other agent cannot take a call that an agent makes. */
    isRefusedByCallee: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.cause === 'REFUSED' && waitsForCallee(context, event.leg),
    /** The other party has not answered a call that an agent makes. */
    isNotReached: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.view.state === 'DROPPED' && waitsForCallee(context, event.leg),
    isRefused: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.cause === 'REFUSED' && context.agents.every((leg) => leg === event.leg),
    isLeftAlone: ({ context }) => context.unanswered === null && lonelyLeg(context) !== undefined,
    isConnected: ({ context }) => derivedState(context) === 'ACTIVE',
    wasAnswered: ({ context }) => context.unanswered === null,
    isGivenUp: ({ context }) => lonelyLeg(context) !== undefined,
    waits: ({ context }) => waitsFor(context)?.outcome === 'WAITING',
    /** The agent did not take a call of a queue, and the caller is still there. */
    goesBack: ({ context }) => isNotTaken(context),
    /** And the caller has waited for too long. */
    goesBackTooLate: ({ context, event }) => isNotTaken(context) && isTooLate(context, event),
    /** And the caller is an agent, whose attempt fails. */
    failsInQueue: ({ context, event }) =>
      context.outgoing !== undefined && isNotTaken(context) && isTooLate(context, event),
    /** The agent whom the queue has selected answers a call that is connected already. */
    answersQueuedCall: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.view.state === 'ACTIVE' && waitsFor(context)?.leg === event.leg,
    leavesQueuedCall: ({ context, event }) => leavesQueuedCall(context, event),
    leavesQueuedCallTooLate: ({ context, event }) => leavesQueuedCall(context, event) && isTooLate(context, event),
    /** Everybody who waited in the queue has hung up. */
    isAbandoned: ({ context }) =>
      context.unanswered === null && waitsFor(context) !== undefined && legsIn(context, ...PRESENT).length === 0,
    isOfQueue: ({ context }) => context.queue !== undefined,
    isRefusedToQueue: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.cause === 'REFUSED' && context.queue !== undefined,
    isOwnCallRefused: ({ event }) => event.type === 'LEG_CHANGED' && event.cause === 'REFUSED',
    isPreview: ({ context }) => context.reservation !== undefined && isPreview(context.reservation),
    isAccepted: ({ event }) => event.type === 'LEG_CHANGED' && event.view.state === 'ACCEPTED',
    isLastToFail: ({ context, event }) => isLastToFail(context, event),
    isCustomerThere: ({ context, event }) => answered(context.reservation, event.at) !== undefined,
    /** The line of the agent was not asked before. */
    isNewCampaignCall: ({ context }) => context.campaignCall?.reservation !== undefined,
    isLostToAgent: ({ context, event }) =>
      event.type === 'LEG_CHANGED' && event.cause === 'REFUSED' && context.campaignCall?.reservation !== undefined,
    isOfNoCampaign: ({ context }) => context.campaignCall === undefined,
    changesResponse: ({ context, event }) =>
      event.type === 'RECLASSIFY' &&
      !context.variables.some(({ name, value }) => name === 'BAResponse' && value === event.classification),
    changesCallback: ({ context, event }) => changesCallback(context, event),
    hasNoAgent: ({ context }) => context.agents.length === 0 && !goesOnWithoutAgent(context),
  },
})
