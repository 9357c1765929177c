/** What becomes of the contacts of a campaign. */
import type { Callback, CampaignNews, Classification, ContactResult } from '../../../../machines/index.ts'
import type { CampaignContact, CampaignSetup, CampaignState, Wanted } from './state.ts'

type Ends = Extract<CampaignNews, { what: 'ENDS' }>

/** The contacts that an agent of the queue may call now, the next one first. */
export function* waiting({ contacts }: Pick<CampaignState, 'contacts'>): Generator<CampaignContact> {
  for (const contact of contacts.values()) if (contact.state === 'waits' && contact.isCallback) yield contact
  for (const contact of contacts.values()) if (contact.state === 'waits' && !contact.isCallback) yield contact
}

/** How many agents the campaign can give contacts to. */
export function wantedNow(state: CampaignState): Wanted {
  const all = [...waiting(state)]
  const { linesPerAgent = 1 } = state.setup ?? {}
  // An agent who has rejected every contact that waits would have nothing to do.
  const [first, ...others] = all.map(({ rejectedBy = [] }) => rejectedBy)
  const notFor = (first ?? []).filter((user) => others.every((each) => each.includes(user)))
  return { agents: Math.ceil(all.length / linesPerAgent), notFor }
}

/** The contacts for a free agent: one with a preview or for a callback, and otherwise as many as there are lines. */
export function contactsFor(state: CampaignState, user: string): readonly CampaignContact[] {
  const { linesPerAgent = 1 } = state.setup ?? {}
  const some: CampaignContact[] = []
  for (const contact of waiting(state)) {
    if (contact.rejectedBy?.includes(user)) continue
    if (contact.isCallback) return some.length === 0 ? [contact] : some
    some.push(contact)
    if (some.length === linesPerAgent) return some
  }
  return some
}

/** The contact after the end of a reservation. */
export function afterReservation(
  contact: CampaignContact,
  { how, user, results }: Ends,
  setup: CampaignSetup,
  at: number,
): CampaignContact {
  switch (how) {
    case 'REFUSED':
    case 'LEFT':
      return { ...contact, state: 'waits' }
    case 'REJECTED':
      return { ...contact, state: 'waits', rejectedBy: [...new Set([...(contact.rejectedBy ?? []), user])] }
    case 'CLOSED':
      return closed(contact, 'CLOSED')
    case 'TIMED_OUT':
      return tried(contact, 'TIMED_OUT', setup, at)
    case 'DIALLED':
      return dialled(contact, results.find(({ record }) => record === contact.record)?.result ?? 'UNTRIED', setup, at)
  }
}

function dialled(contact: CampaignContact, result: ContactResult, setup: CampaignSetup, at: number): CampaignContact {
  switch (result) {
    case 'UNTRIED':
      return { ...contact, state: 'waits' }
    case 'REACHED':
    case 'BAD_NUMBER':
      return closed({ ...contact, attempts: contact.attempts + 1 }, result)
    case 'BUSY':
    case 'NO_ANSWER':
    case 'ABANDONED':
      return tried(contact, result, setup, at)
  }
}

/** The contact after what the agent says about the customer. */
export function afterClassification(
  contact: CampaignContact,
  classification: Classification,
  setup: CampaignSetup,
  at: number,
): CampaignContact {
  if (contact.state === 'reserved') return contact
  const isToTryAgain = classification === 'BUSY' || classification === 'ANS_MACHINE'
  if (!isToTryAgain) return closed(contact, classification === 'VOICE' ? 'REACHED' : classification)
  const isLast = contact.attempts >= setup.attemptsMax
  return isLast ? closed(contact, classification) : later(contact, at + setup.retryMs, classification)
}

/** The contact after the agent has set, changed or cancelled a callback. Without a time nobody calls back. */
export function afterCallback(contact: CampaignContact, callback: Callback | undefined): CampaignContact {
  if (contact.state === 'reserved') return contact
  if (callback === undefined) return contact.isCallback ? closed(contact, contact.outcome ?? 'REACHED') : contact
  const called = callback.callbackNumber === undefined ? contact : { ...contact, number: callback.callbackNumber }
  if (callback.callbackTime === undefined) return called
  return {
    ...later(called, Date.parse(`${callback.callbackTime}:00Z`), contact.outcome ?? 'REACHED'),
    isCallback: true,
  }
}

/** The contact is called once more, unless it was tried as often as is allowed. */
function tried(contact: CampaignContact, outcome: Outcome, setup: CampaignSetup, at: number): CampaignContact {
  const attempts = contact.attempts + 1
  const next = { ...contact, attempts }
  return attempts >= setup.attemptsMax ? closed(next, outcome) : later(next, at + setup.retryMs, outcome)
}

type Outcome = NonNullable<CampaignContact['outcome']>

export function closed({ due: _, isCallback: __, ...contact }: CampaignContact, outcome: Outcome): CampaignContact {
  return { ...contact, state: 'closed', outcome }
}

const later = (contact: CampaignContact, due: number, outcome: Outcome): CampaignContact => ({
  ...contact,
  state: 'later',
  due,
  outcome,
})
