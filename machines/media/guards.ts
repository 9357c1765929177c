/** The guards of a medium. */
import { emit, sendParent, setup } from 'xstate'
import type { Effect } from '../effects.ts'
import { aloud, type Reported, type ReportParams } from '../report.ts'
import type { RowMeta, StateMeta } from '../rules.ts'
import { dialogChanged } from '../task/actions.ts'
import { taskMachine } from '../task.ts'
import type { TaskState } from '../wire.ts'
import {
  holds,
  type MediaContext,
  type MediaEvent,
  type MediaReport,
  refusalWhileServed,
  settingsInForce,
} from './model.ts'
import type { MediaStart } from './standard.ts'

/** The acting side does not know the sign-in, because the user has moved there from the side that does. */
const mustSignInAgain = ({ actingSide, signIns }: MediaContext): boolean => !(actingSide in signIns)

/** The task machine as a child of a medium. */
export const taskOfMedium = taskMachine.provide({
  actions: {
    tellMedium: sendParent(({ context, event }, params: { state: TaskState }) =>
      dialogChanged(context, event, params.state),
    ),
  },
})

export const guarded = setup({
  types: {
    context: {} as MediaContext,
    events: {} as MediaEvent,
    input: {} as MediaStart,
    emitted: {} as Effect | Reported<MediaReport>,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  actors: { task: taskOfMedium },
  actions: { report: emit((_, params: ReportParams<MediaReport>) => aloud(params)) },
  guards: {
    isMember: ({ context }) => context.member,
    isDeclaredNotReady: ({ context }) => context.declared === 'NOT_READY',
    isInterrupted: ({ context }) => context.interrupted,
    worksOnADialog: ({ context }) => holds(context, 'ACCEPTED', 'ACTIVE', 'UNKNOWN'),
    wrapsUpADialog: ({ context }) => holds(context, 'WRAPPING_UP'),
    hasPausedDialog: ({ context }) => holds(context, 'PAUSED'),
    hasOfferedDialog: ({ context }) => holds(context, 'OFFERED'),
    acceptsInterrupt: ({ context }) =>
      context.settings.interruptible && settingsInForce(context).interruptAction === 'ACCEPT',
    hasUnstartedDialog: ({ context }) => holds(context, 'OFFERED', 'ACCEPTED'),
    isRoutable: ({ context }) => context.routable && !context.notRoutableWhenStarted,
    isNotRoutable: ({ context }) => !context.routable,
    /** The agent asked to be not routable, and that waits for dialogs that are offered or not started. */
    becomesNotRoutable: ({ context }) => context.notRoutableWhenStarted,
    mayTakeTask: ({ context, event }) =>
      event.type === 'OFFER' && refusalWhileServed(context, event.busyElsewhere) === null,
    isKnownOffer: ({ context, event }) =>
      event.type === 'OFFER' &&
      Object.values(context.dialogs).some((dialog) => dialog.getSnapshot().context.offer === event.offer),
    hasDialog: ({ context, event }) => 'dialog' in event && event.dialog in context.dialogs,
    closesAfterRona: ({ event }) => event.type === 'DIALOG_CHANGED' && event.dispositionCode === 'CD_RING_NO_ANSWER',
    isClosed: ({ event }) => event.type === 'DIALOG_CHANGED' && event.state === 'CLOSED',
    endsTheLastUnstarted: ({ context, event }) =>
      event.type === 'DIALOG_CHANGED' &&
      event.state === 'CLOSED' &&
      context.notRoutableWhenStarted &&
      !holds(context, 'OFFERED', 'ACCEPTED'),
    startsTheLastUnstarted: ({ context, event }) =>
      event.type === 'DIALOG_CHANGED' && context.notRoutableWhenStarted && !holds(context, 'OFFERED', 'ACCEPTED'),
    returnsByItself: ({ context, event }) => event.type === 'LINK_BACK' && event.byItself && !mustSignInAgain(context),
    isOfActingSide: ({ context, event }) => 'side' in event && context.actingSide === event.side,
    isOfOtherSide: ({ context, event }) => 'side' in event && context.actingSide !== event.side,
    /** The sign-in is on the acting side, and that side is new or did not know the sign-in. */
    comesToAct: ({ context, event }) =>
      event.type === 'SIGN_IN' &&
      event.actingSide === event.side &&
      (context.actingSide !== event.side || mustSignInAgain(context)),
    hasNoLink: ({ context }) => !context.connected,
    mustSignInAgain: ({ context }) => mustSignInAgain(context),
    isKnownThere: ({ context, event }) => event.type === 'MOVED' && event.side in context.signIns,
    keepsOnMove: ({ event }) => event.type === 'MOVED' && !event.forgets,
  },
})
