/** The state of a campaign: its settings, and its contacts with what became of them. */
import type { CampaignMode, Classification, ContactResult } from '../../../../machines/index.ts'
import { hasLists } from '../../json.ts'
import type { Json } from '../../ports.ts'
import type { Variable } from '../../values.ts'

/** What a campaign is told at its creation. It does not change. */
export interface CampaignSetup {
  readonly id: string
  readonly name: string
  readonly mode: CampaignMode
  /** Id of the queue whose agents call. */
  readonly queue: { readonly number: string; readonly name: string }
  /** Number of the dialler, from which agents are called. */
  readonly dialler: string
  /** The agents take calls of customers too. */
  readonly isBlended: boolean
  /** How many numbers are called at once for one agent. With a preview always 1. */
  readonly linesPerAgent: number
  /** How long an agent may look at a reservation, how long a number rings, and when it is called again (ms). */
  readonly previewMs: number
  readonly noAnswerMs: number
  readonly retryMs: number
  /** How often a contact is tried. */
  readonly attemptsMax: number
}

/** Why a contact is not called any more. */
export type ContactOutcome = Exclude<ContactResult, 'UNTRIED'> | Classification | 'CLOSED' | 'TIMED_OUT' | 'WITHDRAWN'

/** A contact as it is added. */
export interface NewContact {
  /** Id of the contact: `spring:17`. No contact had it before. */
  readonly record: string
  readonly number: string
  readonly variables: readonly Variable[]
}

export interface CampaignContact extends NewContact {
  /** `waits`: for a free agent. `reserved`: an agent has it. `later`: it is called again when `due` has come. */
  readonly state: 'waits' | 'reserved' | 'later' | 'closed'
  readonly attempts: number
  /** What became of it last. Absent before the first attempt. */
  readonly outcome?: ContactOutcome
  /** When it is called again (ms since 1970 UTC). Only in the state `later`. */
  readonly due?: number
  /** The customer asked to be called back. Absent otherwise. */
  readonly isCallback?: true
  /** Agents who have left it to others. Absent if there are none. */
  readonly rejectedBy?: readonly string[]
  /** The call with the customer who was reached last. Absent before. */
  readonly dialog?: string
}

/** The campaign changes it in place. No other code does. */
export interface CampaignState {
  setup: CampaignSetup | undefined
  isRunning: boolean
  isDraining: boolean
  contactsEver: number
  /** In the order in which they are called. */
  readonly contacts: Map<string, CampaignContact>
  /** The agents that the queue has lent and whose lines have not answered yet, with the number of the loan. */
  readonly loans: Map<string, string>
  /** What the queue was told last. */
  wanted: Wanted
}

/** How many agents a campaign wants, and which ones would have nothing to do. */
export interface Wanted {
  readonly agents: number
  readonly notFor: readonly string[]
}

export const NOBODY_WANTED: Wanted = { agents: 0, notFor: [] }

export const emptyCampaign = (): CampaignState => ({
  setup: undefined,
  isRunning: false,
  isDraining: false,
  contactsEver: 0,
  contacts: new Map(),
  loans: new Map(),
  wanted: NOBODY_WANTED,
})

interface StoredCampaign extends Omit<CampaignState, 'setup' | 'contacts' | 'loans'> {
  /** Absent for a campaign that was removed. */
  readonly setup?: CampaignSetup
  readonly contacts: readonly CampaignContact[]
  readonly loans: readonly (readonly [string, string])[]
}

/** The state in the form of a snapshot. */
export function writeCampaign({ setup, contacts, loans, ...state }: CampaignState): Json {
  const known = setup ? { setup } : {}
  const stored: StoredCampaign = { ...state, ...known, contacts: [...contacts.values()], loans: [...loans] }
  return JSON.parse(JSON.stringify(stored))
}

/** The state as `writeCampaign` wrote it. Throws on anything else. */
export function readCampaign(json: Json): CampaignState {
  if (!isStored(json)) throw new Error('snapshot of a campaign cannot be read')
  const { contacts, loans, setup } = json
  const { isRunning, isDraining, contactsEver, wanted } = json
  return {
    ...{ isRunning, isDraining, contactsEver, wanted },
    setup,
    contacts: new Map(contacts.map((contact) => [contact.record, contact])),
    loans: new Map(loans),
  }
}

/** It checks little, because the machine version fixes the form. */
const isStored = (value: unknown): value is StoredCampaign => hasLists(value, 'contacts', 'loans')
