/** The actions of a dialog. */
import { assertEvent, assign, emit } from 'xstate'
import type { DeadlineName, Effect } from '../effects.ts'
import type { MediaFailure } from '../failures.ts'
import { aloud } from '../report.ts'
import type { DispositionCode, TaskState } from '../wire.ts'
import { guarded } from './guards.ts'
import { type DialogChanged, type Interruptible, type TaskContext, type TaskEvent, taskView } from './model.ts'

/** The cause of the end of a dialog that the agent did not complete, for the ACD. */
function endCause({ type }: TaskEvent): 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST' {
  if (type === 'MAX_TASK_DURATION') return type
  return type === 'CUSTOMER_CANCELS' ? 'ABANDONED' : 'LOST'
}

/** R3, S3: the task goes back to its script selector. No answer is expected, so `attempt` is 0. */
function automaticResubmission({ task, dialog }: TaskContext, cause: 'START_TIMEOUT' | 'SIGN_OUT'): Effect {
  const { id, scriptSelector } = task
  return { type: 'acd', notice: { ask: 'resubmit', task: id, dialog, scriptSelector, cause, attempt: 0 } }
}

/** The report to the medium about a change. */
export function dialogChanged(context: TaskContext, event: TaskEvent, state: TaskState): DialogChanged {
  const { dialog, dispositionCode } = context
  return { type: 'DIALOG_CHANGED', dialog, state, started: event.type === 'START', dispositionCode, at: event.at }
}

/** The setup of the dialog's chart: guards and actions. */
export const task = guarded.extend({
  actions: {
    noteTime: assign({ stateChangeTime: ({ event }) => event.at }),
    rememberState: assign({ beforeInterrupt: (_, params: { state: Interruptible }) => params.state }),
    forgetState: assign({ beforeInterrupt: null }),
    /** The dialog will not return to its old state. Clients see the same as before (`media 8`, 11.3). */
    loseState: assign({ isForgotten: true as const }),
    dispose: assign({ dispositionCode: (_, params: { dispositionCode: DispositionCode }) => params.dispositionCode }),
    publish: emit(
      ({ context, event }, params: { state: TaskState }): Effect => ({
        type: params.state === 'CLOSED' ? 'task.removed' : 'task.changed',
        task: taskView({ value: params.state, context }),
        requestId: event.requestId ?? '',
      }),
    ),
    publishAdded: emit(
      ({ context, event }, params: { state: TaskState }): Effect => ({
        type: 'task.added',
        task: taskView({ value: params.state, context }),
        requestId: '',
        ...(event.type === 'REPUBLISH' ? { only: event.side } : {}),
      }),
    ),
    tellMedium: emit(({ context, event }, params: { state: TaskState }) =>
      aloud({ report: dialogChanged(context, event, params.state) }),
    ),
    tellAccepted: emit(
      ({ context: { task, offer, dialog } }): Effect => ({
        type: 'acd',
        notice: { ask: 'accepted', task: task.id, offer, dialog },
      }),
    ),
    tellHandled: emit(
      ({ context: { task, dialog } }): Effect => ({
        type: 'acd',
        notice: { ask: 'handled', task: task.id, dialog },
      }),
    ),
    tellEnded: emit(
      ({ context: { task, dialog }, event }): Effect => ({
        type: 'acd',
        notice: {
          ask: 'ended',
          task: task.id,
          dialog,
          cause: endCause(event),
        },
      }),
    ),
    resubmitAfterTimeout: emit(({ context }): Effect => automaticResubmission(context, 'START_TIMEOUT')),
    resubmitAfterSignOut: emit(({ context }): Effect => automaticResubmission(context, 'SIGN_OUT')),
    rememberTransfer: assign(({ context, event }) => {
      assertEvent(event, 'TRANSFER')
      const transfer = { scriptSelector: event.target, requestId: event.requestId ?? '' }
      return { transfer, transfersEver: context.transfersEver + 1 }
    }),
    askForResubmission: emit(
      ({ context: { task, dialog, transfer, transfersEver } }): Effect => ({
        type: 'acd',
        notice: {
          ask: 'resubmit',
          task: task.id,
          dialog,
          scriptSelector: transfer?.scriptSelector ?? task.scriptSelector,
          cause: 'TRANSFER',
          attempt: transfersEver,
        },
      }),
    ),
    armTransferTimeout: emit(
      ({ context, event }): Effect => ({
        type: 'deadline.armed',
        owner: context.dialog,
        name: 'TRANSFER_TIMEOUT',
        due: event.at + context.transferTimeoutMs,
      }),
    ),
    forgetTransfer: assign({ transfer: null }),
    noteActingSide: assign({ cutOff: ({ event }) => event.type === 'ACTING_SIDE_DOWN' }),
    armTaskLife: emit(
      ({ context, event }): Effect => ({
        type: 'deadline.armed',
        owner: context.dialog,
        name: 'TASK_LIFE',
        due: event.at + context.taskLifeMs,
      }),
    ),
    failTransfer: emit(
      ({ context, event }, params: { failure: MediaFailure }): Effect => ({
        type: 'failed',
        subject: { kind: 'task', mrd: context.mrd, dialog: context.dialog },
        failure: params.failure,
        detail: context.transfer?.scriptSelector ?? '',
        requestId: context.transfer?.requestId ?? event.requestId ?? '',
      }),
    ),
    publishTransferred: emit(
      ({ context }): Effect => ({
        type: 'task.removed',
        task: taskView({ value: 'CLOSED', context }),
        requestId: context.transfer?.requestId ?? '',
      }),
    ),
    cancelResubmission: emit(
      ({ context: { task, dialog }, event }): Effect => ({
        type: 'acd',
        notice: {
          ask: 'cancelResubmission',
          task: task.id,
          dialog,
          attempt: event.type === 'RESUBMITTED' ? event.attempt : null,
        },
      }),
    ),
    refuse: emit(
      ({ context, event }, params: { failure: MediaFailure }): Effect => ({
        type: 'failed',
        subject: { kind: 'task', mrd: context.mrd, dialog: context.dialog },
        failure: params.failure,
        detail: context.dialog,
        requestId: event.requestId ?? '',
      }),
    ),
    refuseSelector: emit(({ context, event }): Effect => {
      assertEvent(event, 'TRANSFER')
      return {
        type: 'failed',
        subject: { kind: 'task', mrd: context.mrd, dialog: context.dialog },
        failure: 'UNKNOWN_SCRIPT_SELECTOR',
        detail: event.target,
        requestId: event.requestId ?? '',
      }
    }),
    armStartTimeout: emit(
      ({ context }): Effect => ({
        type: 'deadline.armed',
        owner: context.dialog,
        name: 'START_TIMEOUT',
        due: context.startTime + context.startTimeoutMs,
      }),
    ),
    armMaxTaskDuration: emit(
      ({ context }): Effect => ({
        type: 'deadline.armed',
        owner: context.dialog,
        name: 'MAX_TASK_DURATION',
        due: context.startTime + context.maxTaskDurationMs,
      }),
    ),
    clearDeadline: emit(
      ({ context }, params: { name: DeadlineName }): Effect => ({
        type: 'deadline.cleared',
        owner: context.dialog,
        name: params.name,
      }),
    ),
  },
})
