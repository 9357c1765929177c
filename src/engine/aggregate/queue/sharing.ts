/**
 * What the directory says of the agents of a queue besides its policy: their skill levels, and who gets contacts only
 * after a wait. The same for queues of tasks and of calls.
 */
import type { Directory, MediaPolicy, QueueAgents, VoicePolicy } from '../../../directory/model.ts'
import type { Output } from '../../output.ts'
import type { Waiting } from './selection.ts'

/** The settings of a queue that were changed while the engine ran. They are in force in place of those of the directory. */
export interface ChangedSettings extends QueueAgents {
  readonly policy?: MediaPolicy | VoicePolicy
  readonly priorities?: Readonly<Record<string, number>>
}

/** Part of a setup: absent if nothing was changed, and in older setups. */
export interface Changed {
  readonly changed?: ChangedSettings
}

/** The changed settings as part of a setup. */
export const changedPart = (changed: ChangedSettings): Changed => (Object.keys(changed).length === 0 ? {} : { changed })

/** As a setup has it. Both are absent if the directory says nothing, and in older setups. */
export interface Sharing {
  /** Skill levels by user, 1 to 10. */
  readonly skills?: Readonly<Record<string, number>>
  /** The stages, the earliest first. No agent is in two of them. Agents who are in none get contacts at once. */
  readonly overflow?: readonly Stage[]
}

/** Agents who get the contacts that have waited this long. */
interface Stage {
  readonly afterMs: number
  readonly agents: readonly string[]
}

/** The skill level of an agent for whom the queue names none. */
export const USUAL_SKILL = 5

/** Part of the setup of a queue: its `overflow` with the agents of teams, and without agents of another queue. */
export function sharingOf(
  { users }: Pick<Directory, 'users'>,
  { skills = {}, overflow = [] }: QueueAgents,
  isMember: (user: string) => boolean,
): Sharing {
  const placed = new Set<string>()
  const stages = overflow.map(({ afterSeconds, agents = [], teams = [] }) => {
    const fresh = users.filter(
      ({ id, teamId }) => !placed.has(id) && isMember(id) && (agents.includes(id) || teams.includes(teamId)),
    )
    for (const { id } of fresh) placed.add(id)
    return { afterMs: afterSeconds * 1000, agents: fresh.map(({ id }) => id) }
  })
  return {
    ...(Object.keys(skills).length === 0 ? {} : { skills }),
    ...(stages.length === 0 ? {} : { overflow: stages }),
  }
}

const beginning = ({ queuedAt, waitsSince = queuedAt }: Waiting): number => waitsSince

/** The stage that each contact has reached at this time; 0 before the first one. */
export const stagesAt =
  ({ overflow = [] }: Sharing, at: number) =>
  (contact: Waiting): number =>
    overflow.filter(({ afterMs }) => at - beginning(contact) >= afterMs).length

/** How long a contact has to wait for these users, in milliseconds. Users who get contacts at once are missing. */
export const delaysOf = ({ overflow = [] }: Sharing): ReadonlyMap<string, number> =>
  new Map(overflow.flatMap(({ afterMs, agents }) => agents.map((id) => [id, afterMs] as const)))

/** When one of these contacts reaches its next stage. `undefined` if none will. */
export function nextStageDue({ overflow = [] }: Sharing, waiting: Iterable<Waiting>, at: number): number | undefined {
  if (overflow.length === 0) return undefined
  let next: number | undefined
  for (const contact of waiting) {
    const since = beginning(contact)
    const stage = contact.agentId === '' ? overflow.find(({ afterMs }) => since + afterMs > at) : undefined
    if (stage && (next === undefined || since + stage.afterMs < next)) next = since + stage.afterMs
  }
  return next
}

/** The one deadline of a queue at which a contact reaches its next stage. */
const OVERFLOW = { owner: 'queue', name: 'OVERFLOW_DUE' } as const

/** The output that moves the deadline of the overflow from one time to another. Nothing if they are the same. */
export function rearmed(from: number | undefined, to: number | undefined): readonly Output[] {
  if (from === to) return []
  return [to === undefined ? { type: 'clear', ...OVERFLOW } : { type: 'arm', ...OVERFLOW, due: to }]
}
