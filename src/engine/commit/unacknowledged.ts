/**
 * The commits that the store has not answered yet, oldest first. They count as kept in this order only, whatever the
 * order of the answers. If one fails, it is taken back with all that followed it.
 */
import { asError } from '../contained.ts'

/** The highest number of unacknowledged commits. More would not help: what waits meanwhile shares one commit. */
export const UNACKNOWLEDGED_MAX = 4

interface Entry<C> {
  readonly commit: C
  /** False: the store has nothing to keep. The commit only waits for those before it. */
  readonly isOwed: boolean
  /** The store has kept it, but not yet everything before it. */
  isKept: boolean
}

export interface UnacknowledgedOptions<C> {
  /** This commit and all before it are kept. */
  acknowledged(commit: C): void
  /** These commits are not kept. Oldest first. */
  failed(commits: readonly C[], error: Error): void
  /** The store has kept a commit although it had refused one before it. */
  brokeOrder(): void
  /** The store has answered for all commits that were taken back. */
  settled(): void
}

export class Unacknowledged<C> {
  readonly #options: UnacknowledgedOptions<C>
  #entries: Entry<C>[] = []
  /** Number of commits that were taken back before the store has answered them. */
  #unsettled = 0
  #waiters: (() => void)[] = []

  constructor(options: UnacknowledgedOptions<C>) {
    this.#options = options
  }

  /** Does the store owe any answer? */
  get isWaiting(): boolean {
    return this.#entries.length > 0 || this.#unsettled > 0
  }

  /** May no commit be added now? While commits that were taken back have no answer, none may follow them. */
  get isFull(): boolean {
    return this.#entries.length >= UNACKNOWLEDGED_MAX || this.#unsettled > 0
  }

  get oldest(): C | undefined {
    return this.#entries[0]?.commit
  }

  /** `answer`: that of the store; `undefined` if the store has nothing to keep. */
  add(commit: C, answer: Promise<void> | undefined): void {
    const entry: Entry<C> = { commit, isOwed: answer !== undefined, isKept: answer === undefined }
    this.#entries.push(entry)
    answer?.then(
      () => this.#kept(entry),
      (error: unknown) => this.#refused(entry, asError(error)),
    )
  }

  /** Removes and returns all commits. Their answers are not heard any more. */
  clear(): readonly C[] {
    const commits = this.#entries.map(({ commit }) => commit)
    this.#entries = []
    this.#unsettled = 0
    this.#wake()
    return commits
  }

  /** Resolves at the next answer of the store; immediately if it owes none. */
  async answered(): Promise<void> {
    if (this.isWaiting) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  #kept(entry: Entry<C>): void {
    if (!this.#entries.includes(entry)) return this.#settled(true)
    entry.isKept = true
    for (let [first] = this.#entries; first?.isKept; [first] = this.#entries) {
      this.#entries.shift()
      this.#options.acknowledged(first.commit)
    }
    this.#wake()
  }

  #refused(entry: Entry<C>, error: Error): void {
    const index = this.#entries.indexOf(entry)
    if (index < 0) return this.#settled(false)
    const back = this.#entries.splice(index)
    this.#unsettled += back.filter((each) => each !== entry && !each.isKept).length
    this.#options.failed(
      back.map(({ commit }) => commit),
      error,
    )
    if (back.some(({ isKept, isOwed }) => isKept && isOwed)) this.#options.brokeOrder()
    this.#wake()
  }

  /** The answer to a commit that is not in the list: it was taken back, or the list was cleared. */
  #settled(isKept: boolean): void {
    if (this.#unsettled === 0) return
    this.#unsettled -= 1
    if (isKept) this.#options.brokeOrder()
    if (this.#unsettled === 0) this.#options.settled()
    this.#wake()
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
