/** The conditions of a dialog's rows, in words. */
import { setup } from 'xstate'
import type { Effect } from '../effects.ts'
import type { TaskState } from '../wire.ts'
import type { Interruptible, TaskContext, TaskEvent, TaskInput } from './model.ts'

export const guarded = setup({
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
