/**
 * One nonvoice dialog of one agent: `media.md` 8 and the rows D1-D20 of 12.2.
 *
 * The dialog state lives here and nowhere else; the medium reads it when it derives the agent state.
 */
import { assign, emit, sendParent, setup } from 'xstate'
import type { DeadlineName, Effect, TaskFacts, TaskView } from './effects.ts'
import type { MediaFailure } from './failures.ts'
import type { Occurrence } from './occurrence.ts'
import { followed, TASK_STEPS } from './steps.ts'
import type { DialogLogoutAction, DispositionCode, TaskAction, TaskState } from './wire.ts'

export interface TaskInput {
  readonly dialog: string
  readonly mrd: string
  readonly offer: string
  readonly task: TaskFacts
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  /** State in which a follower first hears of the dialog. */
  readonly follows?: boolean
  readonly startTimeoutMs: number
  readonly maxTaskDurationMs: number
  readonly transferTimeoutMs: number
}

export interface TaskContext extends Omit<TaskInput, 'at' | 'follows'> {
  readonly follows: boolean
  readonly startTime: number
  readonly stateChangeTime: number
  readonly dispositionCode: DispositionCode | ''
  /** State to return to when the interrupt is over (D12, D13). */
  readonly beforeInterrupt: 'ACTIVE' | 'PAUSED' | 'WRAPPING_UP' | null
  /** A transfer that the ACD has not answered yet (D10, D11). */
  readonly transfer: { readonly scriptSelector: string; readonly requestId: string } | null
}

export type TaskEvent =
  | ({ readonly type: Exclude<TaskAction, 'TRANSFER'> } & Occurrence)
  | ({ readonly type: 'TRANSFER'; readonly target: string; readonly targetKnown: boolean } & Occurrence)
  | ({ readonly type: 'PRESENT' } & Occurrence)
  | ({ readonly type: 'REPUBLISH' } & Occurrence)
  | ({ readonly type: 'START_TIMEOUT' } & Occurrence)
  | ({ readonly type: 'MAX_TASK_DURATION' } & Occurrence)
  | ({ readonly type: 'TRANSFER_TIMEOUT' } & Occurrence)
  | ({ readonly type: 'CUSTOMER_CANCELS' } & Occurrence)
  | ({ readonly type: 'RESUBMITTED'; readonly task: string } & Occurrence)
  | ({ readonly type: 'RESUBMISSION_REFUSED'; readonly reason: string } & Occurrence)
  | ({ readonly type: 'AGENT_SIGNED_OUT'; readonly dialogLogoutAction: DialogLogoutAction } & Occurrence)
  | ({ readonly type: 'INTERRUPT' } & Occurrence)
  | ({ readonly type: 'INTERRUPT_DONE' } & Occurrence)
  | ({
      readonly type: 'USER_EVENT'
      readonly state: TaskState
      readonly variables?: TaskFacts['variables']
    } & Occurrence)

/** What a task tells its medium after every change of its state. */
export interface DialogChanged extends Occurrence {
  readonly type: 'DIALOG_CHANGED'
  readonly dialog: string
  readonly state: TaskState
  /** The work on it began with this change (D5). */
  readonly started: boolean
  readonly dispositionCode: DispositionCode | ''
}

/** Allowed actions by state (ruling 14). An interrupted dialog keeps the list of before (`media.md` 8). */
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

/** The dialog as clients see it in `state`. */
export function taskView(context: TaskContext, state: TaskState): TaskView {
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

type Interruptible = 'ACTIVE' | 'PAUSED' | 'WRAPPING_UP'

/** A row that clients hear of: new state, dialog notification, news to the medium. */
const becomes = (state: TaskState) =>
  ({
    target: `#task.${state}`,
    actions: ['noteTime', { type: 'publish', params: { state } }, { type: 'tellMedium', params: { state } }],
  }) as const

/** A row that ends the dialog: with its disposition code, and its word to the ACD. */
const closes = (
  dispositionCode: DispositionCode,
  word: 'tellHandled' | 'resubmitAfterTimeout' | 'resubmitAfterSignOut' | 'tellEnded' | 'keepFromAcd',
) =>
  ({
    target: '#task.CLOSED',
    actions: [
      'noteTime',
      { type: 'dispose', params: { dispositionCode } },
      { type: 'publish', params: { state: 'CLOSED' } },
      word,
      { type: 'tellMedium', params: { state: 'CLOSED' } },
    ],
  }) as const

/** D12: an interrupt changes a dialog without a word to the clients (`media.md` 11.3). */
const isInterrupted = (state: Interruptible) =>
  ({ target: 'INTERRUPTED', actions: ['noteTime', { type: 'rememberState', params: { state } }] }) as const

/** D13: and gives it back the same way. */
const isRestored = (state: Interruptible) =>
  ({ guard: { type: 'was', params: { state } }, target: state, actions: ['noteTime', 'forgetState'] }) as const

const refuses = (failure: MediaFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const

const clearsTransferTimeout = { type: 'clearDeadline', params: { name: 'TRANSFER_TIMEOUT' } } as const

const everyAction = <Row>(row: Row) => ({
  ACCEPT: row,
  START: row,
  PAUSE: row,
  RESUME: row,
  WRAP_UP: row,
  CLOSE: row,
  TRANSFER: row,
})

const asksForTransfer = [
  { guard: 'transferIsPending', ...refuses('ACTION_OUT_OF_SEQUENCE') },
  { guard: 'selectorIsUnknown', actions: 'refuseSelector' },
  { actions: ['rememberTransfer', 'askForResubmission', 'armTransferTimeout'] },
] as const

/** What a followed Finesse says goes, whatever the table lists. */
const follows = (state: TaskState) =>
  ({
    guard: { type: 'isFollowedTo', params: { state } },
    target: `#task.${state}`,
    actions: [
      'noteTime',
      { type: 'tellFollowed', params: { state } },
      { type: 'noteFollowed', params: { state } },
      { type: 'publish', params: { state } },
      { type: 'tellMedium', params: { state } },
    ],
  }) as const

const base = setup({
  types: {
    context: {} as TaskContext,
    events: {} as TaskEvent,
    input: {} as TaskInput,
    emitted: {} as Effect,
  },
  guards: {
    decides: ({ context }) => !context.follows,
    was: ({ context }, params: { state: Interruptible }) => context.beforeInterrupt === params.state,
    transfersAtSignOut: ({ event }) => event.type === 'AGENT_SIGNED_OUT' && event.dialogLogoutAction === 'TRANSFER',
    transferIsPending: ({ context }) => context.transfer !== null,
    selectorIsUnknown: ({ event }) => event.type === 'TRANSFER' && !event.targetKnown,
    isFollowedTo: ({ context, event }, params: { state: TaskState }) =>
      context.follows && event.type === 'USER_EVENT' && event.state === params.state,
  },
})

const task = base.extend({
  actions: {
    noteTime: assign({ stateChangeTime: ({ event }) => event.at }),
    rememberState: assign({ beforeInterrupt: (_, params: { state: Interruptible }) => params.state }),
    forgetState: assign({ beforeInterrupt: null }),
    dispose: assign({ dispositionCode: (_, params: { dispositionCode: DispositionCode }) => params.dispositionCode }),
    publish: emit(
      ({ context, event }, params: { state: TaskState }): Effect => ({
        type: params.state === 'CLOSED' ? 'task.removed' : 'task.changed',
        task: taskView(context, params.state),
        requestId: event.requestId ?? '',
      }),
    ),
    publishAdded: emit(
      ({ context }, params: { state: TaskState }): Effect => ({
        type: 'task.added',
        task: taskView(context, params.state),
        requestId: '',
      }),
    ),
    tellMedium: sendParent(
      ({ context, event }, params: { state: TaskState }): DialogChanged => ({
        type: 'DIALOG_CHANGED',
        dialog: context.dialog,
        state: params.state,
        started: event.type === 'START',
        dispositionCode: context.dispositionCode,
        at: event.at,
      }),
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
          cause: event.type === 'MAX_TASK_DURATION' ? 'MAX_TASK_DURATION' : 'ABANDONED',
        },
      }),
    ),
    resubmitAfterTimeout: emit(
      ({ context: { task, dialog } }): Effect => ({
        type: 'acd',
        notice: { ask: 'resubmit', task: task.id, dialog, scriptSelector: task.scriptSelector, cause: 'START_TIMEOUT' },
      }),
    ),
    resubmitAfterSignOut: emit(
      ({ context: { task, dialog } }): Effect => ({
        type: 'acd',
        notice: { ask: 'resubmit', task: task.id, dialog, scriptSelector: task.scriptSelector, cause: 'SIGN_OUT' },
      }),
    ),
    // A transfer is known to the ACD already: it confirmed the resubmission.
    keepFromAcd: () => undefined,
    rememberTransfer: assign({
      transfer: ({ event }) =>
        event.type === 'TRANSFER' ? { scriptSelector: event.target, requestId: event.requestId ?? '' } : null,
    }),
    askForResubmission: emit(
      ({ context: { task, dialog, transfer } }): Effect => ({
        type: 'acd',
        notice: {
          ask: 'resubmit',
          task: task.id,
          dialog,
          scriptSelector: transfer?.scriptSelector ?? task.scriptSelector,
          cause: 'TRANSFER',
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
        task: taskView(context, 'CLOSED'),
        requestId: context.transfer?.requestId ?? '',
      }),
    ),
    cancelResubmission: emit(
      ({ context: { task, dialog } }): Effect => ({
        type: 'acd',
        notice: { ask: 'cancelResubmission', task: task.id, dialog },
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
    refuseSelector: emit(
      ({ context, event }): Effect => ({
        type: 'failed',
        subject: { kind: 'task', mrd: context.mrd, dialog: context.dialog },
        failure: 'UNKNOWN_SCRIPT_SELECTOR',
        detail: event.type === 'TRANSFER' ? event.target : '',
        requestId: event.requestId ?? '',
      }),
    ),
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
    noteFollowed: assign(({ context, event }, params: { state: TaskState }) => ({
      beforeInterrupt: params.state === 'INTERRUPTED' ? context.beforeInterrupt : null,
      task:
        event.type === 'USER_EVENT' && event.variables ? { ...context.task, variables: event.variables } : context.task,
    })),
    tellFollowed: emit(
      ({ context, self }, params: { state: TaskState }): Effect =>
        followed(`dialog ${context.dialog}`, TASK_STEPS, self.getSnapshot().value, params.state),
    ),
  },
})

export const taskMachine = task.createMachine({
  id: 'task',
  context: ({ input: { at, follows = false, ...facts } }) => ({
    ...facts,
    follows,
    startTime: at,
    stateChangeTime: at,
    dispositionCode: '',
    beforeInterrupt: null,
    transfer: null,
  }),
  initial: 'OFFERED',
  on: {
    // Ruling 13: an action that the row of the state does not list.
    ...everyAction(refuses('ACTION_OUT_OF_SEQUENCE')),
    MAX_TASK_DURATION: { guard: 'decides', ...closes('CD_MAX_DIALOG_LIFETIME_EXCEEDED', 'tellEnded') }, // D16
    AGENT_SIGNED_OUT: [
      { guard: 'transfersAtSignOut', ...closes('CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitAfterSignOut') }, // D18
      closes('CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'tellHandled'), // D17
    ],
    RESUBMITTED: [
      {
        guard: 'transferIsPending', // D10
        target: '.CLOSED',
        actions: [
          'noteTime',
          { type: 'dispose', params: { dispositionCode: 'CD_TASK_TRANSFER' } },
          'publishTransferred',
          { type: 'tellMedium', params: { state: 'CLOSED' } },
        ],
      },
      { actions: 'cancelResubmission' },
    ],
    RESUBMISSION_REFUSED: {
      guard: 'transferIsPending', // D11
      actions: [
        { type: 'failTransfer', params: { failure: 'TRANSFER_REFUSED' } },
        'forgetTransfer',
        clearsTransferTimeout,
      ],
    },
    TRANSFER_TIMEOUT: {
      guard: 'transferIsPending', // D11
      actions: [{ type: 'failTransfer', params: { failure: 'TRANSFER_TIMED_OUT' } }, 'forgetTransfer'],
    },
    USER_EVENT: [
      follows('OFFERED'),
      follows('ACCEPTED'),
      follows('ACTIVE'),
      follows('PAUSED'),
      follows('WRAPPING_UP'),
      follows('INTERRUPTED'),
      follows('UNKNOWN'),
      follows('CLOSED'),
    ],
  },
  states: {
    OFFERED: {
      entry: ['armStartTimeout', 'armMaxTaskDuration'], // R1
      exit: { type: 'clearDeadline', params: { name: 'START_TIMEOUT' } },
      on: {
        PRESENT: { actions: { type: 'publishAdded', params: { state: 'OFFERED' } } }, // D1
        ACCEPT: { target: 'ACCEPTED', actions: [...becomes('ACCEPTED').actions, 'tellAccepted'] }, // D2
        START_TIMEOUT: { guard: 'decides', ...closes('CD_RING_NO_ANSWER', 'resubmitAfterTimeout') }, // D3, R2, R3
        CUSTOMER_CANCELS: closes('CD_TASK_ABANDONED_WHILE_OFFERED', 'tellEnded'), // D4
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'OFFERED' } } },
      },
    },
    ACCEPTED: {
      on: {
        START: becomes('ACTIVE'), // D5
        CLOSE: closes('CD_NORMAL_END_TASK', 'tellHandled'), // D9
        TRANSFER: asksForTransfer, // D10, D11
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'ACCEPTED' } } },
      },
    },
    ACTIVE: {
      on: {
        PAUSE: becomes('PAUSED'), // D6
        WRAP_UP: becomes('WRAPPING_UP'), // D8
        CLOSE: closes('CD_NORMAL_END_TASK', 'tellHandled'), // D9
        TRANSFER: asksForTransfer, // D10, D11
        INTERRUPT: isInterrupted('ACTIVE'), // D12
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'ACTIVE' } } },
      },
    },
    PAUSED: {
      on: {
        RESUME: becomes('ACTIVE'), // D7
        WRAP_UP: becomes('WRAPPING_UP'), // D8
        CLOSE: closes('CD_NORMAL_END_TASK', 'tellHandled'), // D9
        TRANSFER: asksForTransfer, // D10, D11
        INTERRUPT: isInterrupted('PAUSED'), // D12
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'PAUSED' } } },
      },
    },
    WRAPPING_UP: {
      on: {
        PAUSE: becomes('PAUSED'), // D20
        RESUME: becomes('ACTIVE'), // D20
        CLOSE: closes('CD_NORMAL_END_TASK', 'tellHandled'), // D9
        INTERRUPT: isInterrupted('WRAPPING_UP'), // D12
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'WRAPPING_UP' } } },
      },
    },
    INTERRUPTED: {
      on: {
        ...everyAction(refuses('DIALOG_INTERRUPTED')), // D15
        INTERRUPT_DONE: [isRestored('ACTIVE'), isRestored('PAUSED'), isRestored('WRAPPING_UP')], // D13
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'INTERRUPTED' } } },
      },
    },
    UNKNOWN: {
      on: {
        CLOSE: closes('CD_NORMAL_END_TASK', 'tellHandled'), // D9
        REPUBLISH: { actions: { type: 'publishAdded', params: { state: 'UNKNOWN' } } },
      },
    },
    CLOSED: {
      entry: [
        { type: 'clearDeadline', params: { name: 'MAX_TASK_DURATION' } },
        { type: 'clearDeadline', params: { name: 'TRANSFER_TIMEOUT' } },
      ],
      type: 'final',
    },
  },
})
