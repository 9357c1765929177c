/** The tasks of one queue: those that wait, those that an agent has, and the last ones that ended. */
import { erasedText } from '../../erasure/erase.ts'
import type { AcdTaskState, Variable } from '../../values.ts'

/** A task in the built-in ACD. */
export interface QueuedTask {
  readonly id: string
  /**
   * Place in the queue. Lower numbers are offered first. A task that an agent refused keeps its place. It is the number
   * of the task, moved by its priority.
   */
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
  /**
   * Since when the customer has waited for an agent to accept, if longer than the task: an agent did not accept an
   * earlier one. Only in a queue with an overflow. Absent otherwise, and in older snapshots.
   */
  readonly waitsSince?: number
  /** Id of the current offer, and its agent in `offeredTo`; `''` without an offer. */
  readonly offer: string
  readonly offeredTo: string
  readonly offersEver: number
  readonly dialog: string
  readonly resubmittedAs: string
  /** The attempt that resubmitted the task; 0 for an automatic resubmission. */
  readonly resubmittedBy: number
}

/** What is known of a task when it comes. */
export type NewTask = Pick<
  QueuedTask,
  'scriptSelector' | 'variables' | 'agentId' | 'keepAgent' | 'associatedDialog' | 'waitsSince'
>

/** The highest number of open tasks in one queue. */
const OPEN_TASKS_MAX = 100_000

/** The number of finished tasks that a queue keeps, for `GET /acd/tasks/{id}`. */
const FINISHED_TASKS_KEPT = 1000

/** The priority of a task whose selector has none. */
export const USUAL_PRIORITY = 5

/** More than the number of tasks that a queue ever has, so that a priority outweighs every arrival. */
const RANK = 2 ** 40

/** The place of the contact with this number. It comes after those of its priority, and before those of later ones. */
export const placeOf = (number: number, priority = USUAL_PRIORITY): number =>
  number + (priority - USUAL_PRIORITY) * RANK

const isOpen = (task: QueuedTask): boolean => task.state === 'queued' || task.state === 'reserved'

/** In the order of arrival. */
const byNumber = (a: QueuedTask, b: QueuedTask): number => numberOf(a) - numberOf(b)

const numberOf = ({ id }: QueuedTask): number => Number(id.slice(id.lastIndexOf('-') + 1))

export const byPlace = (a: QueuedTask, b: QueuedTask): number => a.place - b.place

const withoutValue = ({ name, value }: Variable): Variable => ({ name, value: erasedText(value) })

/** The MRD of a task, and so its queue; `''` if no task has such an id. */
export const mrdOfTask = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('-')))

/** Tasks are replaced, never changed in place. */
export class Tasks {
  readonly #open: Map<string, QueuedTask>
  /** Ids of the queued tasks, in the order of their places. */
  readonly #waiting: string[]
  /** The one that ended first is the first. */
  readonly #finished: Map<string, QueuedTask>
  #ever: number

  /** `open` in the order of the places, `finished` in the order of the ends. */
  constructor(open: readonly QueuedTask[] = [], finished: readonly QueuedTask[] = [], ever = 0) {
    this.#open = new Map(open.map((task) => [task.id, task]))
    this.#waiting = open.filter((task) => task.state === 'queued').map((task) => task.id)
    this.#finished = new Map(finished.map((task) => [task.id, task]))
    this.#ever = ever
  }

  /** The open or finished task with this id. */
  get(id: string): QueuedTask | undefined {
    return this.#open.get(id) ?? this.#finished.get(id)
  }

  /** The task with this id, if it is open. */
  openOne(id: string): QueuedTask | undefined {
    return this.#open.get(id)
  }

  /** All tasks, oldest first. */
  get all(): readonly QueuedTask[] {
    return [...this.#finished.values(), ...this.#open.values()].sort(byNumber)
  }

  /** Tasks that wait, are offered to an agent or are handled by one. */
  get open(): Iterable<QueuedTask> {
    return this.#open.values()
  }

  /** Tasks that wait to be offered, the next one first. */
  *waiting(): Generator<QueuedTask> {
    for (const id of this.#waiting) {
      const task = this.#open.get(id)
      if (task) yield task
    }
  }

  /** The last tasks that ended, at most `FINISHED_TASKS_KEPT`. The one that ended first is the first. */
  get finished(): readonly QueuedTask[] {
    return [...this.#finished.values()]
  }

  /** The number of tasks that the queue has had. */
  get ever(): number {
    return this.#ever
  }

  get isFull(): boolean {
    return this.#open.size >= OPEN_TASKS_MAX
  }

  /** Numbers of open tasks. */
  get figures(): { readonly waiting: number; readonly reserved: number; readonly oldestQueuedAt: number | null } {
    const waiting = this.#waiting.length
    return { waiting, reserved: this.#open.size - waiting, oldestQueuedAt: this.#oldestQueuedAt }
  }

  /** Without priorities the first waiting task is the oldest, because tasks get their places in order of arrival. */
  get #oldestQueuedAt(): number | null {
    const [first, last] = [this.#waiting.at(0), this.#waiting.at(-1)].map((id) => this.#open.get(id ?? ''))
    if (!first || !last) return null
    const isPlain = first.place > 0 && last.place < RANK
    if (isPlain) return first.queuedAt
    let oldest = first.queuedAt
    for (const { queuedAt } of this.waiting()) oldest = Math.min(oldest, queuedAt)
    return oldest
  }

  /** Adds a task to the queue of `mrd`, at the end of those with its priority. Returns its id. */
  add(mrd: string, facts: NewTask, queuedAt: number, priority = USUAL_PRIORITY): string {
    this.#ever += 1
    const place = placeOf(this.#ever, priority)
    const id = `${mrd}-${this.#ever}`
    const fresh = { state: 'queued', offer: '', offeredTo: '', offersEver: 0, dialog: '' } as const
    this.#put({ id, place, queuedAt, ...facts, ...fresh, resubmittedAs: '', resubmittedBy: 0 })
    return id
  }

  /** Does nothing if there is no such task. */
  change(id: string, change: Partial<QueuedTask>): void {
    const known = this.get(id)
    if (known) this.#put({ ...known, ...change })
  }

  /** Does nothing if the task is not open. */
  end(id: string, state: QueuedTask['state']): void {
    if (this.#open.has(id)) this.change(id, { state })
  }

  /** Erases the values of finished tasks. Open tasks still need theirs. */
  erase(ids: readonly string[]): void {
    for (const id of ids) {
      const task = this.#finished.get(id)
      // `set` keeps the place of the entry. The order decides which finished task is deleted next.
      if (task) this.#finished.set(id, { ...task, variables: task.variables.map(withoutValue) })
    }
  }

  #put(task: QueuedTask): void {
    const waited = this.#open.get(task.id)?.state === 'queued'
    if (waited && task.state !== 'queued') this.#waiting.splice(this.#waiting.indexOf(task.id), 1)
    if (isOpen(task)) {
      this.#finished.delete(task.id)
      this.#open.set(task.id, task)
      if (!waited && task.state === 'queued') this.#waiting.splice(this.#placeAmongWaiting(task), 0, task.id)
      return
    }
    this.#open.delete(task.id)
    this.#finished.set(task.id, task)
    const [oldest] = this.#finished.keys()
    if (this.#finished.size > FINISHED_TASKS_KEPT && oldest !== undefined) this.#finished.delete(oldest)
  }

  /** Nearly always the end. */
  #placeAmongWaiting(task: QueuedTask): number {
    let at = this.#waiting.length
    while (at > 0 && (this.#open.get(this.#waiting[at - 1] ?? '')?.place ?? 0) > task.place) at -= 1
    return at
  }
}
