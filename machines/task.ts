/**
 * One nonvoice dialog of one agent: `media 8` and the rows D1-D20 of 12.2.
 *
 * Only this machine has the state of the dialog. The medium reads it to derive the agent state.
 */
import type { MediaFailure } from './failures.ts'
import { by, leadsTo, type RuleId } from './rules.ts'
import { task } from './task/actions.ts'
import { type Interruptible, offered } from './task/model.ts'
import { completeTask } from './task/standard.ts'
import type { DispositionCode, TaskState } from './wire.ts'

/** A row with a new state, a notification of the dialog and a report to the medium. */
const becomes = (rule: RuleId, state: TaskState, description?: string) =>
  ({
    ...by(rule, description),
    target: `#task.${state}`,
    actions: ['noteTime', { type: 'publish', params: { state } }, { type: 'tellMedium', params: { state } }],
  }) as const

/** A row that ends the dialog, with a disposition code and a message to the ACD (`notice`). */
const closes = (
  rules: RuleId | readonly RuleId[],
  dispositionCode: DispositionCode,
  notice: 'tellHandled' | 'resubmitAfterTimeout' | 'resubmitAfterSignOut' | 'tellEnded',
) =>
  ({
    ...by(rules),
    target: '#task.CLOSED',
    actions: [
      'noteTime',
      { type: 'dispose', params: { dispositionCode } },
      { type: 'publish', params: { state: 'CLOSED' } },
      notice,
      { type: 'tellMedium', params: { state: 'CLOSED' } },
    ],
  }) as const

/** An interrupt changes a dialog without a notification (`media 11.3`). */
const isInterrupted = (state: Interruptible) =>
  ({
    ...by('D12'),
    target: 'INTERRUPTED',
    actions: ['noteTime', { type: 'rememberState', params: { state } }],
  }) as const

/** The end of an interrupt restores the state, again without a notification. */
const isRestored = (state: Interruptible) =>
  ({
    ...by('D13'),
    guard: { type: 'was', params: { state } },
    target: state,
    actions: ['noteTime', 'forgetState'],
  }) as const

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
  {
    ...by('ruling 13', 'A transfer is under way already.'),
    guard: 'transferIsPending',
    ...refuses('ACTION_OUT_OF_SEQUENCE'),
  },
  {
    ...by('D11', 'The script selector is unknown, and the dialog stays.'),
    guard: 'selectorIsUnknown',
    actions: 'refuseSelector',
  },
  {
    ...by('D10', 'The ACD is asked to take the task back; the dialog stays until it answers.'),
    actions: ['rememberTransfer', 'askForResubmission', 'armTransferTimeout'],
  },
] as const

const toldAgain = (state: TaskState) =>
  ({ ...by('notifications 12.3'), actions: { type: 'publishAdded', params: { state } } }) as const

export const taskMachine = task.createMachine({
  id: 'task',
  context: ({ input }) => offered(completeTask(input)),
  initial: 'OFFERED',
  on: {
    ...everyAction({ ...by('ruling 13'), ...refuses('ACTION_OUT_OF_SEQUENCE') }),
    MAX_TASK_DURATION: closes(['D16', 'RV5'], 'CD_MAX_DIALOG_LIFETIME_EXCEEDED', 'tellEnded'),
    ACTING_SIDE_DOWN: {
      ...by('RV4', 'The acting side is down, and tasks cannot be given back meanwhile.'),
      actions: 'noteActingSide',
    },
    ACTING_SIDE_UP: {
      ...by('RV4', 'The acting side is back, and tasks can be given back again.'),
      actions: 'noteActingSide',
    },
    PATH_LOST: {
      ...by('D19', 'The application path is down, and the task life begins.'),
      actions: 'armTaskLife',
    },
    PATH_BACK: {
      ...by('D19', 'The application path is back in time.'),
      actions: { type: 'clearDeadline', params: { name: 'TASK_LIFE' } },
    },
    TASK_LIFE: closes('D19', 'CD_APPLICATION_DISCONNECTED', 'tellEnded'),
    PERIPHERAL_LOST: { guard: 'losesEverything', ...closes('P11', 'CD_APPLICATION_DISCONNECTED', 'tellEnded') },
    AGENT_SIGNED_OUT: [
      {
        guard: 'transferIsLostAtSignOut',
        ...closes(['P5', 'RV4'], 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'tellEnded'),
      },
      {
        guard: 'transfersAtSignOut',
        ...closes(['D18', 'S3'], 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitAfterSignOut'),
      },
      closes(['D17', 'S3'], 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'tellHandled'),
    ],
    RESUBMITTED: [
      {
        ...by('D10'),
        guard: 'answersTransfer',
        target: '.CLOSED',
        actions: [
          'noteTime',
          { type: 'dispose', params: { dispositionCode: 'CD_TASK_TRANSFER' } },
          'publishTransferred',
          { type: 'tellMedium', params: { state: 'CLOSED' } },
        ],
      },
      { ...by('D11', 'The answer came too late, and the task stays with the agent.'), actions: 'cancelResubmission' },
    ],
    RESUBMISSION_REFUSED: {
      ...by('D11'),
      guard: 'answersTransfer',
      actions: [
        { type: 'failTransfer', params: { failure: 'TRANSFER_REFUSED' } },
        'forgetTransfer',
        clearsTransferTimeout,
      ],
    },
    TRANSFER_TIMEOUT: {
      ...by('D11', 'The ACD did not answer in time, and the dialog stays.'),
      guard: 'transferIsPending',
      actions: [{ type: 'failTransfer', params: { failure: 'TRANSFER_TIMED_OUT' } }, 'forgetTransfer'],
    },
  },
  states: {
    OFFERED: {
      description: 'A task is offered to the agent and waits to be accepted.',
      ...leadsTo('ACCEPTED', 'CLOSED'),
      entry: ['armStartTimeout', 'armMaxTaskDuration'],
      exit: { type: 'clearDeadline', params: { name: 'START_TIMEOUT' } },
      on: {
        PRESENT: { ...by('D1'), actions: { type: 'publishAdded', params: { state: 'OFFERED' } } },
        ACCEPT: { ...by('D2'), target: 'ACCEPTED', actions: [...becomes('D2', 'ACCEPTED').actions, 'tellAccepted'] },
        START_TIMEOUT: [
          { guard: 'losesTransfer', ...closes(['RV4', 'P8', 'RV2', 'P5'], 'CD_RING_NO_ANSWER', 'tellEnded') },
          closes(['D3', 'R2', 'R3'], 'CD_RING_NO_ANSWER', 'resubmitAfterTimeout'),
        ],
        CUSTOMER_CANCELS: closes('D4', 'CD_TASK_ABANDONED_WHILE_OFFERED', 'tellEnded'),
        REPUBLISH: toldAgain('OFFERED'),
      },
    },
    ACCEPTED: {
      description: 'The agent has accepted the task and not started it.',
      ...leadsTo('ACTIVE', 'CLOSED'),
      on: {
        START: becomes('D5', 'ACTIVE'),
        CLOSE: closes('D9', 'CD_NORMAL_END_TASK', 'tellHandled'),
        TRANSFER: asksForTransfer,
        REPUBLISH: toldAgain('ACCEPTED'),
      },
    },
    ACTIVE: {
      description: 'The agent works on it.',
      ...leadsTo('PAUSED', 'WRAPPING_UP', 'INTERRUPTED', 'CLOSED'),
      on: {
        PAUSE: becomes('D6', 'PAUSED', 'The agent pauses it.'),
        WRAP_UP: becomes('D8', 'WRAPPING_UP', 'The agent wraps it up.'),
        CLOSE: closes('D9', 'CD_NORMAL_END_TASK', 'tellHandled'),
        TRANSFER: asksForTransfer,
        INTERRUPT: isInterrupted('ACTIVE'),
        REPUBLISH: toldAgain('ACTIVE'),
      },
    },
    PAUSED: {
      description: 'The agent has put it aside.',
      ...leadsTo('ACTIVE', 'WRAPPING_UP', 'INTERRUPTED', 'CLOSED'),
      on: {
        RESUME: becomes('D7', 'ACTIVE', 'The agent resumes it.'),
        WRAP_UP: becomes('D8', 'WRAPPING_UP', 'The agent wraps it up.'),
        CLOSE: closes('D9', 'CD_NORMAL_END_TASK', 'tellHandled'),
        TRANSFER: asksForTransfer,
        INTERRUPT: isInterrupted('PAUSED'),
        REPUBLISH: toldAgain('PAUSED'),
      },
    },
    WRAPPING_UP: {
      description: 'The agent wraps it up.',
      ...leadsTo('PAUSED', 'ACTIVE', 'INTERRUPTED', 'CLOSED'),
      on: {
        PAUSE: becomes('D20', 'PAUSED', 'The agent pauses it.'),
        RESUME: becomes('D20', 'ACTIVE', 'The agent resumes it.'),
        CLOSE: closes('D9', 'CD_NORMAL_END_TASK', 'tellHandled'),
        INTERRUPT: isInterrupted('WRAPPING_UP'),
        REPUBLISH: toldAgain('WRAPPING_UP'),
      },
    },
    INTERRUPTED: {
      description: 'Other work goes first, and no action on the dialog is accepted.',
      ...leadsTo('ACTIVE', 'PAUSED', 'WRAPPING_UP', 'UNKNOWN', 'CLOSED'),
      on: {
        ...everyAction({ ...by(['D15', 'I10']), ...refuses('DIALOG_INTERRUPTED') }),
        PERIPHERAL_LOST: [
          { guard: 'losesEverything', ...closes('P11', 'CD_APPLICATION_DISCONNECTED', 'tellEnded') },
          { ...by('P9'), actions: 'loseState' },
        ],
        INTERRUPT_DONE: [
          isRestored('ACTIVE'),
          isRestored('PAUSED'),
          isRestored('WRAPPING_UP'),
          {
            ...becomes('D14', 'UNKNOWN'),
            ...by(['D14', 'I12']),
            actions: [...becomes('D14', 'UNKNOWN').actions, 'forgetState'],
          },
        ],
        REPUBLISH: toldAgain('INTERRUPTED'),
      },
    },
    UNKNOWN: {
      description: 'Its state was lost in a failure.',
      ...leadsTo('CLOSED'),
      on: {
        CLOSE: closes('D9', 'CD_NORMAL_END_TASK', 'tellHandled'),
        REPUBLISH: toldAgain('UNKNOWN'),
      },
    },
    CLOSED: {
      description: 'It is over.',
      entry: [
        { type: 'clearDeadline', params: { name: 'MAX_TASK_DURATION' } },
        { type: 'clearDeadline', params: { name: 'TRANSFER_TIMEOUT' } },
        { type: 'clearDeadline', params: { name: 'TASK_LIFE' } },
      ],
      type: 'final',
    },
  },
})
