/** A queue as inspectors see it: lengths, and who comes next. */
import type { QueuedTask, QueueState } from './state.ts'

/** So many waiting tasks, and so many reserved ones, are shown one by one. */
const SHOWN = 20

/** What can be said of a task without saying anything of the customer. */
const facts = ({ id, scriptSelector, agentId, offeredTo, dialog, queuedAt, state }: QueuedTask) => ({
  id,
  state,
  scriptSelector,
  queuedAt,
  ...(agentId === '' ? {} : { agentId }),
  ...(offeredTo === '' ? {} : { offeredTo }),
  ...(dialog === '' ? {} : { dialog }),
})

/** A copy: the state is changed in place. */
export function lookAt({ setup, open, waiting, finished, tasksEver, resubmission, isDraining }: QueueState): object {
  const reserved: QueuedTask[] = []
  for (const task of open.values()) {
    if (reserved.length >= SHOWN) break
    if (task.state === 'reserved') reserved.push(task)
  }
  return {
    mrd: setup.mrd,
    name: setup.name,
    tasksEver,
    waiting: waiting.length,
    reserved: open.size - waiting.length,
    ended: finished.size,
    ...(resubmission === '' ? {} : { resubmission }),
    ...(isDraining ? { isDraining } : {}),
    nextWaiting: waiting
      .slice(0, SHOWN)
      .flatMap((id) => open.get(id) ?? [])
      .map(facts),
    reservedTasks: reserved.map(facts),
  }
}
