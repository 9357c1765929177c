/**
 * The actions of a transfer to a number without a call to it before (`dialog 4.7`).
 *
 * The agent's leg goes on hold, and the target is asked. If the call rings there, the agent leaves it. Otherwise the
 * agent talks again.
 */
import { assertEvent } from 'xstate'
import { dials } from './acd-side.ts'
import { guarded, newLeg } from './guards.ts'
import { failed, news, nowActive, withoutLeft } from './join-actions.ts'
import { leftByTransfer, nextOutsideNumber } from './joining.ts'
import { agentLeg, type CallContext, type Destination, outsideLeg } from './model.ts'
import { ringing, withLeg } from './outgoing.ts'

/** The type of a call that is transferred. A conference stays one. */
function typeAfter({ conference, singleStep }: CallContext): string {
  if (conference) return 'CONFERENCE'
  return singleStep?.isOffered ? 'OFFERED' : 'TRANSFER'
}

/** The leg of the target. `''` for a queue, which has not selected its agent. */
function targetLeg(destination: Destination, { dialog, legs }: Pick<CallContext, 'dialog' | 'legs'>): string {
  if (destination.kind === 'queue') return ''
  if (destination.kind === 'agent') return agentLeg(dialog, destination.user)
  return outsideLeg(dialog, nextOutsideNumber(Object.keys(legs)))
}

export const singleStep = {
  holdForTransfer: guarded.enqueueActions(({ context, event, enqueue, self }) => {
    assertEvent(event, 'TRANSFER_SST')
    const { dialog, legs } = context
    const { user, to, destination, isOffered, at, requestId = '' } = event
    const leg = targetLeg(destination, { dialog, legs })
    enqueue.assign({ singleStep: { user, to, destination, requestId, leg, ...(isOffered ? { isOffered } : {}) } })
    enqueue.sendTo(agentLeg(dialog, user), { type: 'HOLD', at })
    enqueue.sendTo(self, { type: 'ASKS_TARGET', at })
  }),
  askNetworkOfTarget: guarded.enqueueActions(({ context, enqueue }) => {
    if (!context.singleStep) return
    const { asks, change } = dials(context, context.singleStep.to)
    enqueue.assign(change)
    for (const each of asks) enqueue.emit(each)
  }),
  ringAtAgent: guarded.assign(({ context, event, spawn }) => {
    const { dialog, singleStep } = context
    if (singleStep?.destination.kind !== 'agent') return {}
    const { leg, to: mediaAddress } = singleStep
    const { user, wrapUp, ringMs } = singleStep.destination
    const facts = { dialog, leg, mediaAddress, user, wrapUp, ringMs, isMoved: true, at: event.at } as const
    const view = newLeg(spawn, { ...facts, begins: 'ALERTING' })
    return { ...withLeg(context, leg, view), agents: [...context.agents, leg] }
  }),
  /** The line of the target is asked. It hears of the call as it will be when the agent has left. */
  askTarget: guarded.enqueueActions(({ context, event, enqueue, self }) => {
    const { dialog, singleStep, legs } = context
    if (singleStep?.destination.kind !== 'agent') return
    const own = agentLeg(dialog, singleStep.user)
    const left = leftByTransfer(self.getSnapshot().children[own], event.at)
    const after = { ...context, callType: typeAfter(context), legs: { ...legs, ...(left ? { [own]: left } : {}) } }
    const told = news(singleStep.destination.user, 'ALERTING', { change: 'ADDED', call: nowActive(after) })
    enqueue.emit({ ...told, isAwaited: true })
  }),
  ringAtNumber: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'NUMBER_IS')
    const { dialog, singleStep } = context
    if (!singleStep || event.number.outcome !== 'RINGS') return {}
    const { leg, to: mediaAddress } = singleStep
    const { ringMs } = event.number
    const facts = { dialog, leg, mediaAddress, wrapUp: false, ringMs, isMoved: true, at: event.at } as const
    return withLeg(context, leg, newLeg(spawn, { ...facts, ...ringing(event.number) }))
  }),
  leaveForTarget: guarded.enqueueActions(({ context: { dialog, singleStep }, event: { at }, enqueue, self }) => {
    if (!singleStep) return
    const { user } = singleStep
    enqueue.sendTo(agentLeg(dialog, user), { type: 'TRANSFERS', by: user, at })
    enqueue.sendTo(self, { type: 'TRANSFERRED', at })
  }),
  /** The agent who has left is told, then the others. The target knows already who is there during a wrap-up. */
  tellTransferred: guarded.enqueueActions(({ context, enqueue }) => {
    const { dialog, singleStep } = context
    if (!singleStep) return
    const { user: asker, requestId, leg: target } = singleStep
    const own = agentLeg(dialog, asker)
    const callType = typeAfter(context)
    const after = withoutLeft({ ...context, callType })
    const hasLeft = !Object.hasOwn(after.legs, own)
    const now = nowActive({ ...context, callType })
    const state = (leg: string) => context.legs[leg]?.state ?? 'DROPPED'
    enqueue.emit(news(asker, state(own), { change: hasLeft ? 'REMOVED' : 'CHANGED', call: now, requestId }))
    for (const leg of context.agents) {
      const user = context.legs[leg]?.user ?? ''
      if (leg !== own && (leg !== target || hasLeft))
        enqueue.emit(news(user, state(leg), { change: 'CHANGED', call: nowActive(after) }))
    }
    if (hasLeft) enqueue.stopChild(own)
    enqueue.assign({ callType, legs: after.legs, agents: context.agents.filter((leg) => leg !== own || !hasLeft) })
  }),
  /** The agent hears that the transfer has failed, and talks again. */
  failTransfer: guarded.enqueueActions(({ context, event: { at }, enqueue }) => {
    const { dialog, singleStep } = context
    if (!singleStep) return
    const { user, requestId } = singleStep
    enqueue.assign({ singleStep: undefined })
    const own = agentLeg(dialog, user)
    if (!Object.hasOwn(context.legs, own)) return
    enqueue.emit(failed(context, { user, action: 'TRANSFER_SST', failure: 'CALL_OPERATION_FAILED', requestId }))
    enqueue.sendTo(own, { type: 'RETRIEVE', at })
  }),
}
