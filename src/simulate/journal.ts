/** The store of a simulation: hashes the journal as it is committed, and keeps it only where somebody wants it. */
import { createHash } from 'node:crypto'
import type { Batch, Store } from '../engine/ports.ts'

/** Characters that are hashed at once. */
const CHUNK = 1 << 16

export interface HashingStore extends Store {
  /** SHA-256 over all journal rows so far, one JSON text a line. Ends the hashing. */
  digest(): string
  /** Rows so far. */
  readonly rows: number
}

/** `inner`: where it is kept; without it nothing is, and the memory stays small however long the simulation is. */
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
      inner.commit(batch)
      note(batch)
    },
    digest: () => hash.update(text).digest('hex'),
    get rows() {
      return rows
    },
  }
}

/** A store that is never asked: a simulation does not restart. */
function forgetful(): Store {
  return {
    id: 'simulation',
    history: undefined,
    records: { list: () => [], put: () => undefined, delete: () => undefined },
    load: () => ({ snapshots: [], tail: [], outbox: [], lastPosition: 0, lastOutboxNumber: 0 }),
    commit: () => undefined,
    compact: () => false,
    rewrite: () => null,
    clear: () => undefined,
    close: () => undefined,
  }
}
