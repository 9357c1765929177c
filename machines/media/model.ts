/** The types of a medium: settings, context and events, and functions that read its state. */
import type { ActorRefFrom } from 'xstate'
import type { MediaView, OfferRefusal, SignInSettings, TaskFacts } from '../effects.ts'
import type { Occurrence } from '../occurrence.ts'
import type { DialogChanged } from '../task/model.ts'
import type { taskMachine } from '../task.ts'
import { MEDIA_STATES, type MediaState, type Reason, type Side, type TaskAction, type TaskState } from '../wire.ts'
import { type Standing, wireState } from '../wire-state.ts'

/** Settings of an MRD. A medium uses those that were valid at its sign-in. */
export interface MrdSettings {
  readonly interruptible: boolean
  readonly startTimeoutMs: number
  readonly maxTaskDurationMs: number
  readonly transferTimeoutMs: number
  readonly taskLifeMs: number
  readonly losesTransfers: boolean
}

/** The settings that a side shows and uses if it does not know the sign-in (`media 12.5`). */
export const UNKNOWN_SETTINGS = {
  maxDialogLimit: 1,
  interruptAction: 'ACCEPT',
  dialogLogoutAction: 'CLOSE',
} as const satisfies SignInSettings

export interface MediaInput {
  readonly user: string
  readonly mrd: string
  /** The user belongs to the MRD (`media 3.2`). */
  readonly member: boolean
  readonly settings: MrdSettings
  /** The side that acts for the user: its sign-in settings and its link to the ACD count (`media 13`). */
  readonly actingSide: Side
}

export interface MediaContext extends MediaInput {
  /** During a transition: the state that was left, until the next one is entered. Otherwise `null`. */
  readonly left: MediaState | null
  readonly stateChangeTime: number | null
  /** A value that clients see has changed and is not published yet. */
  readonly news: boolean
  /** The state that the agent asked for last: rank 2 of `media 4.2`. */
  readonly declared: 'READY' | 'NOT_READY'
  readonly routable: boolean
  /** `routable=false` waits until no task is offered or unstarted (A18). */
  readonly notRoutableWhenStarted: boolean
  /** The value of `routable` when the link to the ACD is back (ruling 39). */
  readonly routableBefore: boolean
  readonly connected: boolean
  /** The application path of the MRD is up: tasks can reach the agent. */
  readonly pathUp: boolean
  /**
   * The settings that each side knows. A side that does not know the sign-in is absent. After a sign-out they are those
   * of the last sign-in (`media 3.3`). If the user signed in on another side than the acting one, the acting side knows
   * the sign-in but has `UNKNOWN_SETTINGS`.
   */
  readonly signIns: Readonly<Partial<Record<Side, SignInSettings>>>
  readonly reason: Reason | null
  /** An interrupt was accepted and is not over. */
  readonly interrupted: boolean
  readonly dialogs: Readonly<Record<string, ActorRefFrom<typeof taskMachine>>>
  readonly dialogsEver: number
  /** Since when the agent has been waiting for work (ms), for "longest available first" (`media 4.5`). */
  readonly availableSince: number
}

/** Before the first sign-in. */
export const signedOut = (input: MediaInput): MediaContext => ({
  ...input,
  left: 'LOGOUT', // so the first state is not published
  stateChangeTime: null,
  news: false,
  declared: 'NOT_READY',
  routable: false,
  notRoutableWhenStarted: false,
  routableBefore: false,
  connected: true,
  pathUp: true,
  signIns: {},
  reason: null,
  interrupted: false,
  dialogs: {},
  dialogsEver: 0,
  availableSince: 0,
})

export type MediaEvent =
  | ({
      readonly type: 'SIGN_IN'
      readonly side: Side
      /** The side that acts from now on. */
      readonly actingSide: Side
      /** The sides that learn the settings. */
      readonly knownOn: readonly Side[]
      readonly signIn: SignInSettings
      readonly settings: MrdSettings
    } & Occurrence)
  | ({ readonly type: 'READY' } & Occurrence)
  | ({ readonly type: 'NOT_READY'; readonly reason: Reason | null } & Occurrence)
  | ({ readonly type: 'SIGN_OUT'; readonly reason: Reason | null } & Occurrence)
  /** Consequence of the user's own or forced sign-out (A22). */
  | ({ readonly type: 'USER_SIGNED_OUT' } & Occurrence)
  /** Operation 5.5: out of WORK_NOT_READY. */
  | ({ readonly type: 'ACTIVATE' } & Occurrence)
  | ({ readonly type: 'ROUTABLE' } & Occurrence)
  | ({ readonly type: 'NOT_ROUTABLE' } & Occurrence)
  | ({
      readonly type: 'OFFER'
      readonly offer: string
      readonly task: TaskFacts
      readonly busyElsewhere: boolean
    } & Occurrence)
  | ({ readonly type: 'DIALOG_OFFERED'; readonly dialog: string } & Occurrence)
  | ({ readonly type: 'CUSTOMER_CANCELS'; readonly task: string } & Occurrence)
  | ({
      readonly type: 'DIALOG_ACTION'
      readonly dialog: string
      readonly action: TaskAction
      readonly target: string
      readonly targetKnown: boolean
    } & Occurrence)
  | ({
      readonly type: 'RESUBMITTED'
      readonly dialog: string
      readonly task: string
      readonly attempt: number | null
    } & Occurrence)
  | ({
      readonly type: 'RESUBMISSION_REFUSED'
      readonly dialog: string
      readonly reason: string
      readonly attempt: number | null
    } & Occurrence)
  | DialogChanged
  | ({ readonly type: 'INTERRUPT' } & Occurrence)
  | ({ readonly type: 'INTERRUPT_DONE' } & Occurrence)
  | ({ readonly type: 'DIALOGS_RESTORED' } & Occurrence)
  /** The link of this side is back, so open dialogs are published there again. */
  | ({ readonly type: 'REPUBLISH'; readonly side: Side } & Occurrence)
  | ({ readonly type: 'LINK_LOST'; readonly side: Side } & Occurrence)
  /** `side` is the new acting side. `forgets`: it does not know a sign-in on the old one (`notifications 12.4`). */
  | ({ readonly type: 'MOVED'; readonly side: Side; readonly forgets: boolean } & Occurrence)
  | ({ readonly type: 'ACTING_SIDE_DOWN' | 'ACTING_SIDE_UP' } & Occurrence)
  | ({ readonly type: 'PATH_LOST' | 'PATH_BACK' } & Occurrence)
  | ({ readonly type: 'PERIPHERAL_LOST'; readonly both: boolean } & Occurrence)
  | ({ readonly type: 'LINK_BACK'; readonly side: Side; readonly byItself: boolean } & Occurrence)
  | ({ readonly type: 'CONFIGURED'; readonly member: boolean; readonly settings: MrdSettings } & Occurrence)
  | ({ readonly type: 'USER_EVENT'; readonly state: MediaState; readonly routable?: boolean } & Occurrence)
  | ({
      readonly type: 'TASK_EVENT'
      readonly dialog: string
      readonly state: TaskState
      readonly variables?: TaskFacts['variables']
    } & Occurrence)

/** The reports of a medium to its user. */
export type MediaReport =
  /** Work began that interrupts interruptible MRDs (D5). */
  | ({ readonly type: 'WORK_JOINED'; readonly work: string; readonly mrd: string } & Occurrence)
  | ({ readonly type: 'WORK_LEFT'; readonly work: string } & Occurrence)
  | ({ readonly type: 'DIALOG_CLOSED'; readonly dialog: string } & Occurrence)
  /** The agent signed in, possibly once more. */
  | ({ readonly type: 'MEDIUM_SIGNED_IN'; readonly side: Side } & Occurrence)
  | ({ readonly type: 'MEDIUM_SIGNED_OUT' } & Occurrence)

/** States of the open dialogs. */
export function dialogStates(context: Pick<MediaContext, 'dialogs'>): readonly TaskState[] {
  return Object.values(context.dialogs).map((dialog) => dialog.getSnapshot().value)
}

/** Is any open dialog in one of these states? */
export const holds = (context: MediaContext, ...states: readonly TaskState[]) =>
  dialogStates(context).some((state) => states.includes(state))

/** Number of open dialogs. It is always counted, never stored. */
export const openDialogs = (context: Pick<MediaContext, 'dialogs'>): number => Object.keys(context.dialogs).length

/** The settings that count: those of the acting side (`media 13`). */
export const settingsInForce = ({
  signIns,
  actingSide,
}: Pick<MediaContext, 'signIns' | 'actingSide'>): SignInSettings => signIns[actingSide] ?? UNKNOWN_SETTINGS

/**
 * Why an agent may not get a task of this MRD now (`media 4.5`), or `null`. Only for an agent who is signed in and not
 * in WORK_NOT_READY.
 */
export function refusalWhileServed(context: MediaContext, busyElsewhere: boolean): OfferRefusal | null {
  if (!context.pathUp) return 'PATH_DOWN'
  if (context.declared === 'NOT_READY') return 'NOT_READY'
  if (!context.routable) return 'NOT_ROUTABLE'
  if (openDialogs(context) >= settingsInForce(context).maxDialogLimit) return 'NO_CAPACITY'
  if (busyElsewhere) return 'BUSY_ELSEWHERE'
  return null
}

/** Why the agent may not get a task of this MRD now (`media 4.5`), or `null`. */
export function refusalOf(medium: Standing<MediaContext>, busyElsewhere: boolean): OfferRefusal | null {
  const state = mediaState(medium)
  if (state === 'LOGOUT') return 'NOT_SIGNED_IN'
  if (state === 'WORK_NOT_READY') return 'LINK_DOWN'
  return refusalWhileServed(medium.context, busyElsewhere)
}

/** The agent's state in the MRD. */
export const mediaState = ({ value }: Pick<Standing<MediaContext>, 'value'>): MediaState =>
  wireState(value, MEDIA_STATES)

/** The medium as clients see it. */
export function mediaView(medium: Standing<MediaContext>): MediaView {
  const { context } = medium
  const { mrd, actingSide, signIns, stateChangeTime, routable, reason } = context
  const { interruptible } = context.settings
  return {
    mrd,
    actingSide,
    signIns,
    state: mediaState(medium),
    stateChangeTime,
    routable,
    ...settingsInForce(context),
    interruptible,
    reason,
    connected: context.connected,
  }
}
