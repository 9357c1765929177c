/** Defaults for a dialog that runs without a medium. */
import type { TaskInput } from './model.ts'

const MS = { second: 1000, hour: 3_600_000 }

/** Default times of a dialog, and the default for lost transfers. */
export const standardTimes = {
  startTimeoutMs: 30 * MS.second,
  maxTaskDurationMs: 8 * MS.hour,
  transferTimeoutMs: 10 * MS.second,
  taskLifeMs: 1200 * MS.second,
  losesTransfers: true,
}

/** The input of a dialog. Only its id and the time of its begin are required. */
export type TaskStart = Pick<TaskInput, 'dialog' | 'at'> & Partial<TaskInput>

/** The default task with this id. */
export const standardTask = (id: string) => ({
  id,
  scriptSelector: '',
  variables: [],
  queueNumber: '',
  queueName: '',
  associatedDialog: '',
})

export function completeTask(start: TaskStart): TaskInput {
  const { dialog, at, mrd = '', offer = dialog, task = standardTask(dialog), ...others } = start
  return { dialog, mrd, offer, task, at, ...standardTimes, ...others }
}
