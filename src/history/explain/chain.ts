/** Follows the causes of an input back to the input from outside. */
import type { History, JournalRow } from '../../engine/ports.ts'
import type { Link, Tie } from './explanation.ts'
import { requestIdOf, rowWords, whoOf } from './inputs.ts'
import type { Names } from './names.ts'
import type { TaskPicture } from './picture.ts'
import { inputOf } from './trace.ts'

/** Maximum length of a chain. */
const LINKS_MAX = 64

export class Chains {
  readonly #history: History
  readonly #names: Names
  /** Cache of rows, because the rows of an episode have the same causes. */
  readonly #rows = new Map<number, JournalRow | undefined>()

  constructor(history: History, names: Names) {
    this.#history = history
    this.#names = names
  }

  /** The chain of causes of a row, nearest first. If a cause was compacted, the last link has `kept: false`. */
  async from(row: JournalRow, tie: Tie): Promise<readonly Link[]> {
    const rows: JournalRow[] = [row]
    const links = () => rows.map((each, index) => this.#link(each, index === 0 ? tie : 'cause'))
    for (let at = row; at.cause !== null && rows.length < LINKS_MAX; ) {
      const cause = await this.#row(at.cause)
      if (!cause) return [...links(), { kept: false, position: at.cause, tie: 'cause' }]
      rows.push(cause)
      at = cause
    }
    return [...links(), ...(await this.#submissions(rows))]
  }

  /**
   * When a task has waited in a queue, the cause of its offer is the availability of the agent. So the input that
   * submitted it is added here.
   */
  async #submissions(rows: readonly JournalRow[]): Promise<readonly Link[]> {
    const links: Link[] = []
    for (const task of new Set(rows.flatMap((row) => offeredTask(row) ?? []))) {
      const row = await this.#history.madeBy(task)
      if (row && !rows.some(({ position }) => position === row.position)) links.push(this.#link(row, 'submitted'))
    }
    return links
  }

  /** The last known row of the chain. `kept` is false if its cause was compacted. */
  async root(row: JournalRow): Promise<{ readonly row: JournalRow; readonly kept: boolean }> {
    let at = row
    for (let links = 0; at.cause !== null && links < LINKS_MAX; links += 1) {
      const cause = await this.#row(at.cause)
      if (!cause) return { row: at, kept: false }
      at = cause
    }
    return { row: at, kept: true }
  }

  /** The chain of the offer that brought a task to its agent. */
  async ofTask(user: string, { view }: TaskPicture): Promise<readonly Link[]> {
    const row = await this.#offer(user, view.task.id, view.mrd, view.startTime)
    return row ? this.from(row, 'origin') : [{ kept: false, position: null, tie: 'origin' }]
  }

  /** The chain of the input that began a call. */
  async ofCall(dialog: string): Promise<readonly Link[]> {
    for await (const row of this.#history.rows(`call/${dialog}`, 0)) return this.from(row, 'origin')
    return [{ kept: false, position: null, tie: 'origin' }]
  }

  async #offer(user: string, task: string, mrd: string, at: number): Promise<JournalRow | undefined> {
    const name = `user/${user}`
    const base = (await this.#history.snapshot(name, at - 1))?.sequence
    const behind = base ?? (await this.#history.aggregate(name))?.from ?? 0
    for await (const row of this.#history.rows(name, behind)) {
      if (row.at > at) return undefined
      if (row.at < at) continue
      const input = inputOf(row)
      const body = input?.kind === 'message' ? input.body : input?.kind === 'acd' ? input.event : undefined
      if (body?.type === 'offer' && body.task.id === task && body.mrd === mrd) return row
      if (input?.kind === 'user' && input.event.type === 'TASK_EVENT' && input.event.dialog === task) return row
    }
    return undefined
  }

  #link(row: JournalRow, tie: Tie): Link {
    const input = inputOf(row)
    const { position, aggregate, at } = row
    const what = rowWords(row, input, this.#names)
    const requestId = requestIdOf(row.origin, input)
    return { kept: true, position, aggregate, at, tie, what, who: whoOf(row.origin), requestId }
  }

  async #row(position: number): Promise<JournalRow | undefined> {
    const known = this.#rows.get(position)
    if (known || this.#rows.has(position)) return known
    const row = await this.#history.row(position)
    // Limits the cache. Old rows are rarely needed again, because a question reads rows in order.
    if (this.#rows.size >= 4096) this.#rows.clear()
    this.#rows.set(position, row)
    return row
  }
}

/** The task that a row offers to an agent. */
function offeredTask(row: JournalRow): string | undefined {
  const input = inputOf(row)
  const body = input?.kind === 'message' ? input.body : undefined
  return body?.type === 'offer' ? body.task.id : undefined
}
