/** Fastify options for the errors that arise before any plugin sees the request. A server with the API needs them. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type RefusalKey, renderRestError } from '../finesse/index.ts'
import { idOf, requestIdOf } from '../http/index.ts'
import { DEFAULT_PREFIX } from './plugin.ts'
import { type Answer, answerOf, NOT_KEPT, refusalOf, XML_TYPE } from './refusal.ts'

/**
 * Longest part of a path, in characters. Node accepts 16 KiB of request line and headers, so no name is longer, and an
 * unknown name of any length gets the refusal of an unknown name.
 */
const MAX_PARAMETER = 16 * 1024

/** The part of Fastify's server options that this module fills in. */
export interface FinesseServerOptions {
  readonly routerOptions: { readonly maxParamLength: number }
  /** The client's id, or a new one. Fastify's own log lines then have the same id as the answer and the journal. */
  genReqId(request: { readonly headers: IncomingHttpHeaders }): string
  frameworkErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void
  clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void
}

/**
 * Options for `fastify({ ...finesseServerOptions() })`. With them the server answers malformed URL encoding below the
 * prefix, and requests that are not HTTP, with `ApiErrors` like all other errors. Errors on other paths keep Fastify's
 * JSON. Parts of a path may have any length, so a user id of 101 characters gets the refusal of an unknown user
 * (`user 4.1`). Fastify's id of a request becomes the client's id.
 */
export function finesseServerOptions(prefix: string = DEFAULT_PREFIX): FinesseServerOptions {
  return {
    routerOptions: { maxParamLength: MAX_PARAMETER },
    genReqId: ({ headers }) => requestIdOf(headers, randomUUID),
    frameworkErrors: (error, request, reply) => {
      const { status, type, body } = frameworkAnswer(error, request.raw.url ?? '', prefix)
      reply
        .code(status)
        .headers({ ...NOT_KEPT, 'content-type': type, 'x-request-id': idOf(request) })
        .send(body)
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy()
        return
      }
      const key: RefusalKey = error.code === 'HPE_HEADER_OVERFLOW' ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST'
      socket.end(rawAnswer(key), () => socket.destroy())
    },
  }
}

/** The answer to an error of the framework at `url`, for a server with error handlers of its own. */
export function frameworkAnswer(
  error: Error & Partial<Pick<FastifyError, 'code' | 'statusCode'>>,
  url: string,
  prefix: string = DEFAULT_PREFIX,
): Answer {
  if (url.startsWith(prefix)) return answerOf(refusalOf(error))
  const status = error.statusCode ?? 400
  const body = { statusCode: status, code: error.code, error: 'Bad Request', message: 'Invalid URL' }
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) }
}

function rawAnswer(key: RefusalKey): string {
  const { status, body } = renderRestError({ key, about: '' })
  const head = [`HTTP/1.1 ${status} ${status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}`]
  head.push(
    `Content-Type: ${XML_TYPE}`,
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  )
  return head.join('\r\n')
}
