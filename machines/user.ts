/**
 * One user: agent state (voice) by `user.md` 5, and the root of the user's actor tree with one medium per MRD and one
 * presence per side.
 *
 * Where calls decide, the state follows from the legs through the ladder `deriving`, as it does in a medium.
 */
import { type ActorRefFrom, assign, emit, setup } from 'xstate'
import type { CallView, Effect, TaskFacts, UserView } from './effects.ts'
import type { Failure, UserFailure } from './failures.ts'
import { type MediaEvent, type MediaReport, type MrdSettings, mediaMachine } from './media.ts'
import type { Occurrence } from './occurrence.ts'
import { type PresenceReport, presenceMachine } from './presence.ts'
import { followed, USER_STEPS } from './steps.ts'
import type {
  DialogLogoutAction,
  InterruptAction,
  LegState,
  MediaState,
  MobileAgentMode,
  Reason,
  Side,
  TaskAction,
  TaskState,
  UserState,
} from './wire.ts'

/** What the machines need from the directory. */
export interface UserConfig {
  readonly extensions: readonly string[]
  readonly mobileAgentAllowed: boolean
  /** LOAD (`notifications.md` 9.2). */
  readonly logoutOnAgentDisconnect: 0 | 1
  readonly userSignoutChannel: 'voice' | 'finesse' | 'all'
  readonly agentMayLeaveFromReady: boolean
  /** Forget what Finesse forgets when the ACD link comes back (ruling 28). */
  readonly forgetsOnLinkLoss: boolean
  readonly autoWorkModeStateChange: boolean
  readonly presenceGraceMs: number
  readonly wrapUpMs: number
  readonly mrds: Readonly<Record<string, { readonly member: boolean; readonly settings: MrdSettings }>>
  /** System reason codes (`user.md` 6.3). */
  readonly reasons: {
    /** NOT_READY 50002. */
    readonly connectionFailure: Reason
    /** LOGOUT 50002. */
    readonly systemFailure: Reason
    /** NOT_READY 32767. */
    readonly callNotAnswered: Reason
  }
}

export interface UserInput {
  readonly user: string
  readonly role: 'authority' | 'follower'
  readonly sides: readonly Side[]
  readonly config: UserConfig
}

type Pending = '' | 'READY' | 'NOT_READY' | 'LOGOUT'

interface Settled {
  readonly state: 'READY' | 'NOT_READY'
  readonly reason: Reason | null
}

export interface UserContext extends UserInput {
  /** Same as the machine's state, for reports (never `deriving`). */
  readonly state: UserState
  readonly stateChangeTime: number | null
  readonly news: boolean
  readonly reason: Reason | null
  readonly extension: string
  readonly mobileAgent: { readonly mode: MobileAgentMode; readonly dialNumber: string } | null
  /** Side of the mobile sign-in: the only one that shows the data (`user.md` 7). */
  readonly mobileSide: Side | null
  readonly pending: { readonly state: Pending; readonly reason: Reason | null }
  /** State from before the first call, to return to after the last. */
  readonly beforeCall: Settled | null
  readonly legs: Readonly<Record<string, { readonly state: LegState; readonly call: CallView }>>
  /** Work that interrupts: started tasks of non-interruptible MRDs, legs that are ACTIVE or HELD (ruling 40). */
  readonly work: readonly { readonly id: string; readonly mrd: string }[]
  /** Side that acts for the user: newest available presence, else the last sign-in (`media.md` 13). */
  readonly actingSide: Side
  readonly media: Readonly<Record<string, ActorRefFrom<typeof mediaMachine>>>
  readonly presence: Readonly<Record<string, ActorRefFrom<typeof presenceMachine>>>
}

interface CallNews {
  readonly leg: LegState
  readonly call: CallView
  readonly notAnswered: boolean
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
  /** A target that nobody may ask for (`user.md` 5.6). */
  | ({ readonly type: 'WORK' } & Occurrence)
  | ({
      readonly type: 'MEDIA_SIGN_IN'
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
    } & Occurrence)
  | ({
      readonly type: 'RESUBMISSION_REFUSED'
      readonly mrd: string
      readonly dialog: string
      readonly reason: string
    } & Occurrence)
  | ({ readonly type: 'CALL_ADDED' | 'CALL_CHANGED' | 'CALL_REMOVED' } & CallNews & Occurrence)
  | ({ readonly type: 'CALL_NOTICE'; readonly change: 'added' | 'changed'; readonly call: CallView } & Occurrence)
  | ({
      readonly type: 'CALL_FAILED'
      readonly dialog: string
      readonly failure: Failure
      readonly detail: string
    } & Occurrence)
  | ({ readonly type: 'WRAP_UP_TIMEOUT' } & Occurrence)
  | ({
      readonly type: 'PRESENCE'
      readonly side: Side
      readonly session: string
      readonly available: boolean
    } & Occurrence)
  | ({ readonly type: 'SERVICE_LOST' | 'SERVICE_BACK' | 'LINK_LOST' | 'LINK_BACK'; readonly side: Side } & Occurrence)
  | ({ readonly type: 'MEDIA_SIGN_OUT' } & Occurrence)
  | ({ readonly type: 'CONFIGURED'; readonly config: UserConfig } & Occurrence)
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

/** The user as clients see it. */
export function userView(context: UserContext): UserView {
  const { state, stateChangeTime, pending, reason, extension, mobileAgent } = context
  return { state, stateChangeTime, pendingState: pending.state, reason, extension, mobileAgent }
}

/** Signed in to voice or to any medium (ruling 30). */
export function isSignedIn(context: Pick<UserContext, 'state' | 'media'>): boolean {
  return context.state !== 'LOGOUT' || Object.values(context.media).some((medium) => signedInTo(medium))
}

const signedInTo = (medium: ActorRefFrom<typeof mediaMachine>) => medium.getSnapshot().context.state !== 'LOGOUT'

/** Working on a task of a different, non-interruptible MRD, voice included (`media.md` 4.5, condition 4). */
export function isBusyElsewhere(context: Pick<UserContext, 'work'>, mrd: string): boolean {
  return context.work.some((work) => work.mrd !== mrd)
}

const legIs = (context: UserContext, ...states: readonly LegState[]) =>
  Object.values(context.legs).some((leg) => states.includes(leg.state))

const askedReason = (event: UserEvent): Reason | null =>
  event.type === 'NOT_READY' || event.type === 'SIGN_OUT' ? event.reason : null

/** The state to return to when no call is left; what the user asked for while rung counts. */
function stateBesideCalls({ state, reason, beforeCall }: UserContext): Settled | null {
  return state === 'READY' || state === 'NOT_READY' ? { state, reason } : beforeCall
}

/** MRD id of voice. */
const VOICE = '1'

const NOTHING_PENDING = { state: '', reason: null } as const

/** What a request to a medium is to that medium. */
function mediaEvent(context: UserContext, event: UserEvent): MediaEvent | null {
  const occurrence =
    'requestId' in event && event.requestId !== undefined
      ? { at: event.at, requestId: event.requestId }
      : { at: event.at }
  switch (event.type) {
    case 'MEDIA_SIGN_IN': {
      const { mrd, maxDialogLimit, interruptAction, dialogLogoutAction } = event
      const settings = context.config.mrds[mrd]?.settings
      if (!settings) return null
      return { type: 'SIGN_IN', maxDialogLimit, interruptAction, dialogLogoutAction, settings, ...occurrence }
    }
    case 'MEDIA_STATE': {
      const { state, reason } = event
      if (state === 'LOGOUT') return { type: 'SIGN_OUT', reason, ...occurrence }
      if (state === 'NOT_READY') return { type: 'NOT_READY', reason, ...occurrence }
      return { type: state === 'READY' ? 'READY' : 'ACTIVATE', ...occurrence }
    }
    case 'MEDIA_ROUTABLE':
      return { type: event.routable ? 'ROUTABLE' : 'NOT_ROUTABLE', ...occurrence }
    case 'OFFER': {
      const { mrd, offer, task } = event
      return { type: 'OFFER', offer, task, busyElsewhere: isBusyElsewhere(context, mrd), ...occurrence }
    }
    case 'DIALOG_ACTION':
    case 'RESUBMITTED':
    case 'RESUBMISSION_REFUSED': {
      const { mrd: _, ...rest } = event
      return rest
    }
    case 'MEDIA_EVENT':
      return {
        type: 'USER_EVENT',
        state: event.state,
        at: event.at,
        ...(event.routable === undefined ? {} : { routable: event.routable }),
      }
    case 'TASK_EVENT': {
      const { mrd: _, ...rest } = event
      return rest
    }
    default:
      return null
  }
}

const report = (state: UserState) => [{ type: 'enter', params: { state } }, 'publishNews'] as const
const refuses = (failure: UserFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const
const becomesPending = (state: Pending) =>
  ({ actions: [{ type: 'setPending', params: { state } }, 'publish'] }) as const

const follows = (state: UserState) =>
  ({
    guard: { type: 'isFollowedTo', params: { state } },
    target: `#user.${state}`,
    actions: [{ type: 'tellFollowed', params: { state } }, 'noteFollowed'],
  }) as const

const base = setup({
  types: {
    context: {} as UserContext,
    events: {} as UserEvent,
    input: {} as UserInput,
    emitted: {} as Effect,
  },
  actors: { media: mediaMachine, presence: presenceMachine },
  guards: {
    isForeignExtension: ({ context, event }) =>
      event.type === 'SIGN_IN' && !context.config.extensions.includes(event.extension),
    mayNotBeMobile: ({ context, event }) =>
      event.type === 'SIGN_IN' && event.mobileAgent !== null && !context.config.mobileAgentAllowed,
    asksSupervisor: ({ event }) => 'supervisor' in event && event.supervisor,
    mayLeaveFromReady: ({ context, event }) =>
      ('supervisor' in event && event.supervisor) || context.config.agentMayLeaveFromReady,
    isOnCall: ({ context }) => legIs(context, 'ACTIVE', 'INITIATING', 'INITIATED'),
    hasHeldCall: ({ context }) => legIs(context, 'HELD'),
    wrapsUpToReady: ({ context }) => legIs(context, 'WRAP_UP') && settled(context).state === 'READY',
    wrapsUp: ({ context }) => legIs(context, 'WRAP_UP'),
    // Ruling 32: a direct call reserves an agent who is READY, and leaves one who is NOT_READY alone.
    legIsDropped: ({ event }) => event.type === 'CALL_CHANGED' && event.leg === 'DROPPED',
    isRungWhileNotReady: ({ context }) => legIs(context, 'ALERTING'),
    isRung: ({ context }) => legIs(context, 'ALERTING') && context.beforeCall?.state === 'READY',
    isToSignOut: ({ context }) => context.pending.state === 'LOGOUT',
    isToBeReady: ({ context }) => settled(context).state === 'READY',
    disconnectLogsOut: ({ context }) => context.config.logoutOnAgentDisconnect === 1,
    signsOutOfMedia: ({ context }) => context.config.userSignoutChannel !== 'voice',
    isVoice: ({ event }) => 'mrd' in event && event.mrd === VOICE,
    isNewWork: ({ context, event }) =>
      event.type === 'WORK_JOINED' && !context.work.some((work) => work.id === event.work),
    isLastWork: ({ context, event }) =>
      event.type === 'WORK_LEFT' && context.work.length === 1 && context.work[0]?.id === event.work,
    isFollowedTo: ({ context, event }, params: { state: UserState }) =>
      context.role === 'follower' && event.type === 'USER_EVENT' && event.state === params.state,
  },
})

/** Where the user is to be when no call is left: what was asked for meanwhile, else what was before. */
function settled(context: UserContext): Settled {
  const { pending, beforeCall } = context
  if (pending.state === 'READY' || pending.state === 'NOT_READY')
    return { state: pending.state, reason: pending.reason }
  return beforeCall ?? { state: 'NOT_READY', reason: null }
}

const user = base.extend({
  actions: {
    enter: assign(({ context, event }, params: { state: UserState }) => {
      const same = context.state === params.state
      if (same && !context.news) return {}
      return { state: params.state, news: true, stateChangeTime: event.at }
    }),
    publishNews: base.enqueueActions(({ context, event, enqueue }) => {
      if (!context.news) return
      enqueue.assign({ news: false })
      const asked =
        event.type === 'SIGN_IN' || event.type === 'READY' || event.type === 'NOT_READY' || event.type === 'SIGN_OUT'
      enqueue.emit({ type: 'user.changed', user: userView(context), requestId: asked ? (event.requestId ?? '') : '' })
    }),
    publish: emit(
      ({ context, event }): Effect => ({
        type: 'user.changed',
        user: userView(context),
        requestId: 'requestId' in event ? (event.requestId ?? '') : '',
      }),
    ),
    publishIfSignedIn: base.enqueueActions(({ context, enqueue }) => {
      if (context.state !== 'LOGOUT') enqueue.emit({ type: 'user.changed', user: userView(context), requestId: '' })
    }),
    refuse: emit(
      ({ event }, params: { failure: UserFailure }): Effect => ({
        type: 'failed',
        subject: { kind: 'user' },
        failure: params.failure,
        detail: '',
        requestId: 'requestId' in event ? (event.requestId ?? '') : '',
      }),
    ),
    reject: emit({ type: 'rejected', rejection: 'ALREADY_SIGNED_OUT' } satisfies Effect),
    signIn: assign(({ event }) =>
      event.type === 'SIGN_IN'
        ? {
            extension: event.extension,
            mobileAgent: event.mobileAgent,
            mobileSide: event.mobileAgent ? event.side : null,
          }
        : {},
    ),
    noteActingSideOfSignIn: assign(({ context, event }) => {
      const present = Object.values(context.presence).some((side) => side.getSnapshot().value === 'PRESENT')
      return event.type === 'SIGN_IN' && !present ? { actingSide: event.side } : {}
    }),
    clearReason: assign({ reason: null }),
    noteReason: assign(({ event }) =>
      event.type === 'NOT_READY' || event.type === 'SIGN_OUT' ? { reason: event.reason, news: true } : {},
    ),
    forgetSignIn: assign({
      extension: '',
      mobileAgent: null,
      mobileSide: null,
      pending: NOTHING_PENDING,
      beforeCall: null,
    }),
    setPending: assign(({ event }, params: { state: Pending }) => ({
      pending: { state: params.state, reason: askedReason(event) },
    })),
    choose: assign(({ event }, params: { state: 'READY' | 'NOT_READY' }) => ({
      beforeCall: { state: params.state, reason: askedReason(event) },
      pending: NOTHING_PENDING,
    })),
    settle: assign(({ context }) => ({ reason: settled(context).reason, pending: NOTHING_PENDING, beforeCall: null })),
    settleSignOut: assign(({ context }) => ({ reason: context.pending.reason })),
    connectionFails: assign(({ context }) => ({ reason: context.config.reasons.connectionFailure, news: true })),
    systemFails: assign(({ context }) => ({ reason: context.config.reasons.systemFailure, news: true })),
    connectionFailsAfterCall: assign(({ context }) => ({
      pending: { state: 'NOT_READY' as const, reason: context.config.reasons.connectionFailure },
    })),
    // --- calls
    noteLeg: assign(({ context, event }) => {
      if (event.type !== 'CALL_ADDED' && event.type !== 'CALL_CHANGED') return {}
      return {
        legs: { ...context.legs, [event.call.dialog]: { state: event.leg, call: event.call } },
        beforeCall: stateBesideCalls(context),
      }
    }),
    dropLeg: assign(({ context, event }) => {
      if (event.type !== 'CALL_REMOVED') return {}
      const { [event.call.dialog]: _, ...legs } = context.legs
      // V10: an agent who let a call ring is NOT_READY afterwards; one who was NOT_READY stays as is (ruling 32).
      const beforeCall = stateBesideCalls(context)
      const missed = event.notAnswered && beforeCall?.state === 'READY'
      const rona = { state: 'NOT_READY' as const, reason: context.config.reasons.callNotAnswered }
      return { legs, beforeCall: missed ? rona : beforeCall }
    }),
    announceCall: base.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_ADDED' && event.type !== 'CALL_CHANGED') return
      const { call, at, requestId } = event
      const change = event.type === 'CALL_ADDED' ? 'added' : 'changed'
      // The state that announces a call goes out before the dialog (`dialog.md` 6): raised, so it follows the ladder.
      enqueue.raise({ type: 'CALL_NOTICE', change, call, at, ...(requestId === undefined ? {} : { requestId }) })
    }),
    publishCall: emit(({ event }): Effect => {
      if (event.type !== 'CALL_NOTICE') throw new Error(`no call in ${event.type}`)
      const type = event.change === 'added' ? 'call.added' : 'call.changed'
      return { type, call: event.call, requestId: event.requestId ?? '' }
    }),
    publishCallRemoved: base.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_REMOVED') return
      enqueue.emit({ type: 'call.removed', call: event.call, requestId: event.requestId ?? '' })
    }),
    publishCalls: base.enqueueActions(({ context, enqueue }) => {
      for (const leg of Object.values(context.legs)) enqueue.emit({ type: 'call.added', call: leg.call, requestId: '' })
    }),
    publishCallFailure: base.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_FAILED') return
      const { dialog, failure, detail, requestId = '' } = event
      enqueue.emit({ type: 'failed', subject: { kind: 'call', dialog }, failure, detail, requestId })
    }),
    refuseLeg: base.enqueueActions(({ event, enqueue }) => {
      if (event.type === 'CALL_ADDED') enqueue.emit({ type: 'call.legRefused', dialog: event.call.dialog })
    }),
    noteCallWork: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CALL_ADDED' && event.type !== 'CALL_CHANGED' && event.type !== 'CALL_REMOVED') return
      if (context.role === 'follower') return
      const id = event.call.dialog
      const working = event.type !== 'CALL_REMOVED' && (event.leg === 'ACTIVE' || event.leg === 'HELD')
      const known = context.work.some((work) => work.id === id)
      if (working && !known) enqueue.raise({ type: 'WORK_JOINED', work: id, mrd: VOICE, at: event.at })
      if (!working && known) enqueue.raise({ type: 'WORK_LEFT', work: id, at: event.at })
    }),
    endWrapUp: base.enqueueActions(({ context, enqueue }) => {
      for (const [dialog, leg] of Object.entries(context.legs))
        if (leg.state === 'WRAP_UP') enqueue.emit({ type: 'call.wrapUpOver', dialog })
    }),
    armWrapUp: emit(
      ({ context, event }): Effect => ({
        type: 'deadline.armed',
        owner: 'user',
        name: 'WRAP_UP_TIMEOUT',
        due: event.at + context.config.wrapUpMs,
      }),
    ),
    clearWrapUp: emit({ type: 'deadline.cleared', owner: 'user', name: 'WRAP_UP_TIMEOUT' } satisfies Effect),
    // --- media
    toMedium: base.enqueueActions(({ context, event, enqueue }) => {
      if (!('mrd' in event)) return
      const medium = context.media[event.mrd]
      const message = mediaEvent(context, event)
      if (medium && message) enqueue.sendTo(medium, message)
    }),
    toAllMedia: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CUSTOMER_CANCELS') return
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, event)
    }),
    signOutOfMedia: base.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'USER_SIGNED_OUT', at: event.at })
    }),
    thenSignOutOfMedia: base.raise(({ event }) => ({ type: 'MEDIA_SIGN_OUT', at: event.at })),
    joinWork: assign(({ context, event }) =>
      event.type === 'WORK_JOINED' ? { work: [...context.work, { id: event.work, mrd: event.mrd }] } : {},
    ),
    leaveWork: assign(({ context, event }) =>
      event.type === 'WORK_LEFT' ? { work: context.work.filter((work) => work.id !== event.work) } : {},
    ),
    adviseInterrupt: base.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'INTERRUPT', at: event.at })
    }),
    adviseInterruptDone: base.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'INTERRUPT_DONE', at: event.at })
    }),
    loseLink: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'LINK_LOST') return
      if (context.config.forgetsOnLinkLoss)
        enqueue.assign({ mobileAgent: null, mobileSide: null, pending: NOTHING_PENDING })
      const presence = context.presence[event.side]
      if (presence) enqueue.sendTo(presence, { type: 'OUT_OF_SERVICE', at: event.at })
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'LINK_LOST', at: event.at })
    }),
    regainLink: base.enqueueActions(({ context, event, enqueue }) => {
      const byItself = context.config.autoWorkModeStateChange
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'LINK_BACK', byItself, at: event.at })
    }),
    configure: assign(({ context, event, spawn }) => {
      if (event.type !== 'CONFIGURED') return {}
      const { config } = event
      const { user, role } = context
      const added = Object.entries(config.mrds).filter(([mrd]) => !(mrd in context.media))
      const spawned = added.map(([mrd, { member, settings }]) => [
        mrd,
        spawn('media', { id: `media:${mrd}`, input: { user, mrd, member, role, settings } }),
      ])
      return { config, media: { ...context.media, ...Object.fromEntries(spawned) } }
    }),
    configureOthers: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CONFIGURED') return
      const { config, at } = event
      for (const presence of Object.values(context.presence))
        enqueue.sendTo(presence, { type: 'CONFIGURED', graceMs: config.presenceGraceMs, at })
      for (const [mrd, medium] of Object.entries(context.media)) {
        const { member, settings } = config.mrds[mrd] ?? {
          member: false,
          settings: medium.getSnapshot().context.settings,
        }
        enqueue.sendTo(medium, { type: 'CONFIGURED', member, settings, at })
      }
    }),
    // --- presence
    toPresence: base.enqueueActions(({ context, event, enqueue }) => {
      if (!('side' in event)) return
      const presence = context.presence[event.side]
      if (!presence) return
      const watched = isSignedIn(context)
      const { at } = event
      if (event.type === 'PRESENCE') {
        const { session } = event
        if (event.available) enqueue.assign({ actingSide: event.side })
        enqueue.sendTo(
          presence,
          event.available ? { type: 'AVAILABLE', session, at } : { type: 'UNAVAILABLE', session, watched, at },
        )
      } else if (event.type === 'SERVICE_LOST') enqueue.sendTo(presence, { type: 'SERVICE_LOST', at })
      else if (event.type === 'SERVICE_BACK') enqueue.sendTo(presence, { type: 'SERVICE_BACK', watched, at })
    }),
    endWatchIfSignedOut: base.enqueueActions(({ context, event, enqueue }) => {
      if (isSignedIn(context)) return
      for (const presence of Object.values(context.presence))
        enqueue.sendTo(presence, { type: 'SIGNED_OUT', at: event.at })
    }),
    refuseVoiceMedia: base.enqueueActions(({ event, enqueue }) => {
      if (!('mrd' in event)) return
      const requestId = 'requestId' in event ? (event.requestId ?? '') : ''
      const subject = { kind: 'media', mrd: event.mrd } as const
      enqueue.emit({ type: 'failed', subject, failure: 'VOICE_IS_NOT_A_MEDIA', detail: '', requestId })
    }),
    // --- follower
    tellFollowed: emit(
      ({ context }, params: { state: UserState }): Effect => followed('user', USER_STEPS, context.state, params.state),
    ),
    noteFollowed: assign(({ context, event }) => {
      if (event.type !== 'USER_EVENT') return {}
      const extension = event.extension ?? context.extension
      const news = event.reason?.id !== context.reason?.id || extension !== context.extension
      return { reason: event.reason, extension, news: context.news || news }
    }),
  },
})

/** Rows of a user who is on a call, or rung: what is asked for waits until the call is over (`user.md` 5.5). */
const onCall = {
  READY: becomesPending('READY'),
  NOT_READY: [
    { guard: 'asksSupervisor', ...refuses('INVALID_USER_STATE') }, // 5.7
    becomesPending('NOT_READY'),
  ],
  SIGN_OUT: [
    { guard: 'asksSupervisor', ...becomesPending('LOGOUT') },
    refuses('INVALID_USER_STATE'), // ruling 33
  ],
  FORCED_SIGN_OUT: [
    { guard: 'disconnectLogsOut', target: '#user.LOGOUT', actions: ['systemFails', 'thenSignOutOfMedia'] },
    { actions: ['connectionFailsAfterCall', 'thenSignOutOfMedia'] },
  ],
} as const

/** Rows of wrap-up: what is asked for happens at once (`user.md` 5.5); the call leaves first (V8). */
const inWrapUp = {
  READY: { actions: [{ type: 'choose', params: { state: 'READY' } }, 'endWrapUp'] }, // U27, U29
  NOT_READY: { actions: [{ type: 'choose', params: { state: 'NOT_READY' } }, 'endWrapUp'] }, // U28, U30
  SIGN_OUT: [
    { guard: 'asksSupervisor', target: '#user.LOGOUT', actions: ['noteReason', 'endWrapUp', 'thenSignOutOfMedia'] },
    refuses('INVALID_USER_STATE'),
  ],
  WRAP_UP_TIMEOUT: { actions: 'endWrapUp' }, // U28, U29
} as const

const toMediumUnlessVoice = [{ guard: 'isVoice', actions: 'refuseVoiceMedia' }, { actions: 'toMedium' }] as const

const refusedSignIn = [
  { guard: 'isForeignExtension', ...refuses('INVALID_DEVICE') },
  { guard: 'mayNotBeMobile', ...refuses('MOBILE_MODE_NOT_ALLOWED') },
] as const

export const userMachine = user.createMachine({
  id: 'user',
  context: ({ input, spawn }) => ({
    ...input,
    state: 'LOGOUT',
    stateChangeTime: null,
    news: false,
    reason: null,
    extension: '',
    mobileAgent: null,
    mobileSide: null,
    pending: NOTHING_PENDING,
    beforeCall: null,
    legs: {},
    work: [],
    actingSide: input.sides[0] ?? 'A',
    media: Object.fromEntries(
      Object.entries(input.config.mrds).map(([mrd, { member, settings }]) => [
        mrd,
        spawn('media', { id: `media:${mrd}`, input: { user: input.user, mrd, member, role: input.role, settings } }),
      ]),
    ),
    presence: Object.fromEntries(
      input.sides.map((side) => [
        side,
        spawn('presence', { id: `presence:${side}`, input: { side, graceMs: input.config.presenceGraceMs } }),
      ]),
    ),
  }),
  initial: 'LOGOUT',
  on: {
    // Forced sign-in: a signed-in user keeps the state (`user.md` 4.1).
    SIGN_IN: [...refusedSignIn, { actions: ['signIn', 'noteActingSideOfSignIn', 'publish'] }],
    WORK: refuses('INVALID_USER_STATE'),
    FORCED_SIGN_OUT: [
      { guard: 'disconnectLogsOut', target: '.LOGOUT', actions: ['systemFails', 'thenSignOutOfMedia'] },
      { target: '.NOT_READY', reenter: true, actions: ['connectionFails', 'thenSignOutOfMedia'] },
    ], // P2, `notifications.md` 9.2

    CALL_ADDED: { target: '.deriving', actions: ['noteLeg', 'announceCall', 'noteCallWork'] },
    CALL_CHANGED: [
      { guard: 'legIsDropped', actions: ['noteLeg', 'announceCall', 'noteCallWork'] }, // V5: the state waits for V7
      { target: '.deriving', actions: ['noteLeg', 'announceCall', 'noteCallWork'] },
    ],
    CALL_REMOVED: { target: '.deriving', actions: ['publishCallRemoved', 'dropLeg', 'noteCallWork'] },
    CALL_NOTICE: { actions: 'publishCall' },
    CALL_FAILED: { actions: 'publishCallFailure' },

    MEDIA_SIGN_IN: toMediumUnlessVoice,
    MEDIA_STATE: toMediumUnlessVoice,
    MEDIA_ROUTABLE: toMediumUnlessVoice,
    DIALOG_ACTION: { actions: 'toMedium' },
    OFFER: { actions: 'toMedium' },
    RESUBMITTED: { actions: 'toMedium' },
    RESUBMISSION_REFUSED: { actions: 'toMedium' },
    CUSTOMER_CANCELS: { actions: 'toAllMedia' },
    MEDIA_SIGN_OUT: { guard: 'signsOutOfMedia', actions: 'signOutOfMedia' }, // ruling 16, ruling 30
    MEDIUM_SIGNED_OUT: { actions: 'endWatchIfSignedOut' },

    // Interrupts: the set of work decides, never a flag (`media.md` 12.3, overlap rule).
    WORK_JOINED: { guard: 'isNewWork', actions: ['joinWork', 'adviseInterrupt'] },
    WORK_LEFT: [{ guard: 'isLastWork', actions: ['leaveWork', 'adviseInterruptDone'] }, { actions: 'leaveWork' }],

    PRESENCE: { actions: 'toPresence' },
    SERVICE_LOST: { actions: 'toPresence' },
    SERVICE_BACK: { actions: 'toPresence' },
    LINK_LOST: { actions: 'loseLink' }, // P5
    LINK_BACK: { actions: ['publishIfSignedIn', 'publishCalls', 'regainLink'] }, // P7, `notifications.md` 12.3
    CONFIGURED: { actions: ['configureOthers', 'configure'] },

    USER_EVENT: [
      follows('LOGOUT'),
      follows('NOT_READY'),
      follows('READY'),
      follows('RESERVED'),
      follows('RESERVED_OUTBOUND'),
      follows('RESERVED_OUTBOUND_PREVIEW'),
      follows('TALKING'),
      follows('HOLD'),
      follows('WORK'),
      follows('WORK_READY'),
      follows('UNKNOWN'),
    ],
    MEDIA_EVENT: { actions: 'toMedium' },
    TASK_EVENT: { actions: 'toMedium' },
  },
  states: {
    LOGOUT: {
      entry: ['forgetSignIn', ...report('LOGOUT'), 'endWatchIfSignedOut'],
      on: {
        SIGN_IN: [...refusedSignIn, { target: 'LOGIN', actions: ['signIn', 'noteActingSideOfSignIn', 'clearReason'] }], // U2
        READY: refuses('INVALID_USER_STATE'),
        NOT_READY: refuses('NOT_READY_WHILE_SIGNED_OUT'), // `user.md` 5.4
        SIGN_OUT: { actions: 'reject' }, // ruling 34
        FORCED_SIGN_OUT: { actions: 'thenSignOutOfMedia' },
        CALL_ADDED: { actions: 'refuseLeg' },
        // A call that outlives a forced sign-out with LOAD 1.
        CALL_CHANGED: { actions: ['noteLeg', 'announceCall', 'noteCallWork'] },
        CALL_REMOVED: { actions: ['publishCallRemoved', 'dropLeg', 'noteCallWork'] },
      },
    },
    LOGIN: { always: 'NOT_READY' }, // U3: transient, never seen
    NOT_READY: {
      entry: report('NOT_READY'),
      on: {
        SIGN_OUT: { target: 'LOGOUT', actions: ['noteReason', 'thenSignOutOfMedia'] }, // U4
        NOT_READY: [
          { guard: 'asksSupervisor', ...refuses('INVALID_USER_STATE') }, // 5.7
          { target: 'NOT_READY', reenter: true, actions: 'noteReason' }, // U5
        ],
        READY: { target: 'READY', actions: 'clearReason' }, // U6
      },
    },
    READY: {
      entry: report('READY'),
      on: {
        READY: {}, // 202, nothing is sent
        NOT_READY: { target: 'NOT_READY', actions: 'noteReason' }, // U8
        SIGN_OUT: [
          { guard: 'mayLeaveFromReady', target: 'LOGOUT', actions: ['noteReason', 'thenSignOutOfMedia'] }, // 5.7; CCX 5.4
          refuses('INVALID_USER_STATE'), // ruling 33
        ],
      },
    },
    deriving: {
      // `dialog.md` 13, `user.md` 5.6: first match wins.
      always: [
        { guard: 'isOnCall', target: 'TALKING' }, // U12, U26
        { guard: 'hasHeldCall', target: 'HOLD' }, // U21
        { guard: 'wrapsUpToReady', target: 'WORK_READY' }, // U25
        { guard: 'wrapsUp', target: 'WORK' }, // U24
        { guard: 'isRung', target: 'RESERVED' }, // U9
        { guard: 'isRungWhileNotReady', target: 'NOT_READY' }, // V13, ruling 32
        { guard: 'isToSignOut', target: 'LOGOUT', actions: ['settleSignOut', 'thenSignOutOfMedia'] },
        { guard: 'isToBeReady', target: 'READY', actions: 'settle' }, // U13, U22, U29
        { target: 'NOT_READY', actions: 'settle' }, // U23, U28
      ],
    },
    RESERVED: { entry: report('RESERVED'), on: onCall },
    RESERVED_OUTBOUND: { entry: report('RESERVED_OUTBOUND') },
    RESERVED_OUTBOUND_PREVIEW: { entry: report('RESERVED_OUTBOUND_PREVIEW') },
    TALKING: { entry: ['clearReason', ...report('TALKING')], on: onCall },
    HOLD: { entry: report('HOLD'), on: onCall },
    WORK: { entry: [...report('WORK'), 'armWrapUp'], exit: 'clearWrapUp', on: inWrapUp },
    WORK_READY: {
      entry: [...report('WORK_READY'), 'armWrapUp'],
      exit: 'clearWrapUp',
      on: inWrapUp,
    },
    UNKNOWN: { entry: report('UNKNOWN') },
  },
})
