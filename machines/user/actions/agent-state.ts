/** The agent's own state: what it is, why, and what is to come of it. */
import { assign, emit } from 'xstate'
import type { Effect } from '../../effects.ts'
import type { UserFailure } from '../../failures.ts'
import { followed, USER_STEPS } from '../../steps.ts'
import type { UserState } from '../../wire.ts'
import { guarded } from '../guards.ts'
import { askedReason, NOTHING_PENDING, newsOfLeaving, settled, userView } from '../model.ts'

export const withAgentState = guarded.extend({
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
    /** Whoever repeats the sign-in without the mobile data has not given them up (`user 7`: that takes a sign-out). */
    signIn: assign(({ event }) => {
      if (event.type !== 'SIGN_IN') return {}
      const { extension, mobileAgent, side } = event
      return mobileAgent ? { extension, mobileAgent, mobileSide: side } : { extension }
    }),
    signInHere: assign(({ event }) => (event.type === 'SIGN_IN' ? { signedInOn: event.side } : {})),
    clearReason: assign({ reason: null }),
    /** A call that outlived the sign-out before is a call at the agent's extension now (`user 6.3`). */
    findCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (Object.keys(context.legs).length === 0) return
      enqueue.assign({ reason: context.config.reasons.callAtSignIn ?? null })
      enqueue.raise({ type: 'CALLS_FOUND', at: event.at })
    }),
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
    /** What was asked for waits. */
    setPending: guarded.enqueueActions(({ context, event, enqueue }) => {
      const state = event.type === 'SIGN_OUT' ? 'LOGOUT' : event.type === 'READY' ? 'READY' : 'NOT_READY'
      const pending = { state, reason: askedReason(context, event) } as const
      for (const news of newsOfLeaving(context, pending)) enqueue.emit(news)
      enqueue.assign({ pending })
    }),
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
    connectionFailsAfterCall: guarded.enqueueActions(({ context, enqueue }) => {
      const { connectionFailure: reason } = context.config.reasons
      const pending = { state: 'NOT_READY', reason, forced: true } as const
      for (const news of newsOfLeaving(context, pending)) enqueue.emit(news)
      enqueue.assign({ pending })
    }),
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
