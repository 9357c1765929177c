/** Actions for presence on each side (`notifications 9.1`). */

import { assertEvent, stateIn } from 'xstate'
import { guarded } from '../guards.ts'
import { isSignedInToMedia } from '../model.ts'

export const presence = {
  toPresence: guarded.enqueueActions(({ context, event, enqueue, check }) => {
    if (!('side' in event)) return
    const presence = context.presence[event.side]
    if (!presence) return
    const isSignedIn = !check(stateIn('#user.LOGOUT')) || isSignedInToMedia(context)
    const watched = isSignedIn && !context.cutOff.includes(event.side)
    const { at } = event
    if (event.type === 'PRESENCE') {
      const { session } = event
      enqueue.sendTo(
        presence,
        event.available ? { type: 'AVAILABLE', session, at } : { type: 'UNAVAILABLE', session, watched, at },
      )
    } else if (event.type === 'SERVICE_LOST' || event.type === 'SESSIONS_LOST')
      enqueue.sendTo(presence, { type: event.type, at })
    else if (event.type === 'SERVICE_BACK') enqueue.sendTo(presence, { type: 'SERVICE_BACK', watched, at })
  }),
  /** While the side is cut off from the ACD, a sign-in without presence is allowed there (`notifications 9.1`). */
  tellPresenceOfSignIn: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, ['SIGN_IN', 'MEDIUM_SIGNED_IN'])
    const presence = context.presence[event.side]
    const presenceIsRequired = context.config.requiresPresence === true && !context.cutOff.includes(event.side)
    if (presence) enqueue.sendTo(presence, { type: 'SIGNED_IN', presenceIsRequired, at: event.at })
  }),
  /** Ends grace periods if the user, who is signed out of voice, is signed out of all media too. */
  endWatchIfSignedOut: guarded.enqueueActions(({ context, event, enqueue }) => {
    if (isSignedInToMedia(context)) return
    for (const presence of Object.values(context.presence))
      enqueue.sendTo(presence, { type: 'SIGNED_OUT', at: event.at })
  }),
  /** Sessions that are still connected no longer count. */
  forgetPresence: guarded.enqueueActions(({ context, event, enqueue }) => {
    for (const presence of Object.values(context.presence))
      enqueue.sendTo(presence, { type: 'SESSIONS_LOST', at: event.at })
  }),
}
