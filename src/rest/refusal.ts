/** Refusals of requests, and how they become answers. */
import type { FastifyReply } from 'fastify'
import { AccountsBusyError } from '../accounts/index.ts'
import { KeyReused } from '../engine/answers/once.ts'
import { EngineUnavailable } from '../engine/api.ts'
import { type RefusalKey, type Refused, renderRestError } from '../finesse/index.ts'

export const XML_TYPE = 'application/xml;charset=UTF-8'
/** No answer may be cached, because nearly all contain data about users. */
export const NOT_KEPT = { 'cache-control': 'no-store' } as const

/** Thrown when a request is refused. The plugin's error handler turns it into `ApiErrors`. */
export class RestRefusal extends Error implements Refused {
  readonly key: RefusalKey
  readonly about: string
  /** `cause`: an error that the operator should see in the log. */
  constructor(key: RefusalKey, about = '', cause?: unknown) {
    super(key, { cause })
    this.name = 'RestRefusal'
    this.key = key
    this.about = about
  }
}

const BY_FRAMEWORK_CODE: Readonly<Record<string, RefusalKey>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_MAX_PARAM_LENGTH: 'RESOURCE_NOT_FOUND',
}

/**
 * The refusal that the client gets for an error. Fastify's errors with a 4xx status become 400, also for a body that is
 * too long, because Finesse does not document 413.
 */
export function refusalOf(error: unknown): RestRefusal {
  if (error instanceof RestRefusal) return error
  if (error instanceof EngineUnavailable || error instanceof AccountsBusyError) return new RestRefusal('OUT_OF_SERVICE')
  if (error instanceof KeyReused) return new RestRefusal('KEY_REUSED', 'Idempotency-Key')
  if (typeof error !== 'object' || error === null) return new RestRefusal('INTERNAL_ERROR')
  const known = 'code' in error && typeof error.code === 'string' ? BY_FRAMEWORK_CODE[error.code] : undefined
  if (known !== undefined) return new RestRefusal(known)
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  return new RestRefusal(status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR')
}

/** An answer, independent of the kind of server. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** The answer to a refused request: status and `ApiErrors`. */
export function answerOf(refusal: Refused): Answer {
  const { status, body } = renderRestError(refusal)
  return { status, type: XML_TYPE, body }
}

/** Sends the answer to a refused request. */
export function sendRefusal(reply: FastifyReply, refusal: Refused): FastifyReply {
  const { status, type, body } = answerOf(refusal)
  return reply.code(status).header('content-type', type).send(body)
}
