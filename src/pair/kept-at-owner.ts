import type { Json, RecordStore } from '../engine/ports.ts'
import type { OtherEnd } from './other-end.ts'

/** The subscriptions of a side, which the owner of the store keeps. `list` has what was there at the beginning. */
export class KeptAtOwner implements RecordStore {
  readonly #owner: () => OtherEnd
  readonly #records: readonly { readonly key: string; readonly value: Json }[]

  /** `owner`: the present one. Methods reject without it. */
  constructor(owner: () => OtherEnd, records: readonly { readonly key: string; readonly value: Json }[]) {
    this.#owner = owner
    this.#records = records
  }

  list(): readonly { readonly key: string; readonly value: Json }[] {
    return this.#records
  }

  async put(_collection: string, key: string, value: Json): Promise<void> {
    await this.#owner().changeSubscription(key, value)
  }

  async delete(_collection: string, key: string): Promise<void> {
    await this.#owner().changeSubscription(key, null)
  }
}
