/** The actions of a call that a queue routes. The queue selects the agents, and the call tells it what became of that. */
import { assertEvent, enqueueActions } from 'xstate'
import type { Effect, QueueOutcome } from '../effects.ts'
import { guarded, newLeg, SILENT } from './guards.ts'
import { agentLeg, type CallContext, type CallEvent, type Destination, outsideLeg, waitsFor } from './model.ts'
import { ROUTED } from './seen-by.ts'

export const TIMEOUT = 'QUEUE_TIMEOUT'

/** What became of the call in its queue. */
export interface Leaving {
  readonly outcome: QueueOutcome
}

type ToQueue = Extract<Destination, { kind: 'queue' }>

/** The place of a call that comes to the queue now. */
const newPlace = ({ id, name, timeoutMs, priority }: ToQueue, at: number) =>
  ({ id, name, due: at + timeoutMs, outcome: 'WAITING', ...(priority === undefined ? {} : { priority }) }) as const

export const queue = {
  /** The caller is there, and no agent. */
  enter: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'ENTERS')
    const { from, to, variables, timeoutMs, at } = event
    const leg = outsideLeg(dialog, 1)
    return {
      fromAddress: from,
      toAddress: to,
      callType: ROUTED,
      variables,
      legs: { [leg]: newLeg(spawn, { dialog, leg, begins: 'INITIATED', mediaAddress: from, ...SILENT, at }) },
      queue: { ...event.queue, due: at + timeoutMs, outcome: 'WAITING' as const },
    }
  }),
  /** An agent has dialled the number of a queue, and waits there as every caller does. */
  enterAsCaller: guarded.assign(({ context: { outgoing }, event: { at } }) =>
    outgoing?.destination.kind === 'queue' ? { queue: newPlace(outgoing.destination, at) } : {},
  ),
  /** An agent transfers the call to a queue, and the others wait there. */
  enterByTransfer: guarded.assign(({ context: { singleStep }, event: { at } }) =>
    singleStep?.destination.kind === 'queue' ? { queue: newPlace(singleStep.destination, at) } : {},
  ),
  waitInQueue: guarded.enqueueActions(({ context: { dialog, queue }, enqueue }) => {
    if (!queue) return
    enqueue.emit({ type: 'deadline.armed', owner: dialog, name: TIMEOUT, due: queue.due })
    const { id, priority } = queue
    enqueue.emit({ type: 'queue.waits', queue: id, dialog, ...(priority === undefined ? {} : { priority }) })
  }),
  /** The agent that the queue has selected becomes the first participant, or follows the agent who calls. */
  ring: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'RINGS')
    const { user, extension: mediaAddress, wrapUp, ringMs, at } = event
    const { dialog, queue } = context
    const leg = agentLeg(dialog, user)
    const agent = newLeg(spawn, { dialog, leg, begins: 'ALERTING', mediaAddress, user, wrapUp, ringMs, at })
    const legs = context.outgoing ? { ...context.legs, [leg]: agent } : { [leg]: agent, ...context.legs }
    return {
      ...(context.outgoing ? {} : { dnis: mediaAddress }),
      legs,
      agents: [...context.agents, leg],
      unanswered: 'ALERTING' as const,
      ...(queue ? { queue: { ...queue, outcome: 'RINGING' as const } } : {}),
    }
  }),
  /** The call is connected already, and rings at the agent that the queue has selected. */
  ringBeside: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'RINGS')
    const { user, extension: mediaAddress, wrapUp, ringMs, at } = event
    const { dialog, queue, singleStep } = context
    const leg = agentLeg(dialog, user)
    const facts = { dialog, leg, mediaAddress, user, wrapUp, ringMs, isMoved: true, begins: 'ALERTING', at } as const
    return {
      legs: { ...context.legs, [leg]: newLeg(spawn, facts) },
      agents: [...context.agents, leg],
      ...(queue ? { queue: { ...queue, outcome: 'RINGING' as const, leg } } : {}),
      ...(singleStep ? { singleStep: { ...singleStep, leg } } : {}),
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
  /** The same of a call that is connected already. The leg of that agent is gone. */
  goBackBeside: guarded.enqueueActions(({ context: { dialog, queue }, event, enqueue }) => {
    assertEvent(event, 'LEG_CHANGED')
    const { user } = event.view
    if (!queue || user === undefined) return
    const { leg: _, ...kept } = queue
    enqueue.assign({ queue: { ...kept, outcome: 'WAITING' } })
    const isRefused = event.cause === 'REFUSED'
    enqueue.emit({ type: 'queue.notTaken', queue: queue.id, dialog, user, isRefused })
  }),
  /** The queue has done its work, or the call is over. Nothing happens if the queue was left before. */
  leaveQueue: enqueueActions<CallContext, CallEvent, Leaving, CallEvent, never, never, never, never, Effect>(
    ({ context, enqueue }, { outcome }) => {
      const pending = waitsFor(context)
      if (!pending) return
      const { leg: _, ...queue } = pending
      // If everybody has hung up, it keeps the state in which it rang (V11).
      const isOver = context.singleStep?.destination.kind === 'queue' && outcome !== 'ABANDONED'
      enqueue.assign({ queue: { ...queue, outcome }, ...(isOver ? { singleStep: undefined } : {}) })
      enqueue.emit({ type: 'deadline.cleared', owner: context.dialog, name: TIMEOUT })
      enqueue.emit({ type: 'queue.left', queue: queue.id, dialog: context.dialog })
    },
  ),
}
