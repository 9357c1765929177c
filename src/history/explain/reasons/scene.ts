/** The data from which reasons are derived: the state at the moment, and the inputs that led to it. */
import type { RuleId } from '../../../../machines/index.ts'
import type { RulesNote } from '../../../engine/rules/note.ts'
import { instant } from '../../../times/index.ts'
import type { Reason, Subject } from '../explanation.ts'
import type { Moment } from '../last-changes.ts'
import type { Names } from '../names.ts'
import { keyOf } from '../picture.ts'
import { leading, rowReasons } from '../rows.ts'
import { stateText, withWho } from '../told.ts'
import type { Move } from '../trace.ts'

export interface Scene extends Pick<Moment, 'picture' | 'deadlines' | 'changes'> {
  readonly names: Names
  /** The server was draining, so nothing was offered. */
  readonly isDraining: boolean
  /** The moment that is explained. */
  readonly at: number
}

/** A reason by one or several rules. */
export const reason = (rules: RuleId | readonly RuleId[], text: string): Reason => ({
  rule: typeof rules === 'string' ? rules : rules.join(', '),
  text,
})

/** The input that led to the present state of a subject, if it is known. */
export const changeOf = ({ changes }: Scene, subject: Subject): Move | undefined => changes.get(keyOf(subject))

/** Id of the actor that has the state of a subject. */
function actorOf(subject: Subject): string {
  if (subject.kind === 'voice') return 'user'
  return subject.kind === 'dialog' || subject.kind === 'call' ? subject.dialog : keyOf(subject)
}

/**
 * Why a subject is in its state: the texts of the rows that led there, or, if they are not kept, the description of the
 * state in its chart. `who`: the subjects that this applies to now.
 */
export function stated(scene: Scene, subject: Subject, state: string, who = ''): readonly Reason[] {
  const { role } = scene.picture.setup
  const whom = role === 'follower' ? '' : who
  const move = changeOf(scene, subject)
  const rows = leading(move?.rows.get(actorOf(subject)))
  return rows.length > 0
    ? rowReasons(rows, rulesOf(move), whom)
    : [reason([], withWho(stateText(subject.kind, state, role), whom))]
}

/** The embedder's rules under which an input was processed. */
export const rulesOf = (move: Move | undefined): RulesNote | undefined => move?.after?.setup.rules

/** Joins words: `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** If the state was caused by the end of the presence grace period: since when no session was available. */
export function absence(scene: Scene, subject: Subject): readonly Reason[] {
  const { input } = changeOf(scene, subject) ?? {}
  if (input?.kind !== 'deadline' || input.name !== 'PRESENCE_GRACE_OVER') return []
  const side = input.owner.slice('presence:'.length)
  const graceMs = scene.picture.presence[side]?.graceMs ?? 0
  const since = instant(input.due - graceMs)
  return [
    reason('P2', `no session was available on side ${side} from ${since} on, and none came within ${graceMs / 1000} s`),
  ]
}
