/** The guards of a dialog. */
import { setup } from 'xstate'
import type { Effect } from '../effects.ts'
import type { Reported } from '../report.ts'
import type { RowMeta, StateMeta } from '../rules.ts'
import type { DialogChanged, Interruptible, TaskContext, TaskEvent } from './model.ts'
import type { TaskStart } from './standard.ts'

export const guarded = setup({
  types: {
    context: {} as TaskContext,
    events: {} as TaskEvent,
    input: {} as TaskStart,
    emitted: {} as Effect | Reported<DialogChanged>,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  guards: {
    was: ({ context }, params: { state: Interruptible }) =>
      context.beforeInterrupt === params.state && context.isForgotten !== true,
    losesTransfer: ({ context }) => context.cutOff && context.losesTransfers,
    transferIsLostAtSignOut: ({ context, event }) =>
      event.type === 'AGENT_SIGNED_OUT' &&
      event.dialogLogoutAction === 'TRANSFER' &&
      context.cutOff &&
      context.losesTransfers,
    losesEverything: ({ event }) => event.type === 'PERIPHERAL_LOST' && event.both,
    transfersAtSignOut: ({ event }) => event.type === 'AGENT_SIGNED_OUT' && event.dialogLogoutAction === 'TRANSFER',
    transferIsPending: ({ context }) => context.transfer !== null,
    /** The answer belongs to the pending transfer, not to an earlier one that timed out. */
    answersTransfer: ({ context, event }) =>
      (event.type === 'RESUBMITTED' || event.type === 'RESUBMISSION_REFUSED') &&
      context.transfer !== null &&
      (event.attempt === null || event.attempt === context.transfersEver),
    selectorIsUnknown: ({ event }) => event.type === 'TRANSFER' && !event.targetKnown,
  },
})
