/** The actions of a call that an agent makes: off-hook, dialling, and the other party. */
import { assertEvent, enqueueActions } from 'xstate'
import type { Effect, LegView } from '../effects.ts'
import { dials } from './acd-side.ts'
import { guarded, newLeg, SILENT } from './guards.ts'
import { nextOutsideNumber } from './joining.ts'
import type { LegEvent, NumberNews } from './leg-model.ts'
import { agentLeg, type CallContext, type CallEvent, callerLeg, outsideLeg } from './model.ts'

/** Why an attempt has failed, as clients see it (`dialog 2.3`). */
export type StateCause = Extract<LegEvent, { type: 'FAILS' }>['stateCause']

export interface Failing {
  readonly stateCause: StateCause
}

/** The type of a call once its number is dialled (`dialog 1.3`). */
const CALL_TYPES = {
  agent: 'AGENT_INSIDE',
  queue: 'AGENT_INSIDE',
  full: 'AGENT_INSIDE',
  nobody: 'AGENT_INSIDE',
  outside: 'OUT',
} as const
/** The type of a call during another one, from its beginning on. */
const CONSULT = 'CONSULT'

/** How a party outside begins at whom it rings. */
export const ringing = ({ answers, talkMs, far }: Extract<NumberNews, { outcome: 'RINGS' }>) =>
  ({ ...(far === undefined ? {} : { far }), begins: 'ALERTING', outside: { answers, talkMs } }) as const

/** The call with one party more. */
export const withLeg = ({ legs }: CallContext, leg: string, view: LegView) => ({ legs: { ...legs, [leg]: view } })

export const outgoing = {
  /** Only the agent who calls is there. Nobody knows the number yet (V20). */
  goOffHook: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'GOES_OFF_HOOK')
    const { user, extension, to, destination, variables, wrapUp, associatedDialog, fromAddress, isForAcd, at } = event
    const { dialog } = context
    const caller = agentLeg(dialog, user)
    const leg = { dialog, leg: caller, mediaAddress: extension, user, wrapUp, ringMs: null, at } as const
    return {
      ...withLeg(context, caller, newLeg(spawn, { ...leg, begins: 'INITIATING' })),
      fromAddress: extension,
      // Every other call is of this type before its number is dialled (`dialog 1.3`).
      callType: associatedDialog === undefined ? CALL_TYPES.agent : CONSULT,
      ...(associatedDialog === undefined ? {} : { associatedDialog }),
      ...(isForAcd ? { acd: { dialled: 0 } } : {}),
      variables,
      outgoing: { caller, to, destination, ...(fromAddress === undefined ? {} : { fromAddress }) },
      agents: [caller],
      unanswered: 'INITIATING' as const,
    }
  }),
  /** A party outside has dialled the number of another one. */
  callOutside: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'CALLS_OUT')
    const { from, to, destination, variables, at } = event
    const caller = outsideLeg(dialog, 1)
    return {
      fromAddress: from,
      toAddress: to,
      callType: CALL_TYPES.outside,
      variables,
      legs: {
        [caller]: newLeg(spawn, { dialog, leg: caller, mediaAddress: from, ...SILENT, begins: 'INITIATED', at }),
      },
      outgoing: { caller, to, destination },
    }
  }),
  /** Both ends are of the telephone system, so nobody is told about it as a call. */
  nail: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'NAILS')
    const { user, from, to, at } = event
    const caller = outsideLeg(dialog, 1)
    return {
      nailedFor: user,
      fromAddress: from,
      toAddress: to,
      callType: CALL_TYPES.outside,
      legs: {
        [caller]: newLeg(spawn, { dialog, leg: caller, mediaAddress: from, ...SILENT, begins: 'INITIATED', at }),
      },
      outgoing: { caller, to, destination: { kind: 'outside' as const } },
    }
  }),
  dial: guarded.enqueueActions(({ context, event, enqueue }) => {
    const { outgoing, associatedDialog } = context
    if (!outgoing) return
    const { caller, to, destination } = outgoing
    const callType = associatedDialog === undefined ? CALL_TYPES[destination.kind] : CONSULT
    enqueue.assign({ toAddress: to, callType, unanswered: 'INITIATED' })
    enqueue.sendTo(caller, { type: 'DIALLED', at: event.at })
  }),
  /** The call goes on hold, and then the other one begins (V50, V51). */
  consult: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CONSULT_CALL')
    const { dialog, variables, legs, acd } = context
    const { user, targetMediaAddress: extension, to, destination, at, requestId = '' } = event
    const other = Object.values(legs).find((leg) => leg.user !== user && leg.state !== 'DROPPED')?.mediaAddress
    const about = destination.kind === 'queue' && other !== undefined ? { fromAddress: other } : {}
    const isForAcd = acd ? { isForAcd: true as const } : {}
    const consult = { associatedDialog: dialog, user, extension, to, destination, variables, ...about, ...isForAcd }
    enqueue.sendTo(agentLeg(dialog, user), { type: 'HOLD', at })
    enqueue.emit({ type: 'call.consults', consult, requestId })
  }),
  askNetwork: guarded.enqueueActions(({ context, enqueue }) => {
    if (!context.outgoing) return
    const { asks, change } = dials(context, context.outgoing.to)
    enqueue.assign(change)
    for (const each of asks) enqueue.emit(each)
  }),
  ringAgent: guarded.assign(({ context, event, spawn }) => {
    const { dialog, outgoing } = context
    if (outgoing?.destination.kind !== 'agent') return {}
    const { user, wrapUp, ringMs } = outgoing.destination
    const leg = agentLeg(dialog, user)
    const facts = { dialog, leg, mediaAddress: outgoing.to, user, wrapUp, ringMs, at: event.at } as const
    const view = newLeg(spawn, { ...facts, begins: 'ALERTING' })
    return { ...withLeg(context, leg, view), agents: [...context.agents, leg] }
  }),
  ringOutside: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'NUMBER_IS')
    const { dialog, outgoing } = context
    if (!outgoing || event.number.outcome !== 'RINGS') return {}
    const leg = outsideLeg(dialog, nextOutsideNumber(Object.keys(context.legs)))
    const facts = { dialog, leg, mediaAddress: outgoing.to, wrapUp: false, ringMs: event.number.ringMs, at: event.at }
    return withLeg(context, leg, newLeg(spawn, { ...facts, ...ringing(event.number) }))
  }),
  /** The party who calls hears that the attempt has failed. */
  failCaller: enqueueActions<CallContext, CallEvent, Failing, CallEvent, never, never, never, never, Effect>(
    ({ context, event, enqueue }, { stateCause }) => {
      enqueue.sendTo(callerLeg(context), { type: 'FAILS', stateCause, at: event.at })
    },
  ),
  noteRinging: guarded.assign({ unanswered: 'ALERTING' }),
  /** The line of the agent who was called did not take the call: it is as if it never was there. */
  forgetCallee: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LEG_CHANGED')
    const { [event.leg]: _, ...legs } = context.legs
    enqueue.stopChild(event.leg)
    enqueue.assign({ legs, agents: context.agents.filter((leg) => leg !== event.leg) })
  }),
}
