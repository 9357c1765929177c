/**
 * Who may get a task (`media 4.5`), as the ACD is told: the whole availability of a user, never a difference.
 */
import { openDialogs, refusalOf, settingsInForce } from './media/model.ts'
import { isBusyElsewhere, type UserContext } from './user/model.ts'

/** An agent's claim on the tasks of one MRD. */
export interface Availability {
  readonly eligible: boolean
  /** `maxDialogLimit` less open dialogs. */
  readonly freeSlots: number
  /** Milliseconds since 1970 UTC: since when the agent waits. */
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
