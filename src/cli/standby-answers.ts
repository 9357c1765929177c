/** The answers of a standby to requests that the owner does not answer. */
import { answerOf, ControlRefusal } from '../acd/index.ts'
import { EngineUnavailable } from '../engine/api.ts'
import type { Answer, Asked, ForwardRefusal } from '../http/forward/index.ts'
import { type CorsMode, corsHeaders, isNamedWrongly, isOpenToAll, requestIdOf } from '../http/index.ts'
import { DEFAULT_PREFIX as FINESSE } from '../rest/index.ts'
import { endingAnswer } from './http-server.ts'

/** What an answer says behind the state of the standby. */
const TEXTS: Readonly<Record<ForwardRefusal, string>> = {
  NO_ADDRESS: 'it is not known where requests can be sent to',
  AWAY: 'that server does not answer',
  OUTCOME_UNKNOWN:
    'the connection broke after the request was sent: nobody knows whether it was done, so look before you repeat it',
  LOOP: 'the address of that server leads to a standby; see --advertise',
  FULL: 'too many requests are under way',
  UNREADABLE: 'the request has characters that cannot be passed on',
}

/** Says in every format of an answer that the outcome of a command is unknown. */
const OUTCOME = 'mrdian-outcome'

export interface StandbyAnswers {
  readonly cors: CorsMode
  /** Host names of this server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** What the server is doing, as a sentence. */
  readonly state: () => string
}

/** Answers 503 in the format of the API that was asked. */
export function refuse({ cors, state }: StandbyAnswers, why: ForwardRefusal, asked: Asked, answer: Answer): void {
  const url = asked.url ?? ''
  const message = `${state()}; ${TEXTS[why]}`
  send(answer, endingAnswer(url, new EngineUnavailable(message)), {
    ...(url.startsWith(`${FINESSE}/`) ? corsHeaders(cors, asked) : {}),
    ...(why === 'OUTCOME_UNKNOWN' ? { [OUTCOME]: 'unknown' } : {}),
    'retry-after': '1',
    'x-request-id': requestIdOf(asked.headers, () => ''),
  })
}

/** These paths are open to every page, if the server is. */
const OF_ALL_PAGES = /^\/(?:finesse\/|ws\b|http-bind\b)/

/** Answers 403 to a page whose name leads to this machine by DNS rebinding, because the owner cannot see that. */
export function refusesName({ cors, names }: StandbyAnswers, asked: Asked, answer: Answer): boolean {
  if (!isNamedWrongly(asked, names) || (isOpenToAll(cors) && OF_ALL_PAGES.test(asked.url ?? ''))) return false
  send(answer, answerOf(new ControlRefusal('FORBIDDEN', 'Host', 'pages of another origin may not do this')), {})
  return true
}

function send(
  answer: Answer,
  { status, type, body }: { readonly status: number; readonly type: string; readonly body: string },
  headers: Readonly<Record<string, string>>,
): void {
  answer.statusCode = status
  for (const [name, value] of Object.entries({ 'content-type': type, 'cache-control': 'no-store', ...headers }))
    if (value !== '') answer.setHeader(name, value)
  answer.setHeader('content-length', Buffer.byteLength(body))
  answer.end(body)
}
