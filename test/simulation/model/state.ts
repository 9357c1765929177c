/** The model's data of one agent, derived from the contract and not from the machines. */
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

/** The next state of a dialog for each action. Actions without an entry are refused (ruling 14). */
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
  /** The state before the interrupt. `null` when it is unknown. */
  before: TaskState | null
  /** A transfer has not been answered. */
  transfer: boolean
  transfersEver: number
  /** The times of its deadlines in ms, by name. */
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
  /** Set while the side has lost its link: the medium is in the work state. `routable` applies after the return. */
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
  /** The state that was shown last. A dropped leg does not change it (V5). */
  shown: UserState
  /** The state when there are no calls. */
  base: Settled
  reason: number
  /** `forced`: by a forced sign-out (LOAD 0). */
  pending: { state: '' | 'READY' | 'NOT_READY' | 'LOGOUT'; reason: number; forced?: boolean }
  readonly legs: Map<string, LegState>
  /** Of each call: how it came to the agent, and its last state. */
  readonly calls: Map<string, { readonly came: 'made' | 'consult' | 'in'; readonly state: string }>
  /** Calls from before the sign-out of the agent. They end without wrap-up (ruling 47). */
  readonly outlived: Set<string>
  /** The end of the wrap-up after each call. */
  readonly wrapUps: Map<string, number>
  wrapUpDue: number | null
  /** Work that interrupts. */
  working: { readonly id: string; readonly mrd: string }[]
  /** The agent is temporarily not routable (4.5) until these have ended. */
  unfinished: string[]
  cutOff: boolean
  pathUp: boolean
  presence: 'ABSENT' | 'PRESENT' | 'GRACE' | 'UNKNOWN'
  sessions: string[]
  graceDue: number | null
  /** Offers that became dialogs. A second message with the same offer has no effect. */
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
    calls: new Map(),
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

/** One step of the model: the agent that changes, and the notifications so far. */
export interface Sheet {
  readonly agent: Agent
  readonly at: number
  readonly lines: string[]
}

/** The shown state by `media 4.2`, whose rules apply from top to bottom. */
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

/** Free slots by `media 4.5`: 0 if the agent may not get a task of this MRD. */
export function slotsOf(agent: Agent, medium: Medium): number {
  const busy = agent.unfinished.length > 0 || agent.working.some((work) => work.mrd !== medium.mrd)
  const may = medium.signedIn && !medium.lost && medium.wants === 'READY' && medium.routable && agent.pathUp && !busy
  return may ? Math.max(0, medium.limit - medium.dialogs.length) : 0
}

/** The clock was set back: every deadline keeps its remaining time. There is no notification. */
export function moveBack(agent: Agent, by: number): void {
  const dues = [...agent.media.flatMap(({ dialogs }) => dialogs.map(({ due }) => due)), agent.wrapUps]
  for (const due of dues) for (const [name, at] of due) due.set(name, at - by)
  if (agent.wrapUpDue !== null) agent.wrapUpDue -= by
  if (agent.graceDue !== null) agent.graceDue -= by
}

/** All deadlines of the agent, with the names of the engine. */
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
