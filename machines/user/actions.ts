/** The effects of a user's rows, in words. */
import { assign, emit } from 'xstate'
import type { Effect } from '../effects.ts'
import type { UserFailure } from '../failures.ts'
import { followed, USER_STEPS } from '../steps.ts'
import type { UserState } from '../wire.ts'
import { guarded } from './guards.ts'
import { mediaEvent } from './media-request.ts'
import {
  actingSideIsDown,
  askedReason,
  isSignedIn,
  NOTHING_PENDING,
  type Pending,
  settled,
  stateBesideCalls,
  userView,
  VOICE,
} from './model.ts'

/** Guards and actions together: the words that the chart is written in. */
export const user = guarded.extend({
  actions: {
    enter: assign(({ context, event }, params: { state: UserState }) => {
      const same = context.state === params.state
      if (same && !context.news) return {}
      return { state: params.state, news: true, stateChangeTime: event.at }
    }),
    publishNews: guarded.enqueueActions(({ context, event, enqueue }) => {
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
    publishIfSignedIn: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (context.state === 'LOGOUT' || event.type !== 'LINK_BACK') return
      enqueue.emit({ type: 'user.changed', user: userView(context), requestId: '', only: event.side })
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
    signInHere: assign(({ event }) => (event.type === 'SIGN_IN' ? { signedInOn: event.side } : {})),
    clearReason: assign({ reason: null }),
    noteReason: assign(({ context, event }) =>
      event.type === 'NOT_READY' || event.type === 'SIGN_OUT' || event.type === 'REMOVED'
        ? { reason: askedReason(context, event), movedWhileReady: false, news: true }
        : {},
    ),
    forgetSignIn: assign({
      extension: '',
      mobileAgent: null,
      mobileSide: null,
      pending: NOTHING_PENDING,
      beforeCall: null,
      signedInOn: null,
      movedWhileReady: false,
    }),
    setPending: assign(({ context, event }, params: { state: Pending }) => ({
      pending: { state: params.state, reason: askedReason(context, event) },
    })),
    choose: assign(({ context, event }, params: { state: 'READY' | 'NOT_READY' }) => ({
      beforeCall: { state: params.state, reason: askedReason(context, event) },
      pending: NOTHING_PENDING,
    })),
    settle: assign(({ context }) => {
      const { state, reason } = settled(context)
      // A call that rang an agent who was to be NOT_READY changes no state when it ends, but what is pending.
      const isNews = context.pending.state !== '' || reason?.id !== context.reason?.id
      const movedWhileReady = context.movedWhileReady && state === 'READY'
      return { reason, pending: NOTHING_PENDING, beforeCall: null, movedWhileReady, news: context.news || isNews }
    }),
    /** Rung by one call after another: why the agent is not ready is still known (V10). */
    showReasonBesideCalls: assign(({ context }) => ({ reason: context.beforeCall?.reason ?? null })),
    settleSignOut: assign(({ context }) => ({ reason: context.pending.reason })),
    connectionFails: assign(({ context }) => ({
      reason: context.config.reasons.connectionFailure,
      pending: NOTHING_PENDING,
      news: true,
    })),
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
    announceCall: guarded.enqueueActions(({ event, enqueue }) => {
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
    publishCallRemoved: guarded.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_REMOVED') return
      enqueue.emit({ type: 'call.removed', call: event.call, requestId: event.requestId ?? '' })
    }),
    publishCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'LINK_BACK') return
      for (const { call } of Object.values(context.legs))
        enqueue.emit({ type: 'call.added', call, requestId: '', only: event.side })
    }),
    publishCallFailure: guarded.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_FAILED') return
      const { dialog, failure, detail, requestId = '' } = event
      enqueue.emit({ type: 'failed', subject: { kind: 'call', dialog }, failure, detail, requestId })
    }),
    refuseLeg: guarded.enqueueActions(({ event, enqueue }) => {
      if (event.type === 'CALL_ADDED') enqueue.emit({ type: 'call.legRefused', dialog: event.call.dialog })
    }),
    noteCallWork: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CALL_ADDED' && event.type !== 'CALL_CHANGED' && event.type !== 'CALL_REMOVED') return
      if (context.role === 'follower') return
      const id = event.call.dialog
      const working = event.type !== 'CALL_REMOVED' && (event.leg === 'ACTIVE' || event.leg === 'HELD')
      const known = context.work.some((work) => work.id === id)
      if (working && !known) enqueue.raise({ type: 'WORK_JOINED', work: id, mrd: VOICE, at: event.at })
      if (!working && known) enqueue.raise({ type: 'WORK_LEFT', work: id, at: event.at })
    }),
    endWrapUp: guarded.enqueueActions(({ context, enqueue }) => {
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
    toMedium: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (!('mrd' in event)) return
      const medium = context.media[event.mrd]
      const message = mediaEvent(context, event)
      if (medium && message) enqueue.sendTo(medium, message)
    }),
    toAllMedia: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CUSTOMER_CANCELS') return
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, event)
    }),
    signOutOfMedia: guarded.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'USER_SIGNED_OUT', at: event.at })
    }),
    thenSignOutOfMedia: guarded.raise(({ event }) => ({ type: 'MEDIA_SIGN_OUT', at: event.at })),
    joinWork: assign(({ context, event }) =>
      event.type === 'WORK_JOINED' ? { work: [...context.work, { id: event.work, mrd: event.mrd }] } : {},
    ),
    leaveWork: assign(({ context, event }) =>
      event.type === 'WORK_LEFT' ? { work: context.work.filter((work) => work.id !== event.work) } : {},
    ),
    /** Everything that is open now has to be finished before another task comes (`media.md` 4.5). */
    finishAllFirst: assign(({ context }) => {
      const dialogs = Object.values(context.media).flatMap((medium) =>
        Object.keys(medium.getSnapshot().context.dialogs),
      )
      return { finishFirst: [...dialogs, ...Object.keys(context.legs)] }
    }),
    finishOne: assign(({ context, event }) => {
      const id = event.type === 'DIALOG_CLOSED' ? event.dialog : event.type === 'CALL_REMOVED' ? event.call.dialog : ''
      return { finishFirst: context.finishFirst.filter((each) => each !== id) }
    }),
    adviseInterrupt: guarded.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'INTERRUPT', at: event.at })
    }),
    adviseInterruptDone: guarded.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'INTERRUPT_DONE', at: event.at })
    }),
    noteCutOff: assign(({ context, event }) => {
      if (event.type !== 'LINK_LOST' && event.type !== 'LINK_BACK') return {}
      const others = context.cutOff.filter((side) => side !== event.side)
      return { cutOff: event.type === 'LINK_LOST' ? [...others, event.side] : others }
    }),
    loseLink: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'LINK_LOST') return
      const { side, at } = event
      if (context.config.forgets && context.mobileSide === side) enqueue.assign({ mobileAgent: null, mobileSide: null })
      if (context.config.forgets && context.actingSide === side) enqueue.assign({ pending: NOTHING_PENDING })
      const presence = context.presence[side]
      if (presence) enqueue.sendTo(presence, { type: 'OUT_OF_SERVICE', at })
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'LINK_LOST', side, at })
    }),
    toMediaAlike: guarded.enqueueActions(({ context, event, enqueue }) => {
      const { at } = event
      for (const medium of Object.values(context.media))
        if (event.type === 'PERIPHERAL_LOST') enqueue.sendTo(medium, { type: event.type, both: event.both, at })
        else if (event.type === 'PATH_LOST' || event.type === 'PATH_BACK')
          enqueue.sendTo(medium, { type: event.type, at })
    }),
    regainLink: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'LINK_BACK') return
      const { side, at } = event
      const byItself = context.config.autoWorkModeStateChange
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'LINK_BACK', side, byItself, at })
    }),
    tellDialogsWhoActs: guarded.enqueueActions(({ context, event, enqueue }) => {
      const type = actingSideIsDown(context) ? 'ACTING_SIDE_DOWN' : 'ACTING_SIDE_UP'
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type, at: event.at })
    }),
    // --- sides
    noteCame: assign(({ context, event }) =>
      event.type === 'CAME' ? { present: [...context.present.filter((side) => side !== event.side), event.side] } : {},
    ),
    noteWent: assign(({ context, event }) =>
      event.type === 'WENT' ? { present: context.present.filter((side) => side !== event.side) } : {},
    ),
    noteWhoActs: guarded.enqueueActions(({ context, event, enqueue }) => {
      const signsIn = event.type === 'SIGN_IN' || event.type === 'MEDIA_SIGN_IN'
      const actingSide = context.present.at(-1) ?? (signsIn ? event.side : context.actingSide)
      if (actingSide === context.actingSide) return
      enqueue.assign({ actingSide })
      if (context.role === 'authority') enqueue.raise({ type: 'MOVED', at: event.at })
    }),
    takeAlong: assign(({ context }) => ({
      signedInOn: context.actingSide,
      mobileSide: context.mobileAgent ? context.actingSide : null,
    })),
    /** What only the side knew that the user has left, the pending state among it (`notifications.md` 12.4). */
    forgetOnMove: assign(({ context }) => {
      const isMobileHere = context.mobileSide === context.actingSide
      return {
        signedInOn: context.actingSide,
        pending: NOTHING_PENDING,
        ...(isMobileHere ? {} : { mobileAgent: null, mobileSide: null }),
        news: context.news || context.pending.state !== '' || (context.mobileAgent !== null && !isMobileHere),
      }
    }),
    /** `notifications.md` 12.4: who is READY shows the move at the next NOT_READY; who will be NOT_READY, then. */
    noteMoveWhileReady: assign(({ context }) => {
      const { beforeCall, config } = context
      const willBeNotReady = beforeCall?.state === 'NOT_READY'
      return willBeNotReady
        ? { beforeCall: { ...beforeCall, reason: config.reasons.connectionFailure } }
        : { movedWhileReady: true }
    }),
    showMove: assign(({ context }) => ({ reason: context.config.reasons.connectionFailure, news: true })),
    /** The move; and whether the side that acts now has its link, which a medium that came along follows. */
    tellMediaOfMove: guarded.enqueueActions(({ context, event, enqueue }) => {
      const { actingSide: side, config } = context
      const { at } = event
      const isDown = actingSideIsDown(context)
      for (const medium of Object.values(context.media)) {
        enqueue.sendTo(medium, { type: 'MOVED', side, forgets: config.forgets, at })
        if (isDown) enqueue.sendTo(medium, { type: 'LINK_LOST', side, at })
        else enqueue.sendTo(medium, { type: 'LINK_BACK', side, byItself: config.autoWorkModeStateChange, at })
        enqueue.sendTo(medium, { type: isDown ? 'ACTING_SIDE_DOWN' : 'ACTING_SIDE_UP', at })
      }
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
    configureOthers: guarded.enqueueActions(({ context, event, enqueue }) => {
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
    toPresence: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (!('side' in event)) return
      const presence = context.presence[event.side]
      if (!presence) return
      const watched = isSignedIn(context) && !context.cutOff.includes(event.side)
      const { at } = event
      if (event.type === 'PRESENCE') {
        const { session } = event
        enqueue.sendTo(
          presence,
          event.available ? { type: 'AVAILABLE', session, at } : { type: 'UNAVAILABLE', session, watched, at },
        )
      } else if (event.type === 'SERVICE_LOST' || event.type === 'SESSIONS_LOST')
        enqueue.sendTo(presence, { type: event.type, at })
      else if (event.type === 'SERVICE_BACK') enqueue.sendTo(presence, { type: 'SERVICE_BACK', watched, at })
    }),
    /** While the side is cut off nobody is put under watch there (`notifications.md` 9.1). */
    tellPresenceOfSignIn: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'SIGN_IN' && event.type !== 'MEDIUM_SIGNED_IN') return
      const presence = context.presence[event.side]
      const presenceIsRequired = context.config.requiresPresence === true && !context.cutOff.includes(event.side)
      if (presence) enqueue.sendTo(presence, { type: 'SIGNED_IN', presenceIsRequired, at: event.at })
    }),
    endWatchIfSignedOut: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (isSignedIn(context)) return
      for (const presence of Object.values(context.presence))
        enqueue.sendTo(presence, { type: 'SIGNED_OUT', at: event.at })
    }),
    /** Whoever is still connected does not count any more. */
    forgetPresence: guarded.enqueueActions(({ context, event, enqueue }) => {
      for (const presence of Object.values(context.presence))
        enqueue.sendTo(presence, { type: 'SESSIONS_LOST', at: event.at })
    }),
    refuseVoiceMedia: guarded.enqueueActions(({ event, enqueue }) => {
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
