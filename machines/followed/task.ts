/**
 * A nonvoice dialog, as the followed Finesse reports it. It has the states of `machines/task.ts`. All of them come from
 * Finesse: no deadline ends the dialog, and no message goes to the ACD.
 */
import { assertEvent, assign, emit } from 'xstate'
import type { Effect } from '../effects.ts'
import { by, ownWork } from '../rules.ts'
import { stepsOf } from '../steps.ts'
import { task } from '../task/actions.ts'
import { interruptible, offered } from '../task/model.ts'
import { completeTask } from '../task/standard.ts'
import { taskMachine } from '../task.ts'
import { TASK_STATES, type TaskState } from '../wire.ts'
import { wireState } from '../wire-state.ts'
import { step } from './step.ts'

const steps = stepsOf(taskMachine)

const followed = task.extend({
  guards: {
    isToldToBe: ({ event }, params: { state: TaskState }) =>
      event.type === 'USER_EVENT' && event.state === params.state,
  },
  actions: {
    tellStep: emit(
      ({ context, self }, { state }: { state: TaskState }): Effect =>
        step(`dialog ${context.dialog}`, steps, wireState(self.getSnapshot().value, TASK_STATES), state),
    ),
    /** An interrupted dialog keeps the actions that it had before the interrupt (`media 11.3`). */
    noteWhatWasTold: assign(({ context, event, self }, { state }: { state: TaskState }) => {
      assertEvent(event, 'USER_EVENT')
      const before = interruptible(wireState(self.getSnapshot().value, TASK_STATES)) ?? context.beforeInterrupt
      return {
        beforeInterrupt: state === 'INTERRUPTED' ? before : null,
        task: event.variables ? { ...context.task, variables: event.variables } : context.task,
      }
    }),
  },
})

const follows = (state: TaskState) =>
  ({
    ...by('user 5.1', `The followed Finesse reports ${state}.`),
    guard: { type: 'isToldToBe', params: { state } },
    target: `#task.${state}`,
    actions: [
      'noteTime',
      { type: 'tellStep', params: { state } },
      { type: 'noteWhatWasTold', params: { state } },
      { type: 'publish', params: { state } },
      { type: 'tellMedium', params: { state } },
    ],
  }) as const

const told = (state: TaskState) =>
  ({
    description: `The followed Finesse reports ${state}.`,
    on: { REPUBLISH: { ...by('notifications 12.3'), actions: { type: 'publishAdded', params: { state } } } },
  }) as const

export const followedTaskMachine = followed.createMachine({
  id: 'task',
  context: ({ input }) => offered(completeTask(input)),
  initial: 'OFFERED',
  on: {
    USER_EVENT: TASK_STATES.map(follows),
    AGENT_SIGNED_OUT: {
      ...ownWork('The user is not in the directory any more, and the dialog is not followed any longer.'),
      target: '.CLOSED',
      actions: [
        'noteTime',
        { type: 'dispose', params: { dispositionCode: 'CD_AGENT_LOGGED_OUT_DURING_DIALOG' } },
        { type: 'publish', params: { state: 'CLOSED' } },
        { type: 'tellMedium', params: { state: 'CLOSED' } },
      ],
    },
  },
  states: {
    // The deadlines have no effect. They are armed only because older versions armed them.
    OFFERED: {
      ...told('OFFERED'),
      entry: ['armStartTimeout', 'armMaxTaskDuration'],
      exit: { type: 'clearDeadline', params: { name: 'START_TIMEOUT' } },
    },
    ACCEPTED: told('ACCEPTED'),
    ACTIVE: told('ACTIVE'),
    PAUSED: told('PAUSED'),
    WRAPPING_UP: told('WRAPPING_UP'),
    INTERRUPTED: told('INTERRUPTED'),
    UNKNOWN: told('UNKNOWN'),
    CLOSED: {
      description: 'It is over.',
      entry: { type: 'clearDeadline', params: { name: 'MAX_TASK_DURATION' } },
      type: 'final',
    },
  },
})
