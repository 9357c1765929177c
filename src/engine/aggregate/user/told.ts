/** The availability that a user has told the ACD, and the news about it. */
import {
  type Availability,
  availabilityOf,
  callAvailabilityOf,
  contactsInHand,
  type Standing,
  type UserContext,
} from '../../../../machines/index.ts'
import type { Output } from '../../output.ts'
import type { UserSetup } from './setup.ts'

/** What the ACD was told last. Versions count the changes. */
export interface Told {
  readonly version: number
  /** By MRD. */
  readonly claims: Readonly<Record<string, Availability>>
  /** What the queues of calls were told. Absent before the first time, and in older snapshots. */
  readonly calls?: ToldCalls
}

interface ToldCalls {
  readonly version: number
  readonly claim: Availability
  readonly extension: string
  /** Ids of the queues. */
  readonly queues: readonly string[]
}

export const nothingTold: Told = { version: 0, claims: {} }

export function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'version' in value && 'claims' in value
}

/** What has changed since the ACD was told last, as outputs, and what it is told with them. */
export interface News {
  readonly told: Told
  readonly outputs: readonly Output[]
}

/** The news of a user whose machine has taken a step. */
export function newsOf(told: Told, user: Standing<UserContext>, setup: UserSetup): News {
  const tasks = taskNews(told, user, setup)
  if (setup.acd === 'external' && !setup.acdHasCalls) return tasks
  const calls = setup.acd === 'external' ? callNewsForAcd(told.calls, user, setup) : callNews(told.calls, user, setup)
  return {
    told: { ...tasks.told, ...(calls.told ? { calls: calls.told } : {}) },
    outputs: [...tasks.outputs, ...calls.outputs],
  }
}

/** Each queue gets the changed availability in its MRD. An external ACD gets the availability in all MRDs. */
function taskNews(told: Told, snapshot: Standing<UserContext>, setup: UserSetup): News {
  const claims = Object.fromEntries(
    Object.entries(availabilityOf(snapshot)).map(([mrd, claim]) => [mrd, counted(claim, [mrd], snapshot, setup)]),
  )
  const changed = Object.keys(claims).filter((mrd) => !isSame(claims[mrd], told.claims[mrd]))
  if (changed.length === 0) return { told, outputs: [] }
  const version = told.version + 1
  const now = { ...told, version, claims }
  const user = setup.profile.id
  if (setup.acd === 'external')
    return { told: now, outputs: [{ type: 'acd', request: { type: 'availability', user, version, mrds: claims } }] }
  const outputs = changed.flatMap((mrd): readonly Output[] => {
    const claim = claims[mrd]
    return claim ? [{ type: 'send', to: `queue/${mrd}`, body: { type: 'availability', user, version, claim } }] : []
  })
  return { told: now, outputs }
}

/** An embedder's ACD gets the availability for calls once for all its queues. */
function callNewsForAcd(
  told: ToldCalls | undefined,
  snapshot: Standing<UserContext>,
  { profile }: UserSetup,
): { readonly told: ToldCalls | undefined; readonly outputs: readonly Output[] } {
  const claim = callAvailabilityOf(snapshot)
  const extension = claim.eligible ? snapshot.context.extension : ''
  if (isSame(claim, told?.claim) && (!claim.eligible || extension === told?.extension)) return { told, outputs: [] }
  const version = (told?.version ?? 0) + 1
  const { eligible, since } = claim
  const request = { type: 'callAvailability', user: profile.id, version, eligible, since, extension } as const
  return { told: { version, claim, extension, queues: [] }, outputs: [{ type: 'acd', request }] }
}

/** Every queue of calls that the user belongs to gets the same availability. A queue that is new gets it at once. */
function callNews(
  told: ToldCalls | undefined,
  snapshot: Standing<UserContext>,
  setup: UserSetup,
): { readonly told: ToldCalls | undefined; readonly outputs: readonly Output[] } {
  const { profile, queues: all = [] } = setup
  const queues = all.map(({ id }) => id)
  const claim = counted(callAvailabilityOf(snapshot), queues, snapshot, setup)
  const { extension } = snapshot.context
  // Without an availability the extension says nothing, and a queue knows that a new agent is not available.
  const isNews = !isSame(claim, told?.claim) || (claim.eligible && extension !== told?.extension)
  const unheard = claim.eligible ? queues.filter((id) => !told?.queues.includes(id)) : []
  const listeners = isNews ? queues : unheard
  if (listeners.length === 0 && queues.length === (told?.queues.length ?? 0)) return { told, outputs: [] }
  const version = (told?.version ?? 0) + 1
  const body = { type: 'callAvailability', user: profile.id, version, claim, extension } as const
  const outputs = listeners.map((id): Output => ({ type: 'send', to: `voice-queue/${id}`, body }))
  return { told: { version, claim, extension, queues }, outputs }
}

/** The claim with the contacts in hand, if one of the queues that get it asks for them. */
function counted(
  claim: Availability,
  queues: readonly string[],
  snapshot: Standing<UserContext>,
  { countedFor = [] }: UserSetup,
): Availability {
  const isAsked = claim.eligible && queues.some((id) => countedFor.includes(id))
  return isAsked ? { ...claim, inHand: contactsInHand(snapshot) } : claim
}

const NOBODY: Availability = { eligible: false, freeSlots: 0, since: 0 }

function isSame(a: Availability = NOBODY, b: Availability = NOBODY): boolean {
  return a.eligible === b.eligible && a.freeSlots === b.freeSlots && a.since === b.since && a.inHand === b.inHand
}
