/**
 * The aggregate of a queue: the waiting tasks of one MRD and the agents who may get them. The queue of the voice MRD
 * gives calls their ids.
 *
 * A task is offered to one agent at a time. It stays `reserved` until the agent's aggregate reports the result, so two
 * agents never have the same task. Every message may make an agent free. Therefore the queue offers all tasks that it
 * can after every input.
 */

import { erasedText } from '../../erasure/erase.ts'
import type { Input, Message } from '../../input.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import type { Variable } from '../../values.ts'
import type { Behaviour } from '../behaviour.ts'
import { lookAt } from './look.ts'
import { nextOffer } from './selection.ts'
import {
  type AgentClaim,
  emptyQueue,
  isOpen,
  OPEN_TASKS_MAX,
  putTask,
  type QueuedTask,
  type QueueSetup,
  type QueueState,
  readQueue,
  writeQueue,
} from './state.ts'

/** Ids of calls are numbers without underscore (`dialog 1.2`). */
const FIRST_CALL_ID = 16_777_217

type TaskInput = Extract<Input, { kind: 'submitTask' }>
type CallInput = Extract<Input, { kind: 'submitCall' }>
type From<T extends Message['type']> = Extract<Message, { type: T }>

/**
 * The agent for whom a resubmitted task is reserved. Usually none (ruling 46). A task that was submitted with
 * `keepAgent` keeps its agent, unless the agent has transferred it.
 */
const agentAfter = ({ agentId, keepAgent }: QueuedTask, cause: From<'resubmit'>['cause']) =>
  keepAgent && cause !== 'TRANSFER' ? { agentId, keepAgent } : { agentId: '' }

export class QueueBehaviour implements Behaviour {
  readonly finished = false
  readonly #id: string
  #state: QueueState
  #outputs: Output[] = []

  constructor(id: string, state?: Json) {
    this.#id = id
    this.#state = state === undefined ? emptyQueue() : readQueue(state)
  }

  /** The open or finished task with this id. */
  task(id: string): QueuedTask | undefined {
    return this.#state.open.get(id) ?? this.#state.finished.get(id)
  }

  /** All tasks, oldest first. */
  get tasks(): readonly QueuedTask[] {
    const { open, finished } = this.#state
    return [...finished.values(), ...open.values()].sort((a, b) => a.place - b.place)
  }

  /** Tasks that wait, are offered to an agent or are handled by one. */
  get openTasks(): Iterable<QueuedTask> {
    return this.#state.open.values()
  }

  /** The last tasks that ended, at most `FINISHED_TASKS_KEPT`. */
  get finishedTasks(): readonly QueuedTask[] {
    return [...this.#state.finished.values()]
  }

  /**
   * Numbers of open tasks. The first waiting task is the oldest, because tasks get their places in order of arrival.
   */
  get figures(): { readonly waiting: number; readonly reserved: number; readonly oldestQueuedAt: number | null } {
    const { open, waiting } = this.#state
    const oldest = open.get(waiting[0] ?? '')
    return { waiting: waiting.length, reserved: open.size - waiting.length, oldestQueuedAt: oldest?.queuedAt ?? null }
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
    this.#outputs = []
    this.#apply(input, at)
    if (!this.#state.isDraining) this.#offer()
    return this.#outputs
  }

  persist(): Json {
    return writeQueue(this.#state)
  }

  #apply(input: Input, at: number): void {
    switch (input.kind) {
      case 'configuredQueue':
        this.#state.setup = input.setup
        this.#state.isRemoved = false
        return
      case 'removedQueue':
        return this.#remove()
      case 'draining':
        this.#state.isDraining = input.on
        return
      case 'submitTask':
        return this.#submit(input, at)
      case 'abandonTask':
        return this.#abandon(input.task)
      case 'erase':
        return this.#erase(input.tasks)
      case 'submitCall':
        return this.#submitCall(input)
      case 'fault':
        if (input.fault.type === 'resubmission') this.#state.resubmission = input.fault.up ? '' : input.fault.mode
        return
      case 'deadline':
        return this.#confirmLate(input.owner)
      case 'message':
        return this.#hear(input.body, input.from, at)
      default:
        throw new Error(`a queue takes no ${input.kind}`)
    }
  }

  #hear(body: Message, from: string, at: number): void {
    switch (body.type) {
      case 'availability':
        return this.#noteAvailability(body)
      case 'offered':
        return this.#noteOffered(body)
      case 'accepted':
        return undefined // the agent's availability message already has the change
      case 'refused':
        return this.#noteRefused(body)
      case 'handled':
        return this.#end(body.task, 'handled')
      case 'ended':
        return this.#end(body.task, ENDS[body.cause])
      case 'resubmit':
        return this.#resubmit(body, at)
      case 'cancelResubmission':
        return this.#cancelResubmission(body.task, body.attempt)
      case 'enqueue':
        return this.#enqueueFor(body, from, at)
      case 'enqueued':
        return this.#change(body.original, { resubmittedAs: body.task })
      case 'withdraw':
        return this.#abandon(body.task)
      default:
        throw new Error(`a queue takes no ${body.type}`)
    }
  }

  // ------------------------------------------------------------------------------------------------ tasks come

  #submit(input: TaskInput, at: number): void {
    if (this.#state.open.size >= OPEN_TASKS_MAX) {
      this.#outputs.push({ type: 'reply', refused: 'TOO_MANY_TASKS' })
      return
    }
    const { scriptSelector, variables, agentId, keepAgent } = input
    const facts = { scriptSelector, variables, agentId, ...(keepAgent ? { keepAgent } : {}), associatedDialog: '' }
    this.#outputs.push({ type: 'reply', id: this.#enqueue(facts, at) })
  }

  #enqueue(
    facts: Pick<QueuedTask, 'scriptSelector' | 'variables' | 'agentId' | 'keepAgent' | 'associatedDialog'>,
    at: number,
  ): string {
    const place = this.#state.tasksEver + 1
    const id = `${this.#state.setup.mrd}-${place}`
    const fresh = {
      state: 'queued',
      offer: '',
      offeredTo: '',
      offersEver: 0,
      dialog: '',
      resubmittedAs: '',
      resubmittedBy: 0,
    } as const
    const task: QueuedTask = { id, place, queuedAt: at, ...facts, ...fresh }
    this.#state.tasksEver = place
    putTask(this.#state, task)
    return id
  }

  #enqueueFor(body: From<'enqueue'>, from: string, at: number): void {
    const { original, scriptSelector, variables, associatedDialog } = body
    const task = this.#enqueue({ scriptSelector, variables, associatedDialog, agentId: '' }, at)
    this.#send(from, { type: 'enqueued', original, task })
  }

  // ------------------------------------------------------------------------------------------------ offers

  #offer(): void {
    for (let next = nextOffer(this.#state); next; next = nextOffer(this.#state)) {
      const { task, agent } = next
      const offersEver = task.offersEver + 1
      const offer = `${task.id}/${offersEver}`
      this.#change(task.id, { state: 'reserved', offer, offeredTo: agent, offersEver })
      this.#changeAgent(agent, (claim) => ({ ...claim, pending: [...claim.pending, offer] }))
      const { id, scriptSelector, variables, associatedDialog } = task
      const { mrd, name } = this.#state.setup
      const facts = { id, scriptSelector, variables, associatedDialog, queueNumber: mrd, queueName: name }
      this.#send(`user/${agent}`, { type: 'offer', mrd, offer, task: facts })
    }
  }

  #noteAvailability({ user, version, claim }: From<'availability'>): void {
    const known = this.#state.agents.get(user)
    if (known && known.version >= version) return
    this.#state.agents.set(user, { ...claim, version, pending: known?.pending ?? [] })
  }

  #noteOffered({ user, task, offer, dialog }: From<'offered'>): void {
    this.#answered(user, offer)
    if (this.#state.open.get(task)?.offer === offer) this.#change(task, { dialog })
  }

  /**
   * The task goes back to its place in the queue. The agent gets no offers until its next availability message, because
   * the refusal shows that the last one is outdated.
   */
  #noteRefused({ user, task, offer }: From<'refused'>): void {
    this.#answered(user, offer)
    this.#changeAgent(user, (claim) => ({ ...claim, eligible: false }))
    const known = this.#state.open.get(task)
    if (known?.offer === offer && known.state === 'reserved')
      this.#change(task, { state: 'queued', offer: '', offeredTo: '' })
  }

  #answered(user: string, offer: string): void {
    this.#changeAgent(user, (claim) => ({ ...claim, pending: claim.pending.filter((each) => each !== offer) }))
  }

  // ------------------------------------------------------------------------------------------------ tasks go

  #end(id: string, state: QueuedTask['state']): void {
    const task = this.#state.open.get(id)
    if (task && isOpen(task)) this.#change(id, { state })
  }

  /**
   * Waiting tasks are lost, because no agent can be eligible for them. Tasks that agents had are back in the queue
   * already, or the agents end them.
   */
  #remove(): void {
    this.#state.isRemoved = true
    for (const id of [...this.#state.waiting]) this.#end(id, 'lost')
    const { mrd, name } = this.#state.setup
    const node = `/finesse/api/Queue/${mrd}`
    const value = { kind: 'queue', id: mrd, name } as const
    const notification = { node, event: 'DELETE', source: node, shape: 'item', requestId: '', value } as const
    this.#outputs.push({ type: 'publish', notification })
  }

  /** The customer gives up. A queued task ends at once. For an offered task the agent's aggregate decides (D4). */
  #abandon(id: string): void {
    const task = this.#state.open.get(id)
    if (task?.state === 'queued') this.#change(id, { state: 'abandoned' })
    else if (task?.state === 'reserved') this.#send(`user/${task.offeredTo}`, { type: 'customerCancels', task: id })
  }

  /** R3, S3, D10: a new task replaces the old one, at the end of the queue of its selector. */
  #resubmit(body: From<'resubmit'>, at: number): void {
    if (this.#state.resubmission !== '') this.#failToResubmit(body, at)
    else this.#resubmitNow(body, at)
  }

  #resubmitNow(body: From<'resubmit'>, at: number): void {
    const { user, task: id, dialog, scriptSelector, cause, attempt } = body
    const task = this.#state.open.get(id)
    const { selectors } = this.#state.setup
    const mrd = Object.hasOwn(selectors, scriptSelector) ? selectors[scriptSelector] : undefined
    if (!task || mrd === undefined) {
      if (cause === 'TRANSFER') this.#refuseTransfer(user, dialog, attempt, 'unknown task or selector')
      else this.#end(id, 'lost')
      return
    }
    const facts = { scriptSelector, variables: task.variables, associatedDialog: dialog, ...agentAfter(task, cause) }
    if (mrd === this.#state.setup.mrd) {
      const resubmittedAs = this.#enqueue(facts, at)
      this.#change(id, { state: 'resubmitted', resubmittedBy: attempt, resubmittedAs })
    } else {
      this.#change(id, { state: 'resubmitted', resubmittedBy: attempt })
      const { variables, associatedDialog } = facts
      this.#send(`queue/${mrd}`, { type: 'enqueue', original: id, scriptSelector, variables, associatedDialog })
    }
    if (cause === 'TRANSFER')
      this.#send(`user/${user}`, { type: 'resubmitted', mrd: this.#state.setup.mrd, dialog, task: id, attempt })
  }

  #refuseTransfer(user: string, dialog: string, attempt: number, reason: string): void {
    const { mrd } = this.#state.setup
    this.#send(`user/${user}`, { type: 'resubmissionRefused', mrd, dialog, reason, attempt })
  }

  /** The simulated failure of resubmissions (D11, RV4, P13). A transfer fails; the task of an automatic one is lost. */
  #failToResubmit(body: From<'resubmit'>, at: number): void {
    const { user, task, dialog, cause, attempt } = body
    const { losesTransfers, lateAfterMs } = this.#state.setup
    if (cause !== 'TRANSFER') {
      if (losesTransfers) this.#end(task, 'lost')
      else this.#resubmitNow(body, at)
      return
    }
    if (this.#state.resubmission === 'refuse') this.#refuseTransfer(user, dialog, attempt, 'the ACD refused')
    if (this.#state.resubmission !== 'late') return
    this.#state.late = [...this.#state.late, { user, dialog, task, attempt }]
    const owner = `${dialog}#${attempt}`
    this.#outputs.push({ type: 'arm', owner, name: 'LATE_CONFIRMATION', due: at + lateAfterMs })
  }

  /**
   * Confirms a transfer after its time-out. No new task was queued. The agent was notified of the failure already and
   * answers with a cancellation.
   */
  #confirmLate(owner: string): void {
    const late = this.#state.late.find(({ dialog, attempt }) => owner === `${dialog}#${attempt}`)
    if (!late) return
    this.#state.late = this.#state.late.filter((each) => each !== late)
    const { user, dialog, task, attempt } = late
    this.#send(`user/${user}`, { type: 'resubmitted', mrd: this.#state.setup.mrd, dialog, task, attempt })
  }

  /** The customer is still with the first agent, so the new task is withdrawn. */
  #cancelResubmission(id: string, attempt: number | null): void {
    const task = this.#state.finished.get(id)
    // A cancellation of an earlier attempt must not undo the attempt that succeeded.
    if (task?.state !== 'resubmitted' || task.resubmittedBy !== attempt) return
    const { resubmittedAs } = task
    if (resubmittedAs !== '') this.#send(queueOf(resubmittedAs), { type: 'withdraw', task: resubmittedAs })
    this.#change(id, { state: 'reserved', resubmittedAs: '' })
  }

  /** Erases the values of finished tasks. Open tasks still need theirs. */
  #erase(ids: readonly string[]): void {
    const { finished } = this.#state
    for (const id of ids) {
      const task = finished.get(id)
      // `set` keeps the place of the entry. The order decides which finished task is deleted next.
      if (task) finished.set(id, { ...task, variables: task.variables.map(withoutValue) })
    }
  }

  // ------------------------------------------------------------------------------------------------ calls

  #submitCall({ from, to, user, variables, wrapUp, ringMs }: CallInput): void {
    // A call is for one extension and cannot wait. The refusal lets the caller of the API route it elsewhere at once.
    if (this.#state.isDraining) {
      this.#outputs.push({ type: 'reply', refused: 'DRAINING' })
      return
    }
    const dialog = String(FIRST_CALL_ID + this.#state.callsEver)
    this.#state.callsEver += 1
    this.#outputs.push({ type: 'reply', id: dialog })
    this.#send(`call/${dialog}`, {
      type: 'call',
      event: { type: 'ARRIVES', from, to, user, variables, wrapUp, ringMs },
    })
  }

  // ------------------------------------------------------------------------------------------------ small things

  #send(to: string, body: Message): void {
    // A withdrawal within one MRD is for this queue itself and needs no message.
    if (to === this.#id && body.type === 'withdraw') return this.#abandon(body.task)
    this.#outputs.push({ type: 'send', to, body })
  }

  #change(id: string, change: Partial<QueuedTask>): void {
    const known = this.task(id)
    if (known) putTask(this.#state, { ...known, ...change })
  }

  #changeAgent(user: string, change: (claim: AgentClaim) => AgentClaim): void {
    const claim = this.#state.agents.get(user)
    if (claim) this.#state.agents.set(user, change(claim))
  }
}

const ENDS = { MAX_TASK_DURATION: 'expired', ABANDONED: 'abandoned', LOST: 'lost' } as const

const withoutValue = ({ name, value }: Variable): Variable => ({ name, value: erasedText(value) })

const queueOf = (task: string) => `queue/${task.slice(0, task.lastIndexOf('-'))}`
