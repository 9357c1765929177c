/** The media of the user, and the work that interrupts them. */
import { assign } from 'xstate'
import { mediaEvent } from '../media-request.ts'
import { withCalls } from './calls.ts'

export const withMedia = withCalls.extend({
  actions: {
    toMedium: withCalls.enqueueActions(({ context, event, enqueue }) => {
      if (!('mrd' in event)) return
      const medium = context.media[event.mrd]
      const message = mediaEvent(context, event)
      if (medium && message) enqueue.sendTo(medium, message)
    }),
    toAllMedia: withCalls.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CUSTOMER_CANCELS') return
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, event)
    }),
    signOutOfMedia: withCalls.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'USER_SIGNED_OUT', at: event.at })
    }),
    thenSignOutOfMedia: withCalls.raise(({ event }) => ({ type: 'MEDIA_SIGN_OUT', at: event.at })),
    joinWork: assign(({ context, event }) =>
      event.type === 'WORK_JOINED' ? { work: [...context.work, { id: event.work, mrd: event.mrd }] } : {},
    ),
    leaveWork: assign(({ context, event }) =>
      event.type === 'WORK_LEFT' ? { work: context.work.filter((work) => work.id !== event.work) } : {},
    ),
    /** Everything that is open now has to be finished before another task comes (`media 4.5`). */
    finishAllFirst: assign(({ context }) => {
      const dialogs = Object.values(context.media).flatMap((medium) =>
        Object.keys(medium.getSnapshot().context.dialogs),
      )
      const calls = context.state === 'LOGOUT' ? [] : Object.keys(context.legs)
      return { finishFirst: [...dialogs, ...calls] }
    }),
    finishOne: assign(({ context, event }) => {
      const id = event.type === 'DIALOG_CLOSED' ? event.dialog : event.type === 'CALL_REMOVED' ? event.call.dialog : ''
      return { finishFirst: context.finishFirst.filter((each) => each !== id) }
    }),
    adviseInterrupt: withCalls.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'INTERRUPT', at: event.at })
    }),
    adviseInterruptDone: withCalls.enqueueActions(({ context, event, enqueue }) => {
      for (const medium of Object.values(context.media))
        enqueue.sendTo(medium, { type: 'INTERRUPT_DONE', at: event.at })
    }),
    refuseVoiceMedia: withCalls.enqueueActions(({ event, enqueue }) => {
      if (!('mrd' in event)) return
      const requestId = 'requestId' in event ? (event.requestId ?? '') : ''
      const subject = { kind: 'media', mrd: event.mrd } as const
      enqueue.emit({ type: 'failed', subject, failure: 'VOICE_IS_NOT_A_MEDIA', detail: '', requestId })
    }),
  },
})
