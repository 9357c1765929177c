/** Actions for the wrap-up after calls (`user 5.6`). */
import { assertEvent } from 'xstate'
import { guarded } from '../guards.ts'
import { withReason, wrapUpDue, wrapUps } from '../model.ts'

/** The deadline of a user's wrap-up. */
export const WRAP_UP = { owner: 'user', name: 'WRAP_UP_TIMEOUT' } as const

export const afterCalls = {
  endWrapUp: guarded.enqueueActions(({ context, enqueue }) => {
    for (const [dialog, leg] of Object.entries(context.legs))
      if (leg.state === 'WRAP_UP') enqueue.emit({ type: 'call.wrapUpOver', dialog })
  }),
  /** Ends the wrap-ups whose time is over. */
  endWrapUpInTime: guarded.enqueueActions(({ context, event, enqueue }) => {
    const over = wrapUps(context).filter(({ due }) => due <= event.at)
    for (const { dialog } of over) enqueue.emit({ type: 'call.wrapUpOver', dialog })
    if (over.length > 0) enqueue.assign({ pending: withReason(context.pending, context.config.reasons.workTimeOver) })
    const next = wrapUpDue(context)
    if (over.length === 0 && next !== undefined) enqueue.emit({ ...WRAP_UP, type: 'deadline.armed', due: next })
  }),
  /** Arms the deadline for the wrap-up that ends first. The end of a wrap-up depends only on its begin. */
  timeWrapUp: guarded.enqueueActions(({ context, enqueue }) => {
    const due = wrapUpDue(context)
    if (due !== undefined) enqueue.emit({ ...WRAP_UP, type: 'deadline.armed', due })
  }),
  /** Clears the deadline if the removed call had the last wrap-up. */
  clearWrapUp: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CALL_REMOVED')
    const [first, ...others] = wrapUps(context)
    const isLast = first?.dialog === event.call.dialog && others.length === 0
    if (isLast) enqueue.emit({ ...WRAP_UP, type: 'deadline.cleared' })
  }),
}
