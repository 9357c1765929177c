/** A follower whose store refuses changes: it ends all the same, and what it could not keep is read by the next one. */
import { afterEach, expect, it, vi } from 'vitest'
import type { Store } from '../../src/engine/ports.ts'
import { memoryStore } from '../../src/store/index.ts'
import { site } from '../conformance/server.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, beside, stateOf } from './beside.ts'

let b: Beside
afterEach(() => b.close())

/** A store that can refuse commits and records, and that outlives its engine. */
function failing() {
  const inner = memoryStore({ keep: 'history' })
  let isFull = false
  const checked = () => {
    if (isFull) throw new Error('the disk is full')
  }
  const store: Store = {
    id: inner.id,
    history: inner.history,
    records: {
      list: (collection) => inner.records.list(collection),
      put: (collection, key, value) => {
        checked()
        inner.records.put(collection, key, value)
      },
      delete: (collection, key) => inner.records.delete(collection, key),
    },
    load: () => inner.load(),
    commit: (batch) => {
      checked()
      inner.commit(batch)
    },
    compact: (before) => inner.compact(before),
    rewrite: (rewriting, from) => inner.rewrite(rewriting, from),
    clear: () => inner.clear(),
    close: () => undefined,
  }
  return {
    store,
    fill(full: boolean) {
      isFull = full
    },
  }
}

it.each(['refuses', 'works again'] as const)('ends while its store %s, and nothing is lost', async (then) => {
  const at = await site()
  const disk = failing()
  b = await beside({ store: disk.store }, at)
  await b.follower.live()
  disk.fill(true)
  const { notifications } = b.follower.figures
  const login = '<state>LOGIN</state><extension>1001</extension>'
  await at.restOnly('1001').putUser(login)
  await vi.waitFor(() => expect(b.follower.figures.notifications).toBeGreaterThan(notifications), { timeout: PATIENCE })
  // What is not kept is not shown.
  expect(stateOf(b.follower, '1001')).toBe('LOGOUT')
  if (then === 'works again') disk.fill(false)
  await b.follower.close()
  if (then === 'works again') expect(stateOf(b.follower, '1001')).toBe('NOT_READY')
  disk.fill(false)
  b = await beside({ store: disk.store }, at)
  await b.follower.live()
  await b.same()
})
