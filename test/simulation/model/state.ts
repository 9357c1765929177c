/** What the model knows of one agent: plain data, counted from the contract and never from the machines. */
import type {
  DialogLogoutAction,
  InterruptAction,
  LegState,
  MediaState,
  TaskAction,
  TaskState,
  UserState,
} from '../../../machines/wire.ts'
import type { Directory, User } from '../../../src/directory/model.ts'

/** What an action makes of a dialog; an empty cell is refused (ruling 14). */
export const ROWS: Readonly<Record<TaskState, Readonly<Partial<Record<TaskAction, TaskState>>>>> = {
  OFFERED: { ACCEPT: 'ACCEPTED' },
  ACCEPTED: { START: 'ACTIVE', CLOSE: 'CLOSED', TRANSFER: 'CLOSED' },
  ACTIVE: { PAUSE: 'PAUSED', WRAP_UP: 'WRAPPING_UP', CLOSE: 'CLOSED', TRANSFER: 'CLOSED' },
  PAUSED: { RESUME: 'ACTIVE', WRAP_UP: 'WRAPPING_UP', CLOSE: 'CLOSED', TRANSFER: 'CLOSED' },
  WRAPPING_UP: { PAUSE: 'PAUSED', RESUME: 'ACTIVE', CLOSE: 'CLOSED' },
  INTERRUPTED: {},
  UNKNOWN: { CLOSE: 'CLOSED' },
  CLOSED: {},
}

export interface Dialog {
  readonly id: string
  readonly task: string
  state: TaskState
  /** State from before the interrupt; `null` when nobody knows it. */
  before: TaskState | null
  /** A transfer waits for its answer. */
  transfer: boolean
  transfersEver: number
  /** When it ends by itself: by the names of the deadlines, in ms. */
  readonly due: Map<string, number>
}

export interface Medium {
  readonly mrd: string
  readonly member: boolean
  readonly interruptible: boolean
  readonly startMs: number
  readonly maxMs: number
  readonly lifeMs: number
  signedIn: boolean
  wants: 'READY' | 'NOT_READY'
  routable: boolean
  /** `routable=false` waits for unstarted tasks (4.3). */
  deferred: boolean
  /** In the work state since the side lost its link; `routable` of before. */
  lost: { routable: boolean } | null
  limit: number
  answer: InterruptAction
  atSignOut: DialogLogoutAction
  interrupted: boolean
  dialogs: Dialog[]
}

export interface Settled {
  readonly state: 'READY' | 'NOT_READY'
  readonly reason: number
}

export interface Agent {
  readonly user: User
  readonly directory: Directory
  readonly media: readonly Medium[]
  signedIn: boolean
  /** As last shown: a dropped leg changes nothing (V5). */
  shown: UserState
  /** Beside calls. */
  base: Settled
  reason: number
  /** `forced`: by a forced sign-out (LOAD 0). */
  pending: { state: '' | 'READY' | 'NOT_READY' | 'LOGOUT'; reason: number; forced?: boolean }
  readonly legs: Map<string, LegState>
  /** Calls that were there when the agent was signed out: they end without wrap-up (ruling 47). */
  readonly outlived: Set<string>
  /** When the wrap-up after each call is over. */
  readonly wrapUps: Map<string, number>
  wrapUpDue: number | null
  /** Work that interrupts. */
  working: { readonly id: string; readonly mrd: string }[]
  /** Temporarily not routable (4.5) until these are over. */
  unfinished: string[]
  cutOff: boolean
  pathUp: boolean
  presence: 'ABSENT' | 'PRESENT' | 'GRACE' | 'UNKNOWN'
  sessions: string[]
  graceDue: number | null
  /** Offers that became dialogs, and dialogs that were transferred: said twice, they mean nothing. */
  readonly said: Set<string>
}

const NOTHING = { state: '', reason: 0 } as const

export function newAgent(directory: Directory, user: User): Agent {
  return {
    user,
    directory,
    media: directory.mediaRoutingDomains
      .filter(({ id }) => id !== '1')
      .map((mrd) => ({
        mrd: mrd.id,
        member: user.mediaRoutingDomains.includes(mrd.id),
        interruptible: mrd.interruptible,
        startMs: mrd.startTimeoutSeconds * 1000,
        maxMs: mrd.maxTaskDurationSeconds * 1000,
        lifeMs: mrd.taskLifeSeconds * 1000,
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
      })),
    signedIn: false,
    shown: 'LOGOUT',
    base: { state: 'NOT_READY', reason: 0 },
    reason: 0,
    pending: NOTHING,
    legs: new Map(),
    outlived: new Set(),
    wrapUps: new Map(),
    wrapUpDue: null,
    working: [],
    unfinished: [],
    cutOff: false,
    pathUp: true,
    presence: 'ABSENT',
    sessions: [],
    graceDue: null,
    said: new Set(),
  }
}

/** An agent under change, and what clients are told meanwhile. */
export interface Sheet {
  readonly agent: Agent
  readonly at: number
  readonly lines: string[]
}

/** `media 4.2`, from top to bottom. */
export function shownOf(medium: Medium): MediaState {
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
export function slotsOf(agent: Agent, medium: Medium): number {
  const busy = agent.unfinished.length > 0 || agent.working.some((work) => work.mrd !== medium.mrd)
  const may = medium.signedIn && !medium.lost && medium.wants === 'READY' && medium.routable && agent.pathUp && !busy
  return may ? Math.max(0, medium.limit - medium.dialogs.length) : 0
}

/** The clock was set back: all that is due has left what it had left. Nobody is told. */
export function moveBack(agent: Agent, by: number): void {
  const dues = [...agent.media.flatMap(({ dialogs }) => dialogs.map(({ due }) => due)), agent.wrapUps]
  for (const due of dues) for (const [name, at] of due) due.set(name, at - by)
  if (agent.wrapUpDue !== null) agent.wrapUpDue -= by
  if (agent.graceDue !== null) agent.graceDue -= by
}

/** Everything that will happen by itself, as the engine names it. */
export function deadlinesOf(agent: Agent): readonly string[] {
  const dialogs = agent.media.flatMap(({ dialogs: open }) =>
    open.flatMap(({ id, due }) => [...due].map(([name, at]) => `${id} ${name} ${at}`)),
  )
  return [
    ...dialogs,
    ...(agent.wrapUpDue === null ? [] : [`user WRAP_UP_TIMEOUT ${agent.wrapUpDue}`]),
    ...(agent.graceDue === null ? [] : [`presence:A PRESENCE_GRACE_OVER ${agent.graceDue}`]),
  ].sort()
}
