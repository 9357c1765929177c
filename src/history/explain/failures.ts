/** Refusals in words: why what was asked for did not happen, and by which rule. */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Failure, Rejection } from '../../../machines/failures.ts'
import type { Reason } from './explanation.ts'

export const FAILURES: Readonly<Record<Failure | Rejection, Reason>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: {
    rule: 'media.md A2',
    text: 'the agent was signed in to the MRD already; the new settings apply all the same',
  },
  NOT_SIGNED_IN_TO_MEDIA: { rule: 'media.md A24', text: 'the agent was not signed in to the MRD' },
  VOICE_IS_NOT_A_MEDIA: { rule: 'media.md 1', text: 'voice is no medium that one signs in to' },
  NOT_A_MEMBER_OF_MEDIA: { rule: 'media.md A1', text: 'the agent does not belong to the MRD' },
  TASK_SENT_RECENTLY: { rule: 'media.md A8', text: 'a task was offered to the agent and not accepted yet' },
  ALREADY_IN_REQUESTED_MODE: { rule: 'media.md A19', text: 'the agent was in this mode already' },
  ACTION_OUT_OF_SEQUENCE: { rule: 'media.md 8', text: 'the state at that time does not allow it' },
  DIALOG_INTERRUPTED: {
    rule: 'media.md I10',
    text: 'the MRD is interrupted; no action on its dialogs is accepted until the interrupt is over',
  },
  DIALOG_VANISHED: { rule: 'media.md 9.1', text: 'the dialog had just ended' },
  UNKNOWN_SCRIPT_SELECTOR: { rule: 'media.md D11', text: 'nobody knows the script selector; the dialog stays' },
  TRANSFER_REFUSED: { rule: 'media.md D11', text: 'the ACD did not take the task back; the dialog stays' },
  TRANSFER_TIMED_OUT: { rule: 'media.md D11', text: 'the ACD did not answer in time; the dialog stays' },
  INVALID_USER_STATE: { rule: 'user.md 5.2', text: 'the voice state at that time does not allow it' },
  NOT_READY_WHILE_SIGNED_OUT: { rule: 'user.md 5.4', text: 'the agent was signed out' },
  INVALID_DEVICE: { rule: 'user.md 4.1', text: 'the extension is not one of the agent' },
  DEVICE_BUSY: { rule: 'user.md 4.1', text: 'the extension was in use' },
  MOBILE_MODE_NOT_ALLOWED: { rule: 'user.md 7', text: 'the agent may not sign in as a mobile agent' },
  INVALID_CALL_ACTION: { rule: 'dialog.md 4.1', text: 'the call does not allow this action at that time' },
  CALL_OPERATION_FAILED: { rule: 'dialog.md 4.1', text: 'the call could not do it' },
  ALREADY_SIGNED_OUT: { rule: 'user.md 4.3', text: 'the agent was signed out already' },
}

/** Why an agent gets no task of an MRD (`media.md` 4.5). */
export const NOT_ELIGIBLE: Readonly<Record<OfferRefusal, Reason>> = {
  NOT_SIGNED_IN: { rule: 'media.md 4.5', text: 'not signed in' },
  NOT_READY: { rule: 'media.md 4.5', text: 'the agent is NOT_READY' },
  NOT_ROUTABLE: { rule: 'media.md 4.5', text: 'the agent is not routable' },
  NO_CAPACITY: { rule: 'media.md 4.5', text: 'as many dialogs are open as the agent takes' },
  BUSY_ELSEWHERE: { rule: 'media.md 4.5', text: 'the agent works in another MRD that may not be interrupted' },
  LINK_DOWN: { rule: 'media.md P5', text: 'the link to the ACD is down' },
  PATH_DOWN: { rule: 'media.md D19', text: 'the application path of the MRD is down' },
  FAILED: { rule: '', text: 'the program failed to take the offer in; the task went back to its place' },
}
