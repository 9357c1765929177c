/**
 * `GET /inspect/explain/{user}`, for the viewer. It gives the same answer as `GET /acd/explain/{user}`, but while
 * personal data is hidden, so is the name of the agent.
 */
import type { FastifyInstance } from 'fastify'
import { ExplainError, explain } from '../history/index.ts'
import { signingIn } from '../sockets/index.ts'
import { AccessRefusal, type RefusalCode } from './access/refusal.ts'
import { momentIn } from './queries.ts'
import type { InspectorService } from './service.ts'

const CODES: Readonly<Record<ExplainError['code'], RefusalCode>> = {
  INVALID_QUESTION: 'INVALID_PARAMETER',
  EMPTY_HISTORY: 'NOT_KEPT',
  UNKNOWN_USER: 'NOT_KEPT',
  UNKNOWN_MRD: 'NOT_KEPT',
  UNKNOWN_DIALOG: 'NOT_KEPT',
  UNKNOWN_QUEUE: 'NOT_KEPT',
  UNKNOWN_TASK: 'NOT_KEPT',
  NOT_YET: 'NOT_KEPT',
  FORGOTTEN: 'NOT_KEPT',
  UNREADABLE: 'NO_HISTORY',
}

/** Most explanations that are made at once. */
const MOST = 4

/** Adds the route. It needs the same sign-in as the other requests. */
export function addExplain(scope: FastifyInstance, service: InspectorService): void {
  let running = 0
  scope.get<{ Params: { user: string } }>('/explain/:user', async (request) => {
    await signingIn(request.raw.socket, service.gate.enter(null, request.raw))
    const { history, personal } = service
    if (!history)
      throw new AccessRefusal('NO_HISTORY', '', 'the store keeps only the present, so nothing can be explained')
    const now = await service.now()
    const moment = momentIn(new URL(request.url, 'http://here').searchParams, now)
    if (running >= MOST) throw new AccessRefusal('UNAVAILABLE', '', 'too many explanations are being made, try again')
    running += 1
    try {
      const question = { ...moment, user: request.params.user, personal, now }
      const explanation = await explain(history, question)
      return personal ? explanation : { ...explanation, user: { ...explanation.user, name: '' } }
    } catch (error) {
      if (error instanceof ExplainError) throw new AccessRefusal(CODES[error.code], error.about, error.message)
      throw error
    } finally {
      running -= 1
    }
  })
}
