/** The actions of a call that a queue routes. The queue selects the agents, and the call tells it what became of that. */
import { assertEvent, enqueueActions } from 'xstate'
import type { Effect, QueueOutcome } from '../effects.ts'
import { firstView, guarded } from './guards.ts'
import { agentLeg, type CallContext, type CallEvent, outsideLeg, waitsFor } from './model.ts'

const TIMEOUT = 'QUEUE_TIMEOUT'

/** What became of the call in its queue. */
export interface Leaving {
  readonly outcome: QueueOutcome
}

export const queue = {
  /** The caller is there, and no agent. */
  enter: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'ENTERS')
    const { from, to, variables, timeoutMs, at } = event
    const leg = outsideLeg(dialog, 1)
    const input = { dialog, leg, begins: 'INITIATED', mediaAddress: from, wrapUp: false, ringMs: null, at } as const
    const caller = firstView(spawn('leg', { id: leg, input }))
    return {
      fromAddress: from,
      toAddress: to,
      callType: 'PREROUTE_ACD_IN', // a routed call (`dialog 1.3`)
      variables,
      legs: { [leg]: caller },
      queue: { ...event.queue, due: at + timeoutMs, outcome: 'WAITING' as const },
    }
  }),
  waitInQueue: guarded.enqueueActions(({ context: { dialog, queue }, enqueue }) => {
    if (!queue) return
    enqueue.emit({ type: 'deadline.armed', owner: dialog, name: TIMEOUT, due: queue.due })
    enqueue.emit({ type: 'queue.waits', queue: queue.id, dialog })
  }),
  /** The agent that the queue has selected becomes the first participant. */
  ring: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'RINGS')
    const { user, extension: mediaAddress, wrapUp, ringMs, at } = event
    const { dialog, queue } = context
    const leg = agentLeg(dialog, user)
    const input = { dialog, leg, begins: 'ALERTING', mediaAddress, user, wrapUp, ringMs, at } as const
    const agent = firstView(spawn('leg', { id: leg, input }))
    return {
      dnis: mediaAddress,
      legs: { [leg]: agent, ...context.legs },
      agents: [leg],
      unanswered: 'ALERTING' as const,
      ...(queue ? { queue: { ...queue, outcome: 'RINGING' as const } } : {}),
    }
  }),
  /** The agent did not take the call: it waits again, without the leg of that agent. */
  goBack: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LEG_CHANGED')
    const { dialog, queue } = context
    const { [event.leg]: left, ...legs } = context.legs
    enqueue.stopChild(event.leg)
    if (!queue || left?.user === undefined) return
    enqueue.assign({ legs, dnis: undefined, unanswered: 'INITIATED', queue: { ...queue, outcome: 'WAITING' } })
    const isRefused = event.cause === 'REFUSED'
    enqueue.emit({ type: 'queue.notTaken', queue: queue.id, dialog, user: left.user, isRefused })
  }),
  /** The queue has done its work, or the call is over. Nothing happens if the queue was left before. */
  leaveQueue: enqueueActions<CallContext, CallEvent, Leaving, CallEvent, never, never, never, never, Effect>(
    ({ context, enqueue }, { outcome }) => {
      const queue = waitsFor(context)
      if (!queue) return
      enqueue.assign({ queue: { ...queue, outcome } })
      enqueue.emit({ type: 'deadline.cleared', owner: context.dialog, name: TIMEOUT })
      enqueue.emit({ type: 'queue.left', queue: queue.id, dialog: context.dialog })
    },
  ),
}
