/** A conference: who may add parties to it, and who may drop others from it (`dialog 4.6`, 4.12). */
import type { DropParticipantFor } from '../wire.ts'

/** What the directory says about joined calls, at the time of the request. */
export interface JoinTerms {
  /** Most parties of one call. */
  readonly partiesMax: number
  readonly dropParticipantFor: DropParticipantFor
  /** The supervisors among the agents on the calls. */
  readonly supervisors: readonly string[]
}

export interface Conference {
  /** The agent who may add parties: the one who began it. `''` if that agent has left (V87). */
  readonly controller: string
  readonly terms: JoinTerms
}

/** Does somebody else control it, or nobody any more? Then this agent cannot add parties (V82). */
export const isControlledByOther = (conference: Conference | undefined, user: string): boolean =>
  conference !== undefined && conference.controller !== user

/** May this agent drop other agents from the conference? False if there is none. */
export function mayDropOthers(conference: Conference | undefined, user: string): boolean {
  if (!conference) return false
  const { controller, terms } = conference
  if (terms.supervisors.includes(user) || terms.dropParticipantFor === 'all') return true
  return terms.dropParticipantFor === 'conference_controller_and_supervisor' && controller === user
}
