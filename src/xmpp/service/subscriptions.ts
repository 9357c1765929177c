import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import type { Json, RecordStore } from '../../engine/ports.ts'
import { formatJid, type Jid, parseJid } from './jid.ts'

const COLLECTION = 'xmpp-subscriptions'

/** The collection of the explicit subscriptions of a side in the record store. */
export const collectionOf = (side: Side): string => `${COLLECTION}-${side}`

/** An explicit subscription. */
export interface Subscription {
  readonly node: string
  /** Bare or full JID. */
  readonly jid: Jid
}

function keyOf(subscription: Subscription): string {
  return `${subscription.node} ${formatJid(subscription.jid)}`
}

function readRecord(value: Json): Subscription | undefined {
  if (typeof value !== 'object' || value === null || !('node' in value) || !('jid' in value)) return undefined
  if (typeof value.node !== 'string' || typeof value.jid !== 'string') return undefined
  const jid = parseJid(value.jid)
  return jid === undefined ? undefined : { node: value.node, jid }
}

/** The explicit subscriptions. Each change is stored before it is answered (`notifications 5.3`). */
export class Subscriptions {
  readonly #records: RecordStore
  readonly #collection: string
  readonly #byNode = new Map<string, Map<string, Subscription>>()
  readonly #byLocal = new Map<string, Map<string, Subscription>>()
  /** Changes that the store has not answered, by key. The next change of the same subscription waits. */
  readonly #changing = new Map<string, Promise<void>>()

  /** Loads the collection. Records that cannot be read are logged and skipped. */
  constructor(records: RecordStore, collection: string, logger: Logger) {
    this.#records = records
    this.#collection = collection
    for (const { key, value } of records.list(collection)) {
      const subscription = readRecord(value)
      if (subscription === undefined) logger.warn({ collection, key }, 'stored subscription not understood')
      else this.#insert(subscription)
    }
  }

  /**
   * Adds a subscription. Does nothing when it exists already (`notifications 5.2`). Returns, or resolves, when it is
   * durable. Throws, or rejects with, the errors of the store.
   */
  add(subscription: Subscription): void | Promise<void> {
    const key = keyOf(subscription)
    const before = this.#changing.get(key)
    if (before !== undefined) return before.then(() => this.add(subscription))
    if (this.has(subscription)) return undefined
    const value = { node: subscription.node, jid: formatJid(subscription.jid) }
    return this.#changed(key, this.#records.put(this.#collection, key, value), () => this.#insert(subscription))
  }

  /** Removes a subscription, as `add` adds it. False when there was none. */
  remove(subscription: Subscription): boolean | Promise<boolean> {
    const key = keyOf(subscription)
    const before = this.#changing.get(key)
    if (before !== undefined) return before.then(() => this.remove(subscription))
    if (!this.has(subscription)) return false
    return this.#changed(key, this.#records.delete(this.#collection, key), () => {
      this.#byNode.get(subscription.node)?.delete(key)
      this.#byLocal.get(subscription.jid.local)?.delete(key)
      return true
    })
  }

  /** Removes all subscriptions for which `isKept` is false. Rejects with the errors of the store. */
  async prune(isKept: (subscription: Subscription) => boolean): Promise<void> {
    const all = [...this.#byNode.values()].flatMap((ofNode) => [...ofNode.values()])
    for (const subscription of all) {
      const removed = isKept(subscription) ? false : this.remove(subscription)
      if (removed instanceof Promise) await removed
    }
  }

  /** Forgets all subscriptions. The records were already emptied by the caller. */
  forget(): void {
    this.#byNode.clear()
    this.#byLocal.clear()
  }

  has(subscription: Subscription): boolean {
    return this.#byNode.get(subscription.node)?.has(keyOf(subscription)) ?? false
  }

  /** Subscriptions to a node, oldest first. */
  ofNode(node: string): Iterable<Subscription> {
    return this.#byNode.get(node)?.values() ?? []
  }

  /** Subscriptions of an account, oldest first. */
  ofAccount(local: string): readonly Subscription[] {
    return [...(this.#byLocal.get(local)?.values() ?? [])]
  }

  /** What follows from a change that the store keeps at once, or later. */
  #changed<T>(key: string, kept: void | Promise<void>, then: () => T): T | Promise<T> {
    if (kept === undefined) return then()
    const changed = kept.then(then)
    const over = () => void this.#changing.delete(key)
    this.#changing.set(key, changed.then(over, over))
    return changed
  }

  #insert(subscription: Subscription): void {
    const key = keyOf(subscription)
    const { node, jid } = subscription
    this.#byNode.set(node, (this.#byNode.get(node) ?? new Map()).set(key, subscription))
    this.#byLocal.set(jid.local, (this.#byLocal.get(jid.local) ?? new Map()).set(key, subscription))
  }
}
