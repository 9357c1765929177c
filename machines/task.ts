/**
 * One nonvoice dialog of one agent: `media.md` 8 and the rows D1-D20 of 12.2.
 *
 * The dialog state lives here and nowhere else; the medium reads it when it derives the agent state.
 */
import type { MediaFailure } from './failures.ts'
import { task } from './task/actions.ts'
import type { Interruptible } from './task/model.ts'
import type { DispositionCode, TaskState } from './wire.ts'

/** A row that clients hear of: new state, dialog notification, news to the medium. */
const becomes = (state: TaskState) =>
  ({
    target: `#task.${state}`,
    actions: ['noteTime', { type: 'publish', params: { state } }, { type: 'tellMedium', params: { state } }],
  }) as const

/** A row that ends the dialog: with its disposition code, and its word to the ACD. */
const closes = (
  dispositionCode: DispositionCode,
  word: 'tellHandled' | 'resubmitAfterTimeout' | 'resubmitAfterSignOut' | 'tellEnded',
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
    transfersEver: 0,
    cutOff: false, // nobody is offered a task while the acting side is down
  }),
  initial: 'OFFERED',
  on: {
    // Ruling 13: an action that the row of the state does not list.
    ...everyAction(refuses('ACTION_OUT_OF_SEQUENCE')),
    MAX_TASK_DURATION: { guard: 'decides', ...closes('CD_MAX_DIALOG_LIFETIME_EXCEEDED', 'tellEnded') }, // D16
    ACTING_SIDE_DOWN: { actions: 'noteActingSide' },
    ACTING_SIDE_UP: { actions: 'noteActingSide' },
    PATH_LOST: { guard: 'decides', actions: 'armTaskLife' },
    PATH_BACK: { actions: { type: 'clearDeadline', params: { name: 'TASK_LIFE' } } },
    TASK_LIFE: closes('CD_APPLICATION_DISCONNECTED', 'tellEnded'), // D19
    PERIPHERAL_LOST: { guard: 'losesEverything', ...closes('CD_APPLICATION_DISCONNECTED', 'tellEnded') }, // P11
    AGENT_SIGNED_OUT: [
      { guard: 'transferIsLostAtSignOut', ...closes('CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'tellEnded') }, // P5
      { guard: 'transfersAtSignOut', ...closes('CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitAfterSignOut') }, // D18
      closes('CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'tellHandled'), // D17
    ],
    RESUBMITTED: [
      {
        guard: 'answersTransfer', // D10
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
      guard: 'answersTransfer', // D11
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
        START_TIMEOUT: [
          { guard: 'losesTransfer', ...closes('CD_RING_NO_ANSWER', 'tellEnded') }, // P5, P8, RV2
          { guard: 'decides', ...closes('CD_RING_NO_ANSWER', 'resubmitAfterTimeout') }, // D3, R2, R3
        ],
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
        PERIPHERAL_LOST: [
          { guard: 'losesEverything', ...closes('CD_APPLICATION_DISCONNECTED', 'tellEnded') }, // P11
          { actions: 'loseState' }, // P9
        ],
        INTERRUPT_DONE: [
          isRestored('ACTIVE'), // D13
          isRestored('PAUSED'),
          isRestored('WRAPPING_UP'),
          { ...becomes('UNKNOWN'), actions: [...becomes('UNKNOWN').actions, 'forgetState'] }, // D14: nobody knows what it was
        ],
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
        { type: 'clearDeadline', params: { name: 'TASK_LIFE' } },
      ],
      type: 'final',
    },
  },
})
