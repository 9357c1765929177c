/** A dialog without a medium: what holds where nobody says otherwise. */
import type { TaskInput } from './model.ts'

const MS = { second: 1000, hour: 3_600_000 }

/** Times of a dialog, and what becomes of its transfers. */
export const standardTimes = {
  startTimeoutMs: 30 * MS.second,
  maxTaskDurationMs: 8 * MS.hour,
  transferTimeoutMs: 10 * MS.second,
  taskLifeMs: 1200 * MS.second,
  losesTransfers: true,
}

/** What has to be said of a dialog: its id, and when it begins. */
export type TaskStart = Pick<TaskInput, 'dialog' | 'at'> & Partial<TaskInput>

/** Nothing is known of its task. */
const taskOf = (dialog: string) => ({
  id: dialog,
  scriptSelector: '',
  variables: [],
  queueNumber: '',
  queueName: '',
  associatedDialog: '',
})

export function completeTask(start: TaskStart): TaskInput {
  const { dialog, at, mrd = '', offer = dialog, task = taskOf(dialog), ...others } = start
  return { dialog, mrd, offer, task, at, ...standardTimes, ...others }
}
