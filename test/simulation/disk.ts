/** The disk of the system: it can refuse changes for a while, and the process can die before or after a commit. */
import type { Batch, OutboxRow, Store } from '../../src/engine/ports.ts'
import { type MemoryStore, memoryStore } from '../../src/store/memory/store.ts'
import { LateDisk, type LateDiskOptions } from './late-disk.ts'

/** The process is dead. Code of it that still runs must have no effect. */
export class Death extends Error {}

/** A process, as its disk sees it. */
export interface Owner {
  readonly isAlive: boolean
  die(): void
}

export class Disk {
  #store: MemoryStore = memoryStore({ id: 'simulation', keep: 'history' })
  /** Whether it refuses changes. */
  refuses = false
  /** The process dies before or after the next commit. */
  cut: '' | 'before' | 'after' = ''
  /** All outbox rows that were ever committed, by number. */
  readonly outbox = new Map<number, OutboxRow>()
  /** `requestId` of every applied command in the journal, and the ids of what inputs made. */
  readonly requests = new Set<string>()
  readonly made = new Set<string>()
  /** Numbers of the outbox rows whose delivery is committed. */
  readonly delivered = new Set<number>()
  refusals = 0
  /** If it answers later: with what clock, and from which seed. */
  late: Pick<LateDiskOptions, 'clock' | 'seed'> | undefined
  /** Called after each commit, before anything of it is released. */
  committed: (batch: Batch) => void = () => undefined

  get content(): MemoryStore {
    return this.#store
  }

  /** The store of a process that starts now. `wrap` makes a store with a planted bug. */
  openFor(owner: Owner, wrap: (store: Store) => Store = (same) => same): Store {
    this.#store = this.#store.reopen()
    const inner = wrap(this.#store)
    const whenAlive = <T>(run: () => T): T => {
      if (!owner.isAlive) throw new Death('the process is dead')
      return run()
    }
    const change = <T>(run: () => T): T =>
      whenAlive(() => {
        if (!this.refuses) return run()
        this.refusals += 1
        throw new Error('database or disk is full')
      })
    const late =
      this.late &&
      new LateDisk({
        ...this.late,
        refuses: () => this.refuses,
        isAlive: () => owner.isAlive,
        keep: (batch) => this.#commit(owner, inner, batch),
        refused: () => {
          this.refusals += 1
        },
      })
    return {
      id: inner.id,
      history: inner.history,
      load: () => inner.load(),
      ...(late ? { answersLater: true } : {}),
      commit: (batch) => (late ? whenAlive(() => late.commit(batch)) : change(() => this.#commit(owner, inner, batch))),
      records: {
        list: (collection) => inner.records.list(collection),
        put: (...given) => change(() => inner.records.put(...given)),
        delete: (...given) => change(() => inner.records.delete(...given)),
      },
      compact: async () => false,
      rewrite: (...given) => change(() => inner.rewrite(...given)),
      clear: () => change(() => inner.clear()),
      close: () => whenAlive(() => inner.close()),
    }
  }

  #commit(owner: Owner, inner: Store, batch: Batch): void {
    const { cut } = this
    this.cut = ''
    if (cut === 'before') {
      owner.die()
      throw new Death('died before a commit')
    }
    inner.commit(batch)
    for (const row of batch.outbox) this.outbox.set(row.number, row)
    for (const number of batch.delivered) this.delivered.add(number)
    for (const { input, made, outcome } of batch.journal) {
      if (made !== null) this.made.add(made)
      const id = requestIdIn(input)
      if (id !== undefined && outcome === 'applied') this.requests.add(id)
    }
    this.committed(batch)
    if (cut !== 'after') return
    owner.die()
    throw new Death('died after a commit')
  }
}

function requestIdIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  // An agent who makes a call asks the queue that gives calls their ids.
  const asked = 'event' in input ? input.event : 'kind' in input && input.kind === 'makeCall' ? input : undefined
  if (typeof asked !== 'object' || asked === null || !('requestId' in asked)) return undefined
  return typeof asked.requestId === 'string' ? asked.requestId : undefined
}
