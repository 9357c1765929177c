/** Actions for the user's media and for the work that interrupts them. */
import { assertEvent, stateIn } from 'xstate'
import { guarded } from '../guards.ts'
import { mediaEvent } from '../media-request.ts'

export const media = {
  toMedium: guarded.enqueueActions(({ context, event, enqueue }) => {
    if (!('mrd' in event)) return
    const medium = context.media[event.mrd]
    const message = mediaEvent(context, event)
    if (medium && message) enqueue.sendTo(medium, message)
  }),
  toAllMedia: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CUSTOMER_CANCELS')
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, event)
  }),
  signOutOfMedia: guarded.enqueueActions(({ context, event, enqueue }) => {
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'USER_SIGNED_OUT', at: event.at })
  }),
  thenSignOutOfMedia: guarded.raise(({ event }) => ({ type: 'MEDIA_SIGN_OUT', at: event.at })),
  joinWork: guarded.assign(({ context, event }) => {
    assertEvent(event, 'WORK_JOINED')
    return { work: [...context.work, { id: event.work, mrd: event.mrd }] }
  }),
  leaveWork: guarded.assign(({ context, event }) => {
    assertEvent(event, 'WORK_LEFT')
    return { work: context.work.filter((work) => work.id !== event.work) }
  }),
  /** All dialogs and calls that are open now have to be finished before the agent gets another task (`media 4.5`). */
  finishAllFirst: guarded.enqueueActions(({ context, enqueue, check }) => {
    const dialogs = Object.values(context.media).flatMap((medium) => Object.keys(medium.getSnapshot().context.dialogs))
    const calls = check(stateIn('#user.LOGOUT')) ? [] : Object.keys(context.legs)
    enqueue.assign({ finishFirst: [...dialogs, ...calls] })
  }),
  finishOne: guarded.assign(({ context, event }) => {
    assertEvent(event, ['DIALOG_CLOSED', 'CALL_REMOVED'])
    const id = event.type === 'DIALOG_CLOSED' ? event.dialog : event.call.dialog
    return { finishFirst: context.finishFirst.filter((each) => each !== id) }
  }),
  /**
   * Only interruptible MRDs are asked (`media 12.3`). This is not left to `acceptsInterrupt`, which an embedder may
   * replace: work of an interrupted MRD cannot be finished, so two MRDs that interrupt others could wait for each other
   * for ever, and an MRD for its own work.
   */
  adviseInterrupt: guarded.enqueueActions(({ context, event, enqueue }) => {
    for (const medium of Object.values(context.media))
      if (medium.getSnapshot().context.settings.interruptible)
        enqueue.sendTo(medium, { type: 'INTERRUPT', at: event.at })
  }),
  adviseInterruptDone: guarded.enqueueActions(({ context, event, enqueue }) => {
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'INTERRUPT_DONE', at: event.at })
  }),
  refuseVoiceMedia: guarded.enqueueActions(({ event, enqueue }) => {
    if (!('mrd' in event)) return
    const requestId = 'requestId' in event ? (event.requestId ?? '') : ''
    const subject = { kind: 'media', mrd: event.mrd } as const
    enqueue.emit({ type: 'failed', subject, failure: 'VOICE_IS_NOT_A_MEDIA', detail: '', requestId })
  }),
}
