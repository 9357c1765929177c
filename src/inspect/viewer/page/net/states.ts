/** Gets the states of all agents at a moment, as they arrive. */
import type { Session } from '../../../../pages/browser/session.ts'
import type { Frame } from '../../../protocol.ts'
import { readFrame } from '../model/read.ts'

/** Calls `heard` for each frame. @throws the errors of `Session.get`. */
export async function statesAt(
  session: Session,
  at: number,
  signal: AbortSignal,
  heard: (frames: readonly Frame[]) => void,
): Promise<void> {
  const answer = await session.get(`states?at=${Math.floor(at)}`, 'application/x-ndjson', signal)
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    const lines = `${rest}${value ?? ''}`.split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    heard(lines.flatMap((line) => (line === '' ? [] : (readFrame(line) ?? []))))
    if (done) return
  }
}
