/** Refusals of commands as journal rows have them, for commands that are sent again. */
import { LEG_STATES, MEDIA_STATES, TASK_STATES, USER_STATES } from '../../../machines/wire.ts'
import { REPORTED_BY } from '../../errors/reporters.ts'
import type { Reply } from '../input/inbox.ts'
import type { Input } from '../input.ts'
import type { AnsweredBefore } from '../ports.ts'
import type { RefusedBefore } from './once.ts'

const STATES = [...USER_STATES, ...MEDIA_STATES, ...TASK_STATES, ...LEG_STATES] as const

/** The refusal that belongs to the answer to this input. Refusals for other users do not. */
export function refusalOf(to: string, input: Input, { refusals = [] }: Reply): AnsweredBefore['refused'] {
  const asking = userOf(to, input)
  const own = refusals.find(({ aggregate }) => aggregate === asking)
  return own && { code: own.failure, about: own.detail, ...own.refusedIn }
}

/** The aggregate of the user who asked; `undefined` for an input that is no command of a user. */
function userOf(to: string, input: Input): string | undefined {
  if (input.kind === 'user') return to
  if (input.kind === 'makeCall') return `user/${input.user}`
  return input.kind === 'call' && 'user' in input.event ? `user/${input.event.user}` : undefined
}

/** Reads the refusal of a row. */
export function refusedBefore({ refused }: AnsweredBefore): RefusedBefore | undefined {
  const code = REPORTED_BY.Refused.find((each) => each === refused?.code)
  if (!refused || !code) return undefined
  const { about, allowed } = refused
  const state = STATES.find((each) => each === refused.state)
  return { code, about, ...(state && allowed ? { state, allowed } : {}) }
}
