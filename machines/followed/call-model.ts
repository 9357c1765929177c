/** The types of a followed call: input, context and events, and which party of a document is which leg. */
import { agentLeg, outsideLeg } from '../call/model.ts'
import type { CallView, LegView } from '../effects.ts'
import type { Occurrence } from '../occurrence.ts'
import type { CallState, LegState } from '../wire.ts'

export interface FollowedCallInput {
  /** The agent on whose node Finesse reports the call. */
  readonly user: string
  /** The call as it was reported first. */
  readonly call: CallView
}

export interface FollowedCallContext {
  readonly dialog: string
  readonly user: string
  readonly begins: CallState
  /** The newest report, without the states, which only the charts have. */
  readonly facts: Omit<CallView, 'state' | 'legs'>
  /** The parties of the newest report, by the id of their leg. */
  readonly legs: Readonly<Record<string, LegView>>
  /** Does the user know of the call already? */
  readonly isKnown: boolean
}

export type FollowedCallEvent = {
  readonly type: 'USER_EVENT'
  /** `REMOVED`: the agent has left the call for good. */
  readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
  readonly call: CallView
} & Occurrence

/** The report to the user. The events are those that a call sends to the users of an authority. */
export type FollowedCallNews = {
  readonly type: 'CALL_ADDED' | 'CALL_CHANGED' | 'CALL_REMOVED'
  readonly leg: LegState
  readonly call: CallView
  readonly notAnswered: false
} & Occurrence

/** The call without what the charts have. */
export const factsOf = ({ state: _, legs: __, ...facts }: CallView): FollowedCallContext['facts'] => facts

/**
 * The state of the agent's own leg. A report that does not name the agent, because the extension of the agent is not
 * known yet, says only the state of the call.
 */
export const ownState = ({ dialog, legs, state }: CallView, user: string): LegState =>
  legsIn({ dialog, legs: {} }, legs)[agentLeg(dialog, user)]?.state ?? state

/**
 * The parties of a report by the ids of their legs. The leg of an agent has the id of the agent. A party outside keeps
 * its number as long as it is reported with the same address: ids have to be free of telephone numbers.
 */
export function legsIn(
  { dialog, legs }: Pick<FollowedCallContext, 'dialog' | 'legs'>,
  parties: readonly LegView[],
): Readonly<Record<string, LegView>> {
  const found = new Map<string, LegView>()
  const fresh: LegView[] = []
  for (const party of parties) {
    const id = party.user === undefined ? knownAs(legs, party, found) : agentLeg(dialog, party.user)
    if (id === undefined || found.has(id)) fresh.push(party)
    else found.set(id, party)
  }
  let number = 1
  for (const party of fresh) {
    while (found.has(outsideLeg(dialog, number)) || outsideLeg(dialog, number) in legs) number += 1
    found.set(outsideLeg(dialog, number), party)
  }
  return Object.fromEntries(found)
}

/** The leg that was reported with this address before; `undefined` if there is none that is not taken. */
function knownAs(legs: FollowedCallContext['legs'], party: LegView, taken: ReadonlyMap<string, LegView>) {
  const [id] =
    Object.entries(legs).find(
      ([leg, { mediaAddress, user }]) => user === undefined && mediaAddress === party.mediaAddress && !taken.has(leg),
    ) ?? []
  return id
}

const GONE: readonly LegState[] = ['DROPPED', 'WRAP_UP']

/** Has a party that had left come to the call again? Then it is a new leg, as with an authority. */
export const comesAgain = (before: LegView, now: LegView): boolean =>
  GONE.includes(before.state) && !GONE.includes(now.state)
