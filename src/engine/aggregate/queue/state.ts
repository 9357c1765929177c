/** The state of a queue: its tasks, and the availability of its agents. */
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
  /** True: a resubmission that the ACD refuses is lost (RV4), as in Finesse. False: it is made nevertheless. */
  readonly losesTransfers: boolean
  /** Milliseconds from a request to its simulated late confirmation. Longer than every time-out. */
  readonly lateAfterMs: number
}

/** A task in the built-in ACD. */
export interface QueuedTask {
  readonly id: string
  /** Place in the queue. Lower numbers are offered first. A task that an agent refused keeps its place. */
  readonly place: number
  readonly scriptSelector: string
  readonly variables: readonly Variable[]
  readonly associatedDialog: string
  /** The only agent who may get the task; `''` for any agent. */
  readonly agentId: string
  /** The task is for the same agent after a resubmission too. Absent if not, and in older snapshots. */
  readonly keepAgent?: true
  readonly state: AcdTaskState
  readonly queuedAt: number
  /** Id of the current offer, and its agent in `offeredTo`; `''` without an offer. */
  readonly offer: string
  readonly offeredTo: string
  readonly offersEver: number
  readonly dialog: string
  readonly resubmittedAs: string
  /** The attempt that resubmitted the task; 0 for an automatic resubmission. */
  readonly resubmittedBy: number
}

/** The last availability of an agent, and the offers that the agent has not answered yet. */
export interface AgentClaim extends Availability {
  readonly version: number
  /** Ids of the unanswered offers. */
  readonly pending: readonly string[]
}

/** A transfer that the ACD will confirm after its time-out. */
export interface LateConfirmation {
  readonly user: string
  readonly dialog: string
  readonly task: string
  readonly attempt: number
}

/** The queue changes it in place. No other code does. */
export interface QueueState {
  setup: QueueSetup
  /** The MRD is not in the directory any more. */
  isRemoved: boolean
  /** During a drain nothing is offered, and calls are refused. */
  isDraining: boolean
  /** The simulated failure of resubmissions; `''` for none. */
  resubmission: '' | 'refuse' | 'timeout' | 'late'
  /** Transfers whose late confirmation is still to come. */
  late: readonly LateConfirmation[]
  tasksEver: number
  callsEver: number
  /** Tasks that wait, are offered or are handled by an agent, in the order of their places. */
  readonly open: Map<string, QueuedTask>
  /** Ids of the queued tasks, in the order of their places. Computed from `open`, not stored. */
  readonly waiting: string[]
  /** The last tasks that ended. The one that ended first is the first. */
  readonly finished: Map<string, QueuedTask>
  readonly agents: Agents
}

/** The highest number of open tasks in one queue. */
export const OPEN_TASKS_MAX = 100_000

/** The number of finished tasks that a queue keeps, for `GET /acd/tasks/{id}`. */
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
  /** Absent if the MRD is in the directory. */
  readonly isRemoved?: true
  /** Absent if there is no drain, and in older snapshots. */
  readonly isDraining?: true
  readonly resubmission: QueueState['resubmission']
  readonly late: readonly LateConfirmation[]
  readonly tasksEver: number
  readonly callsEver: number
  readonly open: readonly QueuedTask[]
  readonly finished: readonly QueuedTask[]
  readonly agents: readonly (readonly [string, AgentClaim])[]
}

/** The state in the form of a snapshot. */
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

/** The setup of the queue of `mrd`. */
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

/** Stores a new or changed task, and keeps `open`, `waiting` and `finished` consistent. */
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

/** Index of a task in `waiting`, nearly always the end. */
function placeAmong({ open, waiting }: QueueState, task: QueuedTask): number {
  let at = waiting.length
  while (at > 0 && (open.get(waiting[at - 1] ?? '')?.place ?? 0) > task.place) at -= 1
  return at
}
