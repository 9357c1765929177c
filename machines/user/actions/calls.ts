/** Legs of calls: what is known of them, and what others hear. */
import { assign, emit } from 'xstate'
import type { Effect } from '../../effects.ts'
import { stateBesideCalls, VOICE } from '../model.ts'
import { withAgentState } from './agent-state.ts'

export const withCalls = withAgentState.extend({
  actions: {
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
    announceCall: withAgentState.enqueueActions(({ event, enqueue }) => {
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
    publishCallRemoved: withAgentState.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_REMOVED') return
      enqueue.emit({ type: 'call.removed', call: event.call, requestId: event.requestId ?? '' })
    }),
    publishCalls: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'LINK_BACK') return
      for (const { call } of Object.values(context.legs))
        enqueue.emit({ type: 'call.added', call, requestId: '', only: event.side })
    }),
    publishCallFailure: withAgentState.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'CALL_FAILED') return
      const { dialog, failure, detail, requestId = '' } = event
      enqueue.emit({ type: 'failed', subject: { kind: 'call', dialog }, failure, detail, requestId })
    }),
    refuseLeg: withAgentState.enqueueActions(({ event, enqueue }) => {
      if (event.type === 'CALL_ADDED') enqueue.emit({ type: 'call.legRefused', dialog: event.call.dialog })
    }),
    noteCallWork: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CALL_ADDED' && event.type !== 'CALL_CHANGED' && event.type !== 'CALL_REMOVED') return
      if (context.role === 'follower') return
      const id = event.call.dialog
      const working = event.type !== 'CALL_REMOVED' && (event.leg === 'ACTIVE' || event.leg === 'HELD')
      const known = context.work.some((work) => work.id === id)
      if (working && !known) enqueue.raise({ type: 'WORK_JOINED', work: id, mrd: VOICE, at: event.at })
      if (!working && known) enqueue.raise({ type: 'WORK_LEFT', work: id, at: event.at })
    }),
    endWrapUp: withAgentState.enqueueActions(({ context, enqueue }) => {
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
  },
})
