/** JSON of tasks and calls in the answers of `/acd`. */
import type { AcdTaskValue, CallDialogValue, Variable } from '../engine/values.ts'

const asObject = (variables: readonly Variable[]) =>
  Object.fromEntries(variables.map(({ name, value }) => [name, value]))

/** A task; fields without a value are `null`. */
export function taskView(task: AcdTaskValue) {
  return {
    id: task.id,
    state: task.state,
    mrdId: task.mrd,
    scriptSelector: task.scriptSelector,
    dialogId: task.dialogId ?? null,
    agentId: task.agentId ?? null,
    pinnedTo: task.pinnedTo ?? null,
    resubmittedAs: task.resubmittedAs ?? null,
    queuedAt: new Date(task.queuedAt).toISOString(),
    variables: asObject(task.variables),
  }
}

/** A call with its parties, and with the queue that it went to. */
export function callView(call: CallDialogValue) {
  return {
    id: call.id,
    state: call.state,
    from: call.fromAddress,
    to: call.toAddress,
    queue: call.queue ? { id: call.queue.number, name: call.queue.name, outcome: call.queue.outcome } : null,
    agentId: call.participants.find(({ user }) => user !== undefined)?.user ?? null,
    participants: call.participants.map(({ mediaAddress, user, state }) => ({
      mediaAddress,
      agentId: user ?? null,
      state,
    })),
    variables: asObject(call.variables),
  }
}
