/** Who gets the next task: `media.md` 4.5, more free slots first, then longest available. */
import type { AgentClaim, QueuedTask, QueueState } from './state.ts'

const freeSlots = (agent: AgentClaim): number => agent.freeSlots - agent.pending.length

/** Could this agent take one more task now, offers under way included? */
export const isFree = (agent: AgentClaim): boolean => agent.eligible && freeSlots(agent) > 0

/** Order of preference; the id decides between equals, so that the same state always gives the same agent. */
function byPreference([a, claimA]: readonly [string, AgentClaim], [b, claimB]: readonly [string, AgentClaim]): number {
  return freeSlots(claimB) - freeSlots(claimA) || claimA.since - claimB.since || (a < b ? -1 : 1)
}

/** The next task and its agent, or `undefined` when nobody free may take any. */
export function nextOffer(state: QueueState): { readonly task: QueuedTask; readonly agent: string } | undefined {
  const free = [...state.agents].filter(([, agent]) => isFree(agent))
  if (free.length === 0) return undefined
  const [best] = free.sort(byPreference)
  // Tasks stand in the order of their places.
  for (const task of state.open.values()) {
    if (task.state !== 'queued') continue
    const agent = task.agentId === '' ? best?.[0] : free.find(([id]) => id === task.agentId)?.[0]
    if (agent !== undefined) return { task, agent }
  }
  return undefined
}
