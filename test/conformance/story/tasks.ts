/** The expected values of nonvoice dialogs: task, state, and the time of the last state change. */
import type { Variables } from '../expected/call-variables.ts'
import { expectedTask } from '../expected/task.ts'
import type { Tree } from '../tree.ts'
import type { Entries } from './sources.ts'

/** The task of a dialog, as it was submitted. */
export interface TaskOrigin {
  readonly variables: Variables
  /** Dialog that it was resubmitted from, or `''`. */
  readonly from: string
}

interface TaskStory extends TaskOrigin {
  readonly offeredAt: number | undefined
  state: string
  since: number | undefined
  interruptedFrom?: string | undefined
  /** The state from before the interrupt is lost. */
  isUnknown?: boolean
}

/** Dialog states that an interrupt changes (`media 8`). */
const INTERRUPTIBLE = ['ACTIVE', 'PAUSED', 'WRAPPING_UP']

export class TaskStories {
  readonly #directory: () => Entries
  readonly #all = new Map<string, TaskStory>()
  /** The time of each published state, for clients that get it on another side. */
  readonly #told = new Map<string, number | undefined>()

  constructor(directory: () => Entries) {
    this.#directory = directory
  }

  knows(dialog: string): boolean {
    return this.#all.has(dialog)
  }

  offers(dialog: string, at: number | undefined, origin: TaskOrigin): void {
    this.#all.set(dialog, { ...origin, offeredAt: at, state: 'OFFERED', since: at })
  }

  /** A notification shows this state. Returns the time since which it holds. */
  enters(dialog: string, state: string, at: number): number | undefined {
    const key = `${dialog} ${at} ${state}`
    if (this.#told.has(key)) return this.#told.get(key)
    this.#move(this.#of(dialog), state, at)
    const { since } = this.#of(dialog)
    this.#told.set(key, since)
    return since
  }

  /** The agent of these dialogs is interrupted: their states change without a notification (D12). */
  interrupts(user: string, mrd: string, at: number): void {
    for (const task of this.#ofMedium(user, mrd))
      if (INTERRUPTIBLE.includes(task.state)) this.#move(task, 'INTERRUPTED', at)
  }

  /** The interrupt is over: their states change back without a notification (D13). */
  givesBack(user: string, mrd: string, at: number): void {
    for (const task of this.#ofMedium(user, mrd))
      if (task.interruptedFrom !== undefined && !task.isUnknown) this.#move(task, task.interruptedFrom, at)
  }

  /**
   * The peripheral gateway fails. Interrupted dialogs lose the states from before the interrupt (P9) and keep their
   * actions.
   */
  losesPriorStates(): void {
    for (const task of this.#all.values()) if (task.interruptedFrom !== undefined) task.isUnknown = true
  }

  /** The time since which the state that GET shows now holds; `lastNews` if its notification was missed. */
  since(dialog: string, state: string, lastNews: number | undefined): number | undefined {
    const task = this.#of(dialog)
    if (task.state !== state) this.#move(task, state, lastNews)
    return task.since
  }

  document(
    root: 'Dialog' | 'dialog',
    dialog: string,
    state: string,
    disposition: string,
    changedAt: number | undefined,
  ): Tree {
    const [, user = '', id = ''] = dialog.split('_')
    const name = this.#directory().mediaRoutingDomains.find((each) => each.id === id)?.name ?? ''
    const { from, variables, offeredAt, interruptedFrom } = this.#of(dialog)
    const mrd = { id, name }
    return expectedTask(root, {
      ...{ id: dialog, user, mrd, from, variables, offeredAt },
      ...{ state, interruptedFrom, disposition, changedAt },
    })
  }

  #of(dialog: string): TaskStory {
    const task = this.#all.get(dialog)
    if (!task) throw new Error(`nothing is known of dialog ${dialog}`)
    return task
  }

  #ofMedium(user: string, mrd: string): readonly TaskStory[] {
    return [...this.#all].flatMap(([id, task]) => (id.endsWith(`_${user}_${mrd}`) ? [task] : []))
  }

  #move(task: TaskStory, state: string, at: number | undefined): void {
    if (state === task.state) return
    task.interruptedFrom = state === 'INTERRUPTED' ? task.state : undefined
    task.isUnknown = false
    task.state = state
    task.since = at
  }
}
