/** Where a submitted call goes: to an extension, to a queue or to a number outside. */
import { lookup } from '../../directory/lookup.ts'
import type { Directory, VoiceQueue } from '../../directory/model.ts'
import { isInherited } from '../../directory/names.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { destinationOf, priorityOfCall } from '../input/new-call.ts'
import type { Input } from '../input.ts'
import type { CallDialogValue } from '../values.ts'
import { AcdRefusal, type CallSubmission } from './api.ts'

/** Most calls that wait or ring in one queue. */
export const QUEUED_CALLS_MAX = 10_000

/** Does the queue take one more call? `absent`: this engine does not have it. */
export function roomIn(aggregates: Aggregates, queue: string): 'free' | 'full' | 'absent' {
  const known = aggregates.voiceQueue(queue)
  if (!known) return 'absent'
  return known.size >= QUEUED_CALLS_MAX ? 'full' : 'free'
}

/** The priorities of a queue that were changed. `undefined`: those of the directory are in force. */
export const prioritiesIn = (aggregates: Aggregates, queue: string): VoiceQueue['priorities'] =>
  aggregates.voiceQueue(queue)?.setup.changed?.priorities

type CallInput = Extract<Input, { kind: 'submitCall' | 'queueCall' | 'callOutside' }>

/**
 * The input of a submitted call.
 *
 * @throws AcdRefusal
 * @throws InvalidArgument if not exactly one of `to` and `queue` is given
 */
export function callInput(submission: CallSubmission, directory: Directory, aggregates: Aggregates): CallInput {
  const { to, queue: named } = submission
  if ((to === undefined) === (named === undefined)) throw new InvalidArgument('a call has either `to` or `queue`')
  const known = lookup(directory)
  if (named !== undefined) {
    const queue = known.queue(named) ?? known.queueByNumber(named)
    if (!queue) throw new AcdRefusal('UNKNOWN_QUEUE', 'queue', `there is no queue ${named}`)
    return toQueue(queue, submission, queue.id === named ? (queue.numbers[0] ?? queue.id) : named, aggregates)
  }
  const number = to ?? ''
  const queue = known.queueByNumber(number)
  return queue ? toQueue(queue, submission, number, aggregates) : toNumber(number, submission, directory)
}

function toQueue(
  inQueue: VoiceQueue,
  { from, variables = [] }: CallSubmission,
  dialled: string,
  aggregates: Aggregates,
): CallInput {
  const { id, name, timeoutSeconds } = inQueue
  if (roomIn(aggregates, id) === 'full')
    throw new AcdRefusal('QUEUE_FULL', 'queue', `${QUEUED_CALLS_MAX} calls wait in queue ${id} already`)
  const queue = { id, name, ...priorityOfCall(prioritiesIn(aggregates, id) ?? inQueue.priorities, dialled) }
  return { kind: 'queueCall', from, to: dialled, queue, variables, timeoutMs: timeoutSeconds * 1000 }
}

/** To an extension, or to a number outside, which is every number that the directory does not have. */
function toNumber(to: string, { from, variables = [] }: CallSubmission, directory: Directory): CallInput {
  if (from === to) throw new AcdRefusal('OWN_EXTENSION', 'to', `extension ${to} cannot call itself`)
  const destination = destinationOf(to, {
    directory,
    roomIn: () => 'free',
    prioritiesIn: () => undefined,
    acdHasCalls: false,
  })
  if (isInherited(to)) throw new AcdRefusal('RESERVED_NAME', 'to', `every object has a member named ${to}`)
  if (destination.kind !== 'agent')
    return { kind: 'callOutside', from, to, destination: { kind: 'outside' }, variables }
  const { user, wrapUp, ringMs } = destination
  return { kind: 'submitCall', from, to, user, variables, wrapUp, ringMs }
}

/** The value of a call that ended in the commit that created it, for example because its agent is signed out. */
export function failedCall(id: string, { from, to }: CallInput): CallDialogValue {
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
