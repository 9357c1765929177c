/** The interface of the built-in ACD: tasks and calls of customers. */
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'
import type { Origin } from '../ports.ts'
import type { AcdTaskState, AcdTaskValue, CallDialogValue, NetworkChange, NetworkValue, Variable } from '../values.ts'
import type { Campaigns } from './campaigns-api.ts'
import type { Queues } from './queues-api.ts'

/** A task that a customer (or `POST /acd/tasks`) submits to the built-in ACD. */
export interface TaskSubmission {
  readonly mrd: string
  readonly scriptSelector: string
  readonly variables?: readonly Variable[] | undefined
  /** The task is offered to this user only. It waits until the user is eligible. */
  readonly agentId?: string | undefined
  /**
   * The task is offered to this user only, even after it was resubmitted because of a Start Timeout or a sign-out. By
   * default any eligible user may get it then. A task that the agent transfers may go to any eligible user in any case.
   * Only with `agentId`.
   */
  readonly keepAgent?: boolean | undefined
}

/** A call to an extension, to a queue or to a number outside. It has either `to` or `queue`. */
export interface CallSubmission {
  readonly from: string
  /** Extension of an agent, a number of a queue, or a number outside. */
  readonly to?: string | undefined
  /** Id of a queue, or one of its numbers. */
  readonly queue?: string | undefined
  readonly variables?: readonly Variable[] | undefined
}

/** Selects tasks by state and MRD. `limit`: the maximum number. */
export interface MeantTasks {
  readonly state?: AcdTaskState | undefined
  readonly mrd?: string | undefined
  readonly limit: number
  /** Only tasks that are older than this one, which need not be known any more. */
  readonly before?: Pick<AcdTaskValue, 'id' | 'queuedAt'> | undefined
}

/** The built-in ACD, for `/acd` and tests. Errors are `AcdRefusal`s. `origin` goes into the journal. */
export interface BuiltInAcd {
  submitTask(submission: TaskSubmission, origin?: Origin): Promise<AcdTaskValue>
  /** The customer abandons the task. */
  abandonTask(id: string, origin?: Origin): Promise<AcdTaskValue>
  tasks(): readonly AcdTaskValue[]
  /**
   * The newest selected tasks, oldest first. `total`: the number of selected tasks without `limit` and `before`.
   * `hasMore`: there are older ones.
   */
  newestTasks(meant: MeantTasks): {
    readonly tasks: readonly AcdTaskValue[]
    readonly total: number
    readonly hasMore: boolean
  }
  task(id: string): AcdTaskValue | undefined
  /**
   * A call comes. It rings at the extension, also if the agent is NOT_READY. Or it waits in the queue, until an agent of
   * the queue is available whom the queue's policy selects. If that agent does not answer in the ring time, the agent
   * becomes NOT_READY, and the call goes to the next one. When the time-out of the queue is over, the call ends. The
   * value has `queue` with the outcome.
   *
   * A call to a number outside, which is every number that the directory does not have, has no agent. The network
   * outside answers it, and it ends as the network says, or with `hangUp`.
   *
   * Rejects with `OWN_EXTENSION` (`from` is the same number), `UNKNOWN_QUEUE`, `QUEUE_FULL` or `DRAINING`, and with `InvalidArgument` if not exactly one of `to` and `queue` is given.
   */
  submitCall(submission: CallSubmission, origin?: Origin): Promise<CallDialogValue>
  /**
   * The party outside hangs up: a caller waits no longer, or ends the call. A number that an agent has called does not
   * take the call, or ends it. A call between agents goes on.
   */
  hangUp(id: string, origin?: Origin): Promise<CallDialogValue>
  /** Calls that wait, ring, were answered or are wrapped up, in the order in which they began. */
  calls(): readonly CallDialogValue[]
  /** A call, also one of the last that are over. */
  call(id: string): CallDialogValue | undefined
  readonly campaigns: Campaigns
  readonly queues: Queues
  /** How the numbers outside answer calls. Without a change they answer after five seconds. */
  network(): NetworkValue
  /**
   * Changes how the numbers outside answer calls that begin from now on. Resolves with the whole when it is committed.
   * Rejects with `NUMBER_INSIDE` for an extension or the number of a queue, and with `TOO_MANY_NUMBERS`.
   */
  changeNetwork(change: NetworkChange, origin?: Origin): Promise<NetworkValue>
}

/** The built-in ACD refused a request. `about` names the parameter or id. */
export class AcdRefusal extends MrdianError {
  override readonly name = 'AcdRefusal'
  readonly code: CodeOf<'AcdRefusal'>
  readonly about: string
  constructor(code: CodeOf<'AcdRefusal'>, about: string, message: string) {
    super(message)
    this.code = code
    this.about = about
  }
}
