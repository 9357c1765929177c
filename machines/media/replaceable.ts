/** The guards of a medium, as an embedder may replace them. */
import type { ReplacingGuard } from '../replacing-guard.ts'
import type { MediaContext, MediaEvent } from './model.ts'

type Guard = ReplacingGuard<MediaContext, MediaEvent>
/** A guard that is asked at one kind of event only. */
type GuardAt<Type extends MediaEvent['type']> = ReplacingGuard<MediaContext, Extract<MediaEvent, { type: Type }>>

/**
 * The guards of a medium: one user in one MRD. A rule of your own usually needs `original(args) && …`, because the
 * original also checks what the rows rely on.
 */
export interface MediaGuards {
  /** May the user sign in to the MRD? Asked at a sign-in in LOGOUT. `false` refuses the sign-in. */
  readonly isMember?: GuardAt<'SIGN_IN'>
  /**
   * Did the agent ask for NOT_READY last? Asked first when the state is derived. `true` gives NOT_READY whatever the
   * dialogs are. It must be `true` after a sign-in, because the agent has not asked for READY yet.
   */
  readonly isDeclaredNotReady?: Guard
  /**
   * Is an interrupt in progress? Asked when the state is derived, at every action on a dialog (`true` refuses it), and
   * at the end of the interrupt (`false` leaves the dialogs INTERRUPTED). It must follow `context.interrupted`.
   */
  readonly isInterrupted?: Guard
  /** Does the agent work on a dialog? Asked when the state is derived. `true` gives ACTIVE. */
  readonly worksOnADialog?: Guard
  /** Does the agent wrap a dialog up? Asked when the state is derived, after ACTIVE. `true` gives WORK_READY. */
  readonly wrapsUpADialog?: Guard
  /** Is a dialog paused? Asked when the state is derived, after WORK_READY. `true` gives PAUSED. */
  readonly hasPausedDialog?: Guard
  /**
   * Is a dialog offered? Asked when the state is derived, after PAUSED (`true` gives RESERVED), and when the agent asks
   * for NOT_READY (`true` refuses it).
   */
  readonly hasOfferedDialog?: Guard
  /**
   * Does other work interrupt the MRD? Asked when non-interruptible work of the agent begins in another MRD or in voice
   * and the agent has dialogs here (RESERVED, ACTIVE, PAUSED or WORK_READY). Only MRDs that are interruptible in the
   * directory are asked. `true` makes the MRD INTERRUPTED until the other work is closed.
   *
   * The original is also `false` for an agent who signed in with `interruptAction` IGNORE. Without `original(args)` such
   * an agent is interrupted too.
   */
  readonly acceptsInterrupt?: GuardAt<'INTERRUPT'>
  /** Is a dialog offered or accepted, but not started? Asked for `routable=false`. `true` makes the request wait. */
  readonly hasUnstartedDialog?: Guard
  /** Is the agent routable, with no change waiting? Asked for `routable=true`. `true` refuses the request. */
  readonly isRoutable?: Guard
  /** Is the agent not routable? Asked for `routable=false`. `true` refuses the request. */
  readonly isNotRoutable?: Guard
  /**
   * Does `routable=false` wait for dialogs that are not started? Asked for `routable=true` (`true` cancels the wait) and
   * `routable=false` (`true` changes nothing).
   */
  readonly becomesNotRoutable?: Guard
  /**
   * May the agent get the offered task? Asked at each offer to an agent who is signed in with a link to the ACD.
   * `false` sends the offer back. The ACD learns the agent's availability from the original only, so a guard that
   * refuses more is asked again whenever the ACD offers again. If the original would accept the offer, the ACD gets
   * `refused` with the reason RULES. A guard that accepts more breaks limits such as `maxDialogLimit`.
   */
  readonly mayTakeTask?: GuardAt<'OFFER'>
  /** Is it an offer that came before? Asked at each offer. `true` changes nothing, so a repeated offer has no effect. */
  readonly isKnownOffer?: GuardAt<'OFFER'>
  /** Does the medium have the dialog of the action? `true` passes the action on. `false` refuses it. */
  readonly hasDialog?: GuardAt<'DIALOG_ACTION'>
  /**
   * Is a dialog closed because the agent did not accept it in time? Asked at each change of a dialog. `true` removes the
   * dialog and makes the agent not routable. It must be `true` only for a dialog that is CLOSED.
   */
  readonly closesAfterRona?: GuardAt<'DIALOG_CHANGED'>
  /**
   * Is the dialog closed? Asked at each change of a dialog. `true` removes it. It must follow the event: a closed dialog
   * that is kept counts as open for ever, and an open one that is removed is lost.
   */
  readonly isClosed?: GuardAt<'DIALOG_CHANGED'>
  /**
   * Is the last unstarted dialog closed, while `routable=false` waits for it? Asked at each change of a dialog. `true`
   * removes the dialog and makes the agent not routable. It must be `true` only for a dialog that is CLOSED.
   */
  readonly endsTheLastUnstarted?: GuardAt<'DIALOG_CHANGED'>
  /**
   * Is the last unstarted dialog started, while `routable=false` waits for it? Asked at each change of a dialog that is
   * not closed. `true` makes the agent not routable.
   */
  readonly startsTheLastUnstarted?: GuardAt<'DIALOG_CHANGED'>
  /**
   * Does WORK_NOT_READY end by itself? Asked when the link to the ACD of the acting side is back. `false` leaves the
   * agent in WORK_NOT_READY until a request for ACTIVE or a sign-in.
   */
  readonly returnsByItself?: GuardAt<'LINK_BACK'>
  /** Is it the link of the acting side? Asked when a link is lost. `true` gives WORK_NOT_READY. */
  readonly isOfActingSide?: GuardAt<'LINK_LOST'>
  /** Is it the link of the other side? Asked in WORK_NOT_READY when a link is back. `true` changes nothing. */
  readonly isOfOtherSide?: GuardAt<'LINK_BACK'>
  /**
   * Does the sign-in make its side the acting one for this medium? Asked at a sign-in in WORK_NOT_READY. `true` leaves
   * that state.
   */
  readonly comesToAct?: GuardAt<'SIGN_IN'>
  /** Is the link to the ACD down? Asked in WORK_NOT_READY for ACTIVE. `true` refuses the request. */
  readonly hasNoLink?: GuardAt<'ACTIVATE'>
  /** Does the acting side not know the sign-in? Asked in WORK_NOT_READY for ACTIVE. `true` refuses the request. */
  readonly mustSignInAgain?: GuardAt<'ACTIVATE'>
  /** Does the new acting side know the sign-in? Asked when the agent moves to it. `true` keeps the state. */
  readonly isKnownThere?: GuardAt<'MOVED'>
  /**
   * Does the new acting side take over the settings of the old one? Asked when the agent moves to a side that does not
   * know the sign-in. `false` gives WORK_NOT_READY.
   */
  readonly keepsOnMove?: GuardAt<'MOVED'>
}
