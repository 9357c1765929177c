/** How many agents of a queue may get a contact now, and what prevents the others (`media 4.5`). */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Eligibility } from '../../../machines/index.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { delaysOf } from '../aggregate/queue/sharing.ts'
import { isDraining } from '../drain/work.ts'

/** The agents of a queue. */
export interface Staffing {
  /** Agents who may get a contact of the queue now. */
  readonly free: number
  /** The other agents, by what prevents them, most agents first. Those who are not signed in are last. */
  readonly prevented: readonly Prevented[]
  /** Free agents who get only contacts that have waited for some time, the earliest first. Absent if there are none. */
  readonly later?: readonly Later[]
  /** The engine is draining, so nobody gets a task. Calls still come. */
  readonly isDraining: boolean
}

/** Free agents of one stage of the overflow. */
export interface Later {
  readonly agents: number
  /** How long a contact has to wait for them. */
  readonly afterSeconds: number
}

/** Eligibility of an agent, and how long a contact has to wait for the agent in this queue. 0 if absent. */
export interface Counted extends Eligibility {
  readonly afterMs?: number | undefined
}

/** Agents who may not get a contact for the same reason. */
export interface Prevented {
  readonly why: OfferRefusal
  /** With BUSY_ELSEWHERE: MRDs of the work that holds the agents. Otherwise empty. */
  readonly heldBy: readonly string[]
  readonly agents: number
}

/** The agents of a nonvoice MRD or of a queue of calls; `undefined` for any other id. */
export function staffingOf(aggregates: Aggregates, directory: Directory, id: string): Staffing | undefined {
  const isCalls = directory.queues?.some((queue) => queue.id === id) ?? false
  const isMrd = id !== VOICE_MRD && directory.mediaRoutingDomains.some((mrd) => mrd.id === id)
  if (!isCalls && !isMrd) return undefined
  const delays = delaysOf((isCalls ? aggregates.voiceQueue(id) : aggregates.queue(id))?.setup ?? {})
  const agents = aggregates.users().flatMap((user) => {
    const known = aggregates.user(user)
    if (!known?.isConfigured) return []
    const isMember = !isCalls || known.setup.queues?.some((queue) => queue.id === id)
    const own = isMember ? known.eligibility[isCalls ? VOICE_MRD : id] : undefined
    return own ? [{ ...own, afterMs: delays.get(user) }] : []
  })
  return { ...counted(agents), isDraining: isMrd && isDraining(aggregates) }
}

/** Counts agents by what prevents them. */
export function counted(agents: readonly Counted[]): Omit<Staffing, 'isDraining'> {
  const groups = new Map<string, Prevented>()
  for (const { prevented: why, heldBy } of agents) {
    if (why === null) continue
    const key = [why, ...heldBy].join(' ')
    groups.set(key, { why, heldBy, agents: (groups.get(key)?.agents ?? 0) + 1 })
  }
  const prevented = [...groups.values()].sort(
    (a, b) => isOut(a) - isOut(b) || b.agents - a.agents || (a.why < b.why ? -1 : 1),
  )
  const free = agents.filter((each) => each.prevented === null)
  const later = laterOf(free)
  const delayed = later.reduce((sum, each) => sum + each.agents, 0)
  return { free: free.length - delayed, prevented, ...(later.length === 0 ? {} : { later }) }
}

function laterOf(free: readonly Counted[]): readonly Later[] {
  const stages = Map.groupBy(free, ({ afterMs = 0 }) => afterMs)
  stages.delete(0)
  return [...stages]
    .map(([afterMs, { length: agents }]) => ({ agents, afterSeconds: afterMs / 1000 }))
    .sort((a, b) => a.afterSeconds - b.afterSeconds)
}

const isOut = ({ why }: Prevented): number => (why === 'NOT_SIGNED_IN' ? 1 : 0)
