/** The intervals of the queues of calls, and of their agents, from what became of each call. */
import { agentLeg } from '../../../machines/call/model.ts'
import type { Aggregate } from '../../engine/aggregate/aggregate.ts'
import { CallBehaviour } from '../../engine/aggregate/call/behaviour.ts'
import type { Input, Message } from '../../engine/input.ts'
import type { Output } from '../../engine/output.ts'
import type { History } from '../../engine/ports.ts'
import { inputOf } from '../explain/trace.ts'
import { retrace } from '../retrace.ts'
import type { CallQueues } from './call-queues.ts'
import type { Frame } from './cells.ts'

type Call = CallBehaviour['snapshot']
type Sent<T extends Message['type']> = Extract<Message, { type: T }>

/** The agent whom a queue has selected for a call, until the work of that agent is over. */
interface Served {
  readonly queue: string
  readonly user: string
}

/**
 * Adds one call to the figures. An agent who was consulted through a queue, and then gets the call of the other one, is
 * through with it for this queue when the calls are joined. `end`: the time until which the journal is known.
 */
export async function addCall(
  history: History,
  name: string,
  frame: Frame,
  end: number,
  queues: CallQueues,
): Promise<void> {
  if (!(await isWithin(history, name, frame))) return
  const steps = await retrace(history, name)
  const counting = new Counting(history, queues)
  let since = frame.from
  for (let step = await steps.next(); step && step.row.at < frame.to; step = await steps.next()) {
    const { row, outputs } = step
    counting.spend(since, row.at)
    since = row.at
    const input = row.outcome === 'applied' ? inputOf(row) : undefined
    const call = callOf(steps.aggregate)
    if (input && call) await counting.count(input, outputs, call, row.at)
  }
  await steps.close()
  counting.spend(since, end)
}

/** Whether anything happened to the call in the frame, or before and after it. Most calls of a long journal are outside. */
async function isWithin(history: History, name: string, { from, to }: Frame): Promise<boolean> {
  const { from: first = 0, to: last = 0 } = (await history.aggregate(name)) ?? {}
  const timeOf = async (sequence: number) => {
    for await (const { at } of history.rows(name, sequence)) return at
    return undefined
  }
  return ((await timeOf(first)) ?? 0) < to && ((await timeOf(last - 1)) ?? from) >= from
}

const callOf = ({ behaviour }: Aggregate): Call | undefined =>
  behaviour instanceof CallBehaviour ? behaviour.snapshot : undefined

class Counting {
  readonly #history: History
  readonly #queues: CallQueues
  /** When the wait in the present queue began. */
  #since = 0
  /** The agent at whom the call rings for its queue. */
  #rings: Served | undefined
  /** The agents who have answered, and who are not through with it. */
  #serving: readonly Served[] = []
  #talking: readonly Served[] = []

  constructor(history: History, queues: CallQueues) {
    this.#history = history
    this.#queues = queues
  }

  /** Counts the time in which nothing changed. */
  spend(since: number, until: number): void {
    for (const { queue, user } of this.#talking) this.#queues.talked(queue, user, since, until)
  }

  async count(input: Input, outputs: readonly Output[], call: Call, at: number): Promise<void> {
    if (input.kind === 'message' && input.body.type === 'ringAt') this.#ringsAt(input.body.user, call, at)
    for (const output of outputs)
      if (output.type === 'send' && output.to.startsWith('voice-queue/'))
        await this.#toQueue(output.to.slice('voice-queue/'.length), output.body, input, call, at)
    for (const each of this.#serving)
      if (!isWith(call, each, ...WORKS)) this.#queues.plus('handled', each.queue, each.user, at)
    this.#serving = this.#serving.filter((each) => isWith(call, each, ...WORKS))
    this.#talking = this.#serving.filter((each) => isWith(call, each, 'ACTIVE'))
  }

  /** If the queue selected an agent just when the call was over, it does not ring. */
  #ringsAt(user: string, call: Call, at: number): void {
    const { queue } = call.context
    if (queue?.outcome !== 'RINGING') return
    this.#rings = { queue: queue.id, user }
    this.#queues.plus('rings', queue.id, user, at)
  }

  async #toQueue(queue: string, body: Message, input: Input, call: Call, at: number): Promise<void> {
    if (body.type === 'callWaits') await this.#waits(queue, body, call, at)
    else if (body.type === 'callNotTaken') this.#isBack(queue, body, at)
    else if (body.type === 'callLeftQueue' && !isJoinedInto(input)) this.#leaves(queue, call, at)
  }

  /** A call that takes the place of another one goes on with its wait, and was offered before. */
  async #waits(queue: string, { insteadOf }: Sent<'callWaits'>, call: Call, at: number): Promise<void> {
    this.#queues.name(queue, call.context.queue?.name ?? '')
    this.#since = at
    this.#rings = undefined
    if (!insteadOf) return this.#queues.plus('offered', queue, '', at)
    this.#since = (await waitingSince(this.#history, insteadOf.call, queue)) ?? at
    if (insteadOf.offeredTo !== '') this.#rings = { queue, user: insteadOf.offeredTo }
  }

  #isBack(queue: string, { user, isRefused }: Sent<'callNotTaken'>, at: number): void {
    this.#rings = undefined
    if (!isRefused) this.#queues.plus('rona', queue, user, at)
  }

  #leaves(queue: string, { context }: Call, at: number): void {
    const rings = this.#rings
    this.#rings = undefined
    if (context.queue?.id !== queue) return
    const { outcome } = context.queue
    if (outcome === 'ABANDONED') this.#queues.plus('abandoned', queue, rings?.user ?? '', at)
    else if (outcome === 'ANSWERED' && rings) {
      this.#queues.answered(queue, rings.user, at, at - this.#since)
      this.#serving = [...this.#serving, rings]
    } else if (outcome === 'TIMED_OUT' && rings) this.#queues.plus('rona', queue, rings.user, at)
  }
}

/** States of a leg whose agent is not through with the call. */
const WORKS = ['ACTIVE', 'HELD', 'WRAP_UP', 'ALERTING'] as const

const isWith = (call: Call, { user }: Served, ...states: readonly string[]): boolean => {
  const { dialog, legs } = call.context
  return call.status === 'active' && states.includes(legs[agentLeg(dialog, user)]?.state ?? '')
}

/** The call has gone into another one, which takes its place in the queue. */
const isJoinedInto = (input: Input): boolean => input.kind === 'message' && input.body.type === 'hasJoined'

/** When another call began to wait in a queue, whose place it has given to this one. */
async function waitingSince(history: History, call: string, queue: string): Promise<number | undefined> {
  let since: number | undefined
  const steps = await retrace(history, `call/${call}`)
  for (let step = await steps.next(); step; step = await steps.next())
    for (const output of step.outputs)
      if (output.type === 'send' && output.to === `voice-queue/${queue}` && output.body.type === 'callWaits') {
        const { insteadOf } = output.body
        since = (insteadOf && (await waitingSince(history, insteadOf.call, queue))) ?? step.row.at
      }
  return since
}
