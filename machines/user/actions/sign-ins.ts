/** Actions for the sign-in to voice, and for calls that are there already. */
import { assertEvent } from 'xstate'
import { guarded } from '../guards.ts'
import { NOTHING_PENDING } from '../model.ts'

export const signIns = {
  /** A repeated sign-in without mobile data keeps those of the first one. Only a sign-out ends them (`user 7`). */
  signIn: guarded.assign(({ event }) => {
    assertEvent(event, 'SIGN_IN')
    const { extension, mobileAgent, side } = event
    return mobileAgent ? { extension, mobileAgent, mobileSide: side } : { extension }
  }),
  endFirstSignIn: guarded.assign(({ context }) => ({ reason: context.config.reasons.relogin ?? null, news: true })),
  signInAgain: guarded.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'SIGN_IN')
    enqueue.raise(event)
  }),
  signInHere: guarded.assign(({ event }) => {
    assertEvent(event, 'SIGN_IN')
    return { signedInOn: event.side }
  }),
  /** A call that went on after the last sign-out is now a call at the agent's extension (`user 6.3`). */
  findCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
    if (Object.keys(context.legs).length === 0) return
    enqueue.assign({ reason: context.config.reasons.callAtSignIn ?? null })
    enqueue.raise({ type: 'CALLS_FOUND', at: event.at })
  }),
  /** A call that rings makes the agent who is READY now RESERVED, so that no queue sends another one (ruling 32). */
  lookAtCalls: guarded.enqueueActions(({ context, event, enqueue }) => {
    if (Object.keys(context.legs).length > 0) enqueue.raise({ type: 'CALLS_FOUND', at: event.at })
  }),
  forgetSignIn: guarded.assign({
    extension: '',
    mobileAgent: null,
    mobileSide: null,
    pending: NOTHING_PENDING,
    beforeCall: null,
    signedInOn: null,
    movedWhileReady: false,
  }),
}
