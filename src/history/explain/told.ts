/** What the machines say of themselves, as part of a sentence: the rules and the states of the charts are told there and nowhere else. */
import { RULES, type RuleId, taskMachine } from '../../../machines/index.ts'
import type { TaskState } from '../../../machines/wire.ts'
import type { Reason } from './explanation.ts'

/** Without a capital, unless the first word is all capitals, and without a full stop. */
const asPart = (sentence: string): string =>
  (/^[A-Z][A-Z_]/.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1)).replace(/\.$/, '')

export const ruleText = (id: RuleId): string => asPart(RULES[id].text)

/** A reason that says what its rule says, and nothing of this case. */
export const byRule = <Id extends RuleId>(id: Id): Reason & { readonly rule: Id } => ({ rule: id, text: ruleText(id) })

/** What a dialog in this state is, by its chart. */
export const taskStateText = (state: TaskState): string => asPart(taskMachine.root.states[state]?.description ?? '')
