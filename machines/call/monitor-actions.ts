/** The actions of monitor calls, and of calls into which a supervisor barges. */
import { assertEvent } from 'xstate'
import { guarded, newLeg, SILENT } from './guards.ts'
import { failed, news, nowActive } from './join-actions.ts'
import { agentLeg } from './model.ts'
import { monitorLeft, SUPERVISOR_MONITOR } from './monitor.ts'

export const monitoring = {
  /** Both are connected from the first moment on, and nobody wraps up. */
  beginMonitor: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'MONITORS')
    const { monitor, extension, agentExtension, at } = event
    const legOf = (user: string, mediaAddress: string) => {
      const leg = agentLeg(dialog, user)
      return [leg, newLeg(spawn, { dialog, leg, begins: 'ACTIVE', mediaAddress, user, ...SILENT, at })] as const
    }
    const legs = [legOf(monitor.supervisor, extension), legOf(monitor.agent, agentExtension)]
    return {
      monitor,
      fromAddress: extension,
      toAddress: agentExtension,
      callType: SUPERVISOR_MONITOR,
      legs: Object.fromEntries(legs),
      agents: legs.map(([leg]) => leg),
      unanswered: null,
    }
  }),
  /** The agent to whom nobody can listen any more, or the supervisor, leaves first. */
  endMonitoring: guarded.enqueueActions(({ context: { dialog }, event, enqueue }) => {
    assertEvent(event, ['MONITORING_ENDS', 'AGENT_SIGNED_OUT'])
    enqueue.sendTo(agentLeg(dialog, event.user), { type: 'DROP', at: event.at })
  }),
  leaveMonitor: guarded.assign(({ context, event }) => monitorLeft(context, event.at)),
  /** The supervisor is a party now. The agent controls the conference (`dialog 4.10`). */
  bargeIn: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'BARGES_IN')
    const { supervisor: user, extension: mediaAddress, agent, terms, at } = event
    const { dialog } = context
    const leg = agentLeg(dialog, user)
    const facts = { dialog, leg, mediaAddress, user, ...SILENT, begins: 'ACTIVE', at } as const
    return {
      legs: { ...context.legs, [leg]: newLeg(spawn, facts) },
      agents: [...context.agents, leg],
      callType: 'CONFERENCE',
      conference: { controller: agent, terms },
    }
  }),
  /** First the monitor call ends for both, then the supervisor is told of this one, then the others. */
  tellBarge: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'BARGES_IN')
    const { supervisor, agent, last, requestId } = event
    const call = nowActive(context)
    enqueue.emit({ ...news(agent, 'DROPPED', { change: 'REMOVED', call: last }), isMonitored: true })
    enqueue.emit({ ...news(supervisor, 'ACTIVE', { change: 'ADDED', call, requestId }), replaces: last })
    for (const leg of context.agents) {
      const { user = '', state = 'DROPPED' } = context.legs[leg] ?? {}
      if (user !== supervisor) enqueue.emit(news(user, state, { change: 'CHANGED', call }))
    }
    enqueue.emit({ type: 'call.hasBargedIn', dialog: last.dialog })
  }),
  failBarge: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'BARGES_IN')
    const { supervisor: user, requestId = '' } = event
    enqueue.emit(failed(context, { user, action: 'BARGE_CALL', failure: 'CALL_OPERATION_FAILED', requestId }))
  }),
}
