/** Selects the next task and its agent (`media 4.5`): more free slots first, then longest available. */
import { isFree } from './agents.ts'
import type { QueueState } from './state.ts'
import type { QueuedTask } from './tasks.ts'

/** The next task and its agent; `undefined` if no free agent may take a waiting task. */
export function nextOffer({
  tasks,
  agents,
}: QueueState): { readonly task: QueuedTask; readonly agent: string } | undefined {
  if (tasks.figures.waiting === 0) return undefined
  const best = agents.preferred
  if (best === undefined) return undefined
  for (const task of tasks.waiting()) {
    if (task.agentId === '') return { task, agent: best }
    const claim = agents.get(task.agentId)
    if (claim && isFree(claim)) return { task, agent: task.agentId }
  }
  return undefined
}
