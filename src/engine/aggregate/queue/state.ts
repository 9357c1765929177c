/** What a queue remembers: its tasks, and what it knows of the agents. */
import type { Availability } from '../../../../machines/index.ts'
import type { Directory } from '../../../directory/model.ts'
import type { Json } from '../../ports.ts'
import type { AcdTaskState, Variable } from '../../values.ts'
import { Agents } from './agents.ts'

/** What a queue needs of the directory. */
export interface QueueSetup {
  readonly mrd: string
  readonly name: string
  /** Script selectors of all MRDs, with the MRD that each belongs to. */
  readonly selectors: Readonly<Record<string, string>>
  /** A resubmission that the ACD does not take is lost (RV4), as in Finesse; else it is made all the same. */
  readonly losesTransfers: boolean
  /** When a late confirmation comes, in milliseconds after the request: behind every time-out. */
  readonly lateAfterMs: number
}

/** A task in the built-in ACD. */
export interface QueuedTask {
  readonly id: string
  /** Its place in the queue: lower is served first. A refused task keeps it. */
  readonly place: number
  readonly scriptSelector: string
  readonly variables: readonly Variable[]
  readonly associatedDialog: string
  /** Only this agent may get it; `''` for anybody. */
  readonly agentId: string
  /** So it stays when the task is resubmitted. Left out where it does not, as in snapshots of before. */
  readonly keepAgent?: true
  readonly state: AcdTaskState
  readonly queuedAt: number
  /** The offer that stands, and to whom; `''` without one. */
  readonly offer: string
  readonly offeredTo: string
  readonly offersEver: number
  readonly dialog: string
  readonly resubmittedAs: string
  /** The attempt by which it was resubmitted; 0 for the automatic ones. */
  readonly resubmittedBy: number
}

/** What an agent said of itself, less the offers that it has not answered yet. */
export interface AgentClaim extends Availability {
  readonly version: number
  /** Offers under way to this agent. */
  readonly pending: readonly string[]
}

/** A resubmission that the ACD confirms after the asker gave up. */
export interface LateConfirmation {
  readonly user: string
  readonly dialog: string
  readonly task: string
  readonly attempt: number
}

/** Changed in place by its queue, and by nobody else. */
export interface QueueState {
  setup: QueueSetup
  /** The MRD is not in the directory any more. */
  isRemoved: boolean
  /** Nothing is offered, and no call is taken. */
  isDraining: boolean
  /** How resubmissions fail at present; `''` for not at all. */
  resubmission: '' | 'refuse' | 'timeout' | 'late'
  /** Confirmations that will come late. */
  late: readonly LateConfirmation[]
  tasksEver: number
  callsEver: number
  /** Tasks that wait or are with an agent; in the order of their places. */
  readonly open: Map<string, QueuedTask>
  /** Ids of the queued tasks, in the order of their places. Follows from `open`; not stored. */
  readonly waiting: string[]
  /** The last tasks that ended, oldest end first. */
  readonly finished: Map<string, QueuedTask>
  readonly agents: Agents
}

/** At most so many tasks are open in one queue. */
export const OPEN_TASKS_MAX = 100_000

/** So many finished tasks are remembered, for `GET /acd/tasks/{id}`. */
export const FINISHED_TASKS_KEPT = 1000

export const emptyQueue = (): QueueState => ({
  setup: { mrd: '', name: '', selectors: {}, losesTransfers: true, lateAfterMs: 0 },
  isRemoved: false,
  isDraining: false,
  resubmission: '',
  late: [],
  tasksEver: 0,
  callsEver: 0,
  open: new Map(),
  waiting: [],
  finished: new Map(),
  agents: new Agents(),
})

interface StoredQueue {
  readonly setup: QueueSetup
  /** Absent for a queue of the directory. */
  readonly isRemoved?: true
  /** Absent where it offers, as in snapshots of before. */
  readonly isDraining?: true
  readonly resubmission: QueueState['resubmission']
  readonly late: readonly LateConfirmation[]
  readonly tasksEver: number
  readonly callsEver: number
  readonly open: readonly QueuedTask[]
  readonly finished: readonly QueuedTask[]
  readonly agents: readonly (readonly [string, AgentClaim])[]
}

/** The state as the store keeps it. */
export function writeQueue({
  setup,
  isRemoved,
  isDraining,
  resubmission,
  late,
  tasksEver,
  callsEver,
  open,
  finished,
  agents,
}: QueueState): Json {
  const stored: StoredQueue = {
    setup,
    ...(isRemoved ? { isRemoved } : {}),
    ...(isDraining ? { isDraining } : {}),
    resubmission,
    late,
    tasksEver,
    callsEver,
    open: [...open.values()].sort((a, b) => a.place - b.place),
    finished: [...finished.values()],
    agents: [...agents],
  }
  return JSON.parse(JSON.stringify(stored))
}

/** The state as `writeQueue` wrote it. Throws on anything else. */
export function readQueue(json: unknown): QueueState {
  if (!isStoredQueue(json)) throw new Error('snapshot of a queue cannot be read')
  const { open, finished, agents, isRemoved = false, isDraining = false, ...rest } = json
  const byId = (tasks: readonly QueuedTask[]) => new Map(tasks.map((task) => [task.id, task]))
  const waiting = open.filter((task) => task.state === 'queued').map((task) => task.id)
  return {
    ...rest,
    isRemoved,
    isDraining,
    open: byId(open),
    waiting,
    finished: byId(finished),
    agents: new Agents(agents),
  }
}

function isStoredQueue(value: unknown): value is StoredQueue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'open' in value &&
    'finished' in value &&
    'agents' in value &&
    Array.isArray(value.open) &&
    Array.isArray(value.finished) &&
    Array.isArray(value.agents)
  )
}

/** What the queue of `mrd` needs of `directory`. */
export function queueSetup(directory: Directory, mrd: string): QueueSetup {
  const selectors = directory.mediaRoutingDomains.flatMap((each) =>
    each.scriptSelectors.map((selector) => [selector, each.id] as const),
  )
  const name = directory.mediaRoutingDomains.find((each) => each.id === mrd)?.name ?? ''
  const { fidelity, transferTimeoutSeconds } = directory.settings
  return {
    mrd,
    name,
    selectors: Object.fromEntries(selectors),
    losesTransfers: fidelity === 'finesse',
    lateAfterMs: 2 * transferTimeoutSeconds * 1000,
  }
}

export const isOpen = (task: QueuedTask): boolean => task.state === 'queued' || task.state === 'reserved'

/** Puts a task, new or changed, where it belongs: among the open ones, those that wait, or those that ended. */
export function putTask(state: QueueState, task: QueuedTask): void {
  const { open, waiting, finished } = state
  const waited = open.get(task.id)?.state === 'queued'
  if (waited && task.state !== 'queued') waiting.splice(waiting.indexOf(task.id), 1)
  if (isOpen(task)) {
    finished.delete(task.id)
    open.set(task.id, task)
    if (!waited && task.state === 'queued') waiting.splice(placeAmong(state, task), 0, task.id)
    return
  }
  open.delete(task.id)
  finished.set(task.id, task)
  const [oldest] = finished.keys()
  if (finished.size > FINISHED_TASKS_KEPT && oldest !== undefined) finished.delete(oldest)
}

/** Where a task goes among those that wait: nearly always at the end. */
function placeAmong({ open, waiting }: QueueState, task: QueuedTask): number {
  let at = waiting.length
  while (at > 0 && (open.get(waiting[at - 1] ?? '')?.place ?? 0) > task.place) at -= 1
  return at
}
