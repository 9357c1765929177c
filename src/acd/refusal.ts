/** Errors of `/acd`: one code, one status, one JSON body. */
import type { FastifyReply } from 'fastify'
import { AccountsBusyError } from '../accounts/index.ts'
import { DirectoryError, RemovalsNotConfirmed } from '../directory/index.ts'
import { AcdRefusal } from '../engine/acd/api.ts'
import { KeyReused } from '../engine/answers/once.ts'
import { EngineUnavailable, NotResettable } from '../engine/api.ts'
import { StillOpen } from '../engine/erasure/api.ts'

const STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  MALFORMED_REQUEST: 400,
  MALFORMED_JSON: 400,
  MISSING_PARAMETER: 400,
  UNKNOWN_PARAMETER: 400,
  INVALID_PARAMETER: 400,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  KEY_REUSED: 422,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
  UNKNOWN_SIDE: 400,
  LAST_SIDE: 409,
  // Questions that the history cannot answer.
  NOT_KEPT: 404,
  NO_HISTORY: 501,
  UNREADABLE_HISTORY: 501,
  // Refusals of the ACD itself.
  UNKNOWN_SELECTOR: 400,
  SELECTOR_OF_OTHER_MRD: 400,
  UNKNOWN_USER: 400,
  OWN_EXTENSION: 400,
  UNKNOWN_QUEUE: 400,
  INVALID_QUEUE_SETTING: 400,
  QUEUE_FULL: 503,
  MODE_OF_OTHER_PLATFORM: 400,
  NUMBER_INSIDE: 400,
  RESERVED_NAME: 400,
  TOO_MANY_NUMBERS: 503,
  TOO_MANY_CAMPAIGNS: 503,
  TOO_MANY_CONTACTS: 503,
  UNKNOWN_KIOSK: 404,
  TOO_MANY_KIOSKS: 503,
  UNKNOWN_TASK: 404,
  UNKNOWN_CALL: 404,
  UNKNOWN_CAMPAIGN: 404,
  TASK_NOT_OPEN: 409,
  CALL_OVER: 409,
  CAMPAIGN_EXISTS: 409,
  CAMPAIGN_BUSY: 409,
  NO_BUILT_IN_ACD: 501,
  TOO_MANY_TASKS: 503,
  DRAINING: 503,
  // Where the embedding program does not allow a stop.
  NOT_STOPPABLE: 501,
  // An erasure has to wait while a contact is open.
  STILL_OPEN: 409,
  INVALID_DIRECTORY: 400,
  REMOVALS_NOT_CONFIRMED: 409,
  NO_DIRECTORY_SOURCE: 501,
  // Requests that need virtual time.
  NO_VIRTUAL_TIME: 409,
  NOT_RESETTABLE: 409,
} as const satisfies Record<string, number> & Record<AcdRefusal['code'], number>

/** Most problems of a directory that an answer lists. */
const PROBLEMS_MAX = 100

export type RefusalCode = keyof typeof STATUS

/** Thrown when a request is refused. `about` names the parameter or id; `message` is a sentence for people. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal'
  readonly code: RefusalCode
  readonly about: string
  /** All problems, for requests that can have more than one. */
  readonly problems: readonly object[] | undefined
  constructor(code: RefusalCode, about: string, message: string, problems?: readonly object[]) {
    super(message)
    this.code = code
    this.about = about
    this.problems = problems
  }
}

const BY_FRAMEWORK_CODE: Readonly<Record<string, ControlRefusal>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new ControlRefusal(
    'UNSUPPORTED_MEDIA_TYPE',
    'Content-Type',
    'the body has to be JSON with Content-Type: application/json',
  ),
  FST_ERR_CTP_BODY_TOO_LARGE: new ControlRefusal('BODY_TOO_LARGE', 'body', 'the body is too large'),
  FST_ERR_MAX_PARAM_LENGTH: new ControlRefusal('NOT_FOUND', 'id', 'nothing has an id of this length'),
  FST_ERR_BAD_URL: new ControlRefusal('MALFORMED_REQUEST', 'path', 'the path is not well-formed'),
}

/** The refusal that the caller gets for an error. Internal errors give no details. */
export function refusalOf(error: unknown): ControlRefusal {
  if (error instanceof ControlRefusal) return error
  if (error instanceof AcdRefusal) return new ControlRefusal(error.code, error.about, error.message)
  if (error instanceof StillOpen) return new ControlRefusal('STILL_OPEN', error.about, error.message)
  if (error instanceof DirectoryError)
    return new ControlRefusal(
      'INVALID_DIRECTORY',
      'directory',
      `the directory is not valid, and nothing has changed: ${error.message.split('\n', 1)[0]}`,
      error.problems.slice(0, PROBLEMS_MAX),
    )
  if (error instanceof RemovalsNotConfirmed)
    return new ControlRefusal(
      'REMOVALS_NOT_CONFIRMED',
      'confirmRemovals',
      `${error.message} To remove them: confirmRemovals=true`,
    )
  if (error instanceof NotResettable)
    return new ControlRefusal(
      'NOT_RESETTABLE',
      '',
      'a reset is possible only on a server that was started with --virtual-time',
    )
  if (error instanceof KeyReused) return new ControlRefusal('KEY_REUSED', 'Idempotency-Key', error.message)
  if (error instanceof EngineUnavailable) return new ControlRefusal('UNAVAILABLE', '', error.message)
  if (error instanceof AccountsBusyError)
    return new ControlRefusal('UNAVAILABLE', 'Authorization', `${error.message}, try again later`)
  if (typeof error === 'object' && error !== null) {
    const known = 'code' in error && typeof error.code === 'string' ? BY_FRAMEWORK_CODE[error.code] : undefined
    if (known !== undefined) return known
    const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
    if (status >= 400 && status < 500)
      return new ControlRefusal('MALFORMED_REQUEST', '', 'the request is not well-formed')
  }
  return new ControlRefusal('INTERNAL_ERROR', '', 'something went wrong here; the log of the server has more')
}

/** An answer, independent of the kind of server. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** The answer to a refused request: status, and JSON with code, message and `about`. */
export function answerOf({ code, message, about, problems }: ControlRefusal): Answer {
  const body = JSON.stringify({ error: code, message, about, ...(problems === undefined ? {} : { problems }) })
  return { status: STATUS[code], type: 'application/json; charset=utf-8', body }
}

/** Sends the answer to a refused request. */
export function sendRefusal(reply: FastifyReply, refusal: ControlRefusal): FastifyReply {
  const { status, type, body } = answerOf(refusal)
  return reply.code(status).type(type).send(body)
}
