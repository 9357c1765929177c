/** Gets the past from the server's journal. */

import type { Session } from '../../../../pages/browser/session.ts'
import type { EndFrame, InspectionFrame } from '../../../protocol.ts'
import { isInspection, readFrame } from '../model/read.ts'

/** Milliseconds that are loaded around a moment. */
export const SPAN = 10 * 60_000
/** Longest span in milliseconds. The server's limit is a day; this is less, because the clocks may differ. */
export const LONGEST = 23 * 3_600_000
/** Most frames of one answer. */
const LIMIT = 15_000

export interface Past {
  readonly frames: readonly InspectionFrame[]
  readonly end: EndFrame | undefined
}

/** A span in milliseconds since 1970 UTC, with both ends included. */
export interface Between {
  readonly from: number
  readonly to: number | undefined
}

/** The past of a user. @throws the errors of `Session.get`. */
export async function pastOf(
  session: Session,
  user: string,
  { from, to }: Between,
  signal: AbortSignal,
): Promise<Past> {
  const asked = new URLSearchParams({ user, from: String(Math.max(0, Math.floor(from))), limit: String(LIMIT) })
  if (to !== undefined) asked.set('to', String(Math.ceil(to)))
  const answer = await session.get(`history?${asked}`, 'application/x-ndjson', signal)
  const frames: InspectionFrame[] = []
  let end: EndFrame | undefined
  for (const line of (await answer.text()).split('\n')) {
    const frame = line === '' ? undefined : readFrame(line)
    if (frame === undefined) continue
    if (isInspection(frame)) frames.push(frame)
    else if (frame.type === '@mrdian.end') end = frame
  }
  return { frames, end }
}
