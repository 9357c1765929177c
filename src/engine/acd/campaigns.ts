/** The campaigns of the built-in ACD: reads, checks and changes (`dialog 5`). */
import { isPreview } from '../../../machines/index.ts'
import { lookup } from '../../directory/lookup.ts'
import type { Directory } from '../../directory/model.ts'
import { isInherited } from '../../directory/names.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { CampaignBehaviour } from '../aggregate/campaign/behaviour.ts'
import type { CampaignContact, CampaignSetup, NewContact } from '../aggregate/campaign/state.ts'
import { withoutKey } from '../answers/known-commands.ts'
import type { DirectoryInForce } from '../configuration/directory-in-force.ts'
import { isDraining } from '../drain/work.ts'
import type { Submit } from '../input/inbox.ts'
import { UNNAMED } from '../input/origin.ts'
import type { CampaignChange } from '../input.ts'
import type { CampaignFigures, CampaignValue, ContactValue } from '../values.ts'
import { AcdRefusal } from './api.ts'
import type { CampaignSubmission, Campaigns, ContactSubmission } from './campaigns-api.ts'

/** Most campaigns, and most contacts of one of them. */
export const CAMPAIGNS_MAX = 100
export const CONTACTS_MAX = 5000

const ms = (seconds: number): number => seconds * 1000

/** What a submission that says nothing means. Times are in seconds. */
const USUAL = {
  dialler: '9900',
  linesPerAgent: 1,
  previewSeconds: 60,
  noAnswerSeconds: 30,
  retrySeconds: 1800,
  attemptsMax: 3,
} as const

export function createCampaigns(aggregates: Aggregates, inForce: DirectoryInForce, submit: Submit): Campaigns {
  const known = (id: string): CampaignBehaviour => {
    const campaign = aggregates.campaign(id)
    if (!campaign) throw new AcdRefusal('UNKNOWN_CAMPAIGN', 'id', `there is no campaign ${id}`)
    return campaign
  }
  const change = async (id: string, what: CampaignChange, origin = UNNAMED): Promise<boolean> => {
    const { failed, refused } = await submit(`campaign/${id}`, { kind: 'campaign', change: what }, { origin })
    if (failed !== undefined) throw new Error(`the campaign did not take the change: ${failed}`)
    return refused === undefined
  }
  /** The contacts get their ids here, so that each stored value names its contact. */
  const add = async (id: string, contacts: readonly Nameless[], origin = UNNAMED): Promise<void> => {
    for (let isAdded = contacts.length === 0; !isAdded; ) {
      const first = known(id).contactsEver + 1
      const named = contacts.map((contact, place) => ({ record: `${id}:${first + place}`, ...contact }))
      isAdded = await change(id, { type: 'ADD', contacts: named }, origin)
    }
  }
  return {
    all: () => aggregates.campaigns().flatMap((campaign) => campaignValue(campaign) ?? []),
    get: (id) => {
      const campaign = aggregates.campaign(id)
      return campaign && campaignValue(campaign)
    },
    figures: () => {
      const reserved = aggregates.calls().map(({ snapshot }) => snapshot.context.reservation?.campaign)
      const agents = (id: string) => reserved.filter((campaign) => campaign === id).length
      return aggregates.campaigns().flatMap((campaign) => figuresOf(campaign, agents) ?? [])
    },
    contacts: (id) => known(id).contacts.map(contactValue),
    async create(submission, origin = UNNAMED) {
      const { id } = submission
      const directory = inForce.current
      if (isDraining(aggregates))
        throw new AcdRefusal('DRAINING', 'id', 'the server is draining: it takes no new campaigns')
      if (aggregates.campaign(id)) throw new AcdRefusal('CAMPAIGN_EXISTS', 'id', `there is a campaign ${id} already`)
      if (aggregates.campaigns().length >= CAMPAIGNS_MAX)
        throw new AcdRefusal('TOO_MANY_CAMPAIGNS', 'id', `at most ${CAMPAIGNS_MAX} campaigns are possible`)
      const setup = setupOf(submission, directory)
      const contacts = contactsOf(submission.contacts ?? [], setup, directory)
      const isRunning = submission.running ?? true
      // These are several commits. A request that is sent again is known when the last one is done.
      const before = withoutKey(origin)
      const isEmpty = contacts.length === 0
      await change(id, { type: 'CREATE', setup }, isEmpty && !isRunning ? origin : before)
      await add(id, contacts, isRunning ? before : origin)
      if (isRunning) await change(id, { type: 'RUN', isRunning }, origin)
      return valueNow(known(id))
    },
    async add(id, submissions, origin) {
      const campaign = known(id)
      const { setup, contacts } = campaign
      if (!setup || contacts.length + submissions.length > CONTACTS_MAX)
        throw new AcdRefusal('TOO_MANY_CONTACTS', 'contacts', `a campaign has at most ${CONTACTS_MAX} contacts`)
      await add(id, contactsOf(submissions, setup, inForce.current), origin)
      return valueNow(campaign)
    },
    async run(id, isRunning, origin) {
      const campaign = known(id)
      await change(id, { type: 'RUN', isRunning }, origin)
      return valueNow(campaign)
    },
    async withdraw(id, numbers, origin) {
      const campaign = known(id)
      const records = campaign.contacts.filter(({ number }) => numbers.includes(number)).map(({ record }) => record)
      await change(id, { type: 'WITHDRAW', records }, origin)
      return valueNow(campaign)
    },
    async remove(id, origin) {
      const campaign = known(id)
      if (campaign.isRunning || campaign.contacts.some(({ state }) => state === 'reserved'))
        throw new AcdRefusal('CAMPAIGN_BUSY', 'id', `campaign ${id} has to be stopped, and its reservations to be over`)
      const value = valueNow(campaign)
      await change(id, { type: 'REMOVE' }, origin)
      return value
    },
  }
}

/** A contact that has no id yet. */
type Nameless = Omit<NewContact, 'record'>

/** @throws AcdRefusal */
function setupOf(submission: CampaignSubmission, directory: Directory): CampaignSetup {
  const { id, name = id, mode, queue: named } = submission
  const given = { ...USUAL, ...definedOf(submission) }
  const known = lookup(directory)
  const queue = known.queue(named) ?? known.queueByNumber(named)
  if (!queue) throw new AcdRefusal('UNKNOWN_QUEUE', 'queue', `there is no queue ${named}`)
  if (mode === 'direct-preview' && directory.platform === 'CCE')
    throw new AcdRefusal('MODE_OF_OTHER_PLATFORM', 'mode', 'CCE has no direct preview; use preview')
  if (mode === 'preview' && directory.platform === 'CCX')
    throw new AcdRefusal('MODE_OF_OTHER_PLATFORM', 'mode', 'CCX has no preview; use direct-preview')
  checkOutside(given.dialler, 'dialler', directory)
  return {
    id,
    name,
    mode,
    queue: { number: queue.id, name: queue.name },
    dialler: given.dialler,
    isBlended: queue.numbers.length > 0,
    linesPerAgent: isPreview({ mode }) ? 1 : given.linesPerAgent,
    previewMs: ms(given.previewSeconds),
    noAnswerMs: ms(given.noAnswerSeconds),
    retryMs: ms(given.retrySeconds),
    attemptsMax: given.attemptsMax,
  }
}

/** The settings that a submission has. */
function definedOf(submission: CampaignSubmission) {
  const { dialler, linesPerAgent, previewSeconds, noAnswerSeconds, retrySeconds, attemptsMax } = submission
  return {
    ...(dialler === undefined ? {} : { dialler }),
    ...(linesPerAgent === undefined ? {} : { linesPerAgent }),
    ...(previewSeconds === undefined ? {} : { previewSeconds }),
    ...(noAnswerSeconds === undefined ? {} : { noAnswerSeconds }),
    ...(retrySeconds === undefined ? {} : { retrySeconds }),
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
  }
}

function checkOutside(number: string, about: string, directory: Directory): void {
  const known = lookup(directory)
  if (known.userByExtension(number) || known.queueByNumber(number) || isInherited(number))
    throw new AcdRefusal('NUMBER_INSIDE', about, `${number} is no number outside`)
}

/** The contacts with the variables of campaigns, in the order of `dialog 1.4`. Agents cannot change these. */
function contactsOf(
  submissions: readonly ContactSubmission[],
  { name }: CampaignSetup,
  directory: Directory,
): readonly Nameless[] {
  if (submissions.length > CONTACTS_MAX)
    throw new AcdRefusal('TOO_MANY_CONTACTS', 'contacts', `a campaign has at most ${CONTACTS_MAX} contacts`)
  return submissions.map((contact) => {
    const { number, accountNumber = '', listId = '', timeZone = '', buddyName = '', variables = [] } = contact
    checkOutside(number, 'contacts', directory)
    const ofCampaign = {
      BACampaign: name,
      BAAccountNumber: accountNumber,
      BAResponse: '',
      BAStatus: '',
      BADialedListID: listId,
      BATimeZone: timeZone,
      BABuddyName: buddyName,
      ...(directory.platform === 'CCX' ? { BACustomerNumber: number } : {}),
    }
    const own = Object.entries(ofCampaign).map(([key, value]) => ({ name: key, value }))
    return { number, variables: [...variables, ...own] }
  })
}

function valueNow(campaign: CampaignBehaviour): CampaignValue {
  const value = campaignValue(campaign)
  if (!value) throw new Error('the campaign has no settings')
  return value
}

function campaignValue({ setup, isRunning, contacts }: CampaignBehaviour): CampaignValue | undefined {
  if (!setup) return undefined
  const count = (state: CampaignContact['state']) => contacts.filter((contact) => contact.state === state).length
  const { previewMs, noAnswerMs, retryMs, queue, ...settings } = setup
  return {
    ...settings,
    queue: queue.number,
    previewSeconds: previewMs / 1000,
    noAnswerSeconds: noAnswerMs / 1000,
    retrySeconds: retryMs / 1000,
    isRunning,
    contacts: {
      waiting: count('waits'),
      reserved: count('reserved'),
      later: count('later'),
      closed: count('closed'),
    },
  }
}

function figuresOf(campaign: CampaignBehaviour, agents: (id: string) => number): CampaignFigures | undefined {
  const value = campaignValue(campaign)
  if (!value) return undefined
  const { id, isRunning, contacts } = value
  const results: Record<string, number> = {}
  let attempts = 0
  for (const contact of campaign.contacts) {
    attempts += contact.attempts
    if (contact.outcome !== undefined) results[contact.outcome] = (results[contact.outcome] ?? 0) + 1
  }
  return { id, isRunning, contacts, attempts, agents: agents(id), results }
}

const contactValue = ({ record, number, state, attempts, outcome, due, dialog }: CampaignContact): ContactValue => ({
  id: record,
  number,
  state,
  attempts,
  ...(outcome === undefined ? {} : { outcome }),
  ...(due === undefined ? {} : { due }),
  ...(dialog === undefined ? {} : { dialog }),
})
