import { describe, expect, it } from 'vitest'
import type { Failure } from '../../machines/failures.ts'
import {
  FAILURES,
  failureFamily,
  REST_ERRORS,
  type RefusalKey,
  renderFailure,
  renderRestError,
} from '../../src/finesse/index.ts'
import { failureValue } from './values.ts'

const UNAUTHORIZED = 'UNAUTHORIZED'
const MISMATCH = "The user specified in the authentication credentials and the uri don't match"

/** Status, type, data (`null`: no element) and message of a refusal that is about `x1`. */
const REST: Readonly<Record<RefusalKey, readonly [number, string, string | null, string]>> = {
  AUTHENTICATION_FAILED: [401, 'Authorization Failure', 'x1', UNAUTHORIZED],
  FOREIGN_HOST: [403, 'Forbidden', 'x1', 'This server has another name'],
  ROLE_NOT_ALLOWED: [401, 'Authorization Failure', 'x1', UNAUTHORIZED],
  LIST_NOT_ALLOWED: [401, 'Unauthorized', null, 'The user is not authorized to perform this operation'],
  OTHER_USER: [401, 'Invalid Authorization User Specified', 'x1', MISMATCH],
  NOT_A_PARTICIPANT: [401, 'Invalid Authorization User Specified', 'x1', MISMATCH],
  NOT_IN_SUPERVISED_TEAM: [401, 'Invalid Supervisor', 'x1', 'The user is not an authorized supervisor'],
  OTHER_TEAM: [401, 'Invalid Authorization', 'x1', 'The user does not belong to the team'],
  TEAM_NOT_FOUND: [404, 'TeamId Not Found', 'x1', 'UNKNOWN_TEAM'],
  KEY_REUSED: [422, 'Unprocessable Content', 'x1', 'The key was used for another request before'],
  USER_NOT_FOUND: [404, 'User Not Found', 'x1', 'UNKNOWN_USER'],
  MRD_NOT_FOUND: [404, 'Not Found', 'x1', 'Invalid mrdId specified for media'],
  DIALOG_NOT_FOUND: [404, 'Not Found', null, 'Invalid dialogId specified for dialog'],
  DIALOG_TO_ACT_ON_NOT_FOUND: [404, 'Dialog Not Found', 'x1', 'Invalid dialogId specified for dialog'],
  RESOURCE_NOT_FOUND: [404, 'Not Found', 'x1', 'Resource not found'],
  METHOD_NOT_ALLOWED: [405, 'Method Not Allowed', 'x1', 'Method not allowed on this resource'],
  UNKNOWN_COMMAND: [400, 'Bad Request', 'x1', 'Request is malformed or incomplete'],
  INVALID_COMMAND: [400, 'Bad Request', 'x1', 'Request is malformed or incomplete'],
  BAD_REQUEST: [400, 'Bad Request', 'x1', 'Request is malformed or incomplete'],
  PARAMETER_MISSING: [400, 'Parameter Missing', 'x1', 'X1 Parameter missing'],
  RANGE_NOT_SATISFIABLE: [416, 'Range Not Satisfiable', 'x1', 'Invalid Range Specified'],
  TOO_MANY_TEAM_MESSAGES: [
    400,
    'System Resource Limit Exceeded',
    'teammessage.max.limit.exceeded',
    'MAX_ACTIVE_MESSAGE_LIMIT_EXCEEDED',
  ],
  LOG_NOT_STORED: [400, 'Operation Failure', 'x1', 'The log cannot be stored'],
  REASON_CODE_REQUIRED: [
    400,
    'Parameter Missing',
    'finesse.api.reasoncode.require_reasoncode',
    'The state change requires a valid reason code.',
  ],
  INVALID_INPUT: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_REASON_CODE: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_CALL_VARIABLE: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_WRAP_UP_REASON: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_TONES: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  FOREIGN_EXTENSION: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_ADDRESS: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_DESTINATION: [400, 'Invalid Destination', 'x1', 'Invalid X1 specified'],
  NO_ACTIVE_CALL: [400, 'Invalid State', '', 'No Active call available on agent for TRANSFER'],
  MAY_NOT_DROP_OTHERS: [401, 'Authorization Failure', 'x1', 'UNAUTHORIZED'],
  INVALID_DROP_TARGET: [400, 'Invalid Destination', 'x1', 'The party is not an agent on this call'],
  SUPERVISOR_ON_CALL: [400, 'Invalid State', 'x1', 'The supervisor is on a call'],
  NOT_MONITORING: [400, 'Invalid State', 'x1', 'The supervisor does not listen'],
  AGENT_HOLDS_CALL: [400, 'Invalid Destination', 'x1', 'The call is on hold'],
  AGENT_MAY_NOT_ADD: [400, '20999', 'x1', 'The agent has a consult call already, or does not control the conference'],
  CONFERENCE_IS_FULL: [400, '20700', 'x1', 'Conference resource limit exceeded'],
  LEG_IS_HELD: [401, 'Invalid State', 'x1', 'The call is on hold'],
  INVALID_LIMIT: [400, 'Invalid Input', 'x1', 'Invalid X1 specified'],
  INVALID_USER_STATE_VALUE: [400, 'Invalid Input', 'x1', 'Invalid State specified for user'],
  ALREADY_SIGNED_OUT: [400, 'Invalid State', 'x1', 'User is already signed out'],
  TARGET_STATE_NOT_ALLOWED: [400, 'Invalid State', 'x1', 'State cannot be set by a supervisor'],
  UNSUPPORTED_MEDIA_TYPE: [
    415,
    'Unsupported Media Type',
    'x1',
    'Content-Type must be application/xml or text/xml, in a known encoding',
  ],
  HEADERS_TOO_LARGE: [431, 'Bad Request', '', 'Request headers are too large'],
  NOT_IMPLEMENTED: [501, 'Not Implemented', 'x1', 'Operation is not implemented'],
  INTERNAL_ERROR: [500, 'Internal Server Error', '', 'RUNTIME_EXCEPTION'],
  OUT_OF_SERVICE: [503, 'Service Unavailable', '', 'SERVER_OUT_OF_SERVICE'],
  DRAINING: [503, 'Service Unavailable', '', 'SERVER_OUT_OF_SERVICE'],
  FOLLOWER: [503, 'Service Unavailable', '', 'SERVER_OUT_OF_SERVICE'],
  UPSTREAM_BUDGET: [503, 'Service Unavailable', '', 'SERVER_OUT_OF_SERVICE'],
  UPSTREAM_DENIED: [503, 'Service Unavailable', '', 'SERVER_OUT_OF_SERVICE'],
  UPSTREAM_UNREADABLE: [503, 'Service Unavailable', '', 'SERVER_OUT_OF_SERVICE'],
}

/** Type, data and message of a failure that is about MRD 5001 and has the detail `x1`. */
const ASYNCHRONOUS: Readonly<Record<Failure, readonly [string, number, string]>> = {
  ALREADY_SIGNED_IN_TO_MEDIA: ['Agent already logged into MRD', 1, 'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN'],
  NOT_SIGNED_IN_TO_MEDIA: ['Agent is not logged in', 6, 'E_ARM_STAT_AGENT_NOT_LOGGED_IN'],
  VOICE_IS_NOT_A_MEDIA: ['Generic Error', 11, 'E_ARM_STAT_CANT_LOGIN_TO_VOICE_MRD'],
  NOT_A_MEMBER_OF_MEDIA: ['Generic Error', 27, 'E_ARM_STAT_LOGIN_NOT_ALLOWED_FOR_APP_PATH'],
  TASK_SENT_RECENTLY: ['Generic Error', 14, 'E_ARM_STAT_DO_THIS_WITH_TASK_SENT_RECENTLY'],
  ALREADY_IN_REQUESTED_MODE: ['Agent already in requested mode', 1, 'E_ARM_STAT_ALREADY_IN_REQUESTED_AGENT_MODE'],
  ACTION_OUT_OF_SEQUENCE: ['Generic Error', 19, 'E_ARM_STAT_INVALID_MESSAGE_SEQUENCE'],
  DIALOG_INTERRUPTED: ['Generic Error', 30, 'E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT'],
  DIALOG_VANISHED: ['Generic Error', 6030, 'INVALID_DIALOG_ID: x1'],
  UNKNOWN_SCRIPT_SELECTOR: ['Generic Error', 404, 'UNKNOWN_SCRIPT_SELECTOR: x1'],
  TRANSFER_REFUSED: ['Generic Error', 500, 'TRANSFER_REFUSED: x1'],
  TRANSFER_TIMED_OUT: ['Generic Error', 408, 'TRANSFER_TIMED_OUT: x1'],
  INVALID_USER_STATE: ['Invalid State', 22, 'CF_INVALID_OBJECT_STATE'],
  WRAP_UP_DATA_REQUIRED: ['Invalid State', 280, 'CF_WRAPUP_DATA_REQUIRED'],
  NOT_READY_WHILE_SIGNED_OUT: ['Invalid State', 257, 'CF_INVALID_PASSWORD_SPECIFIED'],
  STATE_PENDING: ['Invalid State', 265, 'CF_INVALID_AGENT_WORKMODE'],
  BUSY_WITH_CALL: ['Invalid State', 33, 'CF_RESOURCE_BUSY'],
  RESERVED_FOR_CAMPAIGN: ['Internal Server Error', 1, 'CF_GENERIC_OPERATION'],
  INVALID_DEVICE: ['Invalid Device', 260, 'CF_INVALID_LOGON_DEVICE_SPECIFIED'],
  DEVICE_BUSY: ['Device Busy', 283, 'CF_SPECIFIED_EXTENSION_ALREADY_IN_USE'],
  MOBILE_MODE_NOT_ALLOWED: ['Mode Not Allowed', 70, 'CF_GENERIC_UNSPECIFIED_REJECTION'],
  INVALID_CALL_ACTION: ['Generic Error', 4047, 'INVALID_ACTION x1'],
  CALL_DATA_INVALID: ['Invalid Input', 3, 'INVALID_CALL_VARIABLE_VALUE'],
  CALL_DATA_PROTECTED: ['Call Variable is protected', 14, 'E_CTI_PROTECTED_VARIABLE'],
  DTMF_OUT_OF_RANGE: ['Generic Error', 3, 'CF_VALUE_OUT_OF_RANGE'],
  NOT_CONFERENCE_CONTROLLER: [
    'Generic Error',
    20_999,
    '&lt;ConferenceCallCommand&gt;: Conference failed. The agent has a consult call already, or does not control the conference',
  ],
  TOO_MANY_PARTIES: ['Call Operation Failure', 38, 'CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED'],
  MONITORING_NOT_ALLOWED: ['Invalid State', 21, 'CF_GENERIC_STATE_INCOMPATIBILITY'],
  AGENT_NOT_TALKING: ['13145', 13_145, 'The agent does not talk'],
  AGENT_NOT_ON_CALL: ['Invalid State', 268, 'CF_AGENT_NOT_PARTY_ON_CALL'],
  NO_CAMPAIGN_CALL: ['Generic error', 2, 'CF_REQUEST_INCOMPATIBLE_WITH_OBJECT'],
  CALL_OPERATION_FAILED: ['Call Operation Failure', 34, 'CF_RESOURCE_OUT_OF_SERVICE'],
}

/** Families of the failures. The family of all others is `media`. */
const FAMILY: Readonly<Partial<Record<Failure, 'user' | 'call'>>> = {
  INVALID_USER_STATE: 'user',
  WRAP_UP_DATA_REQUIRED: 'user',
  NOT_READY_WHILE_SIGNED_OUT: 'user',
  STATE_PENDING: 'user',
  BUSY_WITH_CALL: 'user',
  RESERVED_FOR_CAMPAIGN: 'user',
  INVALID_DEVICE: 'user',
  DEVICE_BUSY: 'user',
  MOBILE_MODE_NOT_ALLOWED: 'user',
  INVALID_CALL_ACTION: 'call',
  CALL_OPERATION_FAILED: 'call',
  CALL_DATA_INVALID: 'call',
  CALL_DATA_PROTECTED: 'call',
  DTMF_OUT_OF_RANGE: 'call',
  NOT_CONFERENCE_CONTROLLER: 'call',
  TOO_MANY_PARTIES: 'call',
  MONITORING_NOT_ALLOWED: 'call',
  AGENT_NOT_TALKING: 'call',
  AGENT_NOT_ON_CALL: 'call',
  NO_CAMPAIGN_CALL: 'call',
}

/** Failures that CCX reports in its own way. */
const ON_CCX: Readonly<Record<string, readonly [type: string, data: number, message: string]>> = {
  NOT_READY_WHILE_SIGNED_OUT: ['Invalid State', 1010, 'CF_INVALID_PARAMETER'],
  NOT_CONFERENCE_CONTROLLER: ['Invalid State', 22, 'CF_INVALID_OBJECT_STATE'],
  AGENT_NOT_TALKING: ['88049', 88_049, 'The agent does not talk'],
  AGENT_NOT_ON_CALL: ['88049', 88_049, 'The agent does not talk'],
}

const element = (name: string, text: string | number) => `<${name}>${text}</${name}>`

/** The whole answer: alphabetical, without `ErrorData` where there is none. */
const restError = (type: string, data: string | null, message: string) =>
  `<ApiErrors><ApiError>${data === null ? '' : element('ErrorData', data)}${element('ErrorMessage', message)}` +
  `${element('ErrorType', type)}</ApiError></ApiErrors>`

/** The whole document of a failure, `media` being the MRD that it names. */
const failure = (type: string, data: number, message: string, media: string | null = null) =>
  `<apiErrors><apiError>${element('errorData', data)}${media === null ? '' : element('errorMedia', media)}` +
  `${element('errorMessage', message)}${element('errorType', type)}</apiError></apiErrors>`

/** The only failure with elements of the peripheral, which stand around the others (`notifications 8.5`). */
const INVALID_DEVICE =
  '<apiErrors><apiError><peripheralErrorCode>10125</peripheralErrorCode><errorType>Invalid Device</errorType>' +
  '<errorMessage>CF_INVALID_LOGON_DEVICE_SPECIFIED</errorMessage><peripheralErrorText>No device target is configured ' +
  'for the extension</peripheralErrorText><peripheralErrorMsg>PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID' +
  '</peripheralErrorMsg><errorData>260</errorData></apiError></apiErrors>'

describe('the table of errors', () => {
  it.each(Object.entries(REST))('answers %s as documented', (key, [status, type, data, message]) => {
    const known = Object.keys(REST_ERRORS).find((candidate) => candidate === key)
    expect(known).toBe(key)
    const refused = { key: key as RefusalKey, about: 'x1' }
    expect(renderRestError(refused)).toEqual({ status, body: restError(type, data, message) })
  })

  it('answers State Parameter missing like the guide (user 1.7)', () => {
    expect(renderRestError({ key: 'PARAMETER_MISSING', about: 'state' }).body).toBe(
      restError('Parameter Missing', 'state', 'State Parameter missing'),
    )
  })

  it('escapes and shortens what a request names', () => {
    const { body } = renderRestError({ key: 'USER_NOT_FOUND', about: `<&>\u0000${'x'.repeat(10_000)}` })
    // 256 characters, one of which XML cannot express.
    expect(body).toBe(restError('User Not Found', `&lt;&amp;&gt;${'x'.repeat(252)}`, 'UNKNOWN_USER'))
  })

  it('shortens what a failure names', () => {
    const detail = 'x'.repeat(10_000)
    expect(renderFailure(failureValue('DIALOG_VANISHED', { mrd: '5001', detail }), 'CCE')).toBe(
      failure('Generic Error', 6030, `INVALID_DIALOG_ID: ${'x'.repeat(256)}`, '5001'),
    )
  })

  it.each(Object.entries(ASYNCHRONOUS))('reports %s as documented', (key, [type, data, message]) => {
    const about = key as Failure
    expect(Object.keys(FAILURES)).toContain(about)
    expect(failureFamily(about)).toBe(FAMILY[about] ?? 'media')
    expect(renderFailure(failureValue(about, { mrd: '5001', detail: 'x1' }), 'CCE')).toBe(
      about === 'INVALID_DEVICE'
        ? INVALID_DEVICE
        : failure(type, data, message, failureFamily(about) === 'media' ? '5001' : null),
    )
  })

  it('reports few failures in another way on CCX (user 5.4, dialog 4.4, 4.9)', () => {
    const differs = Object.keys(ASYNCHRONOUS).filter((key) => {
      const value = failureValue(key as Failure, { mrd: '5001', detail: 'x1' })
      return renderFailure(value, 'CCX') !== renderFailure(value, 'CCE')
    })
    expect(differs.sort()).toEqual(Object.keys(ON_CCX).sort())
    for (const [key, [type, data, message]] of Object.entries(ON_CCX))
      expect(renderFailure(failureValue(key as Failure), 'CCX')).toBe(failure(type, data, message))
  })

  it('has an empty MRD when none is known, and ends with the constant when there is no detail', () => {
    expect(renderFailure(failureValue('TRANSFER_TIMED_OUT'), 'CCE')).toBe(
      failure('Generic Error', 408, 'TRANSFER_TIMED_OUT', ''),
    )
  })

  it('has numbers where typed clients expect numbers (notifications 8.5)', () => {
    for (const about of Object.keys(FAILURES)) {
      const xml = renderFailure(failureValue(about as Failure), 'CCX')
      expect(xml).toMatch(/<errorData>\d+<\/errorData>/)
      expect(xml).not.toMatch(/<peripheralErrorCode>\d*\D+\d*<\/peripheralErrorCode>/)
    }
  })
})
