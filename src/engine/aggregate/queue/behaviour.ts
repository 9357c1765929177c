/**
 * The aggregate of a queue: the waiting tasks of one MRD and the agents who may get them. The queue of the voice MRD
 * gives calls their ids.
 *
 * A task is offered to one agent at a time. It stays `reserved` until the agent's aggregate reports the result, so two
 * agents never have the same task. Every message may make an agent free. Therefore the queue offers all tasks that it
 * can after every input.
 */

import type { AcdCallInput, Input, Message } from '../../input.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import type { Behaviour } from '../behaviour.ts'
import { cannotListen } from '../call/monitor.ts'
import { abandon } from './abandonment.ts'
import { lookAt } from './look.ts'
import { cancelResubmission, confirmLate, resubmit } from './resubmission.ts'
import { nextOffer } from './selection.ts'
import { nextStageDue, rearmed, stagesAt } from './sharing.ts'
import {
  emptyQueue,
  MEDIA_POLICY,
  priorityOf,
  type QueueSetup,
  type QueueState,
  readQueue,
  writeQueue,
} from './state.ts'
import type { Tasks } from './tasks.ts'

/** Ids of calls are numbers without underscore (`dialog 1.2`). */
const FIRST_CALL_ID = 16_777_217

type TaskInput = Extract<Input, { kind: 'submitTask' }>
type From<T extends Message['type']> = Extract<Message, { type: T }>

export class QueueBehaviour implements Behaviour {
  readonly finished = false
  readonly #state: QueueState

  constructor(state?: Json) {
    this.#state = state === undefined ? emptyQueue() : readQueue(state)
  }

  get tasks(): Tasks {
    return this.#state.tasks
  }

  get inspected(): Inspectable {
    return { kind: 'plain', state: lookAt(this.#state) }
  }

  get setup(): QueueSetup {
    return this.#state.setup
  }

  /** The MRD is not in the directory any more. */
  get isRemoved(): boolean {
    return this.#state.isRemoved
  }

  /** During a drain the queue offers nothing and takes no calls. */
  get isDraining(): boolean {
    return this.#state.isDraining
  }

  get mrd(): string {
    return this.#state.setup.mrd
  }

  step(input: Input, at: number): readonly Output[] {
    const outputs = this.#apply(input, at)
    return [...outputs, ...(this.#state.isDraining ? [] : this.#offer(at)), ...this.#awaitOverflow(at)]
  }

  persist(): Json {
    return writeQueue(this.#state)
  }

  #apply(input: Input, at: number): readonly Output[] {
    switch (input.kind) {
      case 'configuredQueue':
        this.#state.setup = input.setup
        this.#state.isRemoved = false
        this.#state.agents.arrange(input.setup.policy ?? MEDIA_POLICY, [], input.setup)
        return []
      case 'removedQueue':
        return [this.#remove()]
      case 'draining':
        this.#state.isDraining = input.on
        return []
      case 'submitTask':
        return [this.#submit(input, at)]
      case 'abandonTask':
        return abandon(this.#state, input.task)
      case 'erase':
        this.tasks.erase(input.tasks)
        return []
      case 'submitCall': {
        const { kind: _, ...arrival } = input
        return this.#submitCall({ type: 'ARRIVES', ...arrival })
      }
      case 'queueCall': {
        const { kind: _, ...entry } = input
        return this.#submitCall({ type: 'ENTERS', ...entry })
      }
      case 'makeCall': {
        const { kind: _, ...attempt } = input
        return this.#submitCall({ type: 'GOES_OFF_HOOK', ...attempt })
      }
      case 'acdCall':
        return this.#hearAcd(input.event)
      case 'callOutside': {
        const { kind: _, ...call } = input
        return this.#submitCall({ type: 'CALLS_OUT', ...call })
      }
      case 'fault':
        if (input.fault.type === 'resubmission') this.#state.resubmission = input.fault.up ? '' : input.fault.mode
        return []
      case 'deadline':
        if (input.name !== 'OVERFLOW_DUE') return confirmLate(this.#state, input.owner)
        this.#state.overflowDue = undefined
        return []
      case 'message':
        return this.#hear(input.body, input.from, at)
      default:
        throw new Error(`a queue takes no ${input.kind}`)
    }
  }

  #hear(body: Message, from: string, at: number): readonly Output[] {
    switch (body.type) {
      case 'availability':
        this.#state.agents.note(body.user, body.version, body.claim)
        return []
      case 'offered':
        this.#noteOffered(body)
        return []
      case 'accepted':
        return [] // the agent's availability message already has the change
      case 'refused':
        this.#noteRefused(body)
        return []
      case 'handled':
        this.tasks.end(body.task, 'handled')
        return []
      case 'ended':
        this.tasks.end(body.task, ENDS[body.cause])
        return []
      case 'resubmit':
        return resubmit(this.#state, body, at)
      case 'cancelResubmission':
        return cancelResubmission(this.#state, body.task, body.attempt)
      case 'enqueue':
        return [this.#enqueueFor(body, from, at)]
      case 'enqueued':
        this.tasks.change(body.original, { resubmittedAs: body.task })
        return []
      case 'consults':
        return this.#consult(body)
      case 'nails':
        return this.#nail(body, from)
      case 'monitors':
        return this.#monitor(body)
      case 'reserves':
        return this.#reserve(body, from)
      case 'reaches':
        // Not refused during a drain: the agent has been reserved before it.
        return [newCall(this.#newCallId(), { type: 'REACHES', reached: body.reached })]
      case 'withdraw':
        return abandon(this.#state, body.task)
      case 'acdCallIsIn':
        this.#state.acdCalls.move(body.call, callOf(from))
        return []
      case 'acdCallOver':
        this.#state.acdCalls.end(body.call, callOf(from), body.isRefused ?? false)
        return []
      case 'acdCallFailed':
        return this.#giveBack(body, callOf(from))
      default:
        throw new Error(`a queue takes no ${body.type}`)
    }
  }

  // ------------------------------------------------------------------------------------------------ tasks come and go

  #submit({ scriptSelector, variables, agentId, keepAgent }: TaskInput, at: number): Output {
    if (this.tasks.isFull) return { type: 'reply', refused: 'TOO_MANY_TASKS' }
    const facts = { scriptSelector, variables, agentId, ...(keepAgent ? { keepAgent } : {}), associatedDialog: '' }
    const priority = priorityOf(this.setup, scriptSelector)
    return { type: 'reply', id: this.tasks.add(this.mrd, facts, at, priority) }
  }

  /** A task of another queue was resubmitted to a selector of this MRD. */
  #enqueueFor(body: From<'enqueue'>, from: string, at: number): Output {
    const { original, scriptSelector, variables, associatedDialog } = body
    const facts = { scriptSelector, variables, associatedDialog, agentId: '' }
    const task = this.tasks.add(this.mrd, facts, at, priorityOf(this.setup, scriptSelector))
    return { type: 'send', to: from, body: { type: 'enqueued', original, task } }
  }

  /**
   * Waiting tasks are lost, because no agent can be eligible for them. Tasks that agents had are back in the queue
   * already, or the agents end them.
   */
  #remove(): Output {
    this.#state.isRemoved = true
    for (const { id } of [...this.tasks.waiting()]) this.tasks.end(id, 'lost')
    const { mrd, name } = this.#state.setup
    const node = `/finesse/api/Queue/${mrd}`
    const value = { kind: 'queue', id: mrd, name } as const
    return {
      type: 'publish',
      notification: { node, event: 'DELETE', source: node, shape: 'item', requestId: '', value },
    }
  }

  // ------------------------------------------------------------------------------------------------ offers

  #offer(at: number): readonly Output[] {
    const { tasks, agents } = this.#state
    const outputs: Output[] = []
    const stage = stagesAt(this.setup, at)
    for (let next = nextOffer(tasks.waiting(), agents, stage); next; next = nextOffer(tasks.waiting(), agents, stage)) {
      const { contact: task, agent } = next
      const offersEver = task.offersEver + 1
      const offer = `${task.id}/${offersEver}`
      this.tasks.change(task.id, { state: 'reserved', offer, offeredTo: agent, offersEver })
      agents.offered(agent, offer)
      const { id, scriptSelector, variables, associatedDialog } = task
      const { mrd, name } = this.#state.setup
      const facts = { id, scriptSelector, variables, associatedDialog, queueNumber: mrd, queueName: name }
      outputs.push({ type: 'send', to: `user/${agent}`, body: { type: 'offer', mrd, offer, task: facts } })
    }
    return outputs
  }

  /** The queue looks again when a task has waited long enough for more agents. */
  #awaitOverflow(at: number): readonly Output[] {
    const due = nextStageDue(this.setup, this.tasks.waiting(), at)
    const outputs = rearmed(this.#state.overflowDue, due)
    this.#state.overflowDue = due
    return outputs
  }

  #noteOffered({ user, task, offer, dialog }: From<'offered'>): void {
    this.#state.agents.answered(user, offer)
    if (this.tasks.openOne(task)?.offer === offer) this.tasks.change(task, { dialog })
  }

  /** The task goes back to its place in the queue. */
  #noteRefused({ user, task, offer }: From<'refused'>): void {
    this.#state.agents.answered(user, offer)
    this.#state.agents.distrust(user)
    const known = this.tasks.openOne(task)
    if (known?.offer === offer && known.state === 'reserved')
      this.tasks.change(task, { state: 'queued', offer: '', offeredTo: '' })
  }

  // ------------------------------------------------------------------------------------------------ calls

  /**
   * A call gets its id. Then it rings at an extension or outside, waits in a queue of calls, or an agent is off-hook.
   */
  #submitCall(event: From<'call'>['event']): readonly Output[] {
    // The refusal lets the caller of the API route the call elsewhere at once.
    if (this.#state.isDraining) return [{ type: 'reply', refused: 'DRAINING' }]
    const dialog = this.#newCallId()
    return [{ type: 'reply', id: dialog }, newCall(dialog, event)]
  }

  /** An agent makes a call during another one. There is no wrap-up after it, because the other one goes on. */
  #consult({ consult, requestId }: From<'consults'>): readonly Output[] {
    if (!this.#state.isDraining)
      return [newCall(this.#newCallId(), { type: 'GOES_OFF_HOOK', ...consult, wrapUp: false, requestId })]
    const { user, associatedDialog: dialog } = consult
    const failed = { failure: 'CALL_OPERATION_FAILED', detail: 'CONSULT_CALL' } as const
    return [{ type: 'send', to: `user/${user}`, body: { type: 'legFailed', dialog, ...failed, requestId } }]
  }

  /** A mobile agent has signed in. The agent is no part of the call. */
  #nail({ extension, dialNumber }: From<'nails'>, from: string): readonly Output[] {
    const user = from.replace('user/', '')
    return [newCall(this.#newCallId(), { type: 'NAILS', user, from: extension, to: dialNumber })]
  }

  /** A supervisor listens to an agent. */
  #monitor({ listening, requestId }: From<'monitors'>): readonly Output[] {
    if (!this.#state.isDraining) return [newCall(this.#newCallId(), { type: 'MONITORS', ...listening, requestId })]
    return [{ type: 'send', to: `user/${listening.monitor.supervisor}`, body: cannotListen(requestId) }]
  }

  /** A campaign reserves an agent. */
  #reserve({ event }: From<'reserves'>, campaign: string): readonly Output[] {
    if (!this.#state.isDraining) return [newCall(this.#newCallId(), event)]
    const records = event.contacts.map(({ record }) => record)
    return [{ type: 'send', to: campaign, body: { type: 'reservationRefused', user: event.user, records } }]
  }

  /** An embedder's ACD offers a call, or says what a party outside does. */
  #hearAcd(event: AcdCallInput): readonly Output[] {
    const { acdCalls } = this.#state
    if (event.type === 'farEnd') {
      const dialog = acdCalls.dialogOf(event.call)
      if (dialog === undefined) return [{ type: 'reply', refused: 'UNKNOWN_CALL' }]
      return dialog === 'OVER' ? [] : [{ type: 'send', to: `call/${dialog}`, body: event }]
    }
    const verdict = acdCalls.judge(event.acd)
    if (verdict === 'REPEATED') return []
    if (verdict !== 'NEW') return [{ type: 'reply', refused: verdict }]
    const { type: _, ...arrival } = event
    const dialog = this.#newCallId()
    acdCalls.add(event.acd, dialog)
    return [{ type: 'reply', id: dialog }, newCall(dialog, { type: 'ARRIVES', ...arrival })]
  }

  /** The call could not begin, and its caller is the ACD's again. */
  #giveBack({ user, call, offer }: From<'acdCallFailed'>, dialog: string): readonly Output[] {
    this.#state.acdCalls.end(call, dialog, true)
    return [{ type: 'acd', request: { type: 'callRefused', user, call, offer, dialog } }]
  }

  #newCallId(): string {
    const dialog = String(FIRST_CALL_ID + this.#state.callsEver)
    this.#state.callsEver += 1
    return dialog
  }
}

const callOf = (aggregate: string): string => aggregate.replace('call/', '')

const newCall = (dialog: string, event: From<'call'>['event']): Output => ({
  type: 'send',
  to: `call/${dialog}`,
  body: { type: 'call', event },
})

const ENDS = { MAX_TASK_DURATION: 'expired', ABANDONED: 'abandoned', LOST: 'lost' } as const
