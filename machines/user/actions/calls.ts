/** Legs of calls: what is known of them, and what others hear. */
import { assign, emit } from 'xstate'
import type { Effect } from '../../effects.ts'
import { isLeaving, stateBesideCalls, VOICE, wrapUpDue, wrapUps } from '../model.ts'
import { withAgentState } from './agent-state.ts'

const WRAP_UP = { owner: 'user', name: 'WRAP_UP_TIMEOUT' } as const

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
      // The state that announces a call goes out before the dialog (`dialog 6`): raised, so it follows the ladder.
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
    /** The call that has come hears it as those did that were there. */
    tellCallOfLeaving: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CALL_ADDED' || !isLeaving(context)) return
      enqueue.emit({ type: 'call.agentLeaves', dialog: event.call.dialog, leaves: true })
    }),
    /** The calls of who is signed out: what rings or is wrapped up ends, and none is the agent's work (ruling 47). */
    leaveCalls: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      const calls = Object.keys(context.legs)
      if (calls.length === 0) return
      for (const dialog of calls) enqueue.emit({ type: 'call.agentSignedOut', dialog })
      enqueue.assign({ finishFirst: context.finishFirst.filter((each) => !calls.includes(each)) })
      for (const { id, mrd } of context.work)
        if (mrd === VOICE) enqueue.raise({ type: 'WORK_LEFT', work: id, at: event.at })
    }),
    /** The calls of who signs in again, or was found with them. */
    joinCalls: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      for (const [work, { state }] of Object.entries(context.legs))
        if (state === 'ACTIVE' || state === 'HELD')
          enqueue.raise({ type: 'WORK_JOINED', work, mrd: VOICE, at: event.at })
    }),
    noteStateBesideCalls: assign(({ context }) => ({ beforeCall: stateBesideCalls(context) })),
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
    /** Ends the wrap-ups whose time is over. */
    endWrapUpInTime: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      const over = wrapUps(context).filter(({ due }) => due <= event.at)
      for (const { dialog } of over) enqueue.emit({ type: 'call.wrapUpOver', dialog })
      const next = wrapUpDue(context)
      if (over.length === 0 && next !== undefined) enqueue.emit({ ...WRAP_UP, type: 'deadline.armed', due: next })
    }),
    /** Every wrap-up has its end from the moment it begins, whatever the agent does beside it. */
    timeWrapUp: withAgentState.enqueueActions(({ context, enqueue }) => {
      const due = wrapUpDue(context)
      if (due !== undefined) enqueue.emit({ ...WRAP_UP, type: 'deadline.armed', due })
    }),
    /** The last one is over. */
    clearWrapUp: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CALL_REMOVED') return
      const [first, ...others] = wrapUps(context)
      const isLast = first?.dialog === event.call.dialog && others.length === 0
      if (isLast) enqueue.emit({ ...WRAP_UP, type: 'deadline.cleared' })
    }),
    /** A followed wrap-up is timed by the Finesse that is followed; its end here changes nothing. */
    armFollowedWrapUp: withAgentState.enqueueActions(({ context, event, enqueue }) => {
      const due = event.at + context.config.wrapUpMs
      if (context.role === 'follower') enqueue.emit({ ...WRAP_UP, type: 'deadline.armed', due })
    }),
    clearFollowedWrapUp: withAgentState.enqueueActions(({ context, enqueue }) => {
      if (context.role === 'follower') enqueue.emit({ ...WRAP_UP, type: 'deadline.cleared' })
    }),
  },
})
