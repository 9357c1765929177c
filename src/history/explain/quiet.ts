/** Inputs that changed nothing and said nothing, and why that is right: what the row says that was taken in the end. */
import type { Input } from '../../engine/input.ts'
import type { Reason } from './explanation.ts'
import { isPassedOn, rowReasons } from './rows.ts'
import type { Move } from './trace.ts'

/** Inputs that no machine decides about. */
const UNDECIDED: Readonly<Partial<Record<Input['kind'], Reason>>> = {
  configuredUser: { rule: '', text: 'settings as they were, or such as nobody sees' },
  awaited: { rule: 'notifications 9.1', text: 'the state is as before; only what is undelivered waits' },
  heard: { rule: 'notifications 5.4', text: 'the state is as before; nothing waits for the agent any more' },
  notBack: { rule: 'notifications 5.4', text: 'the state is as before; nothing waits for the agent any more' },
}

export function quietReason({ input, rows }: Move): Reason {
  const undecided = UNDECIDED[input.kind]
  if (undecided) return undecided
  // The engine itself drops what it heard before.
  if (rows.size === 0 && (input.kind === 'message' || input.kind === 'acd'))
    return { rule: '', text: 'this had been said before' }
  const row = [...rows.values()].at(-1)?.at(-1)
  const [said] = row ? rowReasons([row]) : []
  if (row && said && !isPassedOn(row)) return said
  return { rule: said?.rule ?? '', text: 'nothing follows from it as the agent stands' }
}
