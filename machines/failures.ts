import { RULES, type RuleId } from './rules.ts'

/**
 * The codes of all refusals, with rule and sentence. `src/finesse/errors.ts` gives each its form on the wire.
 *
 * A *failure* is reported by a notification, after the request was answered with 202. A *rejection* is the synchronous
 * answer to the request.
 */

/** Asynchronous failures of Media and nonvoice dialog requests (`media 6.2`, 6.3). */
export type MediaFailure =
  | 'ALREADY_SIGNED_IN_TO_MEDIA'
  | 'NOT_SIGNED_IN_TO_MEDIA'
  | 'VOICE_IS_NOT_A_MEDIA'
  | 'NOT_A_MEMBER_OF_MEDIA'
  | 'TASK_SENT_RECENTLY'
  | 'ALREADY_IN_REQUESTED_MODE'
  | 'ACTION_OUT_OF_SEQUENCE'
  | 'DIALOG_INTERRUPTED'
  | 'DIALOG_VANISHED'
  | 'UNKNOWN_SCRIPT_SELECTOR'
  | 'TRANSFER_REFUSED'
  | 'TRANSFER_TIMED_OUT'

/** Asynchronous failures of User requests (`user 1.11`, 5.4; `notifications 8.5`). */
export type UserFailure =
  | 'INVALID_USER_STATE'
  | 'NOT_READY_WHILE_SIGNED_OUT'
  | 'WRAP_UP_DATA_REQUIRED'
  | 'STATE_PENDING'
  | 'BUSY_WITH_CALL'
  | 'RESERVED_FOR_CAMPAIGN'
  | 'INVALID_DEVICE'
  | 'DEVICE_BUSY'
  | 'MOBILE_MODE_NOT_ALLOWED'

/** Asynchronous failures of voice dialog requests (`dialog 4.1` E3, E7; 4.5, 4.8). */
export type CallFailure =
  | 'INVALID_CALL_ACTION'
  | 'CALL_OPERATION_FAILED'
  | 'CALL_DATA_INVALID'
  | 'CALL_DATA_PROTECTED'
  | 'DTMF_OUT_OF_RANGE'
  | 'NOT_CONFERENCE_CONTROLLER'
  | 'TOO_MANY_PARTIES'
  | 'MONITORING_NOT_ALLOWED'
  | 'AGENT_NOT_TALKING'
  | 'AGENT_NOT_ON_CALL'
  | 'NO_CAMPAIGN_CALL'

/** Conflicts with the state that the documents show as synchronous errors (ruling 34, `dialog 4.4`, 4.8 to 4.10, 4.12). */
export type Rejection =
  | 'ALREADY_SIGNED_OUT'
  | 'LEG_IS_HELD'
  | 'NO_ACTIVE_CALL'
  | 'MAY_NOT_DROP_OTHERS'
  | 'INVALID_DROP_TARGET'
  | 'SUPERVISOR_ON_CALL'
  | 'NOT_MONITORING'
  | 'AGENT_HOLDS_CALL'
  | 'AGENT_MAY_NOT_ADD'
  | 'CONFERENCE_IS_FULL'

export type Failure = MediaFailure | UserFailure | CallFailure

/** Why a request could not be done: the rule that refuses it, and a sentence for people. */
export interface RefusedBy {
  readonly rule: RuleId
  readonly text: string
}

const by = (rule: RuleId, text: string = RULES[rule].text): RefusedBy => ({ rule, text })

/** The reason for each refusal. */
export const FAILURES: Readonly<Record<Failure | Rejection, RefusedBy>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: by('A2'),
  NOT_SIGNED_IN_TO_MEDIA: by('A24'),
  VOICE_IS_NOT_A_MEDIA: by('media 3.2', 'Voice is not one of the media.'),
  NOT_A_MEMBER_OF_MEDIA: by('ruling 35'),
  TASK_SENT_RECENTLY: by('A8'),
  ALREADY_IN_REQUESTED_MODE: by('A19'),
  ACTION_OUT_OF_SEQUENCE: by('ruling 14', 'The state at that time does not allow it.'),
  DIALOG_INTERRUPTED: by('I10'),
  DIALOG_VANISHED: by('media 9.1'),
  UNKNOWN_SCRIPT_SELECTOR: by('D11', 'The script selector is unknown; the dialog stays.'),
  TRANSFER_REFUSED: by('D11', 'The ACD did not take the task back; the dialog stays.'),
  TRANSFER_TIMED_OUT: by('D11', 'The ACD did not answer in time; the dialog stays.'),
  INVALID_USER_STATE: by('user 5.2', 'The voice state at that time does not allow it.'),
  NOT_READY_WHILE_SIGNED_OUT: by('user 5.4'),
  WRAP_UP_DATA_REQUIRED: by('user 5.6', 'The call has no wrap-up reason yet.'),
  STATE_PENDING: by('user 5.4', 'During a call NOT_READY can be asked for once, and READY never (CCX).'),
  BUSY_WITH_CALL: by('user 5.4', 'The agent has a call that no queue has routed (CCX).'),
  RESERVED_FOR_CAMPAIGN: by('user 5.4', 'Only the campaign ends a reservation (CCX).'),
  INVALID_DEVICE: by('user 4.1', 'The extension is not one of the agent.'),
  DEVICE_BUSY: by('user 4.1', 'The extension was in use.'),
  MOBILE_MODE_NOT_ALLOWED: by('user 7'),
  INVALID_CALL_ACTION: by('dialog 4.1'),
  CALL_OPERATION_FAILED: by('dialog 4.1', 'The operation on the call failed.'),
  CALL_DATA_INVALID: by('dialog 4.5', 'A value of the call data is too long, or its variable has another form.'),
  CALL_DATA_PROTECTED: by('dialog 4.5', 'A call that was not routed has no call variables that may be changed.'),
  DTMF_OUT_OF_RANGE: by('dialog 4.8', 'The telephone system does not know one of the tones.'),
  NOT_CONFERENCE_CONTROLLER: by('V82'),
  TOO_MANY_PARTIES: by('V88'),
  MONITORING_NOT_ALLOWED: by('dialog 4.9', 'The supervisor is not NOT_READY, or has a call.'),
  AGENT_NOT_TALKING: by('dialog 4.9', 'The agent is in HOLD or NOT_READY.'),
  AGENT_NOT_ON_CALL: by('dialog 4.9', 'The agent is on no call that anybody can listen to.'),
  NO_CAMPAIGN_CALL: by('dialog 5.1', 'The call is not from a campaign.'),
  ALREADY_SIGNED_OUT: by('user 4.3'),
  LEG_IS_HELD: by('dialog 4.8', 'The leg is on hold.'),
  NO_ACTIVE_CALL: by('dialog 4.4', 'The agent has no active call.'),
  MAY_NOT_DROP_OTHERS: by('dialog 4.12'),
  INVALID_DROP_TARGET: by('dialog 4.12', 'The party to drop is no other agent on the call.'),
  SUPERVISOR_ON_CALL: by('dialog 4.9', 'The supervisor is on a call already.'),
  NOT_MONITORING: by('dialog 4.10', 'The supervisor does not listen by this call.'),
  AGENT_HOLDS_CALL: by('dialog 4.10', 'The agent has put the call on hold.'),
  AGENT_MAY_NOT_ADD: by('dialog 4.10', 'The agent has another call, or does not control the conference.'),
  CONFERENCE_IS_FULL: by('dialog 4.10', 'The call has as many parties as the system allows.'),
}
