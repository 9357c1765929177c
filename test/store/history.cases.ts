/** Tests of the history of a store, for every kind of store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { History, JournalRow, RewritePlace, Rewriting, Store } from '../../src/engine/ports.ts'
import { batch, every, journalRow, outboxRow, snapshotRow } from './rows.ts'

const SPACING = 1000

/** Commits `count` rows of one aggregate, one every 100 ms from time 0, with a snapshot after every tenth row. */
async function fill(store: Store, aggregate: string, count: number, from = 1): Promise<void> {
  const first = (await store.load()).lastPosition + 1
  for (let n = from; n < from + count; n += 1) {
    const row = { ...journalRow(first + n - from, aggregate, n, { n }), at: n * 100 }
    const snapshots = n % 10 === 0 ? [snapshotRow(aggregate, n, { n }, n * 100)] : []
    await store.commit(batch({ journal: [row], snapshots }))
  }
}

function historyOf(store: Store): History {
  if (store.history === undefined) throw new Error('the store keeps no history')
  return store.history
}

async function compactAll(store: Store, before: number): Promise<void> {
  while (await store.compact(before));
}

type Sequenced = { readonly sequence: number }
const sequences = async (rows: Iterable<Sequenced> | AsyncIterable<Sequenced>) =>
  (await every(rows)).map(({ sequence }) => sequence)
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Reads one row at a time. */
async function* iterated<Row>(rows: Iterable<Row> | AsyncIterable<Row>): AsyncGenerator<Row, void> {
  for await (const row of rows) yield row
}

/** A rewrite that changes only the given parts. */
function rewriting(parts: Partial<Rewriting>): Rewriting {
  return { input: ({ input }) => input, state: ({ state }) => state, payload: ({ payload }) => payload, ...parts }
}

export function historyCases(name: string, create: (historySpacing?: number) => Store | Promise<Store>): void {
  describe(`history of ${name}`, () => {
    let store: Store
    let history: History
    beforeEach(async () => {
      store = await create(SPACING)
      history = historyOf(store)
    })
    afterEach(async () => store.close())

    it('is empty at first', async () => {
      expect(history).toMatchObject({ storeId: store.id, lastPosition: 0, lastOutboxNumber: 0 })
      expect(await history.aggregates()).toEqual([])
      expect(await history.aggregate('user/1')).toBeUndefined()
      expect(await history.snapshot('user/1', 1)).toBeUndefined()
      expect(await history.row(1)).toBeUndefined()
      expect(await every(history.all(0))).toEqual([])
    })

    it('returns every row as it was written', async () => {
      const rows: readonly JournalRow[] = [
        { ...journalRow(1, 'user/1', 1, { a: 1 }), origin: { via: 'rest', by: '1' }, made: 'task-1', outbox: [1, 2] },
        { ...journalRow(2, 'queue/1', 1), cause: 1 },
        { ...journalRow(3, 'user/1', 2), cause: 2, outcome: 'failed', error: 'no' },
        { ...journalRow(4, 'queue/1', 2), cause: 1, origin: { via: 'engine' } },
      ]
      await store.commit(
        batch({ journal: rows, snapshots: [snapshotRow('user/1', 2)], outbox: [outboxRow(1), outboxRow(2)] }),
      )
      await store.commit(batch({ delivered: [1] }))
      expect(await every(history.all(0))).toEqual(rows)
      expect(await every(history.all(2))).toEqual(rows.slice(2))
      expect(await every(history.rows('user/1', 0))).toEqual([rows[0], rows[2]])
      expect(await every(history.rows('user/1', 1))).toEqual([rows[2]])
      expect(await history.row(4)).toEqual(rows[3])
      expect(await history.causedBy(1)).toEqual([rows[1], rows[3]])
      expect(await history.causedBy(4)).toEqual([])
      for (const row of rows) if (row.made !== null) expect(await history.madeBy(row.made)).toEqual(row)
      expect(await history.madeBy('nobody made this')).toBeUndefined()
      expect(await history.outbox()).toEqual([outboxRow(2)])
      expect(history).toMatchObject({ lastPosition: 4, lastOutboxNumber: 2 })
      expect(await history.aggregates()).toEqual([
        { name: 'queue/1', ended: false, from: 0, to: 2 },
        { name: 'user/1', ended: false, from: 0, to: 2 },
      ])
    })

    it('reads rows on demand, allows several reads at once, and a read can end early', async () => {
      await fill(store, 'user/1', 20)
      const [first, second] = [iterated(history.all(0)), iterated(history.rows('user/1', 5))]
      expect((await first.next()).value).toMatchObject({ position: 1 })
      expect((await second.next()).value).toMatchObject({ position: 6 })
      expect((await first.next()).value).toMatchObject({ position: 2 })
      await first.return()
      await second.return()
      for await (const { position } of history.all(0)) if (position === 3) break
      await fill(store, 'user/1', 1, 21)
      expect(history.lastPosition).toBe(21)
    })

    it('has the newest snapshot up to a given time', async () => {
      for (const [sequence, at] of [
        [0, 1000],
        [5, 3000],
        [9, 4000],
        [12, 7000],
      ] as const) {
        await store.commit(batch({ snapshots: [snapshotRow('user/1', sequence, { sequence }, at)] }))
      }
      expect(await history.snapshot('user/1', 999)).toBeUndefined()
      expect(await history.snapshot('user/1', 1000)).toMatchObject({ sequence: 0 })
      expect(await history.snapshot('user/1', 6999)).toMatchObject({ sequence: 9 })
      const newest = snapshotRow('user/1', 12, { sequence: 12 }, 7000)
      expect(await history.snapshot('user/1', 7000)).toEqual(newest)
      expect(await history.snapshot('user/1', Number.POSITIVE_INFINITY)).toEqual(newest)
    })

    it('keeps snapshots at their spacing, and always the oldest and the newest', async () => {
      const at = [0, 300, 600, 1200, 1300, 2199, 2200, 2300]
      for (const [index, time] of at.entries()) {
        await store.commit(batch({ snapshots: [snapshotRow('user/1', index + 1, {}, time)] }))
        expect((await store.load()).snapshots).toMatchObject([{ sequence: index + 1 }])
      }
      expect((await every(history.snapshots('user/1'))).map((row) => row.at)).toEqual([0, 1200, 2200, 2300])
    })

    describe('without a spacing', () => {
      /** Commits row `n` with a snapshot. `every`: ms between two rows. */
      const snapshotAt = async (on: Store, n: number, every: number, state: string) => {
        const row = { ...journalRow(n, 'user/1', n, {}), at: n * every }
        const isDue = n % 100 === 0 || every > 60_000
        await on.commit(batch({ journal: [row], snapshots: isDue ? [snapshotRow('user/1', n, state, n * every)] : [] }))
      }

      it('keeps one snapshot a day of an aggregate with few inputs, so that older rows can be deleted', async () => {
        const on = await create()
        const past = historyOf(on)
        const quarter = 15 * 60_000
        for (let n = 1; n <= 260; n += 1) await snapshotAt(on, n, quarter, 'x'.repeat(20_000))
        expect(await sequences(past.snapshots('user/1'))).toEqual([96, 191, 260])
        await compactAll(on, 192 * quarter)
        expect(await sequences(past.rows('user/1', 0))).toEqual(numbers(192, 260))
        await on.close()
      })

      it('keeps more of them after many inputs, the fewer the larger the state is', async () => {
        for (const [characters, kept] of [
          [1000, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]],
          [20_000, [300, 600, 900, 1000]],
        ] as const) {
          const on = await create()
          for (let n = 1; n <= 1000; n += 1) await snapshotAt(on, n, 10_000, 'x'.repeat(characters))
          expect(await sequences(historyOf(on).snapshots('user/1'))).toEqual(kept)
          await on.close()
        }
      })
    })

    it('replaces a snapshot of the same sequence number and ignores an older one', async () => {
      for (const [sequence, state] of [
        [3, 'a'],
        [3, 'b'],
        [2, 'late'],
      ] as const) {
        await store.commit(batch({ snapshots: [snapshotRow('user/1', sequence, state)] }))
      }
      expect(await every(history.snapshots('user/1'))).toEqual([snapshotRow('user/1', 3, 'b')])
    })

    it('compaction deletes what is before the newest snapshot older than the given time, and nothing later', async () => {
      await fill(store, 'user/1', 65)
      expect(await sequences(history.snapshots('user/1'))).toEqual([10, 20, 30, 40, 50, 60])
      await compactAll(store, 1000)
      expect((await history.aggregate('user/1'))?.from).toBe(0)
      await compactAll(store, 4000)
      // The snapshot at 4000 is after its input, so the state at 4000 before this input needs the one at 3000.
      expect(await sequences(history.snapshots('user/1'))).toEqual([30, 40, 50, 60])
      expect(await sequences(history.rows('user/1', 0))).toEqual(numbers(31, 65))
      expect(await history.aggregate('user/1')).toEqual({ name: 'user/1', ended: false, from: 30, to: 65 })
      expect(await history.snapshot('user/1', 2999)).toBeUndefined()
      expect(await history.row(30)).toBeUndefined()
      expect(await history.row(31)).toMatchObject({ sequence: 31 })
      expect(await every(history.all(0))).toHaveLength(35)
      expect(await sequences((await store.load()).tail)).toEqual(numbers(61, 65))
    })

    it('keeps the snapshot before the first kept row when later snapshots are committed', async () => {
      await fill(store, 'user/1', 35)
      await compactAll(store, 3001)
      await store.commit(batch({ snapshots: [snapshotRow('user/1', 34, {}, 3400)] }))
      await store.commit(batch({ snapshots: [snapshotRow('user/1', 35, {}, 3500)] }))
      expect(await sequences(history.snapshots('user/1'))).toEqual([30, 35])
      expect(await sequences(history.rows('user/1', 30))).toEqual(numbers(31, 35))
    })

    it('continues its numbers when the journal is empty after a compaction', async () => {
      await fill(store, 'user/1', 10)
      await compactAll(store, 2000)
      expect(await every(history.all(0))).toEqual([])
      expect(await store.load()).toMatchObject({ snapshots: [{ sequence: 10 }], tail: [], lastPosition: 10 })
      expect(history.lastPosition).toBe(10)
      const early = batch({ journal: [journalRow(11, 'user/1', 10)] })
      await expect(async () => store.commit(early)).rejects.toMatchObject({ code: 'INVALID_BATCH' })
      await store.commit(batch({ journal: [journalRow(11, 'user/1', 11)] }))
      expect(await sequences((await store.load()).tail)).toEqual([11])
    })

    it('compaction deletes an ended aggregate with all its rows when its end is old enough', async () => {
      await fill(store, 'call/1', 15)
      await fill(store, 'call/2', 5)
      await fill(store, 'user/1', 5)
      await store.commit(batch({ ended: ['call/1', 'call/2'] }))
      expect(await history.aggregate('call/1')).toEqual({ name: 'call/1', ended: true, from: 0, to: 15 })
      await compactAll(store, 500)
      expect(await sequences(history.rows('call/2', 0))).toEqual(numbers(1, 5))
      await compactAll(store, 1500)
      expect((await history.aggregates()).map(({ name }) => name)).toEqual(['call/1', 'user/1'])
      await compactAll(store, 1501)
      expect((await history.aggregates()).map(({ name }) => name)).toEqual(['user/1'])
      expect(await every(history.rows('call/1', 0))).toEqual([])
      expect(await every(history.snapshots('call/1'))).toEqual([])
      expect(history.lastPosition).toBe(25)
    })

    it('compacts in pieces, and commits are possible in between', async () => {
      const journal = numbers(1, 6000).map((n) => ({ ...journalRow(n, 'user/1', n), at: n }))
      await store.commit(batch({ journal, snapshots: [snapshotRow('user/1', 6000, {}, 6000)] }))
      let position = 6000
      while (await store.compact(7000)) {
        position += 1
        await store.commit(batch({ journal: [{ ...journalRow(position, 'user/1', position), at: position }] }))
        expect(await history.aggregate('user/1')).toMatchObject({ from: 6000, to: position })
      }
      expect(await sequences(history.rows('user/1', 0))).toEqual(numbers(6001, position))
    })

    it('rewrites inputs, states and payloads in pieces, and reports the progress', async () => {
      const journal = numbers(1, 600).map((n) => journalRow(n, `user/${n % 7}`, Math.ceil(n / 7), { who: n % 3, n }))
      const outbox = numbers(1, 300).map((n) => outboxRow(n, { who: n % 3 }))
      const bySequence = journal.map((row) => ({ ...row, sequence: Math.floor((row.position - 1) / 7) + 1 }))
      const snapshots = numbers(0, 6).map((n) => snapshotRow(`user/${n}`, 85, { who: n % 3 }))
      await store.commit(batch({ journal: bySequence, snapshots, outbox }))
      const hide = (value: { readonly who?: unknown }) => ({ ...value, who: 'hidden' })
      const isOne = (value: unknown): value is { who: number } =>
        typeof value === 'object' && value !== null && 'who' in value && value.who === 1
      const seen: RewritePlace[] = []
      const change = rewriting({
        input: ({ input }) => (isOne(input) ? hide(input) : input),
        state: ({ state }) => (isOne(state) ? hide(state) : state),
        payload: ({ payload }) => (isOne(payload) ? hide(payload) : payload),
      })
      for (let place = await store.rewrite(change, null); place !== null; place = await store.rewrite(change, place))
        seen.push(place)
      expect(new Set(seen.map(({ table }) => table))).toEqual(new Set(['journal', 'snapshot', 'outbox']))
      expect(seen.every(({ total }) => total === 907)).toBe(true)
      expect(seen.map((place) => place.seen)).toEqual(seen.map((place) => place.seen).toSorted((a, b) => a - b))
      const left = (await every(history.all(0))).filter(({ input }) => isOne(input))
      expect(left).toEqual([])
      expect(await history.row(2)).toMatchObject({ input: { who: 2, n: 2 } })
      expect(await history.row(4)).toMatchObject({ input: { who: 'hidden', n: 4 }, sequence: 1 })
      expect((await store.load()).snapshots[1]).toMatchObject({ state: { who: 'hidden' } })
      expect((await store.load()).outbox.slice(0, 2)).toMatchObject([
        { payload: { who: 'hidden' } },
        { payload: { who: 2 } },
      ])
      expect((await store.load()).lastPosition).toBe(600)
    })

    it('changes nothing in a piece whose rewrite throws, and still works afterwards', async () => {
      await fill(store, 'user/1', 5)
      const failing = rewriting({
        input: ({ position, input }) => {
          if (position === 3) throw new Error('cannot')
          return { was: input }
        },
      })
      await expect(async () => store.rewrite(failing, null)).rejects.toThrow('cannot')
      expect((await every(history.all(0))).map(({ input }) => input)).toEqual(numbers(1, 5).map((n) => ({ n })))
      await fill(store, 'user/1', 1, 6)
    })

    it('is closed with its store', async () => {
      await store.close()
      const closed = { code: 'CLOSED' }
      await expect(async () => history.aggregates()).rejects.toMatchObject(closed)
      await expect(every(history.all(0))).rejects.toMatchObject(closed)
    })
  })
}
