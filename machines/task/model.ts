/** The types of a nonvoice dialog: context, events and actions, and its view for clients. */
import type { TaskFacts, TaskView } from '../effects.ts'
import type { Occurrence } from '../occurrence.ts'
import {
  type DialogLogoutAction,
  type DispositionCode,
  type Side,
  TASK_STATES,
  type TaskAction,
  type TaskState,
} from '../wire.ts'
import { type Standing, wireState } from '../wire-state.ts'

export interface TaskInput {
  readonly dialog: string
  readonly mrd: string
  readonly offer: string
  readonly task: TaskFacts
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly startTimeoutMs: number
  readonly maxTaskDurationMs: number
  readonly transferTimeoutMs: number
  readonly taskLifeMs: number
  /** A task whose resubmission is due while the acting side is down is lost (P5, RV4), as in Finesse. */
  readonly losesTransfers: boolean
}

export interface TaskContext extends Omit<TaskInput, 'at'> {
  readonly startTime: number
  readonly stateChangeTime: number
  readonly dispositionCode: DispositionCode | ''
  /** The state to which the dialog returns when the interrupt is over (D12, D13). */
  readonly beforeInterrupt: 'ACTIVE' | 'PAUSED' | 'WRAPPING_UP' | null
  /**
   * A failure has lost that state, so the dialog will be UNKNOWN (D14). Until then it keeps the actions of
   * `beforeInterrupt` (`media 11.3`). Absent if nothing was lost.
   */
  readonly isForgotten?: true
  /** A transfer that the ACD has not answered yet (D10, D11). */
  readonly transfer: { readonly scriptSelector: string; readonly requestId: string } | null
  /** Number of transfers that were requested so far. */
  readonly transfersEver: number
  /** The acting side is down, so it cannot resubmit tasks (`media 13`). */
  readonly cutOff: boolean
}

/** The context of a task that was just offered. */
export const offered = ({ at, ...facts }: TaskInput): TaskContext => ({
  ...facts,
  startTime: at,
  stateChangeTime: at,
  dispositionCode: '',
  beforeInterrupt: null,
  transfer: null,
  transfersEver: 0,
  cutOff: false, // no task is offered while the acting side is down
})

export type TaskEvent =
  | ({ readonly type: Exclude<TaskAction, 'TRANSFER'> } & Occurrence)
  | ({ readonly type: 'TRANSFER'; readonly target: string; readonly targetKnown: boolean } & Occurrence)
  | ({ readonly type: 'PRESENT' } & Occurrence)
  /** The dialog is published again on this side. */
  | ({ readonly type: 'REPUBLISH'; readonly side: Side } & Occurrence)
  | ({ readonly type: 'START_TIMEOUT' } & Occurrence)
  | ({ readonly type: 'MAX_TASK_DURATION' } & Occurrence)
  | ({ readonly type: 'TRANSFER_TIMEOUT' } & Occurrence)
  | ({ readonly type: 'CUSTOMER_CANCELS' } & Occurrence)
  | ({ readonly type: 'RESUBMITTED'; readonly task: string; readonly attempt: number | null } & Occurrence)
  | ({ readonly type: 'RESUBMISSION_REFUSED'; readonly reason: string; readonly attempt: number | null } & Occurrence)
  | ({ readonly type: 'AGENT_SIGNED_OUT'; readonly dialogLogoutAction: DialogLogoutAction } & Occurrence)
  | ({ readonly type: 'ACTING_SIDE_DOWN' | 'ACTING_SIDE_UP' } & Occurrence)
  /** The application path: an MRD's way to the ACD (`media 2`, task life). */
  | ({ readonly type: 'PATH_LOST' | 'PATH_BACK' } & Occurrence)
  | ({ readonly type: 'TASK_LIFE' } & Occurrence)
  /** A peripheral gateway failed. `both`: both failed, so the tasks are lost (P9, P11). */
  | ({ readonly type: 'PERIPHERAL_LOST'; readonly both: boolean } & Occurrence)
  | ({ readonly type: 'INTERRUPT' } & Occurrence)
  | ({ readonly type: 'INTERRUPT_DONE' } & Occurrence)
  | ({
      readonly type: 'USER_EVENT'
      readonly state: TaskState
      readonly variables?: TaskFacts['variables']
    } & Occurrence)

/** The report of a task to its medium, after every change of its state. */
export interface DialogChanged extends Occurrence {
  readonly type: 'DIALOG_CHANGED'
  readonly dialog: string
  readonly state: TaskState
  /** The agent started the dialog with this change (D5). */
  readonly started: boolean
  readonly dispositionCode: DispositionCode | ''
}

/**
 * Allowed actions by state (ruling 14). An interrupted dialog keeps those of the state before the interrupt
 * (`media 8`).
 */
export const TASK_ACTIONS: Readonly<Record<TaskState, readonly TaskAction[]>> = {
  OFFERED: ['ACCEPT'],
  ACCEPTED: ['START', 'TRANSFER', 'CLOSE'],
  ACTIVE: ['PAUSE', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  PAUSED: ['RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  WRAPPING_UP: ['PAUSE', 'RESUME', 'CLOSE'],
  INTERRUPTED: [],
  UNKNOWN: ['CLOSE'],
  CLOSED: [],
}

/** The dialog as clients see it. */
export function taskView({ value, context }: Standing<TaskContext>): TaskView {
  const state = wireState(value, TASK_STATES)
  return {
    dialog: context.dialog,
    mrd: context.mrd,
    task: context.task,
    state,
    dispositionCode: context.dispositionCode,
    actions: TASK_ACTIONS[state === 'INTERRUPTED' ? (context.beforeInterrupt ?? state) : state],
    startTime: context.startTime,
    stateChangeTime: context.stateChangeTime,
  }
}

/** States that an interrupt changes (D12). */
export type Interruptible = 'ACTIVE' | 'PAUSED' | 'WRAPPING_UP'

/** The state if an interrupt changes it. */
export function interruptible(state: TaskState): Interruptible | undefined {
  return state === 'ACTIVE' || state === 'PAUSED' || state === 'WRAPPING_UP' ? state : undefined
}
