/** Refusals in words: why what was asked for did not happen, and by which rule. */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Failure, Rejection } from '../../../machines/failures.ts'
import type { RuleId } from '../../../machines/index.ts'
import type { Reason } from './explanation.ts'

/** A reason whose rule stands in `machines/RULES.md`; none for a fault of this program. */
type Cited = Reason & { readonly rule: RuleId | '' }

export const FAILURES: Readonly<Record<Failure | Rejection, Cited>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: {
    rule: 'A2',
    text: 'the agent was signed in to the MRD already; the new settings apply all the same',
  },
  NOT_SIGNED_IN_TO_MEDIA: { rule: 'A24', text: 'the agent was not signed in to the MRD' },
  VOICE_IS_NOT_A_MEDIA: { rule: 'media 3.2', text: 'voice is no medium that one signs in to' },
  NOT_A_MEMBER_OF_MEDIA: { rule: 'A1', text: 'the agent does not belong to the MRD' },
  TASK_SENT_RECENTLY: { rule: 'A8', text: 'a task was offered to the agent and not accepted yet' },
  ALREADY_IN_REQUESTED_MODE: { rule: 'A19', text: 'the agent was in this mode already' },
  ACTION_OUT_OF_SEQUENCE: { rule: 'ruling 14', text: 'the state at that time does not allow it' },
  DIALOG_INTERRUPTED: {
    rule: 'I10',
    text: 'the MRD is interrupted; no action on its dialogs is accepted until the interrupt is over',
  },
  DIALOG_VANISHED: { rule: 'media 9.1', text: 'the dialog had just ended' },
  UNKNOWN_SCRIPT_SELECTOR: { rule: 'D11', text: 'nobody knows the script selector; the dialog stays' },
  TRANSFER_REFUSED: { rule: 'D11', text: 'the ACD did not take the task back; the dialog stays' },
  TRANSFER_TIMED_OUT: { rule: 'D11', text: 'the ACD did not answer in time; the dialog stays' },
  INVALID_USER_STATE: { rule: 'user 5.2', text: 'the voice state at that time does not allow it' },
  NOT_READY_WHILE_SIGNED_OUT: { rule: 'user 5.4', text: 'the agent was signed out' },
  INVALID_DEVICE: { rule: 'user 4.1', text: 'the extension is not one of the agent' },
  DEVICE_BUSY: { rule: 'user 4.1', text: 'the extension was in use' },
  MOBILE_MODE_NOT_ALLOWED: { rule: 'user 7', text: 'the agent may not sign in as a mobile agent' },
  INVALID_CALL_ACTION: { rule: 'dialog 4.1', text: 'the call does not allow this action at that time' },
  CALL_OPERATION_FAILED: { rule: 'dialog 4.1', text: 'the call could not do it' },
  ALREADY_SIGNED_OUT: { rule: 'user 4.3', text: 'the agent was signed out already' },
}

/** Why an agent gets no task of an MRD (`media 4.5`). */
export const NOT_ELIGIBLE: Readonly<Record<OfferRefusal, Cited>> = {
  NOT_SIGNED_IN: { rule: 'media 4.5', text: 'not signed in' },
  NOT_READY: { rule: 'media 4.5', text: 'the agent is NOT_READY' },
  NOT_ROUTABLE: { rule: 'media 4.5', text: 'the agent is not routable' },
  NO_CAPACITY: { rule: 'media 4.5', text: 'as many dialogs are open as the agent takes' },
  BUSY_ELSEWHERE: { rule: 'media 4.5', text: 'the agent works in another MRD that may not be interrupted' },
  LINK_DOWN: { rule: 'P5', text: 'the link to the ACD is down' },
  PATH_DOWN: { rule: 'D19', text: 'the application path of the MRD is down' },
  FAILED: { rule: '', text: 'the program failed to take the offer in; the task went back to its place' },
}
