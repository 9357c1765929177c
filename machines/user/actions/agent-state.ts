/** Actions for the agent state, its reason and the pending state. */
import { assertEvent, assign, emit, enqueueActions, stateIn } from 'xstate'
import type { Effect } from '../../effects.ts'
import type { UserFailure } from '../../failures.ts'
import { USER_STATES, type UserState } from '../../wire.ts'
import { reasonDuringCall } from '../ccx.ts'
import { guarded } from '../guards.ts'
import {
  askedReason,
  NOTHING_PENDING,
  newsOfLeaving,
  settled,
  type UserContext,
  type UserEvent,
  userView,
} from '../model.ts'

/** The effect that publishes the user. It has the requestId if the event is a request for this change. */
function changed(context: UserContext, event: UserEvent, state: UserState): Effect {
  const isAsked =
    (event.type === 'SIGN_IN' && state !== 'LOGOUT') ||
    event.type === 'READY' ||
    event.type === 'NOT_READY' ||
    event.type === 'SIGN_OUT'
  const requestId = isAsked ? (event.requestId ?? '') : ''
  return { type: 'user.changed', user: userView({ value: state, context }), requestId }
}

const inState = (state: UserState) =>
  stateIn<UserContext, UserEvent, undefined>(state === 'LOGOUT' ? '#user.LOGOUT' : `#user.SIGNED_IN.${state}`)

/** The current state, for a row without a target. */
function present(isIn: (guard: ReturnType<typeof inState>) => boolean): UserState {
  const state = USER_STATES.find((each) => isIn(inState(each)))
  if (state === undefined) throw new Error('a row without a target was taken between two states')
  return state
}

export const agentState = {
  leave: assign<UserContext, UserEvent, { state: UserState }, UserEvent, never>((_, { state: left }) => ({ left })),
  tell: enqueueActions<UserContext, UserEvent, { state: UserState }, UserEvent, never, never, never, never, Effect>(
    ({ context, event, enqueue }, { state }) => {
      if (context.left === state && !context.news) return enqueue.assign({ left: null })
      const stateChangeTime = event.at
      enqueue.assign({ left: null, news: false, stateChangeTime })
      enqueue.emit(changed({ ...context, stateChangeTime }, event, state))
    },
  ),
  publish: guarded.enqueueActions(({ context, event, enqueue, check }) => {
    enqueue.assign({ news: false })
    enqueue.emit(changed(context, event, present(check)))
  }),
  publishNews: guarded.enqueueActions(({ context, enqueue, event, check }) => {
    if (!context.news) return
    enqueue.assign({ news: false })
    enqueue.emit(changed(context, event, present(check)))
  }),
  /** Publishes the user only on the side whose link is back. */
  publishThere: guarded.enqueueActions(({ context, event, enqueue, check }) => {
    assertEvent(event, 'LINK_BACK')
    const user = userView({ value: present(check), context })
    enqueue.emit({ type: 'user.changed', user, requestId: '', only: event.side })
  }),
  refuse: emit<UserContext, UserEvent, { failure: UserFailure }, UserEvent, Effect>(({ event }, params) => ({
    type: 'failed',
    subject: { kind: 'user' },
    failure: params.failure,
    detail: '',
    requestId: 'requestId' in event ? (event.requestId ?? '') : '',
  })),
  reject: guarded.emit({ type: 'rejected', rejection: 'ALREADY_SIGNED_OUT' }),
  clearReason: guarded.assign({ reason: null }),
  noteReason: guarded.assign(({ context, event }) => {
    assertEvent(event, ['NOT_READY', 'SIGN_OUT', 'REMOVED'])
    return { reason: askedReason(context, event), movedWhileReady: false, news: true }
  }),
  /** The requested state becomes pending. */
  setPending: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, ['READY', 'NOT_READY', 'SIGN_OUT'])
    const state = event.type === 'SIGN_OUT' ? 'LOGOUT' : event.type
    const pending = { state, reason: askedReason(context, event) } as const
    for (const news of newsOfLeaving(context, pending)) enqueue.emit(news)
    enqueue.assign({ pending })
  }),
  choose: assign<UserContext, UserEvent, { state: 'READY' | 'NOT_READY' }, UserEvent, never>(
    ({ context, event }, params) => ({
      beforeCall: { state: params.state, reason: askedReason(context, event) },
      pending: NOTHING_PENDING,
    }),
  ),
  settle: guarded.assign(({ context }) => {
    const { state, reason } = settled(context)
    // If the agent was NOT_READY while the call rang, the state stays the same. But the end of a pending state has to
    // be published.
    const isNews = context.pending.state !== '' || reason?.id !== context.reason?.id
    const movedWhileReady = context.movedWhileReady && state === 'READY'
    return { reason, pending: NOTHING_PENDING, beforeCall: null, movedWhileReady, news: context.news || isNews }
  }),
  /** Another call rings while the agent is NOT_READY: the reason from before the calls is shown (V10). */
  showReasonBesideCalls: guarded.assign(({ context }) => ({ reason: context.beforeCall?.reason ?? null })),
  showReasonDuringCall: guarded.assign(({ context }) => ({ reason: reasonDuringCall(context) })),
  settleSignOut: guarded.assign(({ context }) => ({ reason: context.pending.reason })),
  connectionFails: guarded.assign(({ context }) => ({
    reason: context.config.reasons.connectionFailure,
    pending: NOTHING_PENDING,
    news: true,
  })),
  systemFails: guarded.assign(({ context }) => ({ reason: context.config.reasons.systemFailure, news: true })),
  connectionFailsAfterCall: guarded.enqueueActions(({ context, enqueue }) => {
    const { connectionFailure: reason } = context.config.reasons
    const pending = { state: 'NOT_READY', reason, forced: true } as const
    for (const news of newsOfLeaving(context, pending)) enqueue.emit(news)
    enqueue.assign({ pending })
  }),
}
