/** Actions for the legs of calls and their notifications. */
import { assertEvent } from 'xstate'
import type { Effect } from '../../effects.ts'
import { guarded } from '../guards.ts'
import { activeBeside, isLeaving, isUnseen, newsOfTalk, stateBesideCalls, userView, VOICE } from '../model.ts'
import { followMonitored } from './monitoring.ts'

export const calls = {
  noteLeg: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, ['CALL_ADDED', 'CALL_CHANGED'])
    const legs = { ...context.legs, [event.call.dialog]: { state: event.leg, call: event.call } }
    for (const news of newsOfTalk(context.legs, legs)) enqueue.emit(news)
    enqueue.assign({ legs, beforeCall: stateBesideCalls(context) })
    enqueue(followMonitored)
  }),
  /**
   * Puts the call on which the agent talks on hold, and then lets the other one be connected. A supervisor who listens
   * does so no more.
   */
  freeLine: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_TAKES_LINE')
    const { dialog, requestId = '' } = event
    for (const [other, { state, call }] of Object.entries(context.legs))
      if (other !== dialog && state === 'ACTIVE')
        enqueue.emit({ type: call.monitor ? 'call.monitoringEnds' : 'call.holdsForOther', dialog: other })
    enqueue.emit({ type: 'call.lineIsFree', dialog, requestId })
  }),
  /** The active call goes into the one on hold. If there is none any more, the agent is told. */
  joinActive: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_JOINS')
    const { dialog: into, how, terms, requestId = '' } = event
    const dialog = activeBeside(context.legs, into)
    if (dialog !== undefined) return enqueue.emit({ type: 'call.joinsInto', dialog, into, how, terms, requestId })
    const detail = `${how} on extension ${context.extension}`
    const subject = { kind: 'call', dialog: into } as const
    enqueue.emit({ type: 'failed', subject, failure: 'INVALID_CALL_ACTION', detail, requestId })
  }),
  /** A call that outlives the sign-in goes on in another one, where the agent does not wrap up. */
  tellCallOfSignOut: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    enqueue.emit({ type: 'call.agentSignedOut', dialog: event.call.dialog })
  }),
  dropLeg: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_REMOVED')
    const { [event.call.dialog]: _, ...legs } = context.legs
    // V10: an agent who did not answer becomes NOT_READY. An agent who was NOT_READY keeps the reason (ruling 32).
    const beforeCall = stateBesideCalls(context)
    const missed = event.notAnswered && beforeCall?.state === 'READY'
    const { callNotAnswered, mobileNotReached } = context.config.reasons
    const isUnreached = context.unreached === event.call.dialog
    const reason = (isUnreached ? mobileNotReached : undefined) ?? callNotAnswered
    const rona = { state: 'NOT_READY' as const, reason }
    for (const news of newsOfTalk(context.legs, legs)) enqueue.emit(news)
    enqueue.assign({ legs, beforeCall: missed ? rona : beforeCall, ...(isUnreached ? { unreached: undefined } : {}) })
    enqueue(followMonitored)
  }),
  announceCall: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, ['CALL_ADDED', 'CALL_CHANGED'])
    const { call, at, requestId } = event
    if (isUnseen(call)) return
    const change = event.type === 'CALL_ADDED' ? 'added' : 'changed'
    // Raised, so that it comes after `deriving`: the state is published before the dialog (`dialog 6`).
    enqueue.raise({ type: 'CALL_NOTICE', change, call, at, ...(requestId === undefined ? {} : { requestId }) })
  }),
  publishCall: guarded.emit(({ event }): Effect => {
    assertEvent(event, 'CALL_NOTICE')
    const type = event.change === 'added' ? 'call.added' : 'call.changed'
    return { type, call: event.call, requestId: event.requestId ?? '' }
  }),
  publishCallRemoved: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'CALL_REMOVED')
    if (isUnseen(event.call)) return
    enqueue.emit({ type: 'call.removed', call: event.call, requestId: event.requestId ?? '' })
  }),
  publishCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LINK_BACK')
    const monitored = context.monitored ? [context.monitored] : []
    const seen = Object.values(context.legs).filter((leg) => !isUnseen(leg.call))
    for (const { call } of [...seen, ...monitored])
      enqueue.emit({ type: 'call.added', call, requestId: '', only: event.side })
  }),
  publishCallFailure: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'CALL_FAILED')
    const { dialog, failure, detail, requestId = '' } = event
    enqueue.emit({ type: 'failed', subject: { kind: 'call', dialog }, failure, detail, requestId })
  }),
  refuseLeg: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    enqueue.emit({ type: 'call.legRefused', dialog: event.call.dialog })
  }),
  /** The call waits for the answer of the line. */
  takeLeg: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    if (event.isAwaited) enqueue.emit({ type: 'call.legTaken', dialog: event.call.dialog })
  }),
  failCall: guarded.emit(({ event }): Effect => {
    assertEvent(event, 'CALL_ADDED')
    const { call, requestId = '' } = event
    const failed = { type: 'failed', failure: 'CALL_OPERATION_FAILED', requestId } as const
    const { associatedDialog: dialog } = call
    if (dialog === undefined) return { ...failed, subject: { kind: 'newCall' }, detail: 'MAKE_CALL' }
    return { ...failed, subject: { kind: 'call', dialog }, detail: 'CONSULT_CALL' }
  }),
  /** On CCX there is no such reason, and the state is not published. */
  tellCallFromReady: guarded.enqueueActions(({ context, event, enqueue }) => {
    const { callFromReady: reason } = context.config.reasons
    if (!reason) return
    const now = { ...context, reason, stateChangeTime: event.at }
    enqueue.emit({ type: 'user.changed', user: userView({ value: 'NOT_READY', context: now }), requestId: '' })
  }),
  /** If the agent will be signed out after the calls, the new call is informed too. */
  tellCallOfLeaving: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    if (isLeaving(context)) enqueue.emit({ type: 'call.agentLeaves', dialog: event.call.dialog, leaves: true })
  }),
  /**
   * Separates a signed-out agent from the calls. Those that ring or are in wrap-up end, and none is work of the agent
   * (ruling 47).
   */
  leaveCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
    const calls = Object.keys(context.legs)
    if (calls.length === 0) return
    for (const dialog of calls) enqueue.emit({ type: 'call.agentSignedOut', dialog })
    enqueue.assign({ finishFirst: context.finishFirst.filter((each) => !calls.includes(each)) })
    for (const { id, mrd } of context.work)
      if (mrd === VOICE) enqueue.raise({ type: 'WORK_LEFT', work: id, at: event.at })
  }),
  /** Calls that are found after a sign-in or a restart become work of the agent. */
  joinCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
    for (const [work, { state }] of Object.entries(context.legs))
      if (state === 'ACTIVE' || state === 'HELD') enqueue.raise({ type: 'WORK_JOINED', work, mrd: VOICE, at: event.at })
  }),
  noteStateBesideCalls: guarded.assign(({ context }) => ({ beforeCall: stateBesideCalls(context) })),
  noteCallWork: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, ['CALL_ADDED', 'CALL_CHANGED', 'CALL_REMOVED'])
    const id = event.call.dialog
    const working = event.type !== 'CALL_REMOVED' && (event.leg === 'ACTIVE' || event.leg === 'HELD')
    const known = context.work.some((work) => work.id === id)
    if (working && !known) enqueue.raise({ type: 'WORK_JOINED', work: id, mrd: VOICE, at: event.at })
    if (!working && known) enqueue.raise({ type: 'WORK_LEFT', work: id, at: event.at })
  }),
}
