/** Describes refusals in words, with the rule of each. */
import type { OfferRefusal } from '../../../machines/effects.ts'
import { FAILURES, type Failure, type Rejection } from '../../../machines/failures.ts'
import type { RuleId } from '../../../machines/index.ts'
import type { Reason } from './explanation.ts'
import { asPart } from './told.ts'

/** A reason whose rule is in `machines/RULES.md`; `''` for a fault of this program and for guards of an embedder. */
type Cited = Reason & { readonly rule: RuleId | '' }

/** The reason of a refusal. */
export function refusedBy(code: Failure | Rejection): Cited {
  const { rule, text } = FAILURES[code]
  return { rule, text: asPart(text) }
}

/** Why an agent gets no task of an MRD (`media 4.5`). */
export const NOT_ELIGIBLE: Readonly<Record<OfferRefusal, Cited>> = {
  NOT_SIGNED_IN: { rule: 'media 4.5', text: 'not signed in' },
  NOT_READY: { rule: 'media 4.5', text: 'the agent is NOT_READY' },
  NOT_ROUTABLE: { rule: 'media 4.5', text: 'the agent is not routable' },
  NO_CAPACITY: { rule: 'media 4.5', text: 'the agent has the maximum number of open dialogs' },
  BUSY_ELSEWHERE: { rule: 'media 4.5', text: 'the agent works in another MRD that may not be interrupted' },
  LINK_DOWN: { rule: 'P5', text: 'the link to the ACD is down' },
  PATH_DOWN: { rule: 'D19', text: 'the application path of the MRD is down' },
  RULES: { rule: '', text: 'mayTakeTask of the rules in force refused the offer' },
  FAILED: { rule: '', text: 'the program failed to process the offer; the task went back to its place in the queue' },
}
