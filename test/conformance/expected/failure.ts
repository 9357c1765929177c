/** Errors in notifications, after a 202: `media 6.2`, 6.3, 11.4; `user 1.9`; `dialog 4.1`. */
import { group, leaf, type Tree } from '../tree.ts'

export interface FailureFacts {
  readonly code: string
  readonly message: string
  /** Only for a failure about a medium or a task. */
  readonly mrd?: string
}

/** The texts of the constants. All others are a Generic Error. */
const TYPES: Readonly<Record<string, string>> = {
  E_ARM_STAT_AGENT_ALREADY_LOGGED_IN: 'Agent already logged into MRD',
  E_ARM_STAT_AGENT_NOT_LOGGED_IN: 'Agent is not logged in',
  E_ARM_STAT_ALREADY_IN_REQUESTED_AGENT_MODE: 'Agent already in requested mode',
  CF_INVALID_OBJECT_STATE: 'Invalid State',
  CF_WRAPUP_DATA_REQUIRED: 'Invalid State',
  CF_RESOURCE_OUT_OF_SERVICE: 'Call Operation Failure',
  CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED: 'Call Operation Failure',
  // Printed with a small e (`dialog 5.1`).
  CF_GENERIC_STATE_INCOMPATIBILITY: 'Generic error',
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
      leaf('errorType', TYPES[message] ?? 'Generic Error'),
    ),
  )
}
