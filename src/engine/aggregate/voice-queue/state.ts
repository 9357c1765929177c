/** The state of a queue of calls: the calls that wait or ring, and the availability of its agents. */
import type { WrapUp } from '../../../../machines/index.ts'
import type { Directory, VoicePolicy, VoiceQueue } from '../../../directory/model.ts'
import { hasLists } from '../../json.ts'
import type { Json } from '../../ports.ts'
import { wrapUpAfter } from '../call/wrap-up.ts'
import { type AgentClaim, Agents } from '../queue/agents.ts'
import { type Changed, type ChangedSettings, changedPart, type Sharing, sharingOf } from '../queue/sharing.ts'

/** An agent of the queue. */
export interface Member {
  readonly user: string
  /** After a call of this queue. */
  readonly wrapUp: WrapUp
}

/** What a queue of calls needs of the directory. */
export interface VoiceQueueSetup extends Sharing, Changed {
  readonly id: string
  readonly name: string
  /** In the order that the policy `in-order` follows. */
  readonly members: readonly Member[]
  readonly policy: VoicePolicy
  /** How long a call rings at an agent, in milliseconds. */
  readonly ringMs: number
}

/** A call that waits for an agent or rings at one. The call itself has everything else. */
export interface QueuedCall {
  /** Id of the call. */
  readonly id: string
  /**
   * Place in the queue. Lower numbers are offered first. A call that an agent did not take keeps its place. It is the
   * number of the call, moved by its priority.
   */
  readonly place: number
  readonly queuedAt: number
  /** The agent at whom it rings; `''` while it waits. */
  readonly offeredTo: string
}

/** The queue changes it in place. No other code does. */
export interface VoiceQueueState {
  setup: VoiceQueueSetup
  /** True while the directory does not have the queue. */
  isRemoved: boolean
  callsEver: number
  /** Calls that wait or ring, in the order of their places. */
  readonly calls: Map<string, QueuedCall>
  readonly agents: Agents
  /** The campaigns that want agents, the next one first. */
  readonly seekers: Map<string, Seeker>
  /** The number of agents that were lent to campaigns. */
  loansEver: number
  /** When a call reaches the next stage of the overflow: the deadline that is armed. */
  overflowDue?: number | undefined
}

/** A campaign that wants so many agents, and who would have nothing to do. */
export interface Seeker {
  readonly agents: number
  readonly notFor: readonly string[]
}

const DEFAULT_POLICY = 'longest-available' satisfies VoicePolicy

export const emptyVoiceQueue = (): VoiceQueueState => ({
  setup: { id: '', name: '', members: [], policy: DEFAULT_POLICY, ringMs: 0 },
  isRemoved: false,
  callsEver: 0,
  calls: new Map(),
  agents: new Agents(DEFAULT_POLICY),
  seekers: new Map(),
  loansEver: 0,
})

/** Puts a setup in force. Agents who are no longer in the queue are forgotten. */
export function configure(state: VoiceQueueState, setup: VoiceQueueSetup): void {
  const users = setup.members.map(({ user }) => user)
  state.setup = setup
  state.agents.arrange(setup.policy, users, setup)
  state.agents.keep(new Set(users))
}

interface StoredVoiceQueue {
  readonly setup: VoiceQueueSetup
  /** Absent if the queue is in the directory. */
  readonly isRemoved?: true
  readonly callsEver: number
  readonly calls: readonly QueuedCall[]
  readonly agents: readonly (readonly [string, AgentClaim])[]
  /** Absent if there never was a campaign, and in older snapshots. */
  readonly campaigns?: { readonly seekers: readonly (readonly [string, Seeker])[]; readonly loansEver: number }
  /** Absent if no such deadline is armed, and in older snapshots. */
  readonly overflowDue?: number
}

/** The state in the form of a snapshot. */
export function writeVoiceQueue(state: VoiceQueueState): Json {
  const { setup, isRemoved, callsEver, calls, agents, seekers, loansEver, overflowDue } = state
  const stored: StoredVoiceQueue = {
    setup,
    ...(isRemoved ? { isRemoved } : {}),
    callsEver,
    calls: [...calls.values()],
    agents: [...agents],
    ...(loansEver > 0 || seekers.size > 0 ? { campaigns: { seekers: [...seekers], loansEver } } : {}),
    ...(overflowDue === undefined ? {} : { overflowDue }),
  }
  return JSON.parse(JSON.stringify(stored))
}

/** The state as `writeVoiceQueue` wrote it. Throws on anything else. */
export function readVoiceQueue(json: Json): VoiceQueueState {
  if (!isStored(json)) throw new Error('snapshot of a queue of calls cannot be read')
  const { setup, isRemoved = false, callsEver, calls, agents, campaigns, overflowDue } = json
  const members = setup.members.map(({ user }) => user)
  const read = new Agents(setup.policy, agents)
  read.arrange(setup.policy, members, setup)
  return {
    setup,
    isRemoved,
    callsEver,
    calls: new Map(calls.map((call) => [call.id, call])),
    agents: read,
    seekers: new Map(campaigns?.seekers),
    loansEver: campaigns?.loansEver ?? 0,
    ...(overflowDue === undefined ? {} : { overflowDue }),
  }
}

/** It checks little, because the machine version fixes the form. */
const isStored = (value: unknown): value is StoredVoiceQueue => hasLists(value, 'calls', 'agents')

/** The setup of a queue of the directory. `changed`: settings that are in force in place of those of the directory. */
export function voiceQueueSetup(
  directory: Directory,
  queue: VoiceQueue,
  changed: ChangedSettings = {},
): VoiceQueueSetup {
  const settings = { ...queue, ...changed }
  const { id, name, agents, policy: named, ringSeconds } = settings
  const policy = named === 'most-free-slots' ? DEFAULT_POLICY : named
  const wrapUps = new Map(directory.users.map((user) => [user.id, wrapUpAfter(user.settings.wrapUpOnIncoming)]))
  const members = agents.map((user) => ({ user, wrapUp: wrapUps.get(user) ?? false }))
  const isMember = new Set(agents)
  const sharing = sharingOf(directory, settings, (user) => isMember.has(user))
  return { id, name, members, policy, ringMs: ringSeconds * 1000, ...sharing, ...changedPart(changed) }
}
