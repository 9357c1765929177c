/** How many agents of a queue may get a contact now, and what prevents the others (`media 4.5`). */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Eligibility } from '../../../machines/index.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { isDraining } from '../drain/work.ts'

/** The agents of a queue. */
export interface Staffing {
  /** Agents who may get a contact of the queue now. */
  readonly free: number
  /** The other agents, by what prevents them, most agents first. Those who are not signed in are last. */
  readonly prevented: readonly Prevented[]
  /** The engine is draining, so nobody gets a task. Calls still come. */
  readonly isDraining: boolean
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
  const agents = aggregates.users().flatMap((user) => {
    const known = aggregates.user(user)
    if (!known?.isConfigured) return []
    if (!isCalls) return known.eligibility[id] ?? []
    return known.setup.queues?.some((queue) => queue.id === id) ? (known.eligibility[VOICE_MRD] ?? []) : []
  })
  return { ...counted(agents), isDraining: isMrd && isDraining(aggregates) }
}

/** Counts agents by what prevents them. */
export function counted(agents: readonly Eligibility[]): Omit<Staffing, 'isDraining'> {
  const groups = new Map<string, Prevented>()
  for (const { prevented: why, heldBy } of agents) {
    if (why === null) continue
    const key = [why, ...heldBy].join(' ')
    groups.set(key, { why, heldBy, agents: (groups.get(key)?.agents ?? 0) + 1 })
  }
  const prevented = [...groups.values()].sort(
    (a, b) => isOut(a) - isOut(b) || b.agents - a.agents || (a.why < b.why ? -1 : 1),
  )
  return { free: agents.filter((each) => each.prevented === null).length, prevented }
}

const isOut = ({ why }: Prevented): number => (why === 'NOT_SIGNED_IN' ? 1 : 0)
