/** The actions of a call: what it tells its agents and its legs. */
import { assertEvent, assign, emit } from 'xstate'
import type { CallView, Effect, LegView } from '../effects.ts'
import type { CallFailure, Rejection } from '../failures.ts'
import type { LegState } from '../wire.ts'
import { farEndEvent, legOfFar, offeredBy } from './acd-side.ts'
import { campaigns } from './campaign-actions.ts'
import { changedVariables } from './data.ts'
import { guarded, newLeg, SILENT } from './guards.ts'
import { joins } from './join-actions.ts'
import type { LegChanged, LegEvent } from './leg-model.ts'
import {
  agentLeg,
  type CallContext,
  type CallEvent,
  callView,
  derivedState,
  legsIn,
  lonelyLeg,
  outsideLeg,
} from './model.ts'
import { monitoring } from './monitor-actions.ts'
import { outgoing } from './outgoing.ts'
import { queue } from './queue.ts'
import { singleStep } from './single-step.ts'

/** A change of one agent's dialog. */
interface Telling {
  readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
  readonly call: CallView
  readonly event: CallEvent
}

/** The agent whose request the event carries out. */
function askerOf(event: CallEvent): string | undefined {
  if (event.type === 'LEG_CHANGED') return event.by
  switch (event.type) {
    case 'MONITORS':
      return event.monitor.supervisor
    case 'UPDATE_CALL_DATA':
    case 'GOES_OFF_HOOK':
    case 'RECLASSIFY':
    case 'UPDATE_SCHEDULED_CALLBACK':
    case 'CANCEL_SCHEDULED_CALLBACK':
      return event.user
    default:
      return undefined
  }
}

/**
 * Is this the notification of what was asked for (ruling 7)? A call that was never answered has no other one at its
 * end than the DELETE.
 */
const isOfRequest = (context: CallContext, { change, event }: Telling): boolean =>
  change === 'CHANGED' ||
  (change === 'ADDED' && (event.type === 'GOES_OFF_HOOK' || event.type === 'MONITORS')) ||
  (change === 'REMOVED' && context.unanswered !== null)

/** The effect that tells the agent of this leg about a change. */
function told(context: CallContext, leg: string, telling: Telling): Extract<Effect, { type: 'leg' }> {
  const { change, call, event } = telling
  const { user = '', state = 'DROPPED' } = context.legs[leg] ?? {}
  const isOwn = event.type === 'LEG_CHANGED' && event.leg === leg
  const asked = askerOf(event) === user && isOfRequest(context, telling)
  return {
    type: 'leg',
    user,
    change,
    leg: state,
    notAnswered:
      change === 'REMOVED' &&
      isOwn &&
      // The end of a reservation leads back to the state before it (U18).
      context.reservation === undefined &&
      (event.cause === 'RING_TIMEOUT' || event.cause === 'AGENT_SIGNED_OUT'),
    call,
    requestId: asked ? (event.requestId ?? '') : '',
    ...(context.monitor?.agent === user ? { isMonitored: true } : {}),
  }
}

/** The call as it is after the change that is told. */
const viewNow = (context: CallContext): CallView => callView({ value: derivedState(context), context })

const TALKED: readonly LegState[] = ['ACTIVE', 'HELD']

/** The end of a leg that did not talk. Its agent is told by the DELETE alone (V8, V10, V11, V27, V28). */
const endsUntold = ({ was, view }: LegChanged): boolean => view.state === 'DROPPED' && !TALKED.includes(was)

/** Has the agent of this leg left, without having talked? Only the DELETE is still to come. */
const hasLeftUntold = ({ unanswered, legs }: CallContext, leg: string): boolean =>
  unanswered !== null && legs[leg]?.state === 'DROPPED'

const askedBy = ({ by, requestId }: { readonly by?: string; readonly requestId?: string }) => ({
  ...(by === undefined ? {} : { by }),
  ...(requestId === undefined ? {} : { requestId }),
})

/** An event of the call as an event of the leg that it is for. */
function legEvent(event: CallEvent): LegEvent | undefined {
  const { at } = event
  switch (event.type) {
    case 'ANSWER':
    case 'HOLD':
    case 'RETRIEVE':
    case 'DROP':
    case 'ACCEPT':
    case 'CLOSE':
    case 'REJECT':
    case 'LINE_IS_FREE':
      return { type: event.type, ...askedBy({ ...event, by: event.user }), at }
    case 'HOLD_FOR_OTHER':
      return { type: 'HOLD', at }
    case 'AGENT_TALKS':
      return { type: event.type, elsewhere: event.elsewhere, at }
    case 'LEG_REFUSED':
      return { type: 'REFUSED', at }
    case 'PHONE_FAILS':
      return { type: 'RING_TIMEOUT', at }
    case 'AGENT_LEAVES':
      return { type: event.type, leaves: event.leaves, at }
    case 'WRAP_UP_OVER':
    case 'AGENT_SIGNED_OUT':
      return { type: event.type, at }
    default:
      return undefined
  }
}

/** The extension that a request names, or that of the agent who made it. */
function extensionIn(context: CallContext, event: CallEvent): string {
  if ('targetMediaAddress' in event) return event.targetMediaAddress
  return 'user' in event ? (context.legs[agentLeg(context.dialog, event.user)]?.mediaAddress ?? '') : ''
}

const isThere = (state: LegState): boolean => state !== 'DROPPED'

/** A conference whose controller has left has none any more (V87). */
function conferenceWithout({ conference }: CallContext, { user, state }: LegView): Pick<CallContext, 'conference'> {
  const hasLeft = state === 'DROPPED' || state === 'WRAP_UP'
  if (!conference || !hasLeft || conference.controller !== user) return {}
  return { conference: { ...conference, controller: '' } }
}

/** The setup of the call's chart: guards and actions. */
export const call = guarded.extend({
  actions: {
    arrive: assign(({ context, event, spawn }) => {
      assertEvent(event, 'ARRIVES')
      const { from, to, user, variables, wrapUp, ringMs, acd, at } = event
      const { dialog } = context
      const [callee, caller] = [agentLeg(dialog, user), outsideLeg(dialog, 1)]
      const rings = { dialog, leg: callee, begins: 'ALERTING', mediaAddress: to, user, wrapUp, ringMs, at } as const
      const far = acd ? { far: acd.call } : {}
      const calls = { dialog, leg: caller, begins: 'INITIATED', mediaAddress: from, ...SILENT, ...far, at } as const
      return {
        fromAddress: from,
        toAddress: to,
        variables,
        legs: { [callee]: newLeg(spawn, rings), [caller]: newLeg(spawn, calls) },
        agents: [callee],
        unanswered: 'ALERTING' as const,
        ...(acd ? offeredBy(acd, { user, extension: to }) : {}),
      }
    }),
    join: assign(({ context, event, spawn }) => {
      assertEvent(event, 'JOINS')
      const { user, mediaAddress, wrapUp, at } = event
      const leg = agentLeg(context.dialog, user)
      const facts = {
        dialog: context.dialog,
        leg,
        begins: 'ACTIVE',
        mediaAddress,
        user,
        wrapUp,
        ringMs: null,
        at,
      } as const
      const view = newLeg(spawn, facts)
      return { legs: { ...context.legs, [leg]: view }, agents: [...context.agents, leg] }
    }),
    noteLeg: assign(({ context, event }) => {
      assertEvent(event, 'LEG_CHANGED')
      const { leg, view, cause } = event
      const unanswered = view.state === 'FAILED' ? 'FAILED' : context.unanswered
      return {
        legs: { ...context.legs, [leg]: view },
        agents: cause === 'REFUSED' ? context.agents.filter((each) => each !== leg) : context.agents,
        unanswered: view.state === 'ACTIVE' ? null : unanswered,
        ...conferenceWithout(context, view),
        // The target of a transfer has answered.
        ...(view.state === 'ACTIVE' && context.singleStep?.leg === leg ? { singleStep: undefined } : {}),
      }
    }),
    /** The call is new to the agent of the newest leg, and has changed for the others. */
    tellAdded: guarded.enqueueActions(({ context, event, enqueue }) => {
      const call = viewNow(context)
      for (const [index, leg] of context.agents.entries()) {
        const change = index === context.agents.length - 1 ? 'ADDED' : 'CHANGED'
        enqueue.emit(told(context, leg, { change, call, event }))
      }
    }),
    /** The call is new to everybody on it. */
    tellAllAdded: guarded.enqueueActions(({ context, event, enqueue }) => {
      const call = viewNow(context)
      for (const leg of context.agents) enqueue.emit(told(context, leg, { change: 'ADDED', call, event }))
    }),
    /** Asks the line of the newest agent, to whom the call is new, whether it takes the call. */
    askLine: guarded.enqueueActions(({ context, event, enqueue }) => {
      const leg = context.agents.at(-1) ?? ''
      const call = callView({ value: context.legs[leg]?.state ?? '', context })
      enqueue.emit({ ...told(context, leg, { change: 'ADDED', call, event }), isAwaited: true })
    }),
    /** The agents hear that it rings. The one at whom it rings knows it already. */
    tellRinging: guarded.enqueueActions(({ context, event, enqueue }) => {
      const call = viewNow(context)
      for (const leg of context.agents)
        if (context.legs[leg]?.state !== 'ALERTING')
          enqueue.emit(told(context, leg, { change: 'CHANGED', call, event }))
    }),
    tellChanged: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'LEG_CHANGED')
      const call = viewNow(context)
      for (const leg of context.agents)
        if (!hasLeftUntold(context, leg) && (leg !== event.leg || !endsUntold(event)))
          enqueue.emit(told(context, leg, { change: 'CHANGED', call, event }))
    }),
    noteData: assign(({ context, event }) => {
      assertEvent(event, 'UPDATE_CALL_DATA')
      const { wrapUpReason } = event
      return {
        variables: changedVariables(context, event),
        ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
      }
    }),
    /** All agents hear what the call is now. */
    tellAll: guarded.enqueueActions(({ context, event, enqueue }) => {
      const call = viewNow(context)
      for (const leg of context.agents) enqueue.emit(told(context, leg, { change: 'CHANGED', call, event }))
    }),
    /** Agents who have left the call, and do not wrap it up, get the DELETE. */
    release: guarded.enqueueActions(({ context, event, enqueue }) => {
      const call = viewNow(context)
      const left = context.agents.filter((leg) => context.legs[leg]?.state === 'DROPPED')
      for (const leg of left) enqueue.emit(told(context, leg, { change: 'REMOVED', call, event }))
      enqueue.assign({ agents: context.agents.filter((leg) => !left.includes(leg)) })
    }),
    toLeg: guarded.enqueueActions(({ context, event, enqueue }) => {
      const leg = 'user' in event ? agentLeg(context.dialog, event.user) : ''
      const message = legEvent(event)
      if (message && Object.hasOwn(context.legs, leg)) enqueue.sendTo(leg, message)
    }),
    toRinging: guarded.enqueueActions(({ context, event, enqueue }) => {
      for (const [leg] of legsIn(context, 'ALERTING')) enqueue.sendTo(leg, { type: 'RING_TIMEOUT', at: event.at })
    }),
    /** To the party outside that has been on the call for the longest time. */
    toCaller: guarded.enqueueActions(({ context, event, enqueue }) => {
      const [caller] =
        Object.entries(context.legs).find(([, { user, state }]) => isThere(state) && user === undefined) ?? []
      if (caller !== undefined) enqueue.sendTo(caller, { type: 'DROP', at: event.at })
    }),
    /** To the party outside that an embedder's ACD means. */
    toFarEnd: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'FAR_END')
      const leg = legOfFar(context, event.far)
      if (leg !== undefined) enqueue.sendTo(leg, farEndEvent(event))
    }),
    connectCaller: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'LEG_CHANGED')
      for (const [leg] of legsIn(context, 'INITIATED'))
        enqueue.sendTo(leg, { type: 'CONNECTED', ...askedBy(event), at: event.at })
    }),
    clearLonely: guarded.enqueueActions(({ context, event, enqueue }) => {
      const leg = lonelyLeg(context)
      // Nobody was told yet what an agent has asked for who gives up.
      const asked = event.type === 'LEG_CHANGED' && context.unanswered !== null ? askedBy(event) : {}
      if (leg !== undefined) enqueue.sendTo(leg, { type: 'CLEARED', ...asked, at: event.at })
    }),
    forgetState: assign(({ context }) => ({ unanswered: context.unanswered === 'FAILED' ? 'FAILED' : null })),
    noteFailure: guarded.assign({ unanswered: 'FAILED' }),
    ...outgoing,
    ...joins,
    ...singleStep,
    ...queue,
    ...monitoring,
    ...campaigns,
    refuse: guarded.emit(
      ({ context, event }): Effect => ({
        type: 'leg.failed',
        user: 'user' in event ? event.user : '',
        dialog: context.dialog,
        failure: 'INVALID_CALL_ACTION',
        detail: `${event.type} on extension ${extensionIn(context, event)}`,
        requestId: event.requestId ?? '',
      }),
    ),
    fail: emit<CallContext, CallEvent, { failure: CallFailure }, CallEvent, Effect>(({ context, event }, params) => ({
      type: 'leg.failed',
      user: 'user' in event ? event.user : '',
      dialog: context.dialog,
      failure: params.failure,
      detail: event.type,
      requestId: event.requestId ?? '',
    })),
    reject: emit<CallContext, CallEvent, { rejection: Rejection }, CallEvent, Effect>((_, { rejection }) => ({
      type: 'rejected',
      rejection,
    })),
  },
})
