/**
 * The store of a simulation. It hashes the committed journal, and passes everything to an inner store, if there is one.
 */
import { createHash } from 'node:crypto'
import type { Batch, Store } from '../engine/ports.ts'

/** Characters that are hashed at once. */
const CHUNK = 1 << 16

export interface HashingStore extends Store {
  /** SHA-256 of all journal rows so far, as one JSON text per line. No row can be added afterwards. */
  digest(): string
  /** Number of rows so far. */
  readonly rows: number
}

/**
 * `inner`: the store that keeps the content. Without it nothing is kept, so that a long simulation needs little memory.
 */
export function hashingStore(inner: Store = forgetful()): HashingStore {
  const hash = createHash('sha256')
  let text = ''
  let rows = 0
  const note = ({ journal }: Batch) => {
    rows += journal.length
    for (const row of journal) text += `${JSON.stringify(row)}\n`
    if (text.length < CHUNK) return
    hash.update(text)
    text = ''
  }
  return {
    get id() {
      return inner.id
    },
    records: inner.records,
    history: inner.history,
    load: () => inner.load(),
    compact: (before) => inner.compact(before),
    rewrite: (...given) => inner.rewrite(...given),
    clear: () => inner.clear(),
    onEnd: (listener) => inner.onEnd?.(listener),
    close: () => inner.close(),
    commit(batch) {
      const answer = inner.commit(batch)
      note(batch)
      return answer
    },
    digest: () => hash.update(text).digest('hex'),
    get rows() {
      return rows
    },
  }
}

/** A store that keeps nothing. This is enough because a simulation does not restart. */
function forgetful(): Store {
  return {
    id: 'simulation',
    history: undefined,
    records: { list: () => [], put: () => undefined, delete: () => undefined },
    load: async () => ({ snapshots: [], tail: [], outbox: [], lastPosition: 0, lastOutboxNumber: 0 }),
    commit: () => undefined,
    compact: async () => false,
    rewrite: async () => null,
    clear: () => undefined,
    close: () => undefined,
  }
}
