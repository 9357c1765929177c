/**
 * The names of all refusals. `src/finesse/errors.ts` gives each its form on the wire.
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
  | 'INVALID_DEVICE'
  | 'DEVICE_BUSY'
  | 'MOBILE_MODE_NOT_ALLOWED'

/** Asynchronous failures of voice dialog requests (`dialog 4.1` E3, E7). */
export type CallFailure = 'INVALID_CALL_ACTION' | 'CALL_OPERATION_FAILED'

/** State conflicts that the documents print as synchronous (ruling 34). */
export type Rejection = 'ALREADY_SIGNED_OUT'

export type Failure = MediaFailure | UserFailure | CallFailure
