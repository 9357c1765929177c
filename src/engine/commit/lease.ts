/**
 * The store as one core uses it. When the core is replaced, its lease ends, and work in progress can write nothing
 * more.
 */
import { EngineUnavailable, type Unavailability } from '../api.ts'
import type { History, RecordStore, Store } from '../store-port.ts'

export class Lease implements Store {
  /** Id of the store at the beginning of the lease. */
  readonly id: string
  readonly records: RecordStore
  readonly #store: Store
  /** Why the lease has ended. */
  #over: Unavailability | undefined

  constructor(store: Store) {
    this.#store = store
    this.id = store.id
    this.records = {
      list: (collection) => this.#mine().records.list(collection),
      put: (collection, key, value) => this.#mine().records.put(collection, key, value),
      delete: (collection, key) => this.#mine().records.delete(collection, key),
    }
  }

  /** From now on every use throws `EngineUnavailable`. */
  end(why: Unavailability): void {
    this.#over ??= why
  }

  get history(): History | undefined {
    return this.#store.history
  }

  load(): ReturnType<Store['load']> {
    return this.#mine().load()
  }

  commit(...given: Parameters<Store['commit']>): ReturnType<Store['commit']> {
    return this.#mine().commit(...given)
  }

  compact(before: number): ReturnType<Store['compact']> {
    return this.#mine().compact(before)
  }

  rewrite(...given: Parameters<Store['rewrite']>): ReturnType<Store['rewrite']> {
    return this.#mine().rewrite(...given)
  }

  clear(): ReturnType<Store['clear']> {
    return this.#mine().clear()
  }

  close(): ReturnType<Store['close']> {
    return this.#mine().close()
  }

  #mine(): Store {
    if (this.#over) throw new EngineUnavailable(this.#over.message, this.#over.reason)
    return this.#store
  }
}
