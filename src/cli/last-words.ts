/** What happens to each answer of a REST port just before it is sent. */
import { finished } from 'node:stream/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isPassedOn, SESSION_HEADER } from '../http/forward/index.ts'
import { isSignedIn, isTrusted } from '../sockets/index.ts'
import { within } from '../waiting/within.ts'

/** How long the rest of a refused request's body may take. */
const BODY_MS = 500

/** Reads the body to its end. A connection that closes with unread data is reset, and then the answer may be lost. */
async function bodyRead(request: FastifyRequest['raw']): Promise<void> {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  if (!hasBody || request.httpVersionMajor !== 1) return
  request.resume()
  await within(
    BODY_MS,
    // An error means that the client has gone away, and needs no answer.
    finished(request, { writable: false }).catch(() => undefined),
  )
}

/** A connection that ends with its answer has the rest of the body read before, so that the answer arrives. */
export function readBeforeClosing(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (reply.getHeader('connection') === 'close') await bodyRead(request.raw)
  })
}

/**
 * Tells a standby that passes requests on whether its connection has a session, so that its limits are those here. Warns
 * of one that is no proxy here.
 */
export function tellSessions(app: FastifyInstance): void {
  let isWarned = false
  app.addHook('onSend', async ({ raw }, reply) => {
    if (!isTrusted(raw.socket)) {
      if (isWarned || !isPassedOn(raw)) return
      isWarned = true
      const { remoteAddress: address } = raw.socket
      app.log.warn({ address }, 'a standby that --trusted-proxies does not name: all its clients count as one')
    } else if (isSignedIn(raw.socket)) reply.header(SESSION_HEADER, 'yes')
  })
}
