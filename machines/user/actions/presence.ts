/** Presence on each side, and the watch over it (`notifications 9.1`). */
import { isSignedIn } from '../model.ts'
import { withSides } from './sides.ts'

export const withPresence = withSides.extend({
  actions: {
    toPresence: withSides.enqueueActions(({ context, event, enqueue }) => {
      if (!('side' in event)) return
      const presence = context.presence[event.side]
      if (!presence) return
      const watched = isSignedIn(context) && !context.cutOff.includes(event.side)
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
    /** While the side is cut off nobody is put under watch there (`notifications 9.1`). */
    tellPresenceOfSignIn: withSides.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'SIGN_IN' && event.type !== 'MEDIUM_SIGNED_IN') return
      const presence = context.presence[event.side]
      const presenceIsRequired = context.config.requiresPresence === true && !context.cutOff.includes(event.side)
      if (presence) enqueue.sendTo(presence, { type: 'SIGNED_IN', presenceIsRequired, at: event.at })
    }),
    endWatchIfSignedOut: withSides.enqueueActions(({ context, event, enqueue }) => {
      if (isSignedIn(context)) return
      for (const presence of Object.values(context.presence))
        enqueue.sendTo(presence, { type: 'SIGNED_OUT', at: event.at })
    }),
    /** Whoever is still connected does not count any more. */
    forgetPresence: withSides.enqueueActions(({ context, event, enqueue }) => {
      for (const presence of Object.values(context.presence))
        enqueue.sendTo(presence, { type: 'SESSIONS_LOST', at: event.at })
    }),
  },
})
