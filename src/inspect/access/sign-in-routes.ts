/** The requests by which a page signs in, goes on and signs out. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { signingIn } from '../../sockets/index.ts'
import type { Admission } from './admission.ts'
import type { AdmittedPage, Gate } from './gate.ts'

/**
 * Adds `POST /tickets`, which signs in, and `GET` and `DELETE /sign-in`, which go on with the sign-in of the cookie and
 * end it. `answerOf` makes the answer to a page that has come in. The owner checks the origin of the requests.
 */
export function addSignIn<Grant>(
  scope: FastifyInstance,
  gate: Gate<Grant>,
  answerOf: (page: AdmittedPage<Grant>) => Admission,
): void {
  const send = (reply: FastifyReply, page: AdmittedPage<Grant>) => {
    reply.header('cache-control', 'no-store')
    if (page.cookie !== undefined) reply.header('set-cookie', page.cookie)
    return reply.send(answerOf(page))
  }
  scope.post('/tickets', async ({ raw }, reply) => send(reply, await signingIn(raw.socket, gate.admit(raw))))
  // Nobody is signed in: that is no error, so that the page may ask without a complaint of the browser.
  scope.get('/sign-in', async ({ raw }, reply) => {
    const page = gate.resume(raw)
    return page ? send(reply, page) : reply.code(204).header('cache-control', 'no-store').send()
  })
  scope.delete('/sign-in', async ({ raw }, reply) =>
    reply
      .code(204)
      .headers({ 'set-cookie': await gate.signOut(raw), 'cache-control': 'no-store' })
      .send(),
  )
}
