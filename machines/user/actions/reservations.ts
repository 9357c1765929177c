/** Actions for reservations by campaigns. */
import { guarded } from '../guards.ts'
import { isUnseen, NOTHING_PENDING } from '../model.ts'

export const reservations = {
  /** The agent leaves the reservations that no client sees. A pending state is replaced by the one that is asked for. */
  leaveReservation: guarded.enqueueActions(({ context, enqueue }) => {
    const left = Object.entries(context.legs).filter(([, { call }]) => isUnseen(call))
    for (const [dialog] of left) enqueue.emit({ type: 'call.legRefused', dialog })
    const legs = Object.fromEntries(Object.entries(context.legs).filter(([, { call }]) => !isUnseen(call)))
    const isLast = Object.keys(legs).length === 0
    enqueue.assign({ legs, pending: NOTHING_PENDING, ...(isLast ? { beforeCall: null } : {}) })
  }),
}
