/** The types of a user: configuration, context and events, and functions that read its state. */
import type { ActorRefFrom } from 'xstate'
import type { JoinTerms } from '../call/conference.ts'
import type { CallView, Effect, TaskFacts, UserView } from '../effects.ts'
import type { Failure } from '../failures.ts'
import { type MediaReport, type MrdSettings, mediaState } from '../media/model.ts'
import type { mediaMachine } from '../media.ts'
import type { Occurrence } from '../occurrence.ts'
import type { PresenceReport, presenceMachine } from '../presence.ts'
import {
  type DialogLogoutAction,
  type InterruptAction,
  type JoinAction,
  type LegState,
  type MediaState,
  type MobileAgentMode,
  type Reason,
  type Side,
  type TaskAction,
  type TaskState,
  USER_STATES,
  type UserState,
} from '../wire.ts'
import { type Standing, wireState } from '../wire-state.ts'
import { hasUnroutedCall, isCcx, isNotReadyForCall, mediaStateOf } from './ccx.ts'

/** The part of the directory that the machines need. */
export interface UserConfig {
  readonly extensions: readonly string[]
  readonly mobileAgentAllowed: boolean
  /** The telephones of mobile agents are called by the built-in network. Absent if not, and in older setups. */
  readonly callsMobileAgents?: true
  /**
   * LOAD. 1: a forced sign-out leads to LOGOUT. 0: it leads to NOT_READY. CCX has no such parameter and uses 1
   * (`notifications 9.2`).
   */
  readonly logoutOnAgentDisconnect: 0 | 1
  readonly userSignoutChannel: 'voice' | 'finesse' | 'all'
  readonly agentMayLeaveFromReady: boolean
  /** Absent on CCE, and in older setups. */
  readonly platform?: 'CCX'
  /**
   * True: when the link to the ACD is lost or the user moves to the other side, forget what Finesse forgets
   * (ruling 28).
   */
  readonly forgets: boolean
  /**
   * A failover loses what Finesse knows of the calls (`dialog 1.2`, 1.3, 5.2). CCX only, where `forgets` is true. Absent
   * otherwise, and in older setups.
   */
  readonly forgetsCalls?: true
  /** A forced sign-out by a side that the user has left is ignored (`notifications 9.4`). */
  readonly suppressesLateForcedSignOut: boolean
  readonly autoWorkModeStateChange: boolean
  readonly presenceGraceMs: number
  /**
   * A user who signs in without presence has to connect within the grace period (`notifications 9.1`). Absent if that
   * is not required, and in older setups.
   */
  readonly requiresPresence?: true
  readonly wrapUpMs: number
  readonly mrds: Readonly<Record<string, { readonly member: boolean; readonly settings: MrdSettings }>>
  /** System reason codes (`user 6.3`). */
  readonly reasons: {
    /** NOT_READY 50002. */
    readonly connectionFailure: Reason
    /** LOGOUT 50002; 255 on CCX. */
    readonly systemFailure: Reason
    /** NOT_READY 32767; 32763 on CCX. */
    readonly callNotAnswered: Reason
    /** NOT_READY 51004. Absent on CCX and in older setups. */
    readonly callAtSignIn?: Reason
    /** NOT_READY 50006. Absent on CCX and in older setups. */
    readonly callFromReady?: Reason
    /** LOGOUT 50040, NOT_READY 50041, LOGOUT 50042. Absent on CCX, and in older setups. */
    readonly mobileCallFailed?: Reason
    readonly mobileNotReached?: Reason
    readonly mobileDisconnected?: Reason
    /** NOT_READY 32762 and 32761, during calls that no queue has routed. Absent on CCE and in older setups. */
    readonly offHook?: Reason
    readonly unroutedCall?: Reason
    /** NOT_READY 32755 and 32758, after a routed call and after its wrap-up. Absent on CCE and in older setups. */
    readonly callEnded?: Reason
    readonly workTimeOver?: Reason
    /** LOGOUT 32740. Absent on CCE and in older setups. */
    readonly relogin?: Reason
  }
}

export interface UserInput {
  readonly user: string
  readonly sides: readonly Side[]
  readonly config: UserConfig
}

export type Pending = '' | 'READY' | 'NOT_READY' | 'LOGOUT'

export interface PendingState {
  readonly state: Pending
  readonly reason: Reason | null
  /** The pending state comes from a forced sign-out, not from a request. Absent otherwise. */
  readonly forced?: true
}

export interface Settled {
  readonly state: 'READY' | 'NOT_READY'
  readonly reason: Reason | null
}

export interface UserContext extends UserInput {
  /** During a transition: the state that was left, until the next one is entered. Otherwise `null`. */
  readonly left: UserState | null
  readonly stateChangeTime: number | null
  /** A value that clients see has changed and is not published yet. */
  readonly news: boolean
  readonly reason: Reason | null
  readonly extension: string
  readonly mobileAgent: { readonly mode: MobileAgentMode; readonly dialNumber: string } | null
  /** The nailed connection of a mobile agent. Absent without one. */
  readonly nailed?: { readonly dialog: string; readonly isUp: boolean }
  /** The telephone of a mobile agent who is called for each call. Absent otherwise. */
  readonly dialNumber?: string
  /** The call for which that telephone could not be reached. Absent otherwise. */
  readonly unreached?: string
  /** The side of the mobile sign-in, the only one that shows the data (`user 7`). */
  readonly mobileSide: Side | null
  readonly pending: PendingState
  /** The state before the first call, to which the user returns after the last one. */
  readonly beforeCall: Settled | null
  readonly legs: Readonly<Record<string, { readonly state: LegState; readonly call: CallView }>>
  /** What a failover made unknown. Absent before the first one, and where nothing is forgotten. */
  readonly forgotten?: Forgotten
  /** A supervisor listens to the agent. Absent if nobody does. */
  readonly monitored?: Monitored
  /** Work that interrupts: started tasks of non-interruptible MRDs, legs that are ACTIVE or HELD (ruling 40). */
  readonly work: readonly { readonly id: string; readonly mrd: string }[]
  /**
   * Dialogs and calls that must be finished before the agent gets a task of any MRD again. They were open when the
   * agent got non-interruptible work of two MRDs at the same time (`media 4.5`, temporarily not routable).
   */
  readonly finishFirst: readonly string[]
  /** Sides without a link to the ACD. No grace period begins there meanwhile (`notifications 9.1`). */
  readonly cutOff: readonly Side[]
  /** The side that acts for the user: that of the newest presence, else of the last sign-in (`media 13`, ruling 37). */
  readonly actingSide: Side
  /** The side that knows the sign-in to voice; `null` while signed out. */
  readonly signedInOn: Side | null
  /** Sides on which the user has presence, the newest last. A side whose presence is unknown stays in the list. */
  readonly present: readonly Side[]
  /**
   * The user moved to the other side while READY or on a call: the next NOT_READY has that reason
   * (`notifications 12.4`).
   */
  readonly movedWhileReady: boolean
  readonly media: Readonly<Record<string, ActorRefFrom<typeof mediaMachine>>>
  readonly presence: Readonly<Record<string, ActorRefFrom<typeof presenceMachine>>>
}

/** The nailed connection has begun, is answered, could not be made, or was dropped. */
export type NailState = 'BEGUN' | 'UP' | 'FAILED' | 'OVER'

/** The monitor call of a supervisor who listens to the agent. It is no call of the agent, and no work. */
export interface Monitored {
  readonly call: CallView
  /** The call to which the supervisor listens; `''` if that is over. */
  readonly of: string
}

/** What clients do not see any more after a failover on CCX (`user 5.8`, `dialog 1.2`). */
export interface Forgotten {
  /** Time of the last failover, in ms since 1970 UTC. When states changed before it is unknown. */
  readonly since: number
  /** The calls of that time, each with the type that is unknown as long as it is the same. */
  readonly types: Readonly<Record<string, string>>
}

export interface CallNews {
  readonly leg: LegState
  readonly call: CallView
  readonly notAnswered: boolean
  /** The call waits until the agent's line has taken it. Absent if it does not. */
  readonly isAwaited?: true
  /** The call was joined with another one of the agent. Absent otherwise. */
  readonly joined?: true
  /** The monitor call that this one takes the place of, as it ended. Absent otherwise. */
  readonly replaces?: CallView
}

export type UserEvent =
  | ({
      readonly type: 'SIGN_IN'
      readonly side: Side
      readonly extension: string
      readonly mobileAgent: { readonly mode: MobileAgentMode; readonly dialNumber: string } | null
    } & Occurrence)
  | ({ readonly type: 'READY'; readonly supervisor: boolean } & Occurrence)
  | ({ readonly type: 'NOT_READY'; readonly supervisor: boolean; readonly reason: Reason | null } & Occurrence)
  | ({ readonly type: 'SIGN_OUT'; readonly supervisor: boolean; readonly reason: Reason | null } & Occurrence)
  /** A state that no client may request (`user 5.6`). */
  | ({ readonly type: 'WORK' } & Occurrence)
  | ({
      readonly type: 'MEDIA_SIGN_IN'
      readonly side: Side
      readonly mrd: string
      readonly maxDialogLimit: number
      readonly interruptAction: InterruptAction
      readonly dialogLogoutAction: DialogLogoutAction
    } & Occurrence)
  | ({
      readonly type: 'MEDIA_STATE'
      readonly mrd: string
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE'
      readonly reason: Reason | null
    } & Occurrence)
  | ({ readonly type: 'MEDIA_ROUTABLE'; readonly mrd: string; readonly routable: boolean } & Occurrence)
  | ({
      readonly type: 'DIALOG_ACTION'
      readonly mrd: string
      readonly dialog: string
      readonly action: TaskAction
      readonly target: string
      readonly targetKnown: boolean
    } & Occurrence)
  | ({ readonly type: 'OFFER'; readonly mrd: string; readonly offer: string; readonly task: TaskFacts } & Occurrence)
  | ({ readonly type: 'CUSTOMER_CANCELS'; readonly task: string } & Occurrence)
  | ({
      readonly type: 'RESUBMITTED'
      readonly mrd: string
      readonly dialog: string
      readonly task: string
      readonly attempt: number | null
    } & Occurrence)
  | ({
      readonly type: 'RESUBMISSION_REFUSED'
      readonly mrd: string
      readonly dialog: string
      readonly reason: string
      readonly attempt: number | null
    } & Occurrence)
  | ({ readonly type: 'CALL_ADDED' | 'CALL_CHANGED' | 'CALL_REMOVED' } & CallNews & Occurrence)
  | ({ readonly type: 'CALL_NOTICE'; readonly change: 'added' | 'changed'; readonly call: CallView } & Occurrence)
  | ({
      readonly type: 'CALL_FAILED'
      readonly dialog: string
      readonly failure: Failure
      readonly detail: string
    } & Occurrence)
  /** The agent's leg on this call is about to be connected. */
  | ({ readonly type: 'CALL_TAKES_LINE'; readonly dialog: string } & Occurrence)
  /** The agent joins this call with the active one. */
  | ({
      readonly type: 'CALL_JOINS'
      readonly dialog: string
      readonly how: JoinAction
      readonly terms: JoinTerms
    } & Occurrence)
  /** The user, a supervisor, wants to listen to that agent. */
  | ({
      readonly type: 'MONITOR'
      readonly agent: string
      readonly extension: string
      readonly agentExtension: string
    } & Occurrence)
  /** A supervisor wants to listen to the user. `agentExtension`: where the user is. */
  | ({
      readonly type: 'MONITOR_ASKED'
      /** Id of the supervisor. */
      readonly listener: string
      readonly extension: string
      readonly agentExtension: string
    } & Occurrence)
  /**
   * The supervisor who listens by the call `monitor` wants to barge in. `controls`: the call is no conference of another
   * agent.
   */
  | ({
      readonly type: 'BARGE_ASKED'
      /** Id of the supervisor. */
      readonly listener: string
      readonly extension: string
      readonly monitor: string
      readonly controls: boolean
      readonly terms: JoinTerms
    } & Occurrence)
  /** What has become of the nailed connection. */
  | ({ readonly type: 'NAIL'; readonly dialog: string; readonly is: NailState } & Occurrence)
  /** How the telephone of the mobile agent answers this call. */
  | ({ readonly type: 'PHONE_IS'; readonly dialog: string; readonly isReached: boolean } & Occurrence)
  /** A call that the user has asked for does not exist. */
  | ({ readonly type: 'NEW_CALL_FAILED'; readonly failure: Failure; readonly action: string } & Occurrence)
  /** The monitor call of a supervisor who listens to the user. */
  | ({
      readonly type: 'MONITORED_ADDED' | 'MONITORED_CHANGED' | 'MONITORED_REMOVED'
      readonly call: CallView
    } & Occurrence)
  /** There are calls that the state does not show yet: from before the sign-in, or left by an older version. */
  | ({ readonly type: 'CALLS_FOUND' } & Occurrence)
  | ({ readonly type: 'WRAP_UP_TIMEOUT' } & Occurrence)
  | ({
      readonly type: 'PRESENCE'
      readonly side: Side
      readonly session: string
      readonly available: boolean
    } & Occurrence)
  | ({
      readonly type: 'SERVICE_LOST' | 'SERVICE_BACK' | 'SESSIONS_LOST' | 'LINK_LOST' | 'LINK_BACK'
      readonly side: Side
    } & Occurrence)
  /** `actingSide` has changed. */
  | ({ readonly type: 'MOVED' } & Occurrence)
  | ({ readonly type: 'PATH_LOST' | 'PATH_BACK' } & Occurrence)
  | ({ readonly type: 'PERIPHERAL_LOST'; readonly both: boolean } & Occurrence)
  | ({ readonly type: 'MEDIA_SIGN_OUT' } & Occurrence)
  | ({ readonly type: 'CONFIGURED'; readonly config: UserConfig } & Occurrence)
  /** The user is not in the directory any more. */
  | ({ readonly type: 'REMOVED'; readonly reason: Reason } & Occurrence)
  | MediaReport
  | PresenceReport
  | ({
      readonly type: 'USER_EVENT'
      readonly state: UserState
      readonly reason: Reason | null
      readonly extension?: string
    } & Occurrence)
  | ({
      readonly type: 'MEDIA_EVENT'
      readonly mrd: string
      readonly state: MediaState
      readonly routable?: boolean
    } & Occurrence)
  | ({
      readonly type: 'TASK_EVENT'
      readonly mrd: string
      readonly dialog: string
      readonly state: TaskState
      readonly variables?: TaskFacts['variables']
    } & Occurrence)
  | ({
      readonly type: 'CALL_EVENT'
      /** `REMOVED`: the user has left the call for good. */
      readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
      readonly call: CallView
    } & Occurrence)

/** The agent state, voice. */
export const userState = ({ value }: Pick<Standing<UserContext>, 'value'>): UserState => wireState(value, USER_STATES)

/** The user as clients see it. */
export function userView(user: Standing<UserContext>): UserView {
  const { pending, reason, extension, mobileAgent, forgotten } = user.context
  const stateChangeTime = knownTime(user.context.stateChangeTime, forgotten)
  const mediaState = isCcx(user.context) ? { mediaState: mediaStateOf(user.context) } : {}
  const now = { state: userState(user), stateChangeTime, pendingState: pending.state, reason, extension, mobileAgent }
  return { ...now, ...mediaState }
}

/** The time of a change, if no failover made it unknown. */
export const knownTime = (time: number | null, forgotten: Forgotten | undefined): number | null =>
  time !== null && forgotten !== undefined && time <= forgotten.since ? null : time

/** Signed in to voice or to any medium (ruling 30). */
export const isSignedIn = (user: Standing<UserContext>): boolean =>
  userState(user) !== 'LOGOUT' || isSignedInToMedia(user.context)

export const isSignedInToMedia = ({ media }: UserContext): boolean =>
  Object.values(media).some((medium) => mediaState(medium.getSnapshot()) !== 'LOGOUT')

/** Has the user an open dialog that this offer led to? */
export const isOpenOffer = ({ media }: UserContext, offer: string): boolean =>
  Object.values(media).some((medium) =>
    Object.values(medium.getSnapshot().context.dialogs).some((dialog) => dialog.getSnapshot().context.offer === offer),
  )

/**
 * True if the agent has non-interruptible work of another MRD (voice included), or has to finish open work first
 * (`media 4.5`, condition 4).
 */
export function isBusyElsewhere(context: Pick<UserContext, 'work' | 'finishFirst'>, mrd: string): boolean {
  return context.finishFirst.length > 0 || context.work.some((work) => work.mrd !== mrd)
}

/**
 * May a READY user get a call of a queue? Not during other work that may not be interrupted (`media 4.5`, condition 4),
 * and not without the link to the ACD (ruling 39).
 */
export const takesRoutedCalls = (context: UserContext): boolean =>
  !isBusyElsewhere(context, VOICE) && !actingSideIsDown(context)

export const legIs = (context: UserContext, ...states: readonly LegState[]) =>
  Object.values(context.legs).some((leg) => states.includes(leg.state))

/** Is the agent reserved for a campaign, with a preview of the customer or without one? */
export const isReservedFor = ({ legs }: UserContext, part: 'preview' | 'line'): boolean =>
  Object.values(legs).some(
    ({ state, call }) => call.campaign?.part === part && (state === 'ALERTING' || state === 'ACCEPTED'),
  )

/** Does no client see the call? Then only the state of the agent shows it. */
export const isUnseen = ({ campaign }: Pick<CallView, 'campaign'>): boolean => campaign?.part === 'line'

/**
 * May the agent make a call? Without another call, or to consult somebody while the call that it is about, and every
 * other one, is on hold.
 */
export function mayCall(context: UserContext, associatedDialog: string | undefined): boolean {
  if (associatedDialog === undefined) return Object.keys(context.legs).length === 0
  const isBusy = legIs(context, 'ACTIVE', 'INITIATING', 'INITIATED', 'FAILED')
  return !isBusy && context.legs[associatedDialog]?.state === 'HELD'
}

type Legs = UserContext['legs']

/** Has the agent an active call beside this one? */
const talksBeside = (legs: Legs, dialog: string): boolean => activeBeside(legs, dialog) !== undefined

/** Does a call that the agent makes ring, or wait in a queue? */
const isUnderWay = ({ state, queue }: CallView): boolean => state === 'ALERTING' || queue?.outcome === 'WAITING'

/**
 * The active call of the agent that is not this one: the call on which the agent talks, else the one that rings at the
 * party whom the agent calls, or waits in a queue (V55). `undefined` if there is none.
 */
export function activeBeside(legs: Legs, dialog: string): string | undefined {
  const others = Object.entries(legs).filter(([other]) => other !== dialog)
  const talks = others.find(([, { state }]) => state === 'ACTIVE')
  return (talks ?? others.find(([, { state, call }]) => state === 'INITIATED' && isUnderWay(call)))?.[0]
}

/** The effects that inform the calls whether the agent talks on another one, where that has changed. */
export function newsOfTalk(before: Legs, now: Legs): readonly Effect[] {
  return Object.keys(now).flatMap((dialog) => {
    const elsewhere = talksBeside(now, dialog)
    const wasElsewhere = Object.hasOwn(before, dialog) && talksBeside(before, dialog)
    return elsewhere === wasElsewhere ? [] : [{ type: 'call.agentTalks', dialog, elsewhere }]
  })
}

/** Is the pending state a sign-out, or the NOT_READY of a forced sign-out? Then there is no wrap-up (ruling 47). */
const leavesAfterCall = ({ state, forced }: PendingState): boolean => state === 'LOGOUT' || forced === true

/** The effects that inform the calls whether the agent leaves when they end, if `pending` changes that. */
export function newsOfLeaving(context: UserContext, pending: PendingState): readonly Effect[] {
  const leaves = leavesAfterCall(pending)
  if (leaves === leavesAfterCall(context.pending)) return []
  return Object.keys(context.legs).map((dialog) => ({ type: 'call.agentLeaves', dialog, leaves }))
}

/** Will the agent leave when the calls end? */
export const isLeaving = ({ pending }: UserContext): boolean => leavesAfterCall(pending)

/** The calls in wrap-up, with the time (ms) at which each wrap-up ends: `wrapUpMs` after its begin. */
export function wrapUps({
  user,
  legs,
  config,
}: UserContext): readonly { readonly dialog: string; readonly due: number }[] {
  return Object.entries(legs).flatMap(([dialog, { state, call }]) => {
    const began = call.legs.find((leg) => leg.user === user)?.stateChangeTime ?? 0
    return state === 'WRAP_UP' ? [{ dialog, due: began + config.wrapUpMs }] : []
  })
}

/** Has a call in wrap-up no wrap-up reason, which it needs before the agent can end the wrap-up? */
export const lacksReason = ({ user, legs }: UserContext): boolean =>
  Object.values(legs).some(
    ({ state, call }) =>
      state === 'WRAP_UP' && !call.wrapUpReason && call.legs.some((leg) => leg.user === user && leg.needsReason),
  )

/** Time (ms) at which the next wrap-up ends; `undefined` if there is none. */
export function wrapUpDue(context: UserContext): number | undefined {
  const due = wrapUps(context).map((wrapUp) => wrapUp.due)
  return due.length === 0 ? undefined : Math.min(...due)
}

/**
 * True if the state does not fit the calls. The charts never lead to such a state. Older versions left users in it,
 * with calls that would never end.
 */
export function calledOtherwise(user: Standing<UserContext>): boolean {
  const { context } = user
  if (hasUnroutedCall(context)) return false
  const state = userState(user)
  if (state === 'LOGOUT') return legIs(context, 'ALERTING', 'WRAP_UP') || context.work.some(({ mrd }) => mrd === VOICE)
  if (state === 'READY' && legIs(context, 'ALERTING')) return true
  if (state === 'READY' || state === 'NOT_READY' || state === 'RESERVED')
    return legIs(context, 'ACTIVE', 'HELD', 'WRAP_UP')
  return (state === 'TALKING' || state === 'HOLD') && legIs(context, 'WRAP_UP')
}

/** The reason of the request. For NOT_READY without one: the reason of a move that was not shown yet (ruling 43). */
export function askedReason(context: UserContext, event: UserEvent): Reason | null {
  if (event.type === 'NOT_READY')
    return event.reason ?? (context.movedWhileReady ? context.config.reasons.connectionFailure : null)
  return event.type === 'SIGN_OUT' || event.type === 'REMOVED' ? event.reason : null
}

/** The acting side has no link to the ACD. */
export const actingSideIsDown = ({ cutOff, actingSide }: UserContext): boolean => cutOff.includes(actingSide)

/** The state to return to when no call is left. A change between READY and NOT_READY while a call rings counts. */
export function stateBesideCalls(context: UserContext): Settled | null {
  const { left, reason, beforeCall } = context
  if (isNotReadyForCall(context)) return beforeCall
  return left === 'READY' || left === 'NOT_READY' ? { state: left, reason } : beforeCall
}

/** MRD id of voice. */
export const VOICE = '1'

export const NOTHING_PENDING = { state: '', reason: null } as const

/** A pending NOT_READY for which the agent gave no reason gets this one, if there is one. */
export const withReason = (pending: PendingState, reason: Reason | undefined): PendingState =>
  pending.state === 'NOT_READY' && pending.reason === null && reason ? { ...pending, reason } : pending

/** The state of the user when no call is left: the pending one, or else the one from before the calls. */
export function settled(context: UserContext): Settled {
  const { pending, beforeCall } = context
  if (pending.state === 'READY' || pending.state === 'NOT_READY')
    return { state: pending.state, reason: withReason(pending, context.config.reasons.callEnded).reason }
  return beforeCall ?? { state: 'NOT_READY', reason: null }
}
