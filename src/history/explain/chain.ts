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
  from(row: JournalRow, tie: Tie): readonly Link[] {
    const rows: JournalRow[] = [row]
    const links = () => rows.map((each, index) => this.#link(each, index === 0 ? tie : 'cause'))
    for (let at = row; at.cause !== null && rows.length < LINKS_MAX; ) {
      const cause = this.#row(at.cause)
      if (!cause) return [...links(), { kept: false, position: at.cause, tie: 'cause' }]
      rows.push(cause)
      at = cause
    }
    return [...links(), ...this.#submissions(rows)]
  }

  /**
   * When a task has waited in a queue, the cause of its offer is the availability of the agent. So the input that
   * submitted it is added here.
   */
  #submissions(rows: readonly JournalRow[]): readonly Link[] {
    const offered = new Set(rows.flatMap((row) => offeredTask(row) ?? []))
    return [...offered].flatMap((task) => {
      const row = this.#history.madeBy(task)
      return row && !rows.some(({ position }) => position === row.position) ? [this.#link(row, 'submitted')] : []
    })
  }

  /** The last known row of the chain. `kept` is false if its cause was compacted. */
  root(row: JournalRow): { readonly row: JournalRow; readonly kept: boolean } {
    let at = row
    for (let links = 0; at.cause !== null && links < LINKS_MAX; links += 1) {
      const cause = this.#row(at.cause)
      if (!cause) return { row: at, kept: false }
      at = cause
    }
    return { row: at, kept: true }
  }

  /** The chain of the offer that brought a task to its agent. */
  ofTask(user: string, { view }: TaskPicture): readonly Link[] {
    const row = this.#offer(user, view.task.id, view.mrd, view.startTime)
    return row ? this.from(row, 'origin') : [{ kept: false, position: null, tie: 'origin' }]
  }

  /** The chain of the input that began a call. */
  ofCall(dialog: string): readonly Link[] {
    for (const row of this.#history.rows(`call/${dialog}`, 0)) return this.from(row, 'origin')
    return [{ kept: false, position: null, tie: 'origin' }]
  }

  #offer(user: string, task: string, mrd: string, at: number): JournalRow | undefined {
    const name = `user/${user}`
    const behind = this.#history.snapshot(name, at - 1)?.sequence ?? this.#history.aggregate(name)?.from ?? 0
    for (const row of this.#history.rows(name, behind)) {
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

  #row(position: number): JournalRow | undefined {
    if (!this.#rows.has(position)) this.#rows.set(position, this.#history.row(position))
    // Limits the cache. Old rows are rarely needed again, because a question reads rows in order.
    if (this.#rows.size > 4096) this.#rows.clear()
    return this.#rows.get(position) ?? this.#history.row(position)
  }
}

/** The task that a row offers to an agent. */
function offeredTask(row: JournalRow): string | undefined {
  const input = inputOf(row)
  const body = input?.kind === 'message' ? input.body : undefined
  return body?.type === 'offer' ? body.task.id : undefined
}
