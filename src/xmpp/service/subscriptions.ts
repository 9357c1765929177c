import type { Logger } from 'pino'
import type { Json, RecordStore } from '../../engine/ports.ts'
import { formatJid, type Jid, parseJid } from './jid.ts'

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

  /** Adds a subscription. Does nothing when it exists already (`notifications 5.2`). Throws the errors of the store. */
  add(subscription: Subscription): void {
    if (this.has(subscription)) return
    const value = { node: subscription.node, jid: formatJid(subscription.jid) }
    this.#records.put(this.#collection, keyOf(subscription), value)
    this.#insert(subscription)
  }

  /** Removes a subscription. Returns false when there was none. Throws the errors of the store. */
  remove(subscription: Subscription): boolean {
    if (!this.has(subscription)) return false
    const key = keyOf(subscription)
    this.#records.delete(this.#collection, key)
    this.#byNode.get(subscription.node)?.delete(key)
    this.#byLocal.get(subscription.jid.local)?.delete(key)
    return true
  }

  /** Removes all subscriptions for which `isKept` is false. Throws the errors of the store. */
  prune(isKept: (subscription: Subscription) => boolean): void {
    const all = [...this.#byNode.values()].flatMap((ofNode) => [...ofNode.values()])
    for (const subscription of all) if (!isKept(subscription)) this.remove(subscription)
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

  #insert(subscription: Subscription): void {
    const key = keyOf(subscription)
    const { node, jid } = subscription
    this.#byNode.set(node, (this.#byNode.get(node) ?? new Map()).set(key, subscription))
    this.#byLocal.set(jid.local, (this.#byLocal.get(jid.local) ?? new Map()).set(key, subscription))
  }
}
