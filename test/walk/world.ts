/** The state of the walk's model of one agent, as plain data. It follows the contract, not the machines. */
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
  /** The state before the interrupt. `null` if there is none, or if it was lost. */
  before: TaskState | null
  /** A transfer is pending. */
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
  /** Set while the link is lost, if the user was signed in then. `routable` is restored with the link. */
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
  /** The state without calls, and the code of its reason. */
  base: 'READY' | 'NOT_READY'
  reason: number
  pending: '' | 'READY' | 'NOT_READY' | 'LOGOUT'
  pendingReason: number
  /** The pending state comes from a forced sign-out (LOAD 0). */
  forced: boolean
  /** The agent's legs, by call. */
  legs: Partial<Record<CallId, LegState>>
  /** Calls with whose end the agent leaves. They have no wrap-up. */
  leaving: CallId[]
  /** Calls that have just ended. Their removal comes before any other input. */
  ending: CallId[]
  /** The agent state. A dropped leg does not change it (V5). */
  shown: UserState
}

export interface World {
  media: Medium[]
  voice: Voice
  /** Interrupting work, oldest first. */
  working: { id: string; mrd: string }[]
  /** Dialogs and calls that have to end before the agent gets new tasks (4.5). */
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

/** The agent state in a medium: the ranks of `media 4.2` from top to bottom. */
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

/** The free slots of an agent who may get a task of this MRD, otherwise 0 (`media 4.5`). */
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
