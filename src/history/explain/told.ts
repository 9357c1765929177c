/** What the machines say of themselves, as part of a sentence: the rules and the states of the charts are told there and nowhere else. */
import {
  callMachine,
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

/** Without a capital, unless the first word is all capitals, and without a full stop. */
export const asPart = (sentence: string): string =>
  (/^[A-Z][A-Z_]/.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1)).replace(/\.$/, '')

/** A sentence, and of whom it is true here. */
export const withWho = (text: string, who: string): string => (who === '' ? text : `${text}: ${who}`)

/** A reason that says what its rule says, and of whom it is true here. */
export const byRule = <Id extends RuleId>(id: Id, who = ''): Reason & { readonly rule: Id } => ({
  rule: id,
  text: withWho(asPart(RULES[id].text), who),
})

/** A state of a chart, as far as it is read here. */
interface Told {
  readonly description?: string | undefined
  readonly states: Readonly<Record<string, Told>>
}

const CHARTS = {
  authority: { voice: userMachine, media: mediaMachine, dialog: taskMachine },
  follower: { voice: followedUserMachine, media: followedMediaMachine, dialog: followedTaskMachine },
} as const

function chartOf(kind: Subject['kind'], role: UserSetup['role']): Told {
  if (kind === 'presence') return presenceMachine.root
  return kind === 'call' ? callMachine.root : CHARTS[role][kind].root
}

/** What it is to be in a state, by its chart: all that can be said where nobody knows the rows that led there. */
export function stateText(kind: Subject['kind'], state: string, role: UserSetup['role']): string {
  const find = ({ states }: Told): string | undefined =>
    states[state]?.description ??
    Object.values(states)
      .map(find)
      .find((text) => text !== undefined)
  return asPart(find(chartOf(kind, role)) ?? '')
}
