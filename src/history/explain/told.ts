/**
 * Texts of rules and states as parts of sentences. The texts themselves are in `machines/`, and are not repeated here.
 */
import {
  callMachine,
  followedCallMachine,
  followedMediaMachine,
  followedTaskMachine,
  followedUserMachine,
  mediaMachine,
  presenceMachine,
  RULES,
  type RuleId,
  taskMachine,
  userMachine,
} from '../../../machines/index.ts'
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import type { Reason, Subject } from './explanation.ts'

/** Removes the first capital, unless the first word is all capitals, and the full stop. */
export const asPart = (sentence: string): string =>
  (/^[A-Z][A-Z_]/.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1)).replace(/\.$/, '')

/** A sentence, followed by the subject that it applies to. */
export const withWho = (text: string, who: string): string => (who === '' ? text : `${text}: ${who}`)

/** A reason with the text of its rule, followed by the subject that it applies to. */
export const byRule = <Id extends RuleId>(id: Id, who = ''): Reason & { readonly rule: Id } => ({
  rule: id,
  text: withWho(asPart(RULES[id].text), who),
})

/** The part of a state node that is read here. */
interface Told {
  readonly description?: string | undefined
  readonly states: Readonly<Record<string, Told>>
}

const CHARTS = {
  authority: { voice: userMachine, media: mediaMachine, dialog: taskMachine, call: callMachine },
  follower: {
    voice: followedUserMachine,
    media: followedMediaMachine,
    dialog: followedTaskMachine,
    call: followedCallMachine,
  },
} as const

function chartOf(kind: Subject['kind'], role: UserSetup['role']): Told {
  return kind === 'presence' ? presenceMachine.root : CHARTS[role][kind].root
}

/** The description of a state in its chart. Used when the rows that led to the state are not known. */
export function stateText(kind: Subject['kind'], state: string, role: UserSetup['role']): string {
  const find = ({ states }: Told): string | undefined =>
    states[state]?.description ??
    Object.values(states)
      .map(find)
      .find((text) => text !== undefined)
  return asPart(find(chartOf(kind, role)) ?? '')
}
