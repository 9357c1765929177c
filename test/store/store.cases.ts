/** Tests of a store, for every kind of store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalRow, Json, Store } from '../../src/engine/ports.ts'
import { refusal } from './opened.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

const EMPTY = { snapshots: [], tail: [], outbox: [], lastPosition: 0, lastOutboxNumber: 0 }

export function storeCases(name: string, create: () => Store | Promise<Store>): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      store = await create()
    })
    afterEach(async () => store.close())

    it('is empty at first and has its own id', async () => {
      expect(await store.load()).toEqual(EMPTY)
      const other = await create()
      expect(other.id).not.toBe(store.id)
      await other.close()
    })

    it('loads what was committed', async () => {
      const input: Json = { type: 'x', text: 'Ünïcödé 😀 <&>\u0000', list: [1, 2.5, null, true], nested: { a: {} } }
      const failed = { ...journalRow(2, 'queue/5001', 1), outcome: 'failed' as const, error: 'it "threw"', cause: 1 }
      const asked: JournalRow = {
        ...journalRow(1, 'user/1001', 1, input),
        origin: {
          ...{ via: 'rest', by: '1001' },
          once: {
            ...{ key: 'k', salt: '1', request: 'hash', left: 'other hash' },
            answer: {
              isUnderWay: true,
              refused: { code: 'STATE_PENDING', about: 'x', state: 'READY', allowed: ['LOGOUT'] },
            },
          },
        },
        made: 'task-1',
        outbox: [1, 2],
      }
      const committed = batch({
        journal: [asked, failed],
        snapshots: [snapshotRow('call/7', 0, input)],
        outbox: [outboxRow(1, input), { ...outboxRow(2), kind: 'acd', lane: 'side/A' }],
      })
      await store.commit(committed)
      const { journal: tail, snapshots, outbox } = committed
      expect(await store.load()).toEqual({ tail, snapshots, outbox, lastPosition: 2, lastOutboxNumber: 2 })
    })

    it('loads rows in the order of positions across aggregates and batches', async () => {
      await store.commit(batch({ journal: [journalRow(1, 'user/b', 1), journalRow(2, 'user/a', 1)] }))
      await store.commit(batch({ journal: [journalRow(3, 'user/b', 2), journalRow(4, 'user/a', 2)] }))
      expect((await store.load()).tail.map(({ position }) => position)).toEqual([1, 2, 3, 4])
    })

    it('loads more rows than one page has', async () => {
      const users = Array.from({ length: 7 }, (_, user) => `user/${user}`)
      const journal = Array.from({ length: 300 * users.length }, (_, index) => {
        const user = users[(index * 3) % users.length] ?? ''
        return journalRow(index + 1, user, Math.floor(index / users.length) + 1)
      })
      const outbox = Array.from({ length: 300 }, (_, index) => outboxRow(index + 1))
      const snapshots = users.slice(1).map((user) => snapshotRow(user, 100))
      await store.commit(batch({ journal, snapshots, outbox }))
      const tail = journal.filter(({ aggregate, sequence }) => aggregate === 'user/0' || sequence > 100)
      expect(await store.load()).toEqual({ snapshots, tail, outbox, lastPosition: 2100, lastOutboxNumber: 300 })
    })

    it('loads the newest snapshot and the rows after it', async () => {
      await store.commit(
        batch({ journal: [journalRow(1, 'user/1', 1), journalRow(2, 'user/2', 1), journalRow(3, 'user/1', 2)] }),
      )
      await store.commit(batch({ snapshots: [snapshotRow('user/1', 1, 'old')] }))
      expect((await store.load()).tail.map(({ position }) => position)).toEqual([2, 3])
      await store.commit(batch({ journal: [journalRow(4, 'user/1', 3)], snapshots: [snapshotRow('user/1', 3, 'new')] }))
      expect(await store.load()).toMatchObject({
        snapshots: [{ sequence: 3, state: 'new' }],
        tail: [{ aggregate: 'user/2' }],
      })
      await store.commit(batch({ snapshots: [snapshotRow('user/1', 2, 'late')] }))
      expect((await store.load()).snapshots).toMatchObject([{ sequence: 3, state: 'new' }])
    })

    it('accepts rows after a snapshot without journal rows', async () => {
      await store.commit(batch({ snapshots: [snapshotRow('user/1', 7)] }))
      await store.commit(batch({ journal: [journalRow(1, 'user/1', 8)] }))
      expect((await store.load()).tail).toHaveLength(1)
    })

    it('drops delivered outbox rows, keeps the order of the others and accepts no number twice', async () => {
      await store.commit(batch({ outbox: [outboxRow(1), outboxRow(2), outboxRow(3)] }))
      await store.commit(batch({ delivered: [2, 2] }))
      expect((await store.load()).outbox.map(({ number }) => number)).toEqual([1, 3])
      await store.commit(batch({ outbox: [outboxRow(4)], delivered: [1, 3, 4] }))
      expect(await store.load()).toMatchObject({ outbox: [], lastOutboxNumber: 4 })
      await expectInvalid(() => store.commit(batch({ outbox: [outboxRow(4)] })))
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
    ])('keeps nothing of a batch with %s, and still works', async (_what, invalid) => {
      await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
      const before = await store.load()
      await expectInvalid(() => store.commit(invalid))
      expect(await store.load()).toEqual(before)
      await store.commit(batch({ journal: [journalRow(2, 'user/1', 2)], outbox: [outboxRow(2)] }))
      expect(await store.load()).toMatchObject({ lastPosition: 2, lastOutboxNumber: 2 })
    })

    it('keeps nothing of a batch with a value that is not JSON', async () => {
      const cycle: { self?: Json } = {}
      Object.assign(cycle, { self: cycle })
      const invalid = batch({
        journal: [journalRow(1, 'user/1', 1)],
        outbox: [outboxRow(1, Object.freeze({ ...cycle }))],
      })
      await expectInvalid(() => store.commit(invalid))
      expect(await store.load()).toEqual(EMPTY)
    })

    it('does not change when values are changed after the commit', async () => {
      const state = { count: 1 }
      await store.commit(batch({ snapshots: [snapshotRow('user/1', 1, state)] }))
      state.count = 2
      expect((await store.load()).snapshots).toMatchObject([{ state: { count: 1 } }])
    })

    it('does not load ended aggregates, and accepts no more input for them', async () => {
      const journal = [journalRow(1, 'call/1', 1), journalRow(2, 'call/2', 1)]
      await store.commit(
        batch({ journal, snapshots: [snapshotRow('call/1', 1)], ended: ['call/1', 'call/1', 'call/9'] }),
      )
      expect(await store.load()).toMatchObject({ snapshots: [], tail: [{ aggregate: 'call/2' }], lastPosition: 2 })
      await expectInvalid(() => store.commit(batch({ journal: [journalRow(3, 'call/1', 2)] })))
      await store.commit(batch({ journal: [journalRow(3, 'call/2', 2)], ended: ['call/2'] }))
      expect(await store.load()).toMatchObject({ snapshots: [], tail: [], lastPosition: 3 })
    })

    it('replaces characters of an error text that not every store can keep', async () => {
      const row = { ...journalRow(1, 'user/1', 1), outcome: 'failed' as const, error: 'a\0b\ud800' }
      await store.commit(batch({ journal: [row] }))
      expect((await store.load()).tail).toMatchObject([{ error: 'a\ufffdb\ufffd' }])
    })

    it('keeps records by collection and key', async () => {
      await store.records.put('subscriptions', 'b', { node: 1 })
      await store.records.put('subscriptions', 'a', 'first')
      await store.records.put('subscriptions', 'a', ['second'])
      await store.records.put('lockouts', 'a', null)
      expect(store.records.list('subscriptions')).toEqual([
        { key: 'a', value: ['second'] },
        { key: 'b', value: { node: 1 } },
      ])
      await store.records.delete('subscriptions', 'a')
      await store.records.delete('subscriptions', 'nobody')
      expect(store.records.list('subscriptions').map(({ key }) => key)).toEqual(['b'])
      expect(store.records.list('lockouts')).toEqual([{ key: 'a', value: null }])
      expect(store.records.list('nothing')).toEqual([])
      await expectInvalid(() => store.records.put('lockouts', '', 1))
    })

    it('is like a new store after `clear`, with another id', async () => {
      const before = store.id
      await store.commit(
        batch({
          journal: [journalRow(1, 'user/1', 1), journalRow(2, 'call/7', 1)],
          snapshots: [snapshotRow('user/1', 1)],
          outbox: [outboxRow(1), outboxRow(2)],
          delivered: [1],
          ended: ['call/7'],
        }),
      )
      await store.records.put('lockouts', 'a', 1)
      await store.clear()
      expect(await store.load()).toEqual(EMPTY)
      expect(store.records.list('lockouts')).toEqual([])
      expect(store.id).not.toBe(before)
      expect(store.history?.storeId ?? store.id).toBe(store.id)
      expect((await store.history?.aggregates()) ?? []).toEqual([])
      expect(await store.compact(1e15)).toBe(false)
      // Numbers begin at 1 again, and the names of ended aggregates can be used.
      const again = batch({ journal: [journalRow(1, 'call/7', 1)], outbox: [outboxRow(1)] })
      await store.commit(again)
      expect(await store.load()).toMatchObject({ tail: again.journal, lastPosition: 1, lastOutboxNumber: 1 })
    })

    it('refuses everything after it was closed; closing twice is allowed', async () => {
      await store.close()
      await store.close()
      const closed = { code: 'CLOSED' }
      await expect(async () => store.load()).rejects.toMatchObject(closed)
      await expect(async () => store.commit(batch({}))).rejects.toMatchObject(closed)
      expect(() => store.records.list('x')).toThrow(expect.objectContaining(closed))
      await expect(async () => store.records.put('x', 'y', 1)).rejects.toMatchObject(closed)
      await expect(async () => store.compact(1)).rejects.toMatchObject(closed)
      await expect(async () => store.clear()).rejects.toMatchObject(closed)
    })
  })
}

async function expectInvalid(run: () => void | Promise<void>): Promise<void> {
  const refused = await refusal(run)
  expect(refused.code).toBe('INVALID_BATCH')
}
