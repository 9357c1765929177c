/** Who gets the next task: `media.md` 4.5, more free slots first, then longest available. */
import type { AgentClaim, QueuedTask, QueueState } from './state.ts'

const freeSlots = (agent: AgentClaim): number => agent.freeSlots - agent.pending.length

/** Could this agent take one more task now, offers under way included? */
export const isFree = (agent: AgentClaim): boolean => agent.eligible && freeSlots(agent) > 0

/** Does `a` come before `b`? The id decides between equals, so that the same state always gives the same agent. */
function isPreferred([a, claimA]: readonly [string, AgentClaim], [b, claimB]: readonly [string, AgentClaim]): boolean {
  const order = freeSlots(claimB) - freeSlots(claimA) || claimA.since - claimB.since
  return order < 0 || (order === 0 && a < b)
}

function preferredAgent(agents: QueueState['agents']): string | undefined {
  let best: readonly [string, AgentClaim] | undefined
  for (const agent of agents) if (isFree(agent[1]) && (!best || isPreferred(agent, best))) best = agent
  return best?.[0]
}

/** The next task and its agent, or `undefined` when nobody free may take any. */
export function nextOffer(state: QueueState): { readonly task: QueuedTask; readonly agent: string } | undefined {
  if (state.waiting.length === 0) return undefined
  const best = preferredAgent(state.agents)
  if (best === undefined) return undefined
  for (const id of state.waiting) {
    const task = state.open.get(id)
    if (!task) continue
    if (task.agentId === '') return { task, agent: best }
    const claim = state.agents.get(task.agentId)
    if (claim && isFree(claim)) return { task, agent: task.agentId }
  }
  return undefined
}
