/** The interface of the campaigns of the built-in ACD (`dialog 5`). */
import type { CampaignMode } from '../../../machines/index.ts'
import type { Origin } from '../ports.ts'
import type { CampaignFigures, CampaignValue, ContactValue, Variable } from '../values.ts'

/** A number to call. All texts but the number may be empty. Agents see them as variables of the call (`dialog 1.4`). */
export interface ContactSubmission {
  readonly number: string
  readonly accountNumber?: string | undefined
  readonly listId?: string | undefined
  readonly timeZone?: string | undefined
  readonly buddyName?: string | undefined
  readonly variables?: readonly Variable[] | undefined
}

/** A new campaign. Times are in seconds. */
export interface CampaignSubmission {
  readonly id: string
  /** The default is the id. */
  readonly name?: string | undefined
  /**
   * `preview` (CCE) and `direct-preview` (CCX): the agent sees the contact, and decides whether the dialler calls.
   * `progressive` and `predictive`: the dialler calls as soon as an agent is reserved.
   */
  readonly mode: CampaignMode
  /** Id of a queue, or one of its numbers. Its free agents are reserved, as long as no call waits in it. */
  readonly queue: string
  /** The number from which agents are called. The default is `9900`. */
  readonly dialler?: string | undefined
  /** How many numbers are called at once for one agent, who gets the first that answers. The default is 1. */
  readonly linesPerAgent?: number | undefined
  /** How long an agent may look at a contact. The default is 60. */
  readonly previewSeconds?: number | undefined
  /** How long a number rings. The default is 30. */
  readonly noAnswerSeconds?: number | undefined
  /** When a contact that was not reached is called again. The default is 1800. */
  readonly retrySeconds?: number | undefined
  /** How often a contact is tried. The default is 3. */
  readonly attemptsMax?: number | undefined
  readonly contacts?: readonly ContactSubmission[] | undefined
  /** The default is true: it begins at once. */
  readonly running?: boolean | undefined
}

/**
 * The campaigns of the built-in ACD. A campaign has one list of numbers, and reserves the free agents of one queue. The
 * network outside answers its calls. Errors are `AcdRefusal`s; all changes but `create` reject with `UNKNOWN_CAMPAIGN`
 * for an unknown id.
 */
export interface Campaigns {
  /** In the order in which they were made. */
  all(): readonly CampaignValue[]
  get(id: string): CampaignValue | undefined
  /** What became of the contacts of all campaigns. The read visits every contact. */
  figures(): readonly CampaignFigures[]
  /** The contacts in the order in which they are called. Throws `UNKNOWN_CAMPAIGN`. */
  contacts(id: string): readonly ContactValue[]
  /**
   * Rejects with `CAMPAIGN_EXISTS`, `UNKNOWN_QUEUE`, `MODE_OF_OTHER_PLATFORM`, `NUMBER_INSIDE`, `TOO_MANY_CAMPAIGNS`,
   * `TOO_MANY_CONTACTS` or `DRAINING`.
   */
  create(submission: CampaignSubmission, origin?: Origin): Promise<CampaignValue>
  /** Rejects with `NUMBER_INSIDE` or `TOO_MANY_CONTACTS`. */
  add(id: string, contacts: readonly ContactSubmission[], origin?: Origin): Promise<CampaignValue>
  /** False: it reserves nobody any more. Agents who are reserved stay so. */
  run(id: string, isRunning: boolean, origin?: Origin): Promise<CampaignValue>
  /** These numbers are not called any more. An agent who is reserved for one stays so. */
  withdraw(id: string, numbers: readonly string[], origin?: Origin): Promise<CampaignValue>
  /** Rejects with `CAMPAIGN_BUSY` while it runs, or an agent is reserved. */
  remove(id: string, origin?: Origin): Promise<CampaignValue>
}
