/** Errors in notifications, after a 202: `media 6.2`, 6.3, 11.4; `user 1.9`; `dialog 4.1`. */
import { group, leaf, type Tree } from '../tree.ts'

export interface FailureFacts {
  readonly code: string
  readonly message: string
  /** Only for a failure about a medium or a task. */
  readonly mrd?: string
}

/** The types that are numbers themselves (`dialog 4.9`). */
const NUMBERED = ['13145', '88049']

/** The texts of the constants. All others are a Generic Error. */
const TYPES: Readonly<Record<string, string>> = {
  E_ARM_STAT_AGENT_ALREADY_LOGGED_IN: 'Agent already logged into MRD',
  E_ARM_STAT_AGENT_NOT_LOGGED_IN: 'Agent is not logged in',
  E_ARM_STAT_ALREADY_IN_REQUESTED_AGENT_MODE: 'Agent already in requested mode',
  CF_INVALID_OBJECT_STATE: 'Invalid State',
  CF_INVALID_AGENT_WORKMODE: 'Invalid State',
  CF_RESOURCE_BUSY: 'Invalid State',
  CF_INVALID_PARAMETER: 'Invalid State',
  CF_GENERIC_UNSPECIFIED_REJECTION: 'Mode Not Allowed',
  CF_WRAPUP_DATA_REQUIRED: 'Invalid State',
  CF_RESOURCE_OUT_OF_SERVICE: 'Call Operation Failure',
  CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED: 'Call Operation Failure',
  CF_GENERIC_STATE_INCOMPATIBILITY: 'Invalid State',
  // Printed with a small e (`dialog 5.1`).
  CF_REQUEST_INCOMPATIBLE_WITH_OBJECT: 'Generic error',
  CF_GENERIC_OPERATION: 'Internal Server Error',
  CF_AGENT_NOT_PARTY_ON_CALL: 'Invalid State',
  E_CTI_PROTECTED_VARIABLE: 'Call Variable is protected',
  INVALID_CALL_VARIABLE_VALUE: 'Invalid Input',
}

export function expectedFailure({ code, message, mrd }: FailureFacts): Tree {
  return group(
    'apiErrors',
    group(
      'apiError',
      leaf('errorData', code),
      mrd === undefined ? undefined : leaf('errorMedia', mrd),
      leaf('errorMessage', message),
      leaf('errorType', NUMBERED.includes(code) ? code : (TYPES[message] ?? 'Generic Error')),
    ),
  )
}
