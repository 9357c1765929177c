/** JSON of campaigns in the answers of `/acd`. */
import type { CampaignValue, ContactValue } from '../engine/values.ts'

export function campaignView({ isRunning, isBlended, ...campaign }: CampaignValue) {
  return { ...campaign, state: isRunning ? ('RUNNING' as const) : ('STOPPED' as const), blended: isBlended }
}

/** A contact; fields without a value are `null`. */
export function contactView({ id, number, state, attempts, outcome, due, dialog }: ContactValue) {
  return {
    id,
    number,
    state,
    attempts,
    outcome: outcome ?? null,
    due: due === undefined ? null : new Date(due).toISOString(),
    callId: dialog ?? null,
  }
}
