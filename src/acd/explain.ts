/** `GET /acd/explain/{user}`: explains why a user is in a state, from the history in the store. */
import type { History } from '../engine/ports.ts'
import { ExplainError, type Explanation, explain, explanationText, type Question } from '../history/index.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal, type RefusalCode } from './refusal.ts'
import { explainQuestion } from './requests.ts'

const CODES: Readonly<Record<ExplainError['code'], RefusalCode>> = {
  INVALID_QUESTION: 'INVALID_PARAMETER',
  EMPTY_HISTORY: 'NOT_KEPT',
  UNKNOWN_USER: 'NOT_FOUND',
  UNKNOWN_MRD: 'NOT_FOUND',
  UNKNOWN_DIALOG: 'NOT_FOUND',
  UNKNOWN_QUEUE: 'NOT_FOUND',
  UNKNOWN_TASK: 'NOT_FOUND',
  NOT_YET: 'NOT_KEPT',
  FORGOTTEN: 'NOT_KEPT',
  UNREADABLE: 'UNREADABLE_HISTORY',
}

async function show({ engine, param, query, accept }: Call): Promise<Answer> {
  const now = engine.now()
  const { personal, ...asked } = checked(explainQuestion(now), query, 'query')
  if (engine.history === undefined)
    throw new ControlRefusal(
      'NO_HISTORY',
      '',
      'the store of this engine keeps the current state only and no history, so nothing can be explained',
    )
  const question: Question = { ...asked, user: param('user'), personal, now }
  const explanation = await explained(engine.history, question)
  return wantsText(accept) ? { ...ok(explanation), text: explanationText(explanation, { now }) } : ok(explanation)
}

/** True when `Accept` names plain text, and not JSON before it. A caller that accepts any type gets JSON. */
function wantsText(accept: string): boolean {
  const [named] = accept.split(',').flatMap((each) => /^[ \t]*(text\/plain|application\/json)\b/i.exec(each)?.[1] ?? [])
  return named?.toLowerCase() === 'text/plain'
}

async function explained(history: History, question: Question): Promise<Explanation> {
  try {
    return await explain(history, question)
  } catch (error) {
    if (error instanceof ExplainError) throw new ControlRefusal(CODES[error.code], error.about, error.message)
    throw error
  }
}

export const EXPLAIN_OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/explain/:user', takesQuery: true, run: show },
]
