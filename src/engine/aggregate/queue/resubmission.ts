/**
 * Resubmission: an agent gives a task back, and the customer is queued again (R3, S3, D10). The failures that can be
 * simulated are here too.
 */
import type { Message } from '../../input.ts'
import type { Output } from '../../output.ts'
import { abandon } from './abandonment.ts'
import { type LateConfirmation, priorityOf, type QueueState } from './state.ts'
import { mrdOfTask, type QueuedTask } from './tasks.ts'

type Resubmit = Extract<Message, { type: 'resubmit' }>

/** A new task replaces the old one, at the end of the queue of its selector. */
export function resubmit(state: QueueState, body: Resubmit, at: number): readonly Output[] {
  return state.resubmission === '' ? queueAgain(state, body, at) : fail(state, body, at)
}

function queueAgain(state: QueueState, body: Resubmit, at: number): readonly Output[] {
  const { tasks, setup } = state
  const { user, task: id, dialog, scriptSelector, cause, attempt } = body
  const task = tasks.openOne(id)
  const mrd = Object.hasOwn(setup.selectors, scriptSelector) ? setup.selectors[scriptSelector] : undefined
  if (!task || mrd === undefined) {
    if (cause === 'TRANSFER') return [refused(state, body, 'unknown task or selector')]
    tasks.end(id, 'lost')
    return []
  }
  const { variables } = task
  const answer = cause === 'TRANSFER' ? [confirmed(state, { user, dialog, task: id, attempt })] : []
  if (mrd === setup.mrd) {
    const facts = {
      scriptSelector,
      variables,
      associatedDialog: dialog,
      ...agentAfter(task, cause),
      ...waitAfter(state, task, cause),
    }
    const resubmittedAs = tasks.add(mrd, facts, at, priorityOf(setup, scriptSelector))
    tasks.change(id, { state: 'resubmitted', resubmittedBy: attempt, resubmittedAs })
    return answer
  }
  tasks.change(id, { state: 'resubmitted', resubmittedBy: attempt })
  const enqueue = { type: 'enqueue', original: id, scriptSelector, variables, associatedDialog: dialog } as const
  return [{ type: 'send', to: `queue/${mrd}`, body: enqueue }, ...answer]
}

/**
 * The agent for whom a resubmitted task is reserved. Usually none (ruling 46). A task that was submitted with
 * `keepAgent` keeps its agent, unless the agent has transferred it.
 */
const agentAfter = ({ agentId, keepAgent }: QueuedTask, cause: Resubmit['cause']) =>
  keepAgent && cause !== 'TRANSFER' ? { agentId, keepAgent } : { agentId: '' }

/** A customer whom an agent did not accept goes on waiting. The overflow counts from the beginning of the wait. */
const waitAfter = ({ setup }: QueueState, { queuedAt, waitsSince = queuedAt }: QueuedTask, cause: Resubmit['cause']) =>
  setup.overflow && cause === 'START_TIMEOUT' ? { waitsSince } : {}

/** The simulated failure of resubmissions (D11, RV4, P13). A transfer fails; the task of an automatic one is lost. */
function fail(state: QueueState, body: Resubmit, at: number): readonly Output[] {
  const { user, task, dialog, cause, attempt } = body
  const { losesTransfers, lateAfterMs } = state.setup
  if (cause !== 'TRANSFER') {
    if (!losesTransfers) return queueAgain(state, body, at)
    state.tasks.end(task, 'lost')
    return []
  }
  if (state.resubmission === 'refuse') return [refused(state, body, 'the ACD refused')]
  if (state.resubmission !== 'late') return []
  const late = { user, dialog, task, attempt }
  state.late = [...state.late, late]
  return [{ type: 'arm', owner: ownerOf(late), name: 'LATE_CONFIRMATION', due: at + lateAfterMs }]
}

/**
 * Confirms a transfer after its time-out. No new task was queued. The agent was notified of the failure already and
 * answers with a cancellation. `owner`: that of the deadline.
 */
export function confirmLate(state: QueueState, owner: string): readonly Output[] {
  const late = state.late.find((each) => ownerOf(each) === owner)
  if (!late) return []
  state.late = state.late.filter((each) => each !== late)
  return [confirmed(state, late)]
}

/** The customer is still with the first agent, so the new task is withdrawn. */
export function cancelResubmission(state: QueueState, id: string, attempt: number | null): readonly Output[] {
  const { tasks } = state
  const task = tasks.get(id)
  // A cancellation of an earlier attempt must not undo the attempt that succeeded.
  if (task?.state !== 'resubmitted' || task.resubmittedBy !== attempt) return []
  const outputs = withdraw(state, task.resubmittedAs)
  tasks.change(id, { state: 'reserved', resubmittedAs: '' })
  return outputs
}

/** `task`: `''` if there is no new task. */
function withdraw(state: QueueState, task: string): readonly Output[] {
  if (task === '') return []
  const mrd = mrdOfTask(task)
  if (mrd === state.setup.mrd) return abandon(state, task)
  return [{ type: 'send', to: `queue/${mrd}`, body: { type: 'withdraw', task } }]
}

const ownerOf = ({ dialog, attempt }: LateConfirmation) => `${dialog}#${attempt}`

/** The answer to a transfer that is done. */
function confirmed({ setup }: QueueState, { user, dialog, task, attempt }: LateConfirmation): Output {
  return { type: 'send', to: `user/${user}`, body: { type: 'resubmitted', mrd: setup.mrd, dialog, task, attempt } }
}

/** The answer to a transfer that failed. */
function refused({ setup }: QueueState, { user, dialog, attempt }: Resubmit, reason: string): Output {
  const body = { type: 'resubmissionRefused', mrd: setup.mrd, dialog, reason, attempt } as const
  return { type: 'send', to: `user/${user}`, body }
}
