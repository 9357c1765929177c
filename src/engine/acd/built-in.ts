/** The API of the built-in ACD, for `/acd` and tests. It uses the aggregates of queues and calls. */
import { callView } from '../../../machines/index.ts'
import { lookup } from '../../directory/lookup.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { NETWORK } from '../aggregate/network/behaviour.ts'
import type { QueueBehaviour } from '../aggregate/queue/behaviour.ts'
import { mrdOfTask, type QueuedTask } from '../aggregate/queue/tasks.ts'
import { callValue } from '../aggregate/user/values.ts'
import type { DirectoryInForce } from '../configuration/directory-in-force.ts'
import type { Submit } from '../input/inbox.ts'
import { UNNAMED } from '../input/origin.ts'
import type { AcdTaskValue, CallDialogValue } from '../values.ts'
import { AcdRefusal, type BuiltInAcd, type CallSubmission, type TaskSubmission } from './api.ts'
import { callInput, failedCall } from './calls.ts'
import { createCampaigns } from './campaigns.ts'
import { networkInput, networkOf } from './network.ts'
import type { PastCalls } from './past-calls.ts'
import { createQueues } from './queues.ts'

function taskValue(queue: QueueBehaviour, task: QueuedTask): AcdTaskValue {
  const { id, scriptSelector, state, variables, dialog, offeredTo, agentId, resubmittedAs, queuedAt } = task
  return {
    id,
    mrd: queue.mrd,
    scriptSelector,
    state,
    variables,
    ...(dialog === '' ? {} : { dialogId: dialog }),
    ...(offeredTo === '' ? {} : { agentId: offeredTo }),
    ...(agentId === '' ? {} : { pinnedTo: agentId }),
    ...(resubmittedAs === '' ? {} : { resubmittedAs }),
    queuedAt,
  }
}

type Placed = Pick<AcdTaskValue, 'id' | 'queuedAt'>

/** By time, then by MRD, then by number. */
const inOrder = (a: Placed, b: Placed): number => {
  const [one, other] = [mrdOfTask(a.id), mrdOfTask(b.id)]
  return a.queuedAt - b.queuedAt || Number(one) - Number(other) || numberOf(a.id) - numberOf(b.id)
}

const numberOf = (task: string): number => Number(task.slice(task.lastIndexOf('-') + 1))

/** The MRD of the script selector. If the submission names an MRD, it has to be that one. Throws `AcdRefusal`. */
function mrdOf(directory: Directory, { scriptSelector, mrd }: TaskSubmission): string {
  const found = directory.mediaRoutingDomains.find((each) => each.scriptSelectors.includes(scriptSelector))
  if (!found)
    throw new AcdRefusal('UNKNOWN_SELECTOR', 'scriptSelector', `no MRD has the script selector ${scriptSelector}`)
  if (mrd !== undefined && mrd !== found.id)
    throw new AcdRefusal(
      'SELECTOR_OF_OTHER_MRD',
      'mrdId',
      `script selector ${scriptSelector} belongs to MRD ${found.id}`,
    )
  return found.id
}

/** `past`: the calls that are over. */
export function createBuiltInAcd(
  aggregates: Aggregates,
  inForce: DirectoryInForce,
  submit: Submit,
  past: PastCalls,
): BuiltInAcd {
  const task = (id: string): AcdTaskValue | undefined => {
    const queue = aggregates.queue(mrdOfTask(id))
    const known = queue?.tasks.get(id)
    return queue && known && taskValue(queue, known)
  }
  const call = (id: string): CallDialogValue | undefined => {
    const known = aggregates.call(id)
    return known ? callValue(callView(known.snapshot)) : past.get(id)
  }
  return {
    async submitTask(submission, origin = UNNAMED) {
      const { scriptSelector, variables = [], agentId = '', keepAgent = false } = submission
      const directory = inForce.current
      const mrd = mrdOf(directory, submission)
      if (agentId !== '' && !lookup(directory).user(agentId)?.mediaRoutingDomains.includes(mrd))
        throw new AcdRefusal('UNKNOWN_USER', 'agentId', `no user ${agentId} belongs to MRD ${mrd}`)
      const kept = keepAgent && agentId !== '' ? { keepAgent } : {}
      const input = { kind: 'submitTask', scriptSelector, variables, agentId, ...kept } as const
      const reply = await submit(`queue/${mrd}`, input, { origin })
      if (reply.failed !== undefined) throw new Error(`the queue did not take the task: ${reply.failed}`)
      const made = reply.id === undefined ? undefined : task(reply.id)
      if (!made) throw new AcdRefusal('TOO_MANY_TASKS', 'scriptSelector', 'too many tasks are open')
      return made
    },
    async abandonTask(id, origin = UNNAMED) {
      const known = task(id)
      if (!known) throw new AcdRefusal('UNKNOWN_TASK', 'id', `there is no task ${id}`)
      if (known.state !== 'queued' && known.state !== 'reserved')
        throw new AcdRefusal('TASK_NOT_OPEN', 'id', `task ${id} is ${known.state}`)
      await submit(`queue/${known.mrd}`, { kind: 'abandonTask', task: id }, { origin })
      const now = task(id) ?? known
      // If the agent has accepted the task, the dialog goes on although the customer gave up (`media D4`).
      if (now.state !== 'abandoned')
        throw new AcdRefusal('TASK_NOT_OPEN', 'id', `task ${id} is with agent ${now.agentId ?? ''} already`)
      return now
    },
    // Sorted, because the order of the queues depends on how the engine was started.
    tasks: () =>
      aggregates
        .queues()
        .flatMap((queue) => queue.tasks.all.map((each) => taskValue(queue, each)))
        .sort(inOrder),
    newestTasks({ state, mrd, limit, before }) {
      // A queue may have a hundred thousand tasks, so values are made only of the tasks that are returned.
      const found = aggregates
        .queues()
        .filter((queue) => mrd === undefined || queue.mrd === mrd)
        .map((queue) => ({
          queue,
          meant: queue.tasks.all.filter((each) => state === undefined || each.state === state),
        }))
      const total = found.reduce((sum, { meant }) => sum + meant.length, 0)
      const older = found.map(({ queue, meant }) => {
        return { queue, meant: before ? meant.filter((each) => inOrder(each, before) < 0) : meant }
      })
      const newest = older.flatMap(({ queue, meant }) => meant.slice(-limit).map((each) => taskValue(queue, each)))
      const hasMore = older.reduce((sum, { meant }) => sum + meant.length, 0) > limit
      return { tasks: newest.sort(inOrder).slice(-limit), total, hasMore }
    },
    task,
    async submitCall(submission: CallSubmission, origin = UNNAMED) {
      const input = callInput(submission, inForce.current, aggregates)
      const reply = await submit(`queue/${VOICE_MRD}`, input, { origin })
      if (reply.refused === 'DRAINING')
        throw new AcdRefusal('DRAINING', 'to', 'the server is draining: it takes no new calls')
      const { id = '' } = reply
      const made = call(id)
      if (made) return made
      const failed = failedCall(id, input)
      past.remember(failed)
      return failed
    },
    async hangUp(id, origin = UNNAMED) {
      const known = aggregates.call(id)
      const isOver = new AcdRefusal('CALL_OVER', 'id', `call ${id} is over`)
      if (!known) throw past.get(id) ? isOver : new AcdRefusal('UNKNOWN_CALL', 'id', `there is no call ${id}`)
      const reply = await submit(`call/${id}`, { kind: 'call', event: { type: 'CALLER_HANGS_UP' } }, { origin })
      if (reply.failed !== undefined) throw new Error(`the call did not take the hang-up: ${reply.failed}`)
      // Its end was under way, and the store had not kept it yet.
      if (reply.isOver) throw isOver
      return callValue(callView(known.snapshot))
    },
    calls: () =>
      aggregates
        .calls()
        .map((each) => callValue(callView(each.snapshot)))
        .sort((a, b) => Number(a.id) - Number(b.id)),
    call,
    campaigns: createCampaigns(aggregates, inForce, submit),
    queues: createQueues(aggregates, inForce, submit),
    network: () => networkOf(aggregates),
    async changeNetwork(change, origin = UNNAMED) {
      const input = networkInput(change, networkOf(aggregates), inForce.current)
      await submit(NETWORK, input, { origin })
      return networkOf(aggregates)
    },
  }
}
