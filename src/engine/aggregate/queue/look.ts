/** A queue as inspectors show it: numbers of tasks, and the next tasks. */
import type { QueuedTask, QueueState } from './state.ts'

/** At most this many waiting tasks, and this many reserved ones, are listed. */
const SHOWN = 20

/** The fields of a task that contain no customer data. */
const facts = ({ id, scriptSelector, agentId, offeredTo, dialog, queuedAt, state }: QueuedTask) => ({
  id,
  state,
  scriptSelector,
  queuedAt,
  ...(agentId === '' ? {} : { agentId }),
  ...(offeredTo === '' ? {} : { offeredTo }),
  ...(dialog === '' ? {} : { dialog }),
})

/** A copy, because the queue changes its state in place. */
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
