/** Tests of a store, for every kind of store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalRow, Json, Store } from '../../src/engine/ports.ts'
import { StoreError } from '../../src/store/index.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

const EMPTY = { snapshots: [], tail: [], outbox: [], lastPosition: 0, lastOutboxNumber: 0 }

export function storeCases(name: string, create: () => Store): void {
  describe(name, () => {
    let store: Store
    beforeEach(() => {
      store = create()
    })
    afterEach(() => store.close())

    it('is empty at first and has its own id', () => {
      expect(store.load()).toEqual(EMPTY)
      const other = create()
      expect(other.id).not.toBe(store.id)
      other.close()
    })

    it('loads what was committed', () => {
      const input: Json = { type: 'x', text: 'Ünïcödé 😀 <&>\u0000', list: [1, 2.5, null, true], nested: { a: {} } }
      const failed = { ...journalRow(2, 'queue/5001', 1), outcome: 'failed' as const, error: 'it "threw"', cause: 1 }
      const asked: JournalRow = {
        ...journalRow(1, 'user/1001', 1, input),
        origin: { via: 'rest', by: '1001' },
        made: 'task-1',
        outbox: [1, 2],
      }
      const committed = batch({
        journal: [asked, failed],
        snapshots: [snapshotRow('call/7', 0, input)],
        outbox: [outboxRow(1, input), { ...outboxRow(2), kind: 'acd', lane: 'side/A' }],
      })
      store.commit(committed)
      const { journal: tail, snapshots, outbox } = committed
      expect(store.load()).toEqual({ tail, snapshots, outbox, lastPosition: 2, lastOutboxNumber: 2 })
    })

    it('loads rows in the order of positions across aggregates and batches', () => {
      store.commit(batch({ journal: [journalRow(1, 'user/b', 1), journalRow(2, 'user/a', 1)] }))
      store.commit(batch({ journal: [journalRow(3, 'user/b', 2), journalRow(4, 'user/a', 2)] }))
      expect(store.load().tail.map(({ position }) => position)).toEqual([1, 2, 3, 4])
    })

    it('loads in short steps what it loads at once', () => {
      const users = Array.from({ length: 7 }, (_, user) => `user/${user}`)
      const journal = Array.from({ length: 300 * users.length }, (_, index) => {
        const user = users[(index * 3) % users.length] ?? ''
        return journalRow(index + 1, user, Math.floor(index / users.length) + 1)
      })
      const outbox = Array.from({ length: 300 }, (_, index) => outboxRow(index + 1))
      store.commit(batch({ journal, snapshots: users.slice(1).map((user) => snapshotRow(user, 100)), outbox }))
      if (!store.loading) return
      const steps = store.loading()
      let count = 0
      let step = steps.next()
      for (; !step.done; step = steps.next()) count += 1
      expect(step.value).toEqual(store.load())
      // 2,100 rows of the journal less those that the snapshots cover, and 300 of the outbox.
      expect(count).toBeGreaterThan(1800 / 64)
      const interrupted = store.loading()
      interrupted.next()
      store.close()
      expect(() => interrupted.next()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    })

    it('loads the newest snapshot and the rows after it', () => {
      store.commit(
        batch({ journal: [journalRow(1, 'user/1', 1), journalRow(2, 'user/2', 1), journalRow(3, 'user/1', 2)] }),
      )
      store.commit(batch({ snapshots: [snapshotRow('user/1', 1, 'old')] }))
      expect(store.load().tail.map(({ position }) => position)).toEqual([2, 3])
      store.commit(batch({ journal: [journalRow(4, 'user/1', 3)], snapshots: [snapshotRow('user/1', 3, 'new')] }))
      expect(store.load()).toMatchObject({
        snapshots: [{ sequence: 3, state: 'new' }],
        tail: [{ aggregate: 'user/2' }],
      })
      store.commit(batch({ snapshots: [snapshotRow('user/1', 2, 'late')] }))
      expect(store.load().snapshots).toMatchObject([{ sequence: 3, state: 'new' }])
    })

    it('accepts rows after a snapshot without journal rows', () => {
      store.commit(batch({ snapshots: [snapshotRow('user/1', 7)] }))
      store.commit(batch({ journal: [journalRow(1, 'user/1', 8)] }))
      expect(store.load().tail).toHaveLength(1)
    })

    it('drops delivered outbox rows, keeps the order of the others and accepts no number twice', () => {
      store.commit(batch({ outbox: [outboxRow(1), outboxRow(2), outboxRow(3)] }))
      store.commit(batch({ delivered: [2, 2] }))
      expect(store.load().outbox.map(({ number }) => number)).toEqual([1, 3])
      store.commit(batch({ outbox: [outboxRow(4)], delivered: [1, 3, 4] }))
      expect(store.load()).toMatchObject({ outbox: [], lastOutboxNumber: 4 })
      expectInvalid(() => store.commit(batch({ outbox: [outboxRow(4)] })))
    })

    it.each([
      ['a position twice', batch({ journal: [journalRow(2, 'user/1', 2), journalRow(2, 'user/2', 1)] })],
      ['a gap in positions', batch({ journal: [journalRow(3, 'user/1', 2)] })],
      ['a gap in a sequence', batch({ journal: [journalRow(2, 'user/1', 3)] })],
      ['a sequence number twice', batch({ journal: [journalRow(2, 'user/1', 1)] })],
      ['an outbox number twice', batch({ journal: [journalRow(2, 'user/1', 2)], outbox: [outboxRow(1)] })],
      ['a delivery of a row that was never written', batch({ journal: [journalRow(2, 'user/1', 2)], delivered: [2] })],
      ['a time that is not whole', batch({ journal: [{ ...journalRow(2, 'user/1', 2), at: 1.5 }] })],
      ['a cause that comes later', batch({ journal: [{ ...journalRow(2, 'user/1', 2), cause: 2 }] })],
      [
        'an outbox range whose end is before its start',
        batch({ journal: [{ ...journalRow(2, 'user/1', 2), outbox: [2, 1] }] }),
      ],
      ['an aggregate without a name', batch({ journal: [journalRow(2, '', 1)] })],
      ['half a surrogate pair as a name', batch({ snapshots: [snapshotRow('user/\ud800', 1)] })],
    ])('keeps nothing of a batch with %s, and still works', (_what, invalid) => {
      store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
      const before = store.load()
      expectInvalid(() => store.commit(invalid))
      expect(store.load()).toEqual(before)
      store.commit(batch({ journal: [journalRow(2, 'user/1', 2)], outbox: [outboxRow(2)] }))
      expect(store.load()).toMatchObject({ lastPosition: 2, lastOutboxNumber: 2 })
    })

    it('keeps nothing of a batch with a value that is not JSON', () => {
      const cycle: { self?: Json } = {}
      Object.assign(cycle, { self: cycle })
      const invalid = batch({
        journal: [journalRow(1, 'user/1', 1)],
        outbox: [outboxRow(1, Object.freeze({ ...cycle }))],
      })
      expectInvalid(() => store.commit(invalid))
      expect(store.load()).toEqual(EMPTY)
    })

    it('does not change when values are changed after the commit', () => {
      const state = { count: 1 }
      store.commit(batch({ snapshots: [snapshotRow('user/1', 1, state)] }))
      state.count = 2
      expect(store.load().snapshots).toMatchObject([{ state: { count: 1 } }])
    })

    it('does not load ended aggregates, and accepts no more input for them', () => {
      const journal = [journalRow(1, 'call/1', 1), journalRow(2, 'call/2', 1)]
      store.commit(batch({ journal, snapshots: [snapshotRow('call/1', 1)], ended: ['call/1', 'call/1', 'call/9'] }))
      expect(store.load()).toMatchObject({ snapshots: [], tail: [{ aggregate: 'call/2' }], lastPosition: 2 })
      expectInvalid(() => store.commit(batch({ journal: [journalRow(3, 'call/1', 2)] })))
      store.commit(batch({ journal: [journalRow(3, 'call/2', 2)], ended: ['call/2'] }))
      expect(store.load()).toMatchObject({ snapshots: [], tail: [], lastPosition: 3 })
    })

    it('replaces characters of an error text that not every store can keep', () => {
      const row = { ...journalRow(1, 'user/1', 1), outcome: 'failed' as const, error: 'a\0b\ud800' }
      store.commit(batch({ journal: [row] }))
      expect(store.load().tail).toMatchObject([{ error: 'a\ufffdb\ufffd' }])
    })

    it('keeps records by collection and key', () => {
      store.records.put('subscriptions', 'b', { node: 1 })
      store.records.put('subscriptions', 'a', 'first')
      store.records.put('subscriptions', 'a', ['second'])
      store.records.put('lockouts', 'a', null)
      expect(store.records.list('subscriptions')).toEqual([
        { key: 'a', value: ['second'] },
        { key: 'b', value: { node: 1 } },
      ])
      store.records.delete('subscriptions', 'a')
      store.records.delete('subscriptions', 'nobody')
      expect(store.records.list('subscriptions').map(({ key }) => key)).toEqual(['b'])
      expect(store.records.list('lockouts')).toEqual([{ key: 'a', value: null }])
      expect(store.records.list('nothing')).toEqual([])
      expectInvalid(() => store.records.put('lockouts', '', 1))
    })

    it('is like a new store after `clear`, with another id', () => {
      const before = store.id
      store.commit(
        batch({
          journal: [journalRow(1, 'user/1', 1), journalRow(2, 'call/7', 1)],
          snapshots: [snapshotRow('user/1', 1)],
          outbox: [outboxRow(1), outboxRow(2)],
          delivered: [1],
          ended: ['call/7'],
        }),
      )
      store.records.put('lockouts', 'a', 1)
      store.clear()
      expect(store.load()).toEqual(EMPTY)
      expect(store.records.list('lockouts')).toEqual([])
      expect(store.id).not.toBe(before)
      expect(store.history?.storeId ?? store.id).toBe(store.id)
      expect([...(store.history?.aggregates() ?? [])]).toEqual([])
      expect(store.compact(1e15)).toBe(false)
      // Numbers begin at 1 again, and the names of ended aggregates can be used.
      const again = batch({ journal: [journalRow(1, 'call/7', 1)], outbox: [outboxRow(1)] })
      store.commit(again)
      expect(store.load()).toMatchObject({ tail: again.journal, lastPosition: 1, lastOutboxNumber: 1 })
    })

    it('refuses everything after it was closed; closing twice is allowed', () => {
      store.close()
      store.close()
      const closed = expect.objectContaining({ code: 'CLOSED' })
      expect(() => store.load()).toThrow(closed)
      expect(() => store.commit(batch({}))).toThrow(closed)
      expect(() => store.records.list('x')).toThrow(closed)
      expect(() => store.compact(1)).toThrow(closed)
      expect(() => store.clear()).toThrow(closed)
    })
  })
}

function expectInvalid(run: () => void): void {
  expect(run).toThrow(StoreError)
  expect(run).toThrow(expect.objectContaining({ code: 'INVALID_BATCH' }))
}
