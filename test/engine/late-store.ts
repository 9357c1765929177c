/** A store in memory that answers later: when the test says so, or by dice. */
import type { Batch, Store } from '../../src/engine/ports.ts'
import { type MemoryStore, memoryStore } from '../../src/store/memory/store.ts'

interface Given {
  readonly batch: Batch
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  isAnswered: boolean
}

export class LateStore implements Store {
  readonly answersLater = true
  #inner: MemoryStore
  readonly #given: Given[] = []
  /** All that it has kept, in order. */
  readonly kept: Batch[] = []
  /** Makes it doubtful that the store can commit. */
  doubt: () => void = () => undefined
  /** Called with each batch. It may answer. */
  onCommit: () => void = () => undefined

  constructor(inner = memoryStore({ id: 'test', keep: 'history' })) {
    this.#inner = inner
  }

  get id(): string {
    return this.#inner.id
  }

  get history() {
    return this.#inner.history
  }

  get records() {
    return this.#inner.records
  }

  /** The batches without an answer, oldest first. */
  get owed(): readonly Batch[] {
    return this.#open.map(({ batch }) => batch)
  }

  load() {
    return this.#inner.load()
  }

  commit(batch: Batch): Promise<void> {
    const answer = new Promise<void>((resolve, reject) => {
      this.#given.push({ batch, resolve, reject, isAnswered: false })
    })
    this.onCommit()
    return answer
  }

  /** Keeps the oldest batches and answers in this order; `order` has indexes among them. */
  async keep(count = this.#open.length, order: readonly number[] = [...Array(count).keys()]): Promise<void> {
    const these = this.#open.slice(0, count)
    for (const { batch } of these) {
      this.#inner.commit(batch)
      this.kept.push(batch)
    }
    for (const index of order) this.#answer(these[index])
    await turns()
  }

  /** Answers the oldest batch without an answer as if it were kept. */
  answerFirst(): void {
    this.#answer(this.#open[0])
  }

  /** Refuses the oldest batches, and keeps nothing of them. */
  async refuse(count = this.#open.length, order: readonly number[] = [...Array(count).keys()]): Promise<void> {
    const these = this.#open.slice(0, count)
    for (const index of order) this.#answer(these[index], new Error('connection lost'))
    await turns()
  }

  onDoubt(listener: () => void): void {
    this.doubt = listener
  }

  compact(before: number): Promise<boolean> {
    return this.#inner.compact(before)
  }

  rewrite(...given: Parameters<Store['rewrite']>): ReturnType<Store['rewrite']> {
    return this.#inner.rewrite(...given)
  }

  async clear(): Promise<void> {
    await turns()
    this.#inner.clear()
  }

  /** A store with what was kept, as after a crash. */
  reopen(): LateStore {
    return new LateStore(this.#inner.reopen())
  }

  close(): void {
    this.#inner.close()
  }

  get #open(): readonly Given[] {
    return this.#given.filter(({ isAnswered }) => !isAnswered)
  }

  #answer(given: Given | undefined, error?: Error): void {
    if (!given) return
    given.isAnswered = true
    if (error) given.reject(error)
    else given.resolve()
  }
}

/** So many turns of the microtask queue that what follows from an answer has happened. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

/** Lets the store answer at once, as if it were not late. */
export function answering(store: LateStore): LateStore {
  store.onCommit = () => void Promise.resolve().then(() => store.keep())
  return store
}

/** Lets the store answer no more until the test says so. */
export function silent(store: LateStore): LateStore {
  store.onCommit = () => undefined
  return store
}
