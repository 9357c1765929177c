/** Describes refusals in words, with the rule of each. */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Failure, Rejection } from '../../../machines/failures.ts'
import type { RuleId } from '../../../machines/index.ts'
import type { Reason } from './explanation.ts'
import { byRule } from './told.ts'

/** A reason whose rule is in `machines/RULES.md`; `''` for a fault of this program. */
type Cited = Reason & { readonly rule: RuleId | '' }

export const FAILURES: Readonly<Record<Failure | Rejection, Cited>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: byRule('A2'),
  NOT_SIGNED_IN_TO_MEDIA: byRule('A24'),
  VOICE_IS_NOT_A_MEDIA: { rule: 'media 3.2', text: 'voice is not one of the media' },
  NOT_A_MEMBER_OF_MEDIA: byRule('ruling 35'),
  TASK_SENT_RECENTLY: byRule('A8'),
  ALREADY_IN_REQUESTED_MODE: byRule('A19'),
  ACTION_OUT_OF_SEQUENCE: { rule: 'ruling 14', text: 'the state at that time does not allow it' },
  DIALOG_INTERRUPTED: byRule('I10'),
  DIALOG_VANISHED: byRule('media 9.1'),
  UNKNOWN_SCRIPT_SELECTOR: { rule: 'D11', text: 'the script selector is unknown; the dialog stays' },
  TRANSFER_REFUSED: { rule: 'D11', text: 'the ACD did not take the task back; the dialog stays' },
  TRANSFER_TIMED_OUT: { rule: 'D11', text: 'the ACD did not answer in time; the dialog stays' },
  INVALID_USER_STATE: { rule: 'user 5.2', text: 'the voice state at that time does not allow it' },
  NOT_READY_WHILE_SIGNED_OUT: byRule('user 5.4'),
  INVALID_DEVICE: { rule: 'user 4.1', text: 'the extension is not one of the agent' },
  DEVICE_BUSY: { rule: 'user 4.1', text: 'the extension was in use' },
  MOBILE_MODE_NOT_ALLOWED: byRule('user 7'),
  INVALID_CALL_ACTION: byRule('dialog 4.1'),
  CALL_OPERATION_FAILED: { rule: 'dialog 4.1', text: 'the call could not do it' },
  ALREADY_SIGNED_OUT: byRule('user 4.3'),
}

/** Why an agent gets no task of an MRD (`media 4.5`). */
export const NOT_ELIGIBLE: Readonly<Record<OfferRefusal, Cited>> = {
  NOT_SIGNED_IN: { rule: 'media 4.5', text: 'not signed in' },
  NOT_READY: { rule: 'media 4.5', text: 'the agent is NOT_READY' },
  NOT_ROUTABLE: { rule: 'media 4.5', text: 'the agent is not routable' },
  NO_CAPACITY: { rule: 'media 4.5', text: 'the agent has the maximum number of open dialogs' },
  BUSY_ELSEWHERE: { rule: 'media 4.5', text: 'the agent works in another MRD that may not be interrupted' },
  LINK_DOWN: { rule: 'P5', text: 'the link to the ACD is down' },
  PATH_DOWN: { rule: 'D19', text: 'the application path of the MRD is down' },
  FAILED: { rule: '', text: 'the program failed to process the offer; the task went back to its place in the queue' },
}
