/**
 * Which tasks a user may get (`media 4.5`). The ACD always gets the whole availability of an MRD, never a difference.
 */
import type { OfferRefusal } from './effects.ts'
import { openDialogs, refusalOf, settingsInForce } from './media/model.ts'
import {
  actingSideIsDown,
  isBusyElsewhere,
  takesRoutedCalls,
  type UserContext,
  userState,
  VOICE,
} from './user/model.ts'
import type { UserState } from './wire.ts'
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
  /** Contacts in hand, of all media. Only if the queue asks for it, and the user is eligible. */
  readonly inHand?: number
}

/** How many contacts the user has in hand: open dialogs of all media, and calls. */
export function contactsInHand({ context }: { readonly context: UserContext }): number {
  const tasks = Object.values(context.media).map((actor) => openDialogs(actor.getSnapshot().context))
  return tasks.reduce((sum, open) => sum + open, Object.keys(context.legs).length)
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
  const eligible = callRefusalOf(user) === null
  return { eligible, freeSlots: eligible ? 1 : 0, since: eligible ? (user.context.stateChangeTime ?? 0) : 0 }
}

/** Whether an agent may get a contact of an MRD now, and what prevents it (`media 4.5`). */
export interface Eligibility {
  /** Why the agent may not get one; `null` if one may come. */
  readonly prevented: OfferRefusal | null
  /** With BUSY_ELSEWHERE: the MRDs of the work that holds the agent, each once. Otherwise empty. */
  readonly heldBy: readonly string[]
}

/** Eligibility of a user in every MRD. Voice stands for the calls of queues. */
export function eligibilityOf(user: Standing<UserContext>): Readonly<Record<string, Eligibility>> {
  const { context } = user
  const media = Object.entries(context.media).map(
    ([mrd, actor]) => [mrd, refusalOf(actor.getSnapshot(), isBusyElsewhere(context, mrd))] as const,
  )
  return Object.fromEntries(
    [[VOICE, callRefusalOf(user)] as const, ...media].map(([mrd, prevented]) => [
      mrd,
      { prevented, heldBy: prevented === 'BUSY_ELSEWHERE' ? holdersOf(context, mrd) : [] },
    ]),
  )
}

/** What a state of voice other than READY says. Those that are missing here have a call, or its wrap-up. */
const VOICE_REFUSALS: Readonly<Partial<Record<UserState, OfferRefusal>>> = {
  LOGOUT: 'NOT_SIGNED_IN',
  NOT_READY: 'NOT_READY',
}

/** Why the user may not get a call of a queue now, or `null`: the counterpart of `callAvailabilityOf`. */
function callRefusalOf(user: Standing<UserContext>): OfferRefusal | null {
  const state = userState(user)
  if (state !== 'READY') return VOICE_REFUSALS[state] ?? 'NO_CAPACITY'
  if (takesRoutedCalls(user.context)) return null
  return actingSideIsDown(user.context) ? 'LINK_DOWN' : 'BUSY_ELSEWHERE'
}

function holdersOf({ work, finishFirst, media, legs }: UserContext, mrd: string): readonly string[] {
  const unfinished = new Set(finishFirst)
  const has = (ids: object) => Object.keys(ids).some((id) => unfinished.has(id))
  const open = Object.entries(media).flatMap(([id, actor]) => (has(actor.getSnapshot().context.dialogs) ? [id] : []))
  const others = work.filter((each) => each.mrd !== mrd).map((each) => each.mrd)
  return [...new Set([...others, ...(has(legs) ? [VOICE] : []), ...open])]
}
