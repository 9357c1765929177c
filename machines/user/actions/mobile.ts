/** Actions of mobile agents (`user 7`). */
import { assertEvent } from 'xstate'
import { guarded } from '../guards.ts'
import { isSameNail } from '../mobile.ts'

export const mobile = {
  /** A sign-in as a mobile agent. One that is repeated keeps the connection that is there. */
  nail: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'SIGN_IN')
    const { mobileAgent, extension } = event
    if (!mobileAgent || !context.config.callsMobileAgents) return
    const { mode, dialNumber } = mobileAgent
    if (mode === 'CALL_BY_CALL') return enqueue.assign({ dialNumber })
    enqueue.assign({ dialNumber: undefined })
    if (context.nailed) return
    enqueue.assign({ nailed: { dialog: '', isUp: false } })
    enqueue.emit({ type: 'user.nails', extension, dialNumber })
  }),
  noteNail: guarded.assign(({ context: { nailed }, event }) => {
    assertEvent(event, 'NAIL')
    const { dialog, is } = event
    return nailed && isSameNail(nailed, dialog) ? { nailed: { dialog, isUp: is === 'UP' } } : {}
  }),
  noteLostNail: guarded.assign(({ context: { config }, event }) => {
    assertEvent(event, 'NAIL')
    const { mobileCallFailed, mobileDisconnected } = config.reasons
    const reason = (event.is === 'FAILED' ? mobileCallFailed : mobileDisconnected) ?? null
    return { nailed: undefined, reason, news: true }
  }),
  /** The agent is signed out: the connection is not needed any more. */
  dropNail: guarded.enqueueActions(({ context: { nailed, dialNumber }, enqueue }) => {
    if (dialNumber !== undefined) enqueue.assign({ dialNumber: undefined })
    if (!nailed) return
    enqueue.assign({ nailed: undefined })
    if (nailed.dialog !== '') enqueue.emit({ type: 'call.nailEnds', dialog: nailed.dialog })
  }),
  /** A call rings at a mobile agent without a nailed connection, whose telephone is called. */
  phone: guarded.enqueueActions(({ context: { dialNumber: number }, event, enqueue }) => {
    assertEvent(event, 'CALL_ADDED')
    if (number === undefined || event.leg !== 'ALERTING') return
    enqueue.emit({ type: 'user.phones', number, dialog: event.call.dialog })
  }),
  failPhone: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'PHONE_IS')
    enqueue.assign({ unreached: event.dialog })
    enqueue.emit({ type: 'call.phoneFails', dialog: event.dialog })
  }),
}
