/** A queue as inspectors show it: numbers of tasks, and the next tasks. */
import type { QueueState } from './state.ts'
import type { QueuedTask } from './tasks.ts'

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

/** The first `SHOWN` that are selected. */
function first(tasks: Iterable<QueuedTask>, isWanted: (task: QueuedTask) => boolean): readonly object[] {
  const shown: object[] = []
  for (const task of tasks) {
    if (shown.length >= SHOWN) break
    if (isWanted(task)) shown.push(facts(task))
  }
  return shown
}

/** A copy, because the queue changes its state in place. */
export function lookAt({ setup, tasks, resubmission, isDraining }: QueueState): object {
  const { waiting, reserved } = tasks.figures
  return {
    mrd: setup.mrd,
    name: setup.name,
    tasksEver: tasks.ever,
    waiting,
    reserved,
    ended: tasks.finished.length,
    ...(resubmission === '' ? {} : { resubmission }),
    ...(isDraining ? { isDraining } : {}),
    nextWaiting: first(tasks.waiting(), () => true),
    reservedTasks: first(tasks.open, ({ state }) => state === 'reserved'),
  }
}
