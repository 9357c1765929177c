/** Events of a user as events of one of the user's media. */
import type { MediaEvent } from '../media/model.ts'
import { isBusyElsewhere, type UserContext, type UserEvent } from './model.ts'

/** The event for the medium; `null` if a medium does not get such an event, or if the MRD is unknown. */
export function mediaEvent(context: UserContext, event: UserEvent): MediaEvent | null {
  const occurrence =
    'requestId' in event && event.requestId !== undefined
      ? { at: event.at, requestId: event.requestId }
      : { at: event.at }
  switch (event.type) {
    case 'MEDIA_SIGN_IN': {
      const { mrd, side, maxDialogLimit, interruptAction, dialogLogoutAction } = event
      const { actingSide, sides } = context
      const settings = context.config.mrds[mrd]?.settings
      if (!settings) return null
      const signIn = { maxDialogLimit, interruptAction, dialogLogoutAction }
      const knownOn = context.config.forgets ? [side] : sides
      return { type: 'SIGN_IN', side, actingSide, knownOn, signIn, settings, ...occurrence }
    }
    case 'MEDIA_STATE': {
      const { state, reason } = event
      if (state === 'LOGOUT') return { type: 'SIGN_OUT', reason, ...occurrence }
      if (state === 'NOT_READY') return { type: 'NOT_READY', reason, ...occurrence }
      return { type: state === 'READY' ? 'READY' : 'ACTIVATE', ...occurrence }
    }
    case 'MEDIA_ROUTABLE':
      return { type: event.routable ? 'ROUTABLE' : 'NOT_ROUTABLE', ...occurrence }
    case 'OFFER': {
      const { mrd, offer, task } = event
      const busyElsewhere = isBusyElsewhere(context, mrd)
      return { type: 'OFFER', offer, task, busyElsewhere, ...occurrence }
    }
    case 'DIALOG_ACTION':
    case 'RESUBMITTED':
    case 'RESUBMISSION_REFUSED': {
      const { mrd: _, ...rest } = event
      return rest
    }
    case 'MEDIA_EVENT':
      return {
        type: 'USER_EVENT',
        state: event.state,
        at: event.at,
        ...(event.routable === undefined ? {} : { routable: event.routable }),
      }
    case 'TASK_EVENT': {
      const { mrd: _, ...rest } = event
      return rest
    }
    default:
      return null
  }
}
