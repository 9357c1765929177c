/** Selects the next task and its agent (`media 4.5`): more free slots first, then longest available. */
import { isFree } from './agents.ts'
import type { QueuedTask, QueueState } from './state.ts'

/** The next task and its agent; `undefined` if no free agent may take a waiting task. */
export function nextOffer(state: QueueState): { readonly task: QueuedTask; readonly agent: string } | undefined {
  if (state.waiting.length === 0) return undefined
  const best = state.agents.preferred
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
