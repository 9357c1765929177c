/** Actions of a supervisor who listens, and of the agent to whom the supervisor listens. */
import { assertEvent, emit, enqueueActions } from 'xstate'
import { lastOfMonitor } from '../../call/monitor.ts'
import type { Effect } from '../../effects.ts'
import type { CallFailure, Rejection } from '../../failures.ts'
import { guarded } from '../guards.ts'
import { newsOfTalk, type UserContext, type UserEvent, VOICE } from '../model.ts'
import { callToHear, heardNow } from '../monitoring.ts'

const SILENT_MONITOR = 'SILENT_MONITOR'
const NEW_CALL = { kind: 'newCall' } as const

/** When the agent has left the call, nobody listens any more (V92). */
export const followMonitored = guarded.enqueueActions(({ context: { monitored, legs }, enqueue }) => {
  if (!monitored || monitored.of === '') return
  const of = heardNow(monitored, legs)
  if (of === monitored.of) return
  enqueue.assign({ monitored: { ...monitored, of } })
  if (of === '') enqueue.emit({ type: 'call.monitoringEnds', dialog: monitored.call.dialog })
})

export const monitoring = {
  followMonitored,
  askToListen: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'MONITOR')
    const { agent, extension, agentExtension, requestId = '' } = event
    enqueue.emit({ type: 'user.wantsToListen', agent, extension, agentExtension, requestId })
  }),
  failToListen: emit<UserContext, UserEvent, { failure: CallFailure }, UserEvent, Effect>(({ event }, { failure }) => ({
    type: 'failed',
    subject: NEW_CALL,
    failure,
    detail: SILENT_MONITOR,
    requestId: 'requestId' in event ? (event.requestId ?? '') : '',
  })),
  publishNewCallFailure: guarded.emit(({ event }): Effect => {
    assertEvent(event, 'NEW_CALL_FAILED')
    const { failure, action: detail, requestId = '' } = event
    return { type: 'failed', subject: NEW_CALL, failure, detail, requestId }
  }),
  letListen: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'MONITOR_ASKED')
    const { listener: supervisor, extension, agentExtension, requestId = '' } = event
    const of = callToHear(context.legs)
    if (of === undefined) return
    const monitor = { supervisor, agent: context.user, of }
    enqueue.emit({ type: 'call.isHeard', monitor, extension, agentExtension, requestId })
  }),
  answerListener: enqueueActions<
    UserContext,
    UserEvent,
    { failure: CallFailure },
    UserEvent,
    never,
    never,
    never,
    never,
    Effect
  >(({ event, enqueue }, { failure }) => {
    assertEvent(event, 'MONITOR_ASKED')
    const { listener: supervisor, requestId = '' } = event
    enqueue.emit({ type: 'user.isNotHeard', supervisor, failure, requestId })
  }),
  rejectWith: emit<UserContext, UserEvent, { rejection: Rejection }, UserEvent, Effect>((_, { rejection }) => ({
    type: 'rejected',
    rejection,
  })),
  letIn: guarded.enqueueActions(({ context: { user: agent, monitored }, event, enqueue }) => {
    assertEvent(event, 'BARGE_ASKED')
    if (!monitored) return
    const { listener: supervisor, extension, terms, at, requestId = '' } = event
    const barge = { supervisor, extension, agent, terms, last: lastOfMonitor(monitored.call, at) }
    enqueue.emit({ type: 'call.bargesIn', dialog: monitored.of, barge, requestId })
  }),
  noteMonitored: guarded.assign(({ context: { monitored }, event }) => {
    assertEvent(event, ['MONITORED_ADDED', 'MONITORED_CHANGED'])
    const { call } = event
    return { monitored: { call, of: monitored?.of ?? call.monitor?.of ?? '' } }
  }),
  forgetMonitored: guarded.assign({ monitored: undefined }),
  publishMonitored: guarded.emit(({ event }): Effect => {
    assertEvent(event, ['MONITORED_ADDED', 'MONITORED_CHANGED', 'MONITORED_REMOVED'])
    return { type: PUBLISHED[event.type], call: event.call, requestId: event.requestId ?? '' }
  }),
  publishReplaced: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    if (event.replaces) enqueue.emit({ type: 'call.removed', call: event.replaces, requestId: '' })
  }),
  /** The monitor call goes, and what had to be finished before the next task is the other call now. */
  dropReplaced: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    const gone = event.replaces?.dialog ?? ''
    const { [gone]: _, ...legs } = context.legs
    for (const news of newsOfTalk(context.legs, legs)) enqueue.emit(news)
    const finishFirst = context.finishFirst.map((each) => (each === gone ? event.call.dialog : each))
    enqueue.assign({ legs, finishFirst })
  }),
  /** After the work on the other call has begun, so that no interrupt ends meanwhile. */
  leaveReplacedWork: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    const gone = event.replaces?.dialog
    if (context.work.some(({ id, mrd }) => id === gone && mrd === VOICE))
      enqueue.raise({ type: 'WORK_LEFT', work: gone ?? '', at: event.at })
  }),
}

const PUBLISHED = {
  MONITORED_ADDED: 'call.added',
  MONITORED_CHANGED: 'call.changed',
  MONITORED_REMOVED: 'call.removed',
} as const
