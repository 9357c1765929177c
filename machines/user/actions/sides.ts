/** Actions for the acting side and the links of sides to the ACD (`notifications 9.4`, 12.4). */
import { assertEvent } from 'xstate'
import { afterFailover, leavesAfterLoss } from '../ccx.ts'
import { guarded } from '../guards.ts'
import { actingSideIsDown, NOTHING_PENDING, newsOfLeaving } from '../model.ts'

export const sides = {
  noteCutOff: guarded.assign(({ context, event }) => {
    assertEvent(event, ['LINK_LOST', 'LINK_BACK'])
    const others = context.cutOff.filter((side) => side !== event.side)
    return { cutOff: event.type === 'LINK_LOST' ? [...others, event.side] : others }
  }),
  loseLink: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LINK_LOST')
    const { side, at } = event
    if (context.config.forgets && context.mobileSide === side) enqueue.assign({ mobileAgent: null, mobileSide: null })
    if (context.config.forgets && context.actingSide === side) {
      const pending = leavesAfterLoss(context)
        ? ({ state: 'LOGOUT', reason: context.config.reasons.systemFailure } as const)
        : NOTHING_PENDING
      for (const news of newsOfLeaving(context, pending)) enqueue.emit(news)
      enqueue.assign({ pending, ...afterFailover(context, at) })
    }
    const presence = context.presence[side]
    if (presence) enqueue.sendTo(presence, { type: 'OUT_OF_SERVICE', at })
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'LINK_LOST', side, at })
  }),
  toMediaAlike: guarded.enqueueActions(({ context, event, enqueue }) => {
    const { at } = event
    for (const medium of Object.values(context.media))
      if (event.type === 'PERIPHERAL_LOST') enqueue.sendTo(medium, { type: event.type, both: event.both, at })
      else if (event.type === 'PATH_LOST' || event.type === 'PATH_BACK')
        enqueue.sendTo(medium, { type: event.type, at })
  }),
  regainLink: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LINK_BACK')
    const { side, at } = event
    const byItself = context.config.autoWorkModeStateChange
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'LINK_BACK', side, byItself, at })
  }),
  /** Publishes the dialogs on the side whose link is back, even if the user signed in on another one. */
  republishDialogs: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LINK_BACK')
    const { side, at } = event
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type: 'REPUBLISH', side, at })
  }),
  /** After a sign-in to a medium while the acting side is cut off, the medium is without a link too (ruling 39). */
  loseLinkIfDown: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'MEDIA_SIGN_IN')
    if (!actingSideIsDown(context)) return
    const medium = context.media[event.mrd]
    if (medium) enqueue.sendTo(medium, { type: 'LINK_LOST', side: context.actingSide, at: event.at })
  }),
  tellDialogsWhoActs: guarded.enqueueActions(({ context, event, enqueue }) => {
    const type = actingSideIsDown(context) ? 'ACTING_SIDE_DOWN' : 'ACTING_SIDE_UP'
    for (const medium of Object.values(context.media)) enqueue.sendTo(medium, { type, at: event.at })
  }),
  noteCame: guarded.assign(({ context, event }) => {
    assertEvent(event, ['CAME', 'RETURNED'])
    return { present: [...context.present.filter((side) => side !== event.side), event.side] }
  }),
  noteWent: guarded.assign(({ context, event }) => {
    assertEvent(event, 'WENT')
    return { present: context.present.filter((side) => side !== event.side) }
  }),
  noteWhoActs: guarded.enqueueActions(({ context, event, enqueue }) => {
    const signsIn = event.type === 'SIGN_IN' || event.type === 'MEDIA_SIGN_IN'
    const actingSide = context.present.at(-1) ?? (signsIn ? event.side : context.actingSide)
    if (actingSide === context.actingSide) return
    enqueue.assign({ actingSide })
    enqueue.raise({ type: 'MOVED', at: event.at })
  }),
  takeAlong: guarded.assign(({ context }) => ({
    signedInOn: context.actingSide,
    mobileSide: context.mobileAgent ? context.actingSide : null,
  })),
  /** The move cancels a pending sign-out, so the calls are informed. */
  tellCallsOfMove: guarded.enqueueActions(({ context, enqueue }) => {
    for (const news of newsOfLeaving(context, NOTHING_PENDING)) enqueue.emit(news)
  }),
  /** Forgets what only the old side knew, such as the pending state (`notifications 12.4`). */
  forgetOnMove: guarded.assign(({ context, event }) => {
    const isMobileHere = context.mobileSide === context.actingSide
    return {
      signedInOn: context.actingSide,
      pending: NOTHING_PENDING,
      ...(isMobileHere ? {} : { mobileAgent: null, mobileSide: null }),
      ...afterFailover(context, event.at),
      news: context.news || context.pending.state !== '' || (context.mobileAgent !== null && !isMobileHere),
    }
  }),
  /**
   * `notifications 12.4`: the next NOT_READY has the reason of the move, also if it is the NOT_READY from before a
   * call.
   */
  noteMoveWhileReady: guarded.assign(({ context }) => {
    const { beforeCall, config } = context
    const willBeNotReady = beforeCall?.state === 'NOT_READY'
    return {
      movedWhileReady: true,
      beforeCall: willBeNotReady ? { ...beforeCall, reason: config.reasons.connectionFailure } : beforeCall,
    }
  }),
  showMove: guarded.assign(({ context }) => ({ reason: context.config.reasons.connectionFailure, news: true })),
  /** Informs media of the new acting side and of its link. A medium whose sign-in is known there follows the link. */
  tellMediaOfMove: guarded.enqueueActions(({ context, event, enqueue }) => {
    const { actingSide: side, config } = context
    const { at } = event
    const isDown = actingSideIsDown(context)
    for (const medium of Object.values(context.media)) {
      enqueue.sendTo(medium, { type: 'MOVED', side, forgets: config.forgets, at })
      if (isDown) enqueue.sendTo(medium, { type: 'LINK_LOST', side, at })
      else enqueue.sendTo(medium, { type: 'LINK_BACK', side, byItself: config.autoWorkModeStateChange, at })
      enqueue.sendTo(medium, { type: isDown ? 'ACTING_SIDE_DOWN' : 'ACTING_SIDE_UP', at })
    }
  }),
}
