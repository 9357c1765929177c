/**
 * Which tasks a user may get (`media 4.5`). The ACD always gets the whole availability of an MRD, never a difference.
 */
import { openDialogs, refusalOf, settingsInForce } from './media/model.ts'
import { isBusyElsewhere, takesRoutedCalls, type UserContext, userState } from './user/model.ts'
import type { Standing } from './wire-state.ts'

/** Whether an agent may get a task of an MRD now (`media 4.5`), and what the ACD needs to choose among agents. */
export interface Availability {
  /** The engine takes an offer for this agent and MRD. */
  readonly eligible: boolean
  /** `maxDialogLimit` minus the open dialogs; 0 if not eligible. */
  readonly freeSlots: number
  /**
   * Time since when the agent has been available (ms since 1970 UTC), for "longest available first"; 0 if not eligible.
   */
  readonly since: number
}

/** Availability of a user in every nonvoice MRD. */
export function availabilityOf({ context }: { readonly context: UserContext }): Readonly<Record<string, Availability>> {
  return Object.fromEntries(
    Object.entries(context.media).map(([mrd, actor]) => {
      const snapshot = actor.getSnapshot()
      const medium = snapshot.context
      const eligible = refusalOf(snapshot, isBusyElsewhere(context, mrd)) === null
      const freeSlots = eligible ? settingsInForce(medium).maxDialogLimit - openDialogs(medium) : 0
      return [mrd, { eligible, freeSlots, since: eligible ? medium.availableSince : 0 }]
    }),
  )
}

/**
 * Availability of a user for the calls of queues: the user is READY, which excludes a call, and does not work in an MRD
 * that may not be interrupted. `since` is the time at which the user became READY.
 */
export function callAvailabilityOf(user: Standing<UserContext>): Availability {
  const eligible = userState(user) === 'READY' && takesRoutedCalls(user.context)
  return { eligible, freeSlots: eligible ? 1 : 0, since: eligible ? (user.context.stateChangeTime ?? 0) : 0 }
}
