/** The types of a call: input, context and events, and functions that read its state. */
import type { CallView, LegView, Monitor, NamedValue, QueueOutcome } from '../effects.ts'
import type { Occurrence } from '../occurrence.ts'
import { CALL_STATES, type CallState, type JoinAction, type LegAction, type LegState } from '../wire.ts'
import { type Standing, wireState } from '../wire-state.ts'
import {
  type Callback,
  type CampaignCall,
  type CampaignFacts,
  type Classification,
  type Contact,
  isPreview,
  type Reached,
  type Reservation,
} from './campaign.ts'
import { type Conference, type JoinTerms, mayDropOthers } from './conference.ts'
import type { LegChanged, MovedLeg, NumberNews, WrapUp } from './leg-model.ts'
import type { Barge, Listening } from './monitor.ts'

/** The queue of a call, and what became of the call there. */
export interface QueuedAt {
  readonly id: string
  readonly name: string
  /** When the caller has waited long enough (ms since 1970 UTC). */
  readonly due: number
  readonly outcome: QueueOutcome
  /** 1 (first) to 10. Absent if the queue gives the call none. */
  readonly priority?: number
  /**
   * The leg at which a call rings that was connected before it came to the queue. Absent while it waits, and for calls
   * that came to the queue unanswered.
   */
  readonly leg?: string
}

/** What a call has because an embedder's ACD is told about it. */
export interface AcdSide {
  /** The offer of the ACD that the call comes from. Absent if an agent makes the call. */
  readonly offer?: { readonly id: string; readonly call: string; readonly user: string }
  /** How many numbers outside the ACD was asked to call. */
  readonly dialled: number
}

/** What an embedder's ACD says about a call that it offers. */
export interface OfferedCall {
  readonly offer: string
  /** The ACD's own id of the call. */
  readonly call: string
  /** The number that the caller dialled. */
  readonly dialled: string
  readonly callType: string
  /** Absent if the call was not routed by a queue. */
  readonly queue?: { readonly number: string; readonly name: string }
}

export interface CallInput {
  readonly dialog: string
}

/** Where a call goes that an agent makes. */
export type Destination =
  | {
      readonly kind: 'agent'
      readonly user: string
      readonly wrapUp: WrapUp
      /** The longest time that it rings, in milliseconds. */
      readonly ringMs: number
    }
  | {
      readonly kind: 'queue'
      readonly id: string
      readonly name: string
      /** The longest time until the answer, in milliseconds. */
      readonly timeoutMs: number
      /** Of calls to the number that was dialled: 1 (first) to 10. Absent if the queue gives it none. */
      readonly priority?: number
    }
  | { readonly kind: 'outside' }
  /** As many calls wait in the queue as the limit allows. */
  | { readonly kind: 'full' }
  /** The number exists and takes no calls of agents, for example because an external ACD has its queue. */
  | { readonly kind: 'nobody' }

/** A call that an agent makes during another one. */
export interface Consult {
  /** The other call. */
  readonly associatedDialog: string
  readonly user: string
  readonly extension: string
  readonly to: string
  readonly destination: Destination
  /** Those of the other call go along. */
  readonly variables: readonly NamedValue[]
  /** An embedder's ACD is told about the call. Absent if there is none. */
  readonly isForAcd?: true
  /** The number of the party about whom the agent consults. Only for a queue, whose agents see it (`dialog 6.4`). */
  readonly fromAddress?: string
}

/** An agent transfers the call to a number, without a call to it before (`dialog 4.7`). */
export interface SingleStep {
  /** Id of the agent. */
  readonly user: string
  /** The number as the agent dialled it. */
  readonly to: string
  readonly destination: Destination
  readonly requestId: string
  /** The leg of the target. */
  readonly leg: string
  /** As in the request. */
  readonly isOffered?: true
}

/** A call that an agent makes, or a party outside to another one. */
export interface Outgoing {
  /** Leg of the party who calls. */
  readonly caller: string
  /** The number as it was dialled. */
  readonly to: string
  readonly destination: Destination
  /** See `Consult`. */
  readonly fromAddress?: string
}

export interface CallContext extends CallInput {
  readonly fromAddress: string
  readonly toAddress: string
  readonly callType: string
  /** The call during which an agent makes this one. Absent for other calls. */
  readonly associatedDialog?: string
  /** Absent if the call came from outside, to an agent or a queue. */
  readonly outgoing?: Outgoing
  /** The queue that the call came to last. Absent if it came to none. */
  readonly queue?: QueuedAt
  /** The queue of an embedder's ACD that has routed the call, or of the campaign that makes it. Absent otherwise. */
  readonly acdQueue?: OfferedCall['queue']
  /** Absent if no embedder's ACD is told about the call. */
  readonly acd?: AcdSide
  /** The extension that a routed call was delivered to. Absent before, and if the call is for an extension. */
  readonly dnis?: string
  readonly variables: readonly NamedValue[]
  /** The reason for the wrap-up that an agent chose. Absent until then. */
  readonly wrapUpReason?: string
  /** What each leg reported last, by its id, in the order of the participants. */
  readonly legs: Readonly<Record<string, LegView>>
  /** Legs of the agents who are told about the call: the POST was sent, and the DELETE was not. */
  readonly agents: readonly string[]
  /** The last state of a call that nobody has answered. `null` if it was answered, or is over. */
  readonly unanswered: CallState | null
  /** The call that was joined into this one last. Absent before. */
  readonly secondaryId?: string
  /** Absent if the call is none. */
  readonly conference?: Conference
  /** A transfer to a number, until the target has answered or has gone. Absent without one. */
  readonly singleStep?: SingleStep
  /** A supervisor listens by this call. Absent otherwise. */
  readonly monitor?: Monitor
  /** Id of the mobile agent whose nailed connection it is. Absent for other calls. */
  readonly nailedFor?: string
  /** An agent is reserved for a campaign. Absent otherwise. */
  readonly reservation?: Reservation
  /** A call with a customer of a campaign. Absent otherwise. */
  readonly campaignCall?: CampaignCall
}

/** An agent joins two calls. */
export interface Joining {
  readonly how: JoinAction
  readonly user: string
  readonly terms: JoinTerms
}

/** A call that is joined into this one. */
export interface OtherCall {
  readonly legs: readonly MovedLeg[]
  /** Its last view (V61). */
  readonly last: CallView
  /** The agents who are told about it. */
  readonly agents: readonly string[]
  /** Absent if it is no conference. */
  readonly conference?: Conference
  /** Absent if it is no call with a customer of a campaign. */
  readonly campaignCall?: CampaignCall
  /** The queue in which it waits, or that has sent it to an agent who has not answered. Absent if there is none. */
  readonly queue?: QueuedAt
}

export type CallEvent =
  | ({
      readonly type: 'ARRIVES'
      readonly from: string
      readonly to: string
      /** Agent at whose extension the call arrives. */
      readonly user: string
      readonly variables: readonly NamedValue[]
      readonly wrapUp: WrapUp
      /** The longest time that it rings, in milliseconds. */
      readonly ringMs: number
      /** Absent if no embedder's ACD offers it. */
      readonly acd?: OfferedCall
    } & Occurrence)
  /** An agent is off-hook, to call `to`. */
  | ({
      readonly type: 'GOES_OFF_HOOK'
      readonly user: string
      readonly extension: string
      readonly to: string
      readonly destination: Destination
      readonly variables: readonly NamedValue[]
      readonly wrapUp: WrapUp
      /** The call during which the agent makes this one. Absent for other calls. */
      readonly associatedDialog?: string
      /** An embedder's ACD is told about the call. Absent if there is none. */
      readonly isForAcd?: true
      /** See `Consult`. */
      readonly fromAddress?: string
    } & Occurrence)
  /** The telephone of a mobile agent is called, and stays connected. `from`: the extension of the agent. */
  | ({
      readonly type: 'NAILS'
      readonly user: string
      readonly from: string
      readonly to: string
    } & Occurrence)
  /** The call cannot reach the telephone of the mobile agent at whom it rings. */
  | ({ readonly type: 'PHONE_FAILS'; readonly user: string } & Occurrence)
  /** A party outside calls another one. */
  | ({
      readonly type: 'CALLS_OUT'
      readonly from: string
      readonly to: string
      readonly destination: Extract<Destination, { kind: 'outside' }>
      readonly variables: readonly NamedValue[]
    } & Occurrence)
  /** The agent holds this call and makes another one to `to`. */
  | ({
      readonly type: 'CONSULT_CALL'
      readonly user: string
      readonly targetMediaAddress: string
      readonly to: string
      readonly destination: Destination
    } & Occurrence)
  /** The agent transfers this call to `to`. */
  | ({
      readonly type: 'TRANSFER_SST'
      readonly user: string
      readonly targetMediaAddress: string
      readonly to: string
      readonly destination: Destination
      /** The call is shown as one that is offered to the target (CCX, `dialog 1.3`). Absent if not. */
      readonly isOffered?: true
    } & Occurrence)
  /** The call that the agent transfers is on hold, and the target is asked. */
  | ({ readonly type: 'ASKS_TARGET' } & Occurrence)
  /** The agent who has transferred the call has left it, and the agents are told. */
  | ({ readonly type: 'TRANSFERRED' } & Occurrence)
  /** The line of an agent has taken the call, as the caller or as the one who is called. */
  | ({ readonly type: 'LEG_TAKEN'; readonly user: string } & Occurrence)
  /** The network outside knows the number. */
  | ({ readonly type: 'NUMBER_IS'; readonly number: NumberNews; readonly line?: number } & Occurrence)
  /** A campaign reserves an agent. `dialler`: its number. */
  | ({
      readonly type: 'RESERVES'
      readonly user: string
      readonly extension: string
      readonly dialler: string
      readonly queue: { readonly number: string; readonly name: string }
      readonly facts: CampaignFacts
      /** The contact whose variables the agent sees. Absent if there is none. */
      readonly record?: string
      /** Those of that contact. */
      readonly variables: readonly NamedValue[]
      readonly contacts: readonly Contact[]
      /** How long the agent may take to decide, and how long a number rings at most (ms). */
      readonly previewMs: number
      readonly noAnswerMs: number
    } & Occurrence)
  /** A number answers the dialler, or it is time to give one up. */
  | ({ readonly type: 'LINE_DUE' } & Occurrence)
  /** The call with a customer who has answered the dialler. */
  | ({ readonly type: 'REACHES'; readonly reached: Reached } & Occurrence)
  /** The line of the agent has taken that call, or could not. */
  | ({ readonly type: 'RESERVATION_OVER'; readonly isRefused: boolean } & Occurrence)
  | ({
      readonly type: 'RECLASSIFY'
      readonly user: string
      readonly targetMediaAddress: string
      readonly classification: Classification
    } & Occurrence)
  /** `callback`: what changes of it. */
  | ({
      readonly type: 'UPDATE_SCHEDULED_CALLBACK'
      readonly user: string
      readonly targetMediaAddress: string
      readonly callback: Callback
    } & Occurrence)
  | ({
      readonly type: 'CANCEL_SCHEDULED_CALLBACK'
      readonly user: string
      readonly targetMediaAddress: string
    } & Occurrence)
  /** A call comes to a queue and waits there. `to`: the number that the caller dialled. */
  | ({
      readonly type: 'ENTERS'
      readonly from: string
      readonly to: string
      /** `priority`: as in `Destination`. */
      readonly queue: { readonly id: string; readonly name: string; readonly priority?: number }
      readonly variables: readonly NamedValue[]
      /** The longest time until the answer, in milliseconds. */
      readonly timeoutMs: number
    } & Occurrence)
  /** The queue has selected this agent. */
  | ({
      readonly type: 'RINGS'
      readonly user: string
      readonly extension: string
      readonly wrapUp: WrapUp
      /** The longest time that it rings, in milliseconds. */
      readonly ringMs: number
    } & Occurrence)
  /** Nobody has answered in time, or the queue is gone. */
  | ({ readonly type: 'QUEUE_TIMEOUT' | 'QUEUE_REMOVED' } & Occurrence)
  /** A further agent is connected. */
  | ({
      readonly type: 'JOINS'
      readonly user: string
      readonly mediaAddress: string
      readonly wrapUp: WrapUp
    } & Occurrence)
  | ({ readonly type: LegAction; readonly user: string; readonly targetMediaAddress: string } & Occurrence)
  /**
   * `fits`: the values have the form and the length that the directory configures. ECC values are cut to their length
   * already.
   */
  | ({
      readonly type: 'UPDATE_CALL_DATA'
      readonly user: string
      readonly variables: readonly NamedValue[]
      readonly wrapUpReason?: string
      readonly fits: boolean
    } & Occurrence)
  /**
   * The tones themselves are not here: nobody gets them, and they may be secret. `inRange`: the platform knows all of
   * them.
   */
  | ({
      readonly type: 'SEND_DTMF'
      readonly user: string
      readonly targetMediaAddress: string
      readonly inRange: boolean
    } & Occurrence)
  /** A participant has the call recorded (CCX). */
  | ({ readonly type: 'START_RECORDING'; readonly user: string; readonly targetMediaAddress: string } & Occurrence)
  /** The agent joins this call, which is on hold, with the active one. */
  | ({
      readonly type: JoinAction
      readonly user: string
      readonly targetMediaAddress: string
      readonly terms: JoinTerms
    } & Occurrence)
  /** The agent drops another one from the conference. `targetMediaAddress`: the party to drop. */
  | ({ readonly type: 'PARTICIPANT_DROP'; readonly user: string; readonly targetMediaAddress: string } & Occurrence)
  /** A supervisor listens to an agent by this call. */
  | ({ readonly type: 'MONITORS' } & Listening & Occurrence)
  /** The call to which the supervisor listened is over for `user`, the agent, or the supervisor `user` listens no more. */
  | ({ readonly type: 'MONITORING_ENDS'; readonly user: string } & Occurrence)
  /** The supervisor who listens to this call becomes a party of it. */
  | ({ readonly type: 'BARGES_IN' } & Barge & Occurrence)
  /** The supervisor who listened by this call is a party of the other one now. */
  | ({ readonly type: 'HAS_BARGED_IN' } & Occurrence)
  /** The agent joins this call into that one. */
  | ({ readonly type: 'JOINS_INTO'; readonly into: string } & Joining & Occurrence)
  /** The legs of another call come here. */
  | ({ readonly type: 'LEGS_COME' } & OtherCall & Joining & Occurrence)
  /** They have come, and the agents are told. */
  | ({ readonly type: 'LEGS_HAVE_COME' } & OtherCall & Joining & Occurrence)
  /** The legs of this call are there now. */
  | ({ readonly type: 'HAS_JOINED' } & Joining & Occurrence)
  | ({ readonly type: 'CALLER_HANGS_UP' } & Occurrence)
  /** The party outside that the embedder's ACD calls `far` answers or hangs up. */
  | ({ readonly type: 'FAR_END'; readonly far: string; readonly does: 'ANSWERS' | 'HANGS_UP' } & Occurrence)
  | ({ readonly type: 'LEG_REFUSED'; readonly user: string } & Occurrence)
  | ({ readonly type: 'WRAP_UP_OVER'; readonly user: string } & Occurrence)
  | ({ readonly type: 'AGENT_SIGNED_OUT'; readonly user: string } & Occurrence)
  /** `leaves`: the agent is signed out when the call ends. False if that is cancelled. */
  | ({ readonly type: 'AGENT_LEAVES'; readonly user: string; readonly leaves: boolean } & Occurrence)
  | ({ readonly type: 'RING_TIMEOUT' } & Occurrence)
  /** Whether the agent talks on another call. */
  | ({ readonly type: 'AGENT_TALKS'; readonly user: string; readonly elsewhere: boolean } & Occurrence)
  /** The agent is connected to another call, and this one goes on hold before. */
  | ({ readonly type: 'HOLD_FOR_OTHER'; readonly user: string } & Occurrence)
  /** The other call of the agent is on hold, as this one asked for. */
  | ({ readonly type: 'LINE_IS_FREE'; readonly user: string } & Occurrence)
  | LegChanged

/** The state of a call that clients see (`dialog 2.1`). */
export function callState({ value, context }: Standing<CallContext>): CallState {
  const named = wireState(value, [...CALL_STATES, 'OFFERED'])
  const state = named === 'OFFERED' ? 'ALERTING' : named
  if (state === 'ACTIVE' && ringsAtTarget(context)) return 'ALERTING'
  // A call that failed is FAILED to its end (V27).
  return state === 'DROPPED' && context.unanswered === 'FAILED' ? 'FAILED' : state
}

/**
 * Does the call ring where an agent has transferred it to? It is ALERTING then, although the caller is connected (V72),
 * and stays so if nobody answers (V10).
 */
function ringsAtTarget({ singleStep, legs }: CallContext): boolean {
  const state = legs[singleStep?.leg ?? '']?.state
  return state === 'ALERTING' || state === 'DROPPED'
}

/** The call as clients see it. */
export function callView(call: Standing<CallContext>): CallView {
  const { dialog, associatedDialog, secondaryId, fromAddress, toAddress, callType, queue, acdQueue } = call.context
  const { dnis = toAddress, variables, wrapUpReason, monitor, legs } = call.context
  return {
    dialog,
    ...(associatedDialog === undefined ? {} : { associatedDialog }),
    ...(secondaryId === undefined ? {} : { secondaryId }),
    fromAddress,
    toAddress,
    dnis,
    dialedNumber: toAddress,
    callType,
    ...madeOf(call.context),
    ...(queue ? { queue: { number: queue.id, name: queue.name, outcome: queue.outcome } } : {}),
    ...(acdQueue ? { queue: { ...acdQueue, outcome: call.context.unanswered === null ? 'ANSWERED' : 'RINGING' } } : {}),
    ...routedOf(call.context),
    ...(monitor ? { monitor } : {}),
    ...campaignOf(call.context),
    variables,
    ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
    state: callState(call),
    legs: Object.values(legs).map((leg) => withRights(leg, call.context)),
  }
}

function madeOf(context: CallContext): Pick<CallView, 'made'> {
  const { outgoing, monitor, campaignCall } = context
  if (monitor) return { made: { by: 'agent', to: 'agent' } }
  if (!outgoing) return campaignCall?.isOwn ? { made: { by: 'agent', to: 'outside' } } : {}
  return { made: { by: isOutside(context) ? 'outside' : 'agent', to: outgoing.destination.kind } }
}

/** Who has called the queue, as long as no other call was joined into this one. */
function routedOf({ dialog, outgoing, secondaryId, legs }: CallContext): Pick<CallView, 'routed'> {
  if (outgoing?.destination.kind !== 'queue' || secondaryId !== undefined) return {}
  const { caller, fromAddress } = outgoing
  const user = legs[caller]?.user ?? caller.slice(dialog.length + 1)
  return { routed: { caller: user, ...(fromAddress === undefined ? {} : { fromAddress }) } }
}

function campaignOf({ reservation, campaignCall }: CallContext): Pick<CallView, 'campaign'> {
  if (reservation) return { campaign: { id: reservation.campaign, part: isPreview(reservation) ? 'preview' : 'line' } }
  if (!campaignCall) return {}
  const { campaign: id, classification, callback } = campaignCall
  return { campaign: { id, part: 'customer', classification, ...(callback ? { callback } : {}) } }
}

/** The leg with what the conference, the campaign, or the monitor call lets its agent do. */
export function withRights(
  leg: LegView,
  {
    conference,
    monitor,
    reservation,
    campaignCall,
  }: Pick<CallContext, 'conference' | 'monitor' | 'reservation' | 'campaignCall'>,
): LegView {
  if (monitor) return { ...leg, monitors: leg.user === monitor.supervisor ? 'SUPERVISOR' : 'AGENT' }
  if (leg.user === undefined) return leg
  return {
    ...leg,
    ...(mayDropOthers(conference, leg.user) ? { dropsOthers: true as const } : {}),
    ...(reservation ? { reserved: true as const } : {}),
    ...(campaignCall ? { ofCampaign: true as const } : {}),
    ...(campaignCall?.callback ? { hasCallback: true as const } : {}),
  }
}

/** Id of the leg of an agent. An agent has one leg on a call. */
export const agentLeg = (dialog: string, user: string): string => `${dialog}#${user}`

/** Id of the leg of an outside party. User ids never contain a plus sign. */
export const outsideLeg = (dialog: string, number: number): string => `${dialog}#+${number}`

/** Id of the leg of the party that called. */
export const callerLeg = ({ dialog, outgoing }: CallContext): string => outgoing?.caller ?? outsideLeg(dialog, 1)

/** The legs whose state is one of these. */
export const legsIn = (
  { legs }: CallContext,
  ...states: readonly LegState[]
): readonly (readonly [string, LegView])[] => Object.entries(legs).filter(([, { state }]) => states.includes(state))

/** Legs that have not left: a call with one of them is lonely. */
export const PRESENT = ['INITIATING', 'INITIATED', 'ALERTING', 'ACTIVE', 'HELD'] as const
/** Legs that the network clears when they are left alone. A caller goes elsewhere instead (V10). */
const CLEARABLE: readonly LegState[] = ['ALERTING', 'ACTIVE', 'HELD']

/**
 * The leg that is left alone on the call, and so has to be cleared; `undefined` if there is none, or if it waits in a
 * queue.
 */
export function lonelyLeg(context: CallContext): string | undefined {
  if (waitsFor(context)?.outcome === 'WAITING') return undefined
  const [first, ...others] = legsIn(context, ...PRESENT)
  return first && others.length === 0 && CLEARABLE.includes(first[1].state) ? first[0] : undefined
}

/**
 * The state that follows from the legs (`dialog 2.1`). A call that was never answered keeps its state, whoever leaves it.
 */
export function derivedState(context: CallContext): CallState {
  if (context.unanswered !== null) return context.unanswered
  if (legsIn(context, 'ACTIVE', 'HELD', 'WRAP_UP').length > 0) return 'ACTIVE'
  return ringsAtTarget(context) ? 'ALERTING' : 'DROPPED'
}

/** The queue that still has the call, because nobody has answered it; `undefined` if there is none. */
export const waitsFor = ({ queue }: Pick<CallContext, 'queue'>): QueuedAt | undefined =>
  queue?.outcome === 'WAITING' || queue?.outcome === 'RINGING' ? queue : undefined

/** Is the call one between parties outside, so that no agent is or comes on it? */
const isOutside = ({ outgoing, dialog }: CallContext): boolean => outgoing?.caller === outsideLeg(dialog, 1)

/** Does the call go on although no agent is on it: in a queue, or between parties outside? */
export const goesOnWithoutAgent = (context: CallContext): boolean =>
  legsIn(context, ...PRESENT).length > 0 && (waitsFor(context) !== undefined || isOutside(context))
