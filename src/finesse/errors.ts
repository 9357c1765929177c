/**
 * The table of all errors on the wire.
 *
 * `REST_ERRORS` contains the synchronous answers, `FAILURES` the failures that are reported by notification after a
 * 202. Both are complete: a new `CommandError` or `Failure` does not compile until it has an entry here. Texts that no
 * document prints are marked with "ours".
 */
import type { CallFailure, Failure, MediaFailure, UserFailure } from '../../machines/failures.ts'
import type { Platform } from '../directory/model.ts'
import type { CommandError } from '../engine/commands.ts'

// ------------------------------------------------------------------------------------------------ synchronous

/** Refusals that a front decides by itself, before it asks the engine. */
export type RequestError =
  | 'AUTHENTICATION_FAILED'
  | 'FOREIGN_HOST'
  | 'ROLE_NOT_ALLOWED'
  | 'LIST_NOT_ALLOWED'
  | 'OTHER_USER'
  | 'NOT_IN_SUPERVISED_TEAM'
  | 'OTHER_TEAM'
  | 'TEAM_NOT_FOUND'
  | 'TARGET_STATE_NOT_ALLOWED'
  | 'RESOURCE_NOT_FOUND'
  | 'DIALOG_TO_ACT_ON_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'BAD_REQUEST'
  | 'PARAMETER_MISSING'
  | 'INVALID_INPUT'
  | 'INVALID_USER_STATE_VALUE'
  | 'TOO_MANY_TEAM_MESSAGES'
  | 'LOG_NOT_STORED'
  | 'RANGE_NOT_SATISFIABLE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'HEADERS_TOO_LARGE'
  | 'NOT_IMPLEMENTED'
  | 'INTERNAL_ERROR'

export type RefusalKey = CommandError | RequestError

/** Status and texts of a synchronous error. */
export interface RestErrorForm {
  readonly status: number
  readonly type: string
  /** `ErrorData`. `'about'`: the text of `Refused.about`. `null`: no element. Any other text is used as it is. */
  readonly data: 'about' | '' | 'finesse.api.reasoncode.require_reasoncode' | 'teammessage.max.limit.exceeded' | null
  readonly message: string | ((about: string) => string)
}

/** A refusal of a request. */
export interface Refused {
  readonly key: RefusalKey
  /** Parameter, id or login name that was refused. */
  readonly about: string
}

const NOT_YOUR_OBJECT = "The user specified in the authentication credentials and the uri don't match"
const NO_SUCH_DIALOG = 'Invalid dialogId specified for dialog'

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

const missing = (parameter: string): string => `${capitalised(parameter)} Parameter missing`
const invalid = (parameter: string): string => `Invalid ${capitalised(parameter)} specified`

/** A row of the table. */
const form = (
  status: number,
  type: string,
  message: RestErrorForm['message'],
  data: RestErrorForm['data'] = 'about',
): RestErrorForm => ({ status, type, data, message })

const OUT_OF_SERVICE = form(503, 'Service Unavailable', 'SERVER_OUT_OF_SERVICE', '')

// Message: ours.
const BAD_REQUEST = form(400, 'Bad Request', 'Request is malformed or incomplete')

/** Synchronous errors: `user 1.7`, 1.8, 4.13; `media 6.1`; `dialog 4.1`. */
export const REST_ERRORS: Readonly<Record<RefusalKey, RestErrorForm>> = {
  AUTHENTICATION_FAILED: form(401, 'Authorization Failure', 'UNAUTHORIZED'),
  ROLE_NOT_ALLOWED: form(401, 'Authorization Failure', 'UNAUTHORIZED'),
  // Status, type and message: ours.
  FOREIGN_HOST: form(403, 'Forbidden', 'This server has another name'),
  LIST_NOT_ALLOWED: form(401, 'Unauthorized', 'The user is not authorized to perform this operation', null),
  OTHER_USER: form(401, 'Invalid Authorization User Specified', NOT_YOUR_OBJECT),
  NOT_A_PARTICIPANT: form(401, 'Invalid Authorization User Specified', NOT_YOUR_OBJECT),
  // Message: ours.
  NOT_IN_SUPERVISED_TEAM: form(401, 'Invalid Supervisor', 'The user is not an authorized supervisor'),
  // Messages of these two: ours (`user 8.3`).
  OTHER_TEAM: form(401, 'Invalid Authorization', 'The user does not belong to the team'),
  TEAM_NOT_FOUND: form(404, 'TeamId Not Found', 'UNKNOWN_TEAM'),
  // Status, type and message: ours, by the draft of the header Idempotency-Key.
  KEY_REUSED: form(422, 'Unprocessable Content', 'The key was used for another request before'),
  USER_NOT_FOUND: form(404, 'User Not Found', 'UNKNOWN_USER'),
  // Message: ours.
  MRD_NOT_FOUND: form(404, 'Not Found', 'Invalid mrdId specified for media'),
  DIALOG_NOT_FOUND: form(404, 'Not Found', NO_SUCH_DIALOG, null),
  DIALOG_TO_ACT_ON_NOT_FOUND: form(404, 'Dialog Not Found', NO_SUCH_DIALOG),
  // Message: ours.
  RESOURCE_NOT_FOUND: form(404, 'Not Found', 'Resource not found'),
  // Type and message: ours.
  METHOD_NOT_ALLOWED: form(405, 'Method Not Allowed', 'Method not allowed on this resource'),
  BAD_REQUEST,
  // The front has read the request; what the engine finds wrong in it is answered alike.
  UNKNOWN_COMMAND: BAD_REQUEST,
  INVALID_COMMAND: BAD_REQUEST,
  PARAMETER_MISSING: form(400, 'Parameter Missing', missing),
  REASON_CODE_REQUIRED: form(
    400,
    'Parameter Missing',
    'The state change requires a valid reason code.',
    'finesse.api.reasoncode.require_reasoncode',
  ),
  INVALID_INPUT: form(400, 'Invalid Input', invalid),
  INVALID_REASON_CODE: form(400, 'Invalid Input', invalid),
  INVALID_CALL_VARIABLE: form(400, 'Invalid Input', invalid),
  INVALID_WRAP_UP_REASON: form(400, 'Invalid Input', invalid),
  FOREIGN_EXTENSION: form(400, 'Invalid Input', invalid),
  INVALID_ADDRESS: form(400, 'Invalid Input', invalid),
  INVALID_DESTINATION: form(400, 'Invalid Destination', invalid),
  INVALID_TONES: form(400, 'Invalid Input', invalid),
  INVALID_LIMIT: form(400, 'Invalid Input', invalid),
  INVALID_USER_STATE_VALUE: form(400, 'Invalid Input', 'Invalid State specified for user'),
  NO_ACTIVE_CALL: form(400, 'Invalid State', 'No Active call available on agent for TRANSFER', ''),
  // As for a role that is too low (`dialog 4.12`).
  MAY_NOT_DROP_OTHERS: form(401, 'Authorization Failure', 'UNAUTHORIZED'),
  // Message: ours.
  INVALID_DROP_TARGET: form(400, 'Invalid Destination', 'The party is not an agent on this call'),
  // Messages of these five: ours (`dialog 4.9`, 4.10).
  SUPERVISOR_ON_CALL: form(400, 'Invalid State', 'The supervisor is on a call'),
  NOT_MONITORING: form(400, 'Invalid State', 'The supervisor does not listen'),
  AGENT_HOLDS_CALL: form(400, 'Invalid Destination', 'The call is on hold'),
  AGENT_MAY_NOT_ADD: form(400, '20999', 'The agent has a consult call already, or does not control the conference'),
  CONFERENCE_IS_FULL: form(400, '20700', 'Conference resource limit exceeded'),
  // Message: ours (`dialog 4.8`).
  LEG_IS_HELD: form(401, 'Invalid State', 'The call is on hold'),
  // Messages: ours.
  ALREADY_SIGNED_OUT: form(400, 'Invalid State', 'User is already signed out'),
  TARGET_STATE_NOT_ALLOWED: form(400, 'Invalid State', 'State cannot be set by a supervisor'),
  // Status: ours (`dialog 9`).
  TOO_MANY_TEAM_MESSAGES: form(
    400,
    'System Resource Limit Exceeded',
    'MAX_ACTIVE_MESSAGE_LIMIT_EXCEEDED',
    'teammessage.max.limit.exceeded',
  ),
  // Message: ours (`dialog 11`).
  LOG_NOT_STORED: form(400, 'Operation Failure', 'The log cannot be stored'),
  RANGE_NOT_SATISFIABLE: form(416, 'Range Not Satisfiable', 'Invalid Range Specified'),
  // Type and message: ours (ruling 21).
  UNSUPPORTED_MEDIA_TYPE: form(
    415,
    'Unsupported Media Type',
    'Content-Type must be application/xml or text/xml, in a known encoding',
  ),
  HEADERS_TOO_LARGE: form(431, 'Bad Request', 'Request headers are too large', ''),
  NOT_IMPLEMENTED: form(501, 'Not Implemented', 'Operation is not implemented'),
  INTERNAL_ERROR: form(500, 'Internal Server Error', 'RUNTIME_EXCEPTION', ''),
  OUT_OF_SERVICE,
  // No document describes a drain. Clients react to this error by trying again later, or on the other side.
  DRAINING: OUT_OF_SERVICE,
  // An engine that follows a Finesse server accepts no commands.
  FOLLOWER: OUT_OF_SERVICE,
  // Nor can it pass on a command that the server refuses for reasons of its own.
  UPSTREAM_BUDGET: OUT_OF_SERVICE,
  UPSTREAM_DENIED: OUT_OF_SERVICE,
  UPSTREAM_UNREADABLE: OUT_OF_SERVICE,
}

// ----------------------------------------------------------------------------------------------- asynchronous

/** Details of the error from the peripheral, since 12.5 (`user 1.9`, `notifications 8.5`). */
export interface PeripheralForm {
  readonly code: number
  readonly text: string
  readonly message: string
}

/** Code and texts of an asynchronous failure. */
export interface FailureForm {
  readonly type: string
  /** Always a number: typed clients parse it as one (`notifications 8.5`). */
  readonly data: number
  readonly message: string | ((detail: string) => string)
  readonly peripheral?: PeripheralForm
}

/** Kind of failure. It decides letter case of the event, order of the elements and extra elements. */
export type FailureFamily = 'user' | 'call' | 'media'

const failure = (type: string, data: number, message: FailureForm['message']): FailureForm => ({ type, data, message })

type FormOf = FailureForm | Readonly<Record<Platform, FailureForm>>

/** Failures of media and tasks: `media 6.2`, 6.3. All types but the first, second and sixth are ours. */
const MEDIA_FAILURES: Readonly<Record<MediaFailure, FormOf>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: failure('Agent already logged into MRD', 1, 'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN'),
  NOT_SIGNED_IN_TO_MEDIA: failure('Agent is not logged in', 6, 'E_ARM_STAT_AGENT_NOT_LOGGED_IN'),
  VOICE_IS_NOT_A_MEDIA: failure('Generic Error', 11, 'E_ARM_STAT_CANT_LOGIN_TO_VOICE_MRD'),
  NOT_A_MEMBER_OF_MEDIA: failure('Generic Error', 27, 'E_ARM_STAT_LOGIN_NOT_ALLOWED_FOR_APP_PATH'),
  TASK_SENT_RECENTLY: failure('Generic Error', 14, 'E_ARM_STAT_DO_THIS_WITH_TASK_SENT_RECENTLY'),
  // The documented code is also that of another failure. Clients distinguish them by the constant (contradiction 4).
  ALREADY_IN_REQUESTED_MODE: failure(
    'Agent already in requested mode',
    1,
    'E_ARM_STAT_ALREADY_IN_REQUESTED_AGENT_MODE',
  ),
  ACTION_OUT_OF_SEQUENCE: failure('Generic Error', 19, 'E_ARM_STAT_INVALID_MESSAGE_SEQUENCE'),
  DIALOG_INTERRUPTED: failure('Generic Error', 30, 'E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT'),
  DIALOG_VANISHED: failure('Generic Error', 6030, (dialog) => `INVALID_DIALOG_ID: ${dialog}`),
  // Ruling 36; the message is ours.
  UNKNOWN_SCRIPT_SELECTOR: failure('Generic Error', 404, (selector) => `UNKNOWN_SCRIPT_SELECTOR: ${selector}`),
  // Codes and messages: ours. The codes are the HTTP statuses that CCP would have answered.
  TRANSFER_REFUSED: failure('Generic Error', 500, (reason) => withDetail('TRANSFER_REFUSED', reason)),
  TRANSFER_TIMED_OUT: failure('Generic Error', 408, (about) => withDetail('TRANSFER_TIMED_OUT', about)),
}

/** Failures of users: `user 1.11`, 5.4; `notifications 8.5`. */
const USER_FAILURES: Readonly<Record<UserFailure, FormOf>> = {
  INVALID_USER_STATE: failure('Invalid State', 22, 'CF_INVALID_OBJECT_STATE'),
  NOT_READY_WHILE_SIGNED_OUT: {
    CCE: failure('Invalid State', 257, 'CF_INVALID_PASSWORD_SPECIFIED'),
    CCX: failure('Invalid State', 1010, 'CF_INVALID_PARAMETER'),
  },
  WRAP_UP_DATA_REQUIRED: failure('Invalid State', 280, 'CF_WRAPUP_DATA_REQUIRED'),
  STATE_PENDING: failure('Invalid State', 265, 'CF_INVALID_AGENT_WORKMODE'),
  BUSY_WITH_CALL: failure('Invalid State', 33, 'CF_RESOURCE_BUSY'),
  // Code and message: ours. They are those of CTI (`user 1.11`).
  RESERVED_FOR_CAMPAIGN: failure('Internal Server Error', 1, 'CF_GENERIC_OPERATION'),
  INVALID_DEVICE: {
    type: 'Invalid Device',
    data: 260,
    message: 'CF_INVALID_LOGON_DEVICE_SPECIFIED',
    peripheral: {
      code: 10125,
      // Ours.
      text: 'No device target is configured for the extension',
      message: 'PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID',
    },
  },
  // The codes of these two are paired as `user 1.11` suggests.
  DEVICE_BUSY: failure('Device Busy', 283, 'CF_SPECIFIED_EXTENSION_ALREADY_IN_USE'),
  MOBILE_MODE_NOT_ALLOWED: failure('Mode Not Allowed', 70, 'CF_GENERIC_UNSPECIFIED_REJECTION'),
}

const CANNOT_MONITOR = failure('88049', 88_049, 'The agent does not talk')

/** Failures of calls: `dialog 4.1` E3, E7. */
const CALL_FAILURES: Readonly<Record<CallFailure, FormOf>> = {
  INVALID_CALL_ACTION: failure('Generic Error', 4047, (action) => `INVALID_ACTION ${action}`),
  // Code and message: ours (`dialog 4.5`).
  CALL_DATA_INVALID: failure('Invalid Input', 3, 'INVALID_CALL_VARIABLE_VALUE'),
  CALL_DATA_PROTECTED: failure('Call Variable is protected', 14, 'E_CTI_PROTECTED_VARIABLE'),
  DTMF_OUT_OF_RANGE: failure('Generic Error', 3, 'CF_VALUE_OUT_OF_RANGE'),
  NOT_CONFERENCE_CONTROLLER: {
    CCE: {
      type: 'Generic Error',
      data: 20_999,
      // The documents show the beginning only; the causes are named in our own words.
      message:
        '<ConferenceCallCommand>: Conference failed. The agent has a consult call already, or does not control the conference',
    },
    CCX: failure('Invalid State', 22, 'CF_INVALID_OBJECT_STATE'),
  },
  // The type is printed with a small e (`dialog 5.1`). Code and message: ours. They are those of CTI (`dialog 4.1`).
  NO_CAMPAIGN_CALL: failure('Generic error', 2, 'CF_REQUEST_INCOMPATIBLE_WITH_OBJECT'),
  // Code and message: ours. They are those of CSTA (`dialog 4.4`).
  TOO_MANY_PARTIES: failure('Call Operation Failure', 38, 'CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED'),
  // The codes of these two are ours; they are those of CTI (`dialog 4.1`, `user 1.11`).
  MONITORING_NOT_ALLOWED: failure('Invalid State', 21, 'CF_GENERIC_STATE_INCOMPATIBILITY'),
  // Messages: ours. Only the types are documented (`dialog 4.9`).
  AGENT_NOT_TALKING: {
    CCE: failure('13145', 13_145, 'The agent does not talk'),
    CCX: CANNOT_MONITOR,
  },
  AGENT_NOT_ON_CALL: {
    CCE: failure('Invalid State', 268, 'CF_AGENT_NOT_PARTY_ON_CALL'),
    CCX: CANNOT_MONITOR,
  },
  CALL_OPERATION_FAILED: failure('Call Operation Failure', 34, 'CF_RESOURCE_OUT_OF_SERVICE'),
}

function withDetail(constant: string, detail: string): string {
  return detail === '' ? constant : `${constant}: ${detail}`
}

/** Every asynchronous failure. */
export const FAILURES: Readonly<Record<Failure, FormOf>> = { ...MEDIA_FAILURES, ...USER_FAILURES, ...CALL_FAILURES }

/** The wire form of a failure. Only a few depend on the platform. */
export function failureForm(failure: Failure, platform: Platform): FailureForm {
  const form = FAILURES[failure]
  return 'CCE' in form ? form[platform] : form
}

export function failureFamily(failure: Failure): FailureFamily {
  if (failure in USER_FAILURES) return 'user'
  return failure in CALL_FAILURES ? 'call' : 'media'
}
