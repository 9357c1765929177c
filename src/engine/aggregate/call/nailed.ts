/**
 * What a mobile agent is told about the nailed connection. It follows from the state before and after a step, whichever
 * row has made it.
 */
import type { SnapshotFrom } from 'xstate'
import type { callMachine, NailState } from '../../../../machines/index.ts'
import type { Output } from '../../output.ts'

type Snapshot = SnapshotFrom<typeof callMachine>

/** `undefined` for other calls, and before it has begun. */
export function nailIn({ context: { nailedFor, unanswered }, status }: Snapshot): NailState | undefined {
  if (nailedFor === undefined) return undefined
  if (unanswered === 'FAILED') return 'FAILED'
  if (status === 'done') return 'OVER'
  return unanswered === null ? 'UP' : 'BEGUN'
}

export function nailOutputs(before: NailState | undefined, now: Snapshot): readonly Output[] {
  const is = nailIn(now)
  const { nailedFor, dialog } = now.context
  if (is === undefined || is === before || nailedFor === undefined) return []
  return [{ type: 'send', to: `user/${nailedFor}`, body: { type: 'nail', dialog, is } }]
}
