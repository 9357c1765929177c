/** The guards of a user, as an embedder may replace them. */
import type { ReplacingGuard } from '../replacing-guard.ts'
import type { NailState, UserContext, UserEvent } from './model.ts'

type Guard = ReplacingGuard<UserContext, UserEvent>

/**
 * The guards of a user: voice, and the list of work that interrupts the user's media. A rule of your own usually needs
 * `original(args) && …`, because the original also checks what the rows rely on.
 */
export interface UserGuards {
  /** Is the extension not one of the user's? Asked at a sign-in to voice. `true` refuses it. */
  readonly isForeignExtension?: Guard
  /**
   * Is the platform CCX, and the extension of a repeated sign-in another one? `true` signs the user out with 32740, and
   * in again.
   */
  readonly signsInElsewhere?: Guard
  /** Is it a mobile sign-in that the user may not have? Asked at a sign-in to voice. `true` refuses it. */
  readonly mayNotBeMobile?: Guard
  /**
   * Does a supervisor ask, not the agent? Asked for NOT_READY and sign-out, in NOT_READY, on a call and in wrap-up. On a
   * ringing call and in wrap-up `true` signs the agent out at once, and on an answered call after it. `false` refuses
   * such a sign-out.
   */
  readonly asksSupervisor?: Guard
  /** May the agent sign out from READY? Asked at a sign-out in READY. `false` refuses it. */
  readonly mayLeaveFromReady?: Guard
  /** Is the platform CCX? Asked when READY is requested on a call. `true` refuses it. */
  readonly isCcx?: Guard
  /** Was NOT_READY requested during the call already, on CCX? Asked when it is requested on a call. `true` refuses it. */
  readonly hasAskedOnce?: Guard
  /**
   * Has the agent a call on CCX that no queue has routed? Asked when the state is derived, after RESERVED, where `true`
   * gives NOT_READY; and when READY is requested in NOT_READY, where it refuses that.
   */
  readonly hasUnroutedCall?: Guard
  /** Is the agent on a call? Asked first when the state is derived from the calls. `true` gives TALKING. */
  readonly isOnCall?: Guard
  /** Is a call on hold? Asked when the state is derived, after TALKING. `true` gives HOLD. */
  readonly hasHeldCall?: Guard
  /**
   * Does the agent still have to give a wrap-up reason? Asked when the agent chooses READY or NOT_READY in wrap-up.
   * `true` refuses that. The wrap-up time ends the wrap-up all the same.
   */
  readonly lacksReason?: Guard
  /** Does the agent wrap up, to be READY afterwards? Asked when the state is derived. `true` gives WORK_READY. */
  readonly wrapsUpToReady?: Guard
  /** Does the agent wrap up? Asked when the state is derived, after WORK_READY. `true` gives WORK. */
  readonly wrapsUp?: Guard
  /** Is a call of a signed-out user in wrap-up? Asked when such a call changes. `true` ends the call for the user. */
  readonly legWrapsUp?: Guard
  /** Was the leg dropped? Asked when a call changes. `true` leaves the state as it is until the call is removed. */
  readonly legIsDropped?: Guard
  /**
   * Is the agent reserved for a campaign, and sees the reservation? Asked when the state is derived, after WORK. `true`
   * gives RESERVED_OUTBOUND_PREVIEW.
   */
  readonly isReservedForPreview?: Guard
  /** Is the agent reserved, without a preview? Asked next. `true` gives RESERVED_OUTBOUND. */
  readonly isReservedForCampaign?: Guard
  /**
   * Has a customer of a campaign answered while the agent talks on another call? Asked when a call comes to an agent who is
   * not READY. `true` refuses it, and the customer is lost. It must be `false` for other calls.
   */
  readonly isBusyForCustomer?: Guard
  /** Does a call ring? Asked when the state is derived, after RESERVED. `true` gives NOT_READY. */
  readonly isRungWhileNotReady?: Guard
  /** Does a call ring at a READY agent? Asked when the state is derived, after WORK. `true` gives RESERVED. */
  readonly isRung?: Guard
  /** Does the agent make the call? Asked when a call comes to a user who is READY or signed out. */
  readonly isOwnCall?: Guard
  /**
   * Does the agent make the call while there are others? Asked when a call comes to an agent who is not READY. `true`
   * refuses it. It must be `false` for a call that the agent does not make.
   */
  readonly mayNotCall?: Guard
  /**
   * Was the call joined with another one of the user? Asked when a call comes to a user who is signed out, and when one
   * is removed. `true` lets the call come, and leaves the state as it is until the other call changes.
   */
  readonly isJoined?: Guard
  /**
   * Does the call come from a queue? Asked when a call comes to an agent who is not READY. `true` gives it back to the
   * queue. It must be `false` for a call to the agent's extension.
   */
  readonly isRouted?: Guard
  /**
   * Does the call come from a queue, and does other work of the agent, or the link to the ACD, not let it through? Asked
   * when a call comes to a READY agent. `true` gives it back to the queue, which offers the agent no call until the
   * availability changes. It must be `false` for a call to the agent's extension.
   */
  readonly mayNotTakeRoutedCall?: Guard
  /** Has the supervisor a call? Asked when a NOT_READY supervisor wants to listen to an agent. `true` refuses that. */
  readonly hasAnyCall?: Guard
  /** Does a supervisor listen to the agent? Asked when another one wants to. `true` refuses that. It must be `true` then. */
  readonly isMonitored?: Guard
  /** Does the agent talk on a call that a supervisor can listen to? `false` refuses it. It must be `false` without a call. */
  readonly hasCallToHear?: Guard
  /** Does that supervisor not listen to the agent? Asked when a supervisor barges in. It must be `true` if not. */
  readonly isNotMonitoredBy?: Guard
  /** Does the agent not talk on the call to which a supervisor listens? Asked when one barges in. `true` refuses that. */
  readonly holdsMonitoredCall?: Guard
  /** May the agent add no party to that call? Asked when a supervisor barges in. `true` refuses that. */
  readonly mayNotAddParty?: Guard
  /** Has that call as many parties as the system allows? Asked when a supervisor barges in. `true` refuses that. */
  readonly isFull?: Guard
  /** Does the call take the place of a monitor call? Asked first when a call comes to a user who is signed in. */
  readonly bargesIn?: Guard
  /** Is the nailed connection of a mobile agent not answered? Asked when READY is requested in NOT_READY. `true` refuses it. */
  readonly isNotNailed?: Guard
  /** Is it this news of the nailed connection? Asked when something has become of it. It must be `true` for one of them. */
  readonly isNail?: ReplacingGuard<UserContext, UserEvent, { is: NailState }>
  /** Can the telephone of a mobile agent not be reached? Asked when a call rings. `true` ends the ringing. */
  readonly isNotReached?: Guard
  /** Did a sign-out wait for the end of the call? Asked when the state is derived, after HOLD. `true` gives LOGOUT. */
  readonly isToSignOut?: Guard
  /** Is the agent READY without a call? Asked last when the state is derived. `false` gives NOT_READY. */
  readonly isToBeReady?: Guard
  /** Does a forced sign-out lead to LOGOUT? Asked at each forced sign-out. `false` gives NOT_READY. */
  readonly disconnectLogsOut?: Guard
  /** Does a sign-out from voice sign out of the media too? Asked after each sign-out, forced ones included. */
  readonly signsOutOfMedia?: Guard
  /**
   * Does the user not belong to the MRD? Asked at a sign-in to a medium. `true` keeps the acting side as it is. The
   * sign-in itself is refused by `isMember` of the medium, and the two must agree.
   */
  readonly isNoMember?: Guard
  /** Is the MRD voice? Asked at requests for a medium. `true` refuses them. It must be `true` for MRD 1. */
  readonly isVoice?: Guard
  /**
   * Is it work that the list does not have? Asked when non-interruptible work begins. `true` adds it and interrupts the
   * interruptible MRDs. It must be `false` for work that the list has.
   */
  readonly isNewWork?: Guard
  /**
   * Does the work begin while the agent has non-interruptible work of another MRD? Asked before `isNewWork`. `true`
   * adds it, and the agent gets no task until the open dialogs and calls are finished. It must be `false` for work that
   * the list has.
   */
  readonly collidesWithOtherWork?: Guard
  /**
   * Is it the last work that interrupts? Asked when such work ends. `true` ends the interrupts. It must be `true` for
   * the last one: otherwise the interrupted MRDs stay INTERRUPTED.
   */
  readonly isLastWork?: Guard
  /** Is it forced by a side that the user has left? Asked at each forced sign-out. `true` ignores the sign-out. */
  readonly isLateForcedSignOut?: Guard
  /** Is the side new for the user? Asked when a session is connected again. `true` makes it the acting side. */
  readonly isNewThere?: Guard
  /** Does the new acting side know the sign-in? Asked when the user moves to it. `true` keeps the state. */
  readonly isSignedInThere?: Guard
  /** Does the new acting side take over the sign-in? Asked after `isSignedInThere`. `true` keeps the state. */
  readonly keepsOnMove?: Guard
}
