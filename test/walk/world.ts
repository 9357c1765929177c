/** What the model of the walk knows of one agent: plain data, counted from the contract, not from the machines. */
import type {
  DialogLogoutAction,
  InterruptAction,
  LegState,
  MediaState,
  TaskState,
  UserState,
} from '../../machines/wire.ts'

export interface Dialog {
  id: string
  state: TaskState
  /** State from before the interrupt; `null` when nobody knows it. */
  before: TaskState | null
  /** A transfer is under way. */
  transfer: boolean
}

export interface Medium {
  readonly mrd: string
  readonly interruptible: boolean
  signedIn: boolean
  wants: 'READY' | 'NOT_READY'
  routable: boolean
  /** `routable=false` waits for unstarted tasks (4.3). */
  deferred: boolean
  /** The side lost the link while signed in; `routable` of before. */
  lost: { routable: boolean } | null
  limit: number
  answer: InterruptAction
  atSignOut: DialogLogoutAction
  interrupted: boolean
  dialogs: Dialog[]
}

/** Calls of the walk. */
export type CallId = '77' | '78'

export interface Voice {
  signedIn: boolean
  /** What the agent is beside calls, with the number of the reason. */
  base: 'READY' | 'NOT_READY'
  reason: number
  pending: '' | 'READY' | 'NOT_READY' | 'LOGOUT'
  pendingReason: number
  /** It is so by a forced sign-out (LOAD 0). */
  forced: boolean
  /** The agent's legs, by call. */
  legs: Partial<Record<CallId, LegState>>
  /** Calls that know that the agent leaves with their end: nothing is wrapped up. */
  leaving: CallId[]
  /** Calls that have just ended, because of what they were told: their word comes before anything else happens. */
  ending: CallId[]
  /** As last shown: a dropped leg changes nothing (V5). */
  shown: UserState
}

export interface World {
  media: Medium[]
  voice: Voice
  /** Work that interrupts, in the order in which it began. */
  working: { id: string; mrd: string }[]
  /** Temporarily not routable (4.5) until these are over. */
  unfinished: string[]
  link: boolean
  path: boolean
  present: boolean
  grace: boolean
}

export const newMedium = (mrd: string, interruptible: boolean): Medium => ({
  mrd,
  interruptible,
  signedIn: false,
  wants: 'NOT_READY',
  routable: false,
  deferred: false,
  lost: null,
  limit: 1,
  answer: 'ACCEPT',
  atSignOut: 'CLOSE',
  interrupted: false,
  dialogs: [],
})

export const newWorld = (media: Medium[]): World => ({
  media,
  voice: {
    signedIn: false,
    base: 'NOT_READY',
    reason: 0,
    pending: '',
    pendingReason: 0,
    forced: false,
    legs: {},
    leaving: [],
    ending: [],
    shown: 'LOGOUT',
  },
  working: [],
  unfinished: [],
  link: true,
  path: true,
  present: false,
  grace: false,
})

/** `media 4.2`, from top to bottom. */
export function shown(medium: Medium): MediaState {
  const any = (...states: TaskState[]) => medium.dialogs.some((dialog) => states.includes(dialog.state))
  if (!medium.signedIn) return 'LOGOUT'
  if (medium.lost) return 'WORK_NOT_READY'
  if (medium.wants === 'NOT_READY') return 'NOT_READY'
  if (medium.interrupted && medium.dialogs.length > 0) return 'INTERRUPTED'
  if (any('ACCEPTED', 'ACTIVE', 'UNKNOWN')) return 'ACTIVE'
  if (any('WRAPPING_UP')) return 'WORK_READY'
  if (any('PAUSED')) return 'PAUSED'
  return any('OFFERED') ? 'RESERVED' : 'READY'
}

/** `media 4.5`: free slots of an agent who may get a task of this MRD, else 0. */
export function slots(world: World, medium: Medium): number {
  const atWork = world.working.some((work) => work.mrd !== medium.mrd)
  const may =
    medium.signedIn &&
    medium.lost === null &&
    medium.wants === 'READY' &&
    medium.routable &&
    world.path &&
    !atWork &&
    world.unfinished.length === 0
  return may ? Math.max(0, medium.limit - medium.dialogs.length) : 0
}

export function medium(world: World, mrd: string): Medium {
  const found = world.media.find((each) => each.mrd === mrd)
  if (!found) throw new Error(`the walk has no MRD ${mrd}`)
  return found
}
