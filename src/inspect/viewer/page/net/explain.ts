/** Gets the server's explanation of a user at a moment. */
import type { Explanation } from '../../../../history/explain/explanation.ts'
import type { Session } from '../../../../pages/browser/session.ts'

const isExplanation = (value: unknown): value is Explanation =>
  typeof value === 'object' && value !== null && 'states' in value && Array.isArray(value.states)

/** @throws the errors of `Session.get`. */
export async function explanationOf(
  session: Session,
  user: string,
  at: number | undefined,
  signal: AbortSignal,
): Promise<Explanation> {
  const asked = new URLSearchParams(at === undefined ? {} : { at: new Date(at).toISOString() })
  const answer = await session.get(`explain/${encodeURIComponent(user)}?${asked}`, 'application/json', signal)
  const value: unknown = await answer.json()
  if (!isExplanation(value)) throw new Error('the answer of the server is not an explanation')
  return value
}
