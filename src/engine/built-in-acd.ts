/** The built-in ACD as `/acd` and tests use it: a front of the queue and call aggregates. */
import { callView } from '../../machines/index.ts'
import { type Directory, VOICE_MRD } from '../directory/model.ts'
import type { Aggregates } from './aggregates.ts'
import { AcdRefusal, type BuiltInAcd, type CallSubmission, type TaskSubmission } from './api.ts'
import type { Input } from './input.ts'
import type { Reply } from './loop.ts'
import type { QueueBehaviour } from './queue/behaviour.ts'
import type { QueuedTask } from './queue/state.ts'
import { callValue } from './user/values.ts'
import type { AcdTaskValue, CallDialogValue } from './values.ts'

type Submit = (aggregate: string, input: Input) => Promise<Reply>

/** So many calls that are over are remembered, for `GET /acd/calls/{id}`. */
const CALLS_KEPT = 1000

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

/** The MRD of a selector; the selector may be checked against an MRD that the caller named. */
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

export function createBuiltInAcd(aggregates: Aggregates, directory: Directory, submit: Submit): BuiltInAcd {
  const past = new Map<string, CallDialogValue>()

  const queueOf = (id: string) => aggregates.queue(id.slice(0, Math.max(0, id.lastIndexOf('-'))))
  const task = (id: string): AcdTaskValue | undefined => {
    const queue = queueOf(id)
    const known = queue?.task(id)
    return queue && known && taskValue(queue, known)
  }
  const call = (id: string): CallDialogValue | undefined => {
    const known = aggregates.call(id)
    return known ? callValue(callView(known.snapshot.context)) : past.get(id)
  }
  /** The last state of a call before its aggregate is forgotten. */
  const remember = (value: CallDialogValue) => {
    past.set(value.id, value)
    const [oldest] = past.keys()
    if (past.size > CALLS_KEPT && oldest !== undefined) past.delete(oldest)
  }

  return {
    async submitTask(submission) {
      const { scriptSelector, variables = [], agentId = '' } = submission
      const mrd = mrdOf(directory, submission)
      const member = directory.users.find((user) => user.id === agentId)?.mediaRoutingDomains.includes(mrd)
      if (agentId !== '' && !member)
        throw new AcdRefusal('UNKNOWN_USER', 'agentId', `no user ${agentId} belongs to MRD ${mrd}`)
      const reply = await submit(`queue/${mrd}`, { kind: 'submitTask', scriptSelector, variables, agentId })
      const made = reply.id === undefined ? undefined : task(reply.id)
      if (!made) throw new AcdRefusal('TOO_MANY_TASKS', 'scriptSelector', reply.failed ?? 'too many tasks are open')
      return made
    },
    async abandonTask(id) {
      const known = task(id)
      if (!known) throw new AcdRefusal('UNKNOWN_TASK', 'id', `there is no task ${id}`)
      if (known.state !== 'queued' && known.state !== 'reserved')
        throw new AcdRefusal('TASK_NOT_OPEN', 'id', `task ${id} is ${known.state}`)
      await submit(`queue/${known.mrd}`, { kind: 'abandonTask', task: id })
      const now = task(id) ?? known
      // Once it was accepted, the dialog goes on without its customer (`media.md` D4).
      if (now.state !== 'abandoned')
        throw new AcdRefusal('TASK_NOT_OPEN', 'id', `task ${id} is with agent ${now.agentId ?? ''} already`)
      return now
    },
    // The order of the queues depends on how the engine came up; the order of the tasks must not.
    tasks: () =>
      aggregates
        .queues()
        .flatMap((queue) => queue.tasks.map((each) => taskValue(queue, each)))
        .sort((a, b) => a.queuedAt - b.queuedAt || Number(a.mrd) - Number(b.mrd)),
    task,
    async submitCall({ from, to, variables = [] }: CallSubmission) {
      const user = directory.users.find((each) => each.extensions.includes(to))
      if (!user) throw new AcdRefusal('UNKNOWN_EXTENSION', 'to', `nobody has the extension ${to}`)
      const wrapUp = user.settings.wrapUpOnIncoming.startsWith('REQUIRED')
      const ringMs = directory.settings.callRingSeconds * 1000
      const reply = await submit(`queue/${VOICE_MRD}`, {
        kind: 'submitCall',
        from,
        to,
        user: user.id,
        variables,
        wrapUp,
        ringMs,
      })
      const { id = '' } = reply
      const made = call(id) ?? notTaken(id, from, to)
      remember(made)
      return made
    },
    async hangUp(id) {
      const known = aggregates.call(id)
      if (!known) {
        const over = past.get(id)
        if (over) throw new AcdRefusal('CALL_OVER', 'id', `call ${id} is over`)
        throw new AcdRefusal('UNKNOWN_CALL', 'id', `there is no call ${id}`)
      }
      await submit(`call/${id}`, { kind: 'call', event: { type: 'CALLER_HANGS_UP' } })
      const value = callValue(callView(known.snapshot.context))
      remember(value)
      return value
    },
    calls: () => aggregates.calls().map((each) => callValue(callView(each.snapshot.context))),
    call,
  }
}

/** A call that ended before anybody could look: its agent is signed out. */
function notTaken(id: string, from: string, to: string): CallDialogValue {
  return {
    kind: 'call',
    id,
    fromAddress: from,
    toAddress: to,
    dnis: to,
    dialedNumber: to,
    callType: 'OTHER_IN',
    variables: [],
    state: 'FAILED',
    participants: [],
  }
}
