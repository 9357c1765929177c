/** Tests of the history of a store, for every kind of store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { History, JournalRow, RewritePlace, Rewriting, Store } from '../../src/engine/ports.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

const SPACING = 1000

/** Commits `count` rows of one aggregate, one every 100 ms from time 0, with a snapshot after every tenth row. */
function fill(store: Store, aggregate: string, count: number, from = 1): void {
  const first = store.load().lastPosition + 1
  for (let n = from; n < from + count; n += 1) {
    const row = { ...journalRow(first + n - from, aggregate, n, { n }), at: n * 100 }
    const snapshots = n % 10 === 0 ? [snapshotRow(aggregate, n, { n }, n * 100)] : []
    store.commit(batch({ journal: [row], snapshots }))
  }
}

function historyOf(store: Store): History {
  if (store.history === undefined) throw new Error('the store keeps no history')
  return store.history
}

function compactAll(store: Store, before: number): number {
  let pieces = 1
  while (store.compact(before)) pieces += 1
  return pieces
}

const sequences = (rows: Iterable<{ readonly sequence: number }>) => [...rows].map(({ sequence }) => sequence)
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A rewrite that changes only the given parts. */
function rewriting(parts: Partial<Rewriting>): Rewriting {
  return { input: ({ input }) => input, state: ({ state }) => state, payload: ({ payload }) => payload, ...parts }
}

export function historyCases(name: string, create: (historySpacing?: number) => Store): void {
  describe(`history of ${name}`, () => {
    let store: Store
    let history: History
    beforeEach(() => {
      store = create(SPACING)
      history = historyOf(store)
    })
    afterEach(() => store.close())

    it('is empty at first', () => {
      expect(history).toMatchObject({ storeId: store.id, lastPosition: 0, lastOutboxNumber: 0 })
      expect(history.aggregates()).toEqual([])
      expect(history.aggregate('user/1')).toBeUndefined()
      expect(history.snapshot('user/1', 1)).toBeUndefined()
      expect(history.row(1)).toBeUndefined()
      expect([...history.all(0)]).toEqual([])
    })

    it('returns every row as it was written', () => {
      const rows: readonly JournalRow[] = [
        { ...journalRow(1, 'user/1', 1, { a: 1 }), origin: { via: 'rest', by: '1' }, made: 'task-1', outbox: [1, 2] },
        { ...journalRow(2, 'queue/1', 1), cause: 1 },
        { ...journalRow(3, 'user/1', 2), cause: 2, outcome: 'failed', error: 'no' },
        { ...journalRow(4, 'queue/1', 2), cause: 1, origin: { via: 'engine' } },
      ]
      store.commit(
        batch({ journal: rows, snapshots: [snapshotRow('user/1', 2)], outbox: [outboxRow(1), outboxRow(2)] }),
      )
      store.commit(batch({ delivered: [1] }))
      expect([...history.all(0)]).toEqual(rows)
      expect([...history.all(2)]).toEqual(rows.slice(2))
      expect([...history.rows('user/1', 0)]).toEqual([rows[0], rows[2]])
      expect([...history.rows('user/1', 1)]).toEqual([rows[2]])
      expect(history.row(4)).toEqual(rows[3])
      expect(history.causedBy(1)).toEqual([rows[1], rows[3]])
      expect(history.causedBy(4)).toEqual([])
      for (const row of rows) if (row.made !== null) expect(history.madeBy(row.made)).toEqual(row)
      expect(history.madeBy('nobody made this')).toBeUndefined()
      expect(history.outbox()).toEqual([outboxRow(2)])
      expect(history).toMatchObject({ lastPosition: 4, lastOutboxNumber: 2 })
      expect(history.aggregates()).toEqual([
        { name: 'queue/1', ended: false, from: 0, to: 2 },
        { name: 'user/1', ended: false, from: 0, to: 2 },
      ])
    })

    it('reads rows on demand, allows several reads at once, and a read can end early', () => {
      fill(store, 'user/1', 20)
      const [first, second] = [history.all(0), history.rows('user/1', 5)].map((rows) => rows[Symbol.iterator]())
      expect(first?.next().value).toMatchObject({ position: 1 })
      expect(second?.next().value).toMatchObject({ position: 6 })
      expect(first?.next().value).toMatchObject({ position: 2 })
      first?.return?.()
      second?.return?.()
      for (const { position } of history.all(0)) if (position === 3) break
      fill(store, 'user/1', 1, 21)
      expect(history.lastPosition).toBe(21)
    })

    it('has the newest snapshot up to a given time', () => {
      for (const [sequence, at] of [
        [0, 1000],
        [5, 3000],
        [9, 4000],
        [12, 7000],
      ] as const) {
        store.commit(batch({ snapshots: [snapshotRow('user/1', sequence, { sequence }, at)] }))
      }
      expect(history.snapshot('user/1', 999)).toBeUndefined()
      expect(history.snapshot('user/1', 1000)).toMatchObject({ sequence: 0 })
      expect(history.snapshot('user/1', 6999)).toMatchObject({ sequence: 9 })
      expect(history.snapshot('user/1', 7000)).toEqual(snapshotRow('user/1', 12, { sequence: 12 }, 7000))
    })

    it('keeps snapshots at their spacing, and always the oldest and the newest', () => {
      const at = [0, 300, 600, 1200, 1300, 2199, 2200, 2300]
      for (const [index, time] of at.entries()) {
        store.commit(batch({ snapshots: [snapshotRow('user/1', index + 1, {}, time)] }))
        expect(store.load().snapshots).toMatchObject([{ sequence: index + 1 }])
      }
      expect([...history.snapshots('user/1')].map((row) => row.at)).toEqual([0, 1200, 2200, 2300])
    })

    describe('without a spacing', () => {
      /** Commits row `n` with a snapshot. `every`: ms between two rows. */
      const snapshotAt = (on: Store, n: number, every: number, state: string) => {
        const row = { ...journalRow(n, 'user/1', n, {}), at: n * every }
        const isDue = n % 100 === 0 || every > 60_000
        on.commit(batch({ journal: [row], snapshots: isDue ? [snapshotRow('user/1', n, state, n * every)] : [] }))
      }

      it('keeps one snapshot a day of an aggregate with few inputs, so that older rows can be deleted', () => {
        const on = create()
        const past = historyOf(on)
        const quarter = 15 * 60_000
        for (let n = 1; n <= 260; n += 1) snapshotAt(on, n, quarter, 'x'.repeat(20_000))
        expect(sequences(past.snapshots('user/1'))).toEqual([96, 191, 260])
        compactAll(on, 192 * quarter)
        expect(sequences(past.rows('user/1', 0))).toEqual(numbers(192, 260))
        on.close()
      })

      it('keeps more of them after many inputs, the fewer the larger the state is', () => {
        for (const [characters, kept] of [
          [1000, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]],
          [20_000, [300, 600, 900, 1000]],
        ] as const) {
          const on = create()
          for (let n = 1; n <= 1000; n += 1) snapshotAt(on, n, 10_000, 'x'.repeat(characters))
          expect(sequences(historyOf(on).snapshots('user/1'))).toEqual(kept)
          on.close()
        }
      })
    })

    it('replaces a snapshot of the same sequence number and ignores an older one', () => {
      for (const [sequence, state] of [
        [3, 'a'],
        [3, 'b'],
        [2, 'late'],
      ] as const) {
        store.commit(batch({ snapshots: [snapshotRow('user/1', sequence, state)] }))
      }
      expect([...history.snapshots('user/1')]).toEqual([snapshotRow('user/1', 3, 'b')])
    })

    it('compaction deletes what is before the newest snapshot older than the given time, and nothing later', () => {
      fill(store, 'user/1', 65)
      expect(sequences(history.snapshots('user/1'))).toEqual([10, 20, 30, 40, 50, 60])
      compactAll(store, 1000)
      expect(history.aggregate('user/1')?.from).toBe(0)
      compactAll(store, 4000)
      // The snapshot at 4000 is after its input, so the state at 4000 before this input needs the one at 3000.
      expect(sequences(history.snapshots('user/1'))).toEqual([30, 40, 50, 60])
      expect(sequences(history.rows('user/1', 0))).toEqual(numbers(31, 65))
      expect(history.aggregate('user/1')).toEqual({ name: 'user/1', ended: false, from: 30, to: 65 })
      expect(history.snapshot('user/1', 2999)).toBeUndefined()
      expect(history.row(30)).toBeUndefined()
      expect(history.row(31)).toMatchObject({ sequence: 31 })
      expect([...history.all(0)]).toHaveLength(35)
      expect(sequences(store.load().tail)).toEqual(numbers(61, 65))
    })

    it('keeps the snapshot before the first kept row when later snapshots are committed', () => {
      fill(store, 'user/1', 35)
      compactAll(store, 3001)
      store.commit(batch({ snapshots: [snapshotRow('user/1', 34, {}, 3400)] }))
      store.commit(batch({ snapshots: [snapshotRow('user/1', 35, {}, 3500)] }))
      expect(sequences(history.snapshots('user/1'))).toEqual([30, 35])
      expect(sequences(history.rows('user/1', 30))).toEqual(numbers(31, 35))
    })

    it('continues its numbers when the journal is empty after a compaction', () => {
      fill(store, 'user/1', 10)
      compactAll(store, 2000)
      expect([...history.all(0)]).toEqual([])
      expect(store.load()).toMatchObject({ snapshots: [{ sequence: 10 }], tail: [], lastPosition: 10 })
      expect(history.lastPosition).toBe(10)
      const early = batch({ journal: [journalRow(11, 'user/1', 10)] })
      expect(() => store.commit(early)).toThrow(expect.objectContaining({ code: 'INVALID_BATCH' }))
      store.commit(batch({ journal: [journalRow(11, 'user/1', 11)] }))
      expect(sequences(store.load().tail)).toEqual([11])
    })

    it('compaction deletes an ended aggregate with all its rows when its end is old enough', () => {
      fill(store, 'call/1', 15)
      fill(store, 'call/2', 5)
      fill(store, 'user/1', 5)
      store.commit(batch({ ended: ['call/1', 'call/2'] }))
      expect(history.aggregate('call/1')).toEqual({ name: 'call/1', ended: true, from: 0, to: 15 })
      compactAll(store, 500)
      expect(sequences(history.rows('call/2', 0))).toEqual(numbers(1, 5))
      compactAll(store, 1500)
      expect(history.aggregates().map(({ name }) => name)).toEqual(['call/1', 'user/1'])
      compactAll(store, 1501)
      expect(history.aggregates().map(({ name }) => name)).toEqual(['user/1'])
      expect([...history.rows('call/1', 0), ...history.snapshots('call/1')]).toEqual([])
      expect(history.lastPosition).toBe(25)
    })

    it('compacts in pieces, and commits are possible in between', () => {
      const journal = numbers(1, 6000).map((n) => ({ ...journalRow(n, 'user/1', n), at: n }))
      store.commit(batch({ journal, snapshots: [snapshotRow('user/1', 6000, {}, 6000)] }))
      let position = 6000
      while (store.compact(7000)) {
        position += 1
        store.commit(batch({ journal: [{ ...journalRow(position, 'user/1', position), at: position }] }))
        expect(history.aggregate('user/1')).toMatchObject({ from: 6000, to: position })
      }
      expect(sequences(history.rows('user/1', 0))).toEqual(numbers(6001, position))
    })

    it('rewrites inputs, states and payloads in pieces, and reports the progress', () => {
      const journal = numbers(1, 600).map((n) => journalRow(n, `user/${n % 7}`, Math.ceil(n / 7), { who: n % 3, n }))
      const outbox = numbers(1, 300).map((n) => outboxRow(n, { who: n % 3 }))
      const bySequence = journal.map((row) => ({ ...row, sequence: Math.floor((row.position - 1) / 7) + 1 }))
      const snapshots = numbers(0, 6).map((n) => snapshotRow(`user/${n}`, 85, { who: n % 3 }))
      store.commit(batch({ journal: bySequence, snapshots, outbox }))
      const hide = (value: { readonly who?: unknown }) => ({ ...value, who: 'hidden' })
      const isOne = (value: unknown): value is { who: number } =>
        typeof value === 'object' && value !== null && 'who' in value && value.who === 1
      const seen: RewritePlace[] = []
      const change = rewriting({
        input: ({ input }) => (isOne(input) ? hide(input) : input),
        state: ({ state }) => (isOne(state) ? hide(state) : state),
        payload: ({ payload }) => (isOne(payload) ? hide(payload) : payload),
      })
      for (let place = store.rewrite(change, null); place !== null; place = store.rewrite(change, place))
        seen.push(place)
      expect(new Set(seen.map(({ table }) => table))).toEqual(new Set(['journal', 'snapshot', 'outbox']))
      expect(seen.every(({ total }) => total === 907)).toBe(true)
      expect(seen.map((place) => place.seen)).toEqual(seen.map((place) => place.seen).toSorted((a, b) => a - b))
      const left = [...history.all(0)].filter(({ input }) => isOne(input))
      expect(left).toEqual([])
      expect(history.row(2)).toMatchObject({ input: { who: 2, n: 2 } })
      expect(history.row(4)).toMatchObject({ input: { who: 'hidden', n: 4 }, sequence: 1 })
      expect(store.load().snapshots[1]).toMatchObject({ state: { who: 'hidden' } })
      expect(store.load().outbox.slice(0, 2)).toMatchObject([{ payload: { who: 'hidden' } }, { payload: { who: 2 } }])
      expect(store.load().lastPosition).toBe(600)
    })

    it('changes nothing in a piece whose rewrite throws, and still works afterwards', () => {
      fill(store, 'user/1', 5)
      const failing = rewriting({
        input: ({ position, input }) => {
          if (position === 3) throw new Error('cannot')
          return { was: input }
        },
      })
      expect(() => store.rewrite(failing, null)).toThrow('cannot')
      expect([...history.all(0)].map(({ input }) => input)).toEqual(numbers(1, 5).map((n) => ({ n })))
      fill(store, 'user/1', 1, 6)
    })

    it('is closed with its store', () => {
      store.close()
      const closed = expect.objectContaining({ code: 'CLOSED' })
      expect(() => history.aggregates()).toThrow(closed)
      expect(() => [...history.all(0)]).toThrow(closed)
    })
  })
}
