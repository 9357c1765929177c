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

const OUT_OF_SERVICE: RestErrorForm = {
  status: 503,
  type: 'Service Unavailable',
  data: '',
  message: 'SERVER_OUT_OF_SERVICE',
}

// Message: ours.
const BAD_REQUEST: RestErrorForm = {
  status: 400,
  type: 'Bad Request',
  data: 'about',
  message: 'Request is malformed or incomplete',
}

/** Synchronous errors: `user 1.7`, 1.8, 4.13; `media 6.1`; `dialog 4.1`. */
export const REST_ERRORS: Readonly<Record<RefusalKey, RestErrorForm>> = {
  AUTHENTICATION_FAILED: { status: 401, type: 'Authorization Failure', data: 'about', message: 'UNAUTHORIZED' },
  ROLE_NOT_ALLOWED: { status: 401, type: 'Authorization Failure', data: 'about', message: 'UNAUTHORIZED' },
  // Status, type and message: ours.
  FOREIGN_HOST: { status: 403, type: 'Forbidden', data: 'about', message: 'This server has another name' },
  LIST_NOT_ALLOWED: {
    status: 401,
    type: 'Unauthorized',
    data: null,
    message: 'The user is not authorized to perform this operation',
  },
  OTHER_USER: { status: 401, type: 'Invalid Authorization User Specified', data: 'about', message: NOT_YOUR_OBJECT },
  NOT_A_PARTICIPANT: {
    status: 401,
    type: 'Invalid Authorization User Specified',
    data: 'about',
    message: NOT_YOUR_OBJECT,
  },
  // Message: ours.
  NOT_IN_SUPERVISED_TEAM: {
    status: 401,
    type: 'Invalid Supervisor',
    data: 'about',
    message: 'The user is not an authorized supervisor',
  },
  // Messages of these two: ours (`user 8.3`).
  OTHER_TEAM: {
    status: 401,
    type: 'Invalid Authorization',
    data: 'about',
    message: 'The user does not belong to the team',
  },
  TEAM_NOT_FOUND: { status: 404, type: 'TeamId Not Found', data: 'about', message: 'UNKNOWN_TEAM' },
  // Status, type and message: ours, by the draft of the header Idempotency-Key.
  KEY_REUSED: {
    status: 422,
    type: 'Unprocessable Content',
    data: 'about',
    message: 'The key was used for another request before',
  },
  USER_NOT_FOUND: { status: 404, type: 'User Not Found', data: 'about', message: 'UNKNOWN_USER' },
  // Message: ours.
  MRD_NOT_FOUND: { status: 404, type: 'Not Found', data: 'about', message: 'Invalid mrdId specified for media' },
  DIALOG_NOT_FOUND: { status: 404, type: 'Not Found', data: null, message: NO_SUCH_DIALOG },
  DIALOG_TO_ACT_ON_NOT_FOUND: { status: 404, type: 'Dialog Not Found', data: 'about', message: NO_SUCH_DIALOG },
  // Message: ours.
  RESOURCE_NOT_FOUND: { status: 404, type: 'Not Found', data: 'about', message: 'Resource not found' },
  // Type and message: ours.
  METHOD_NOT_ALLOWED: {
    status: 405,
    type: 'Method Not Allowed',
    data: 'about',
    message: 'Method not allowed on this resource',
  },
  BAD_REQUEST,
  // The front has read the request; what the engine finds wrong in it is answered alike.
  UNKNOWN_COMMAND: BAD_REQUEST,
  INVALID_COMMAND: BAD_REQUEST,
  PARAMETER_MISSING: { status: 400, type: 'Parameter Missing', data: 'about', message: missing },
  REASON_CODE_REQUIRED: {
    status: 400,
    type: 'Parameter Missing',
    data: 'finesse.api.reasoncode.require_reasoncode',
    message: 'The state change requires a valid reason code.',
  },
  INVALID_INPUT: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_REASON_CODE: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_CALL_VARIABLE: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_WRAP_UP_REASON: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  FOREIGN_EXTENSION: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_ADDRESS: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_DESTINATION: { status: 400, type: 'Invalid Destination', data: 'about', message: invalid },
  INVALID_TONES: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_LIMIT: { status: 400, type: 'Invalid Input', data: 'about', message: invalid },
  INVALID_USER_STATE_VALUE: {
    status: 400,
    type: 'Invalid Input',
    data: 'about',
    message: 'Invalid State specified for user',
  },
  NO_ACTIVE_CALL: {
    status: 400,
    type: 'Invalid State',
    data: '',
    message: 'No Active call available on agent for TRANSFER',
  },
  // As for a role that is too low (`dialog 4.12`).
  MAY_NOT_DROP_OTHERS: { status: 401, type: 'Authorization Failure', data: 'about', message: 'UNAUTHORIZED' },
  // Message: ours.
  INVALID_DROP_TARGET: {
    status: 400,
    type: 'Invalid Destination',
    data: 'about',
    message: 'The party is not an agent on this call',
  },
  // Messages of these five: ours (`dialog 4.9`, 4.10).
  SUPERVISOR_ON_CALL: { status: 400, type: 'Invalid State', data: 'about', message: 'The supervisor is on a call' },
  NOT_MONITORING: { status: 400, type: 'Invalid State', data: 'about', message: 'The supervisor does not listen' },
  AGENT_HOLDS_CALL: { status: 400, type: 'Invalid Destination', data: 'about', message: 'The call is on hold' },
  AGENT_MAY_NOT_ADD: {
    status: 400,
    type: '20999',
    data: 'about',
    message: 'The agent has a consult call already, or does not control the conference',
  },
  CONFERENCE_IS_FULL: { status: 400, type: '20700', data: 'about', message: 'Conference resource limit exceeded' },
  // Message: ours (`dialog 4.8`).
  LEG_IS_HELD: { status: 401, type: 'Invalid State', data: 'about', message: 'The call is on hold' },
  // Messages: ours.
  ALREADY_SIGNED_OUT: { status: 400, type: 'Invalid State', data: 'about', message: 'User is already signed out' },
  TARGET_STATE_NOT_ALLOWED: {
    status: 400,
    type: 'Invalid State',
    data: 'about',
    message: 'State cannot be set by a supervisor',
  },
  // Status: ours (`dialog 9`).
  TOO_MANY_TEAM_MESSAGES: {
    status: 400,
    type: 'System Resource Limit Exceeded',
    data: 'teammessage.max.limit.exceeded',
    message: 'MAX_ACTIVE_MESSAGE_LIMIT_EXCEEDED',
  },
  // Message: ours (`dialog 11`).
  LOG_NOT_STORED: { status: 400, type: 'Operation Failure', data: 'about', message: 'The log cannot be stored' },
  RANGE_NOT_SATISFIABLE: {
    status: 416,
    type: 'Range Not Satisfiable',
    data: 'about',
    message: 'Invalid Range Specified',
  },
  // Type and message: ours (ruling 21).
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    type: 'Unsupported Media Type',
    data: 'about',
    message: 'Content-Type must be application/xml or text/xml, in a known encoding',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    type: 'Bad Request',
    data: '',
    message: 'Request headers are too large',
  },
  NOT_IMPLEMENTED: { status: 501, type: 'Not Implemented', data: 'about', message: 'Operation is not implemented' },
  INTERNAL_ERROR: { status: 500, type: 'Internal Server Error', data: '', message: 'RUNTIME_EXCEPTION' },
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

type FormOf = FailureForm | Readonly<Record<Platform, FailureForm>>

/** Failures of media and tasks: `media 6.2`, 6.3. All types but the first, second and sixth are ours. */
const MEDIA_FAILURES: Readonly<Record<MediaFailure, FormOf>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: {
    type: 'Agent already logged into MRD',
    data: 1,
    message: 'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN',
  },
  NOT_SIGNED_IN_TO_MEDIA: { type: 'Agent is not logged in', data: 6, message: 'E_ARM_STAT_AGENT_NOT_LOGGED_IN' },
  VOICE_IS_NOT_A_MEDIA: { type: 'Generic Error', data: 11, message: 'E_ARM_STAT_CANT_LOGIN_TO_VOICE_MRD' },
  NOT_A_MEMBER_OF_MEDIA: { type: 'Generic Error', data: 27, message: 'E_ARM_STAT_LOGIN_NOT_ALLOWED_FOR_APP_PATH' },
  TASK_SENT_RECENTLY: { type: 'Generic Error', data: 14, message: 'E_ARM_STAT_DO_THIS_WITH_TASK_SENT_RECENTLY' },
  // The documented code is also that of another failure. Clients distinguish them by the constant (contradiction 4).
  ALREADY_IN_REQUESTED_MODE: {
    type: 'Agent already in requested mode',
    data: 1,
    message: 'E_ARM_STAT_ALREADY_IN_REQUESTED_AGENT_MODE',
  },
  ACTION_OUT_OF_SEQUENCE: { type: 'Generic Error', data: 19, message: 'E_ARM_STAT_INVALID_MESSAGE_SEQUENCE' },
  DIALOG_INTERRUPTED: {
    type: 'Generic Error',
    data: 30,
    message: 'E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT',
  },
  DIALOG_VANISHED: { type: 'Generic Error', data: 6030, message: (dialog) => `INVALID_DIALOG_ID: ${dialog}` },
  // Ruling 36; the message is ours.
  UNKNOWN_SCRIPT_SELECTOR: {
    type: 'Generic Error',
    data: 404,
    message: (selector) => `UNKNOWN_SCRIPT_SELECTOR: ${selector}`,
  },
  // Codes and messages: ours. The codes are the HTTP statuses that CCP would have answered.
  TRANSFER_REFUSED: { type: 'Generic Error', data: 500, message: (reason) => withDetail('TRANSFER_REFUSED', reason) },
  TRANSFER_TIMED_OUT: { type: 'Generic Error', data: 408, message: (about) => withDetail('TRANSFER_TIMED_OUT', about) },
}

/** Failures of users: `user 1.11`, 5.4; `notifications 8.5`. */
const USER_FAILURES: Readonly<Record<UserFailure, FormOf>> = {
  INVALID_USER_STATE: { type: 'Invalid State', data: 22, message: 'CF_INVALID_OBJECT_STATE' },
  NOT_READY_WHILE_SIGNED_OUT: {
    CCE: { type: 'Invalid State', data: 257, message: 'CF_INVALID_PASSWORD_SPECIFIED' },
    CCX: { type: 'Invalid State', data: 1010, message: 'CF_INVALID_PARAMETER' },
  },
  WRAP_UP_DATA_REQUIRED: { type: 'Invalid State', data: 280, message: 'CF_WRAPUP_DATA_REQUIRED' },
  STATE_PENDING: { type: 'Invalid State', data: 265, message: 'CF_INVALID_AGENT_WORKMODE' },
  BUSY_WITH_CALL: { type: 'Invalid State', data: 33, message: 'CF_RESOURCE_BUSY' },
  // Code and message: ours. They are those of CTI (`user 1.11`).
  RESERVED_FOR_CAMPAIGN: { type: 'Internal Server Error', data: 1, message: 'CF_GENERIC_OPERATION' },
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
  DEVICE_BUSY: { type: 'Device Busy', data: 283, message: 'CF_SPECIFIED_EXTENSION_ALREADY_IN_USE' },
  MOBILE_MODE_NOT_ALLOWED: { type: 'Mode Not Allowed', data: 70, message: 'CF_GENERIC_UNSPECIFIED_REJECTION' },
}

const CANNOT_MONITOR: FailureForm = { type: '88049', data: 88_049, message: 'The agent does not talk' }

/** Failures of calls: `dialog 4.1` E3, E7. */
const CALL_FAILURES: Readonly<Record<CallFailure, FormOf>> = {
  INVALID_CALL_ACTION: { type: 'Generic Error', data: 4047, message: (action) => `INVALID_ACTION ${action}` },
  // Code and message: ours (`dialog 4.5`).
  CALL_DATA_INVALID: { type: 'Invalid Input', data: 3, message: 'INVALID_CALL_VARIABLE_VALUE' },
  CALL_DATA_PROTECTED: { type: 'Call Variable is protected', data: 14, message: 'E_CTI_PROTECTED_VARIABLE' },
  DTMF_OUT_OF_RANGE: { type: 'Generic Error', data: 3, message: 'CF_VALUE_OUT_OF_RANGE' },
  NOT_CONFERENCE_CONTROLLER: {
    CCE: {
      type: 'Generic Error',
      data: 20_999,
      // The documents show the beginning only; the causes are named in our own words.
      message:
        '<ConferenceCallCommand>: Conference failed. The agent has a consult call already, or does not control the conference',
    },
    CCX: { type: 'Invalid State', data: 22, message: 'CF_INVALID_OBJECT_STATE' },
  },
  // The type is printed with a small e (`dialog 5.1`). Code and message: ours. They are those of CTI (`dialog 4.1`).
  NO_CAMPAIGN_CALL: { type: 'Generic error', data: 2, message: 'CF_REQUEST_INCOMPATIBLE_WITH_OBJECT' },
  // Code and message: ours. They are those of CSTA (`dialog 4.4`).
  TOO_MANY_PARTIES: { type: 'Call Operation Failure', data: 38, message: 'CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED' },
  // The codes of these two are ours; they are those of CTI (`dialog 4.1`, `user 1.11`).
  MONITORING_NOT_ALLOWED: { type: 'Invalid State', data: 21, message: 'CF_GENERIC_STATE_INCOMPATIBILITY' },
  // Messages: ours. Only the types are documented (`dialog 4.9`).
  AGENT_NOT_TALKING: {
    CCE: { type: '13145', data: 13_145, message: 'The agent does not talk' },
    CCX: CANNOT_MONITOR,
  },
  AGENT_NOT_ON_CALL: {
    CCE: { type: 'Invalid State', data: 268, message: 'CF_AGENT_NOT_PARTY_ON_CALL' },
    CCX: CANNOT_MONITOR,
  },
  CALL_OPERATION_FAILED: { type: 'Call Operation Failure', data: 34, message: 'CF_RESOURCE_OUT_OF_SERVICE' },
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
