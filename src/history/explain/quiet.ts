/** Explains inputs without any visible effect. The reason is the text of the last row that the machines took. */
import type { Input } from '../../engine/input.ts'
import type { Reason } from './explanation.ts'
import { isPassedOn, rowReasons } from './rows.ts'
import type { Move } from './trace.ts'

/** Inputs that the machines do not see. */
const UNDECIDED: Readonly<Partial<Record<Input['kind'], Reason>>> = {
  configuredUser: { rule: '', text: 'no setting changed that clients can see' },
  awaited: { rule: 'notifications 9.1', text: 'the state is as before; undelivered notifications wait' },
  heard: { rule: 'notifications 5.4', text: 'the state is as before; nothing waits for the agent any more' },
  notBack: { rule: 'notifications 5.4', text: 'the state is as before; nothing waits for the agent any more' },
}

export function quietReason({ input, rows, after }: Move): Reason {
  const undecided = UNDECIDED[input.kind]
  if (undecided) return undecided
  // The engine itself drops repeated messages.
  if (rows.size === 0 && (input.kind === 'message' || input.kind === 'acd'))
    return { rule: '', text: 'this message was already processed before' }
  const row = [...rows.values()].at(-1)?.at(-1)
  const [said] = row ? rowReasons([row], after?.setup.rules) : []
  if (row && said && !isPassedOn(row)) return said
  return { rule: said?.rule ?? '', text: 'it has no effect in the current state of the agent' }
}
