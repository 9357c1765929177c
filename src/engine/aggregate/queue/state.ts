/** The state of a queue: its tasks, and the availability of its agents. */
import type { Directory, MediaPolicy } from '../../../directory/model.ts'
import { hasLists } from '../../json.ts'
import type { Json } from '../../ports.ts'
import { AcdCalls, type StoredAcdCalls } from './acd-calls.ts'
import { type AgentClaim, Agents } from './agents.ts'
import { type Changed, type ChangedSettings, changedPart, type Sharing, sharingOf } from './sharing.ts'
import { byPlace, type QueuedTask, Tasks, USUAL_PRIORITY } from './tasks.ts'

/** What a queue needs of the directory. */
export interface QueueSetup extends Sharing, Changed {
  readonly mrd: string
  readonly name: string
  /** Script selectors of all MRDs, with the MRD that each belongs to. */
  readonly selectors: Readonly<Record<string, string>>
  /** True: a resubmission that the ACD refuses is lost (RV4), as in Finesse. False: it is made nevertheless. */
  readonly losesTransfers: boolean
  /** Milliseconds from a request to its simulated late confirmation. Longer than every time-out. */
  readonly lateAfterMs: number
  /** How an agent is selected. Absent if it is `MEDIA_POLICY`, and in older setups. */
  readonly policy?: MediaPolicy
  /** By script selector of this MRD. Absent if there are none, and in older setups. */
  readonly priorities?: Readonly<Record<string, number>>
}

/** The policy of a queue of tasks, unless the directory names another one. */
export const MEDIA_POLICY = 'most-free-slots' satisfies MediaPolicy

/** The priority of a task for this selector, 1 (first) to 10. */
export const priorityOf = ({ priorities = {} }: QueueSetup, scriptSelector: string): number =>
  (Object.hasOwn(priorities, scriptSelector) ? priorities[scriptSelector] : undefined) ?? USUAL_PRIORITY

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
  callsEver: number
  /** Only the queue of the voice MRD has some, and only with an embedder's ACD. */
  readonly acdCalls: AcdCalls
  readonly tasks: Tasks
  readonly agents: Agents
  /** When a task reaches the next stage of the overflow: the deadline that is armed. */
  overflowDue?: number | undefined
}

export const emptyQueue = (): QueueState => ({
  setup: { mrd: '', name: '', selectors: {}, losesTransfers: true, lateAfterMs: 0 },
  isRemoved: false,
  isDraining: false,
  resubmission: '',
  late: [],
  callsEver: 0,
  acdCalls: new AcdCalls(),
  tasks: new Tasks(),
  agents: new Agents(MEDIA_POLICY),
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
  /** Absent if there never was one, and in older snapshots. */
  readonly acdCalls?: StoredAcdCalls
  readonly open: readonly QueuedTask[]
  readonly finished: readonly QueuedTask[]
  readonly agents: readonly (readonly [string, AgentClaim])[]
  /** Absent if no such deadline is armed, and in older snapshots. */
  readonly overflowDue?: number
}

/** The state in the form of a snapshot. */
export function writeQueue({
  setup,
  isRemoved,
  isDraining,
  resubmission,
  late,
  callsEver,
  acdCalls: { stored: acdCalls },
  tasks,
  agents,
  overflowDue,
}: QueueState): Json {
  const stored: StoredQueue = {
    setup,
    ...(isRemoved ? { isRemoved } : {}),
    ...(isDraining ? { isDraining } : {}),
    resubmission,
    late,
    tasksEver: tasks.ever,
    callsEver,
    ...(acdCalls ? { acdCalls } : {}),
    open: [...tasks.open].sort(byPlace),
    finished: tasks.finished,
    agents: [...agents],
    ...(overflowDue === undefined ? {} : { overflowDue }),
  }
  return JSON.parse(JSON.stringify(stored))
}

/** The state as `writeQueue` wrote it. Throws on anything else. */
export function readQueue(json: unknown): QueueState {
  if (!isStoredQueue(json)) throw new Error('snapshot of a queue cannot be read')
  const { open, finished, tasksEver, agents: claims, acdCalls, isRemoved = false, isDraining = false, ...rest } = json
  const agents = new Agents(rest.setup.policy ?? MEDIA_POLICY, claims)
  agents.arrange(rest.setup.policy ?? MEDIA_POLICY, [], rest.setup)
  const calls = new AcdCalls(acdCalls)
  return { ...rest, isRemoved, isDraining, acdCalls: calls, tasks: new Tasks(open, finished, tasksEver), agents }
}

const isStoredQueue = (value: unknown): value is StoredQueue => hasLists(value, 'open', 'finished', 'agents')

/** The setup of the queue of `mrd`. `changed`: settings that are in force in place of those of the directory. */
export function queueSetup(directory: Directory, mrd: string, changed: ChangedSettings = {}): QueueSetup {
  const selectors = directory.mediaRoutingDomains.flatMap((each) =>
    each.scriptSelectors.map((selector) => [selector, each.id] as const),
  )
  const found = directory.mediaRoutingDomains.find((each) => each.id === mrd)
  const { name = '' } = found ?? {}
  const settings = { ...found, ...changed }
  const { policy: named = MEDIA_POLICY, priorities = {} } = settings
  const policy = named === 'in-order' ? MEDIA_POLICY : named
  const { fidelity, transferTimeoutSeconds } = directory.settings
  return {
    mrd,
    name,
    selectors: Object.fromEntries(selectors),
    losesTransfers: fidelity === 'finesse',
    lateAfterMs: 2 * transferTimeoutSeconds * 1000,
    ...(policy === MEDIA_POLICY ? {} : { policy }),
    ...(Object.keys(priorities).length === 0 ? {} : { priorities }),
    ...sharingOf(directory, settings, () => true),
    ...changedPart(changed),
  }
}
