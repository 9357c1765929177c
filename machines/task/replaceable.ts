/** The guards of a dialog, as an embedder may replace them. */
import type { ReplacingGuard } from '../replacing-guard.ts'
import type { Interruptible, TaskContext, TaskEvent } from './model.ts'

type Guard = ReplacingGuard<TaskContext, TaskEvent>

/**
 * The guards of a nonvoice dialog. A rule of your own usually needs `original(args) && …`, because the original also
 * checks what the rows rely on.
 */
export interface TaskGuards {
  /**
   * Was the dialog in `params.state` before the interrupt? Asked for ACTIVE, PAUSED and WRAPPING_UP in this order, when
   * the interrupt ends. `true` restores that state. If none is `true`, the dialog becomes UNKNOWN.
   */
  readonly was?: ReplacingGuard<TaskContext, TaskEvent, { readonly state: Interruptible }>
  /** Is the task lost instead of resubmitted? Asked at the Start Timeout. `true` ends it without the ACD. */
  readonly losesTransfer?: Guard
  /** Is the task lost instead of transferred? Asked when the agent is signed out. `true` ends it without the ACD. */
  readonly transferIsLostAtSignOut?: Guard
  /** Does the failure of a gateway end the dialog? Asked when a gateway fails. `false` keeps the dialog. */
  readonly losesEverything?: Guard
  /** Is the task given to another agent? Asked when the agent is signed out. `false` closes it as handled. */
  readonly transfersAtSignOut?: Guard
  /**
   * Is a transfer in progress? Asked for TRANSFER (`true` refuses it) and at the Transfer Timeout (`true` fails the
   * transfer). It must follow `context.transfer`: otherwise two transfers run at once, or one never ends.
   */
  readonly transferIsPending?: Guard
  /**
   * Is it the ACD's answer to the current transfer? Asked at each answer. `false` keeps the dialog, and the ACD is asked
   * to cancel a resubmission. It must be `false` while no transfer is in progress.
   */
  readonly answersTransfer?: Guard
  /** Is the script selector of the transfer unknown? Asked for TRANSFER. `true` refuses it. */
  readonly selectorIsUnknown?: Guard
}
