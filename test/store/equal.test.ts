/** The stores in memory and in SQLite behave alike for random input. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Batch, JournalRow, Json, OutboxRow, SnapshotRow, Store } from '../../src/engine/ports.ts'
import { memoryStore, StoreError, sqliteStore } from '../../src/store/index.ts'
import { journalRow, outboxRow, snapshotRow } from './rows.ts'

/** Time of position 0 in these tests; a row's position is its time. */
const START = 1_700_000_000_000

const aggregate = fc.constantFrom('user/1', 'user/2', 'call/1', 'queue/5001')
const json = fc.json().map((text): Json => JSON.parse(text))
/** An error of a number: mostly 0, sometimes not. */
const slip = fc.oneof(
  { weight: 30, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) },
)

const plan = fc.record({
  journal: fc.array(fc.record({ aggregate, slip, positionSlip: slip, input: json }), { maxLength: 6 }),
  snapshots: fc.array(fc.record({ aggregate, back: fc.nat(3), state: json }), { maxLength: 2 }),
  outbox: fc.array(fc.record({ slip, payload: json }), { maxLength: 4 }),
  delivered: fc.array(fc.nat(12), { maxLength: 4 }),
  ended: fc.option(aggregate, { freq: 6 }),
  /** Compaction of everything older than so many positions. */
  compact: fc.option(fc.nat(30), { freq: 3 }),
  /** Erasure of this aggregate. */
  rewrite: fc.option(aggregate, { freq: 6 }),
  record: fc.option(fc.record({ key: fc.string({ unit: 'binary', maxLength: 4 }), value: json })),
})
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never

/** A batch that continues the numbers of the store, except for the slips. */
function batchOf({ journal, snapshots, outbox, delivered, ended }: Plan, store: Store): Batch {
  const { lastPosition, lastOutboxNumber, tail, snapshots: known } = store.load()
  const sequences = new Map(known.map((row) => [row.aggregate, row.sequence]))
  for (const row of tail) sequences.set(row.aggregate, row.sequence)
  const rows = journal.map(({ aggregate, slip, positionSlip, input }, index) => {
    const sequence = (sequences.get(aggregate) ?? 0) + 1
    sequences.set(aggregate, sequence)
    return journalRow(lastPosition + index + 1 + positionSlip, aggregate, sequence + slip, input)
  })
  return {
    journal: rows,
    snapshots: snapshots.map(({ aggregate, back, state }) => {
      const sequence = Math.max(0, (sequences.get(aggregate) ?? 0) - back)
      return snapshotRow(aggregate, sequence, state, timeOf(store, rows, aggregate, sequence))
    }),
    outbox: outbox.map(({ slip, payload }, index) => outboxRow(lastOutboxNumber + index + 1 + slip, payload)),
    delivered: delivered.map((back) => Math.max(0, lastOutboxNumber - back)),
    ended: ended === null ? [] : [ended],
  }
}

/** A snapshot has the time of its last input. */
function timeOf(store: Store, rows: readonly JournalRow[], aggregate: string, sequence: number): number {
  const kept = [...(store.history?.rows(aggregate, sequence - 1) ?? []), ...rows]
  const row = kept.find((each) => each.aggregate === aggregate && each.sequence === sequence)
  const snapshots = [...(store.history?.snapshots(aggregate) ?? [])]
  return row?.at ?? snapshots.findLast((each) => each.sequence <= sequence)?.at ?? START
}

function outcome(run: () => void): string {
  try {
    run()
    return 'kept'
  } catch (error) {
    if (error instanceof StoreError) return error.message
    throw error
  }
}

/** Everything that the history of a store shows. */
function shown(store: Store) {
  const { history } = store
  if (history === undefined) return undefined
  const aggregates = history.aggregates()
  return {
    aggregates,
    each: aggregates.map(({ name, from }) => ({
      one: history.aggregate(name),
      rows: [...history.rows(name, from)],
      snapshots: [...history.snapshots(name)],
      snapshot: history.snapshot(name, START + Math.floor(history.lastPosition / 2)),
    })),
    all: [...history.all(0)],
    row: history.row(Math.ceil(history.lastPosition / 2)),
    outbox: history.outbox(),
    ends: [history.lastPosition, history.lastOutboxNumber],
  }
}

/** Expects that for each aggregate the history has the base that it names, and all rows after it. */
function expectWhole(store: Store): void {
  for (const { name, from, to } of store.history?.aggregates() ?? []) {
    const snapshots = [...(store.history?.snapshots(name) ?? [])]
    if (from > 0) expect(snapshots[0]?.sequence).toBe(from)
    const rows = [...(store.history?.rows(name, from) ?? [])].map(({ sequence }) => sequence)
    const first = rows[0] ?? to + 1
    // A snapshot may have been committed without the rows before it.
    expect(rows).toEqual(Array.from({ length: to - first + 1 }, (_, index) => first + index))
  }
}

function run({ compact, rewrite, record }: Plan, store: Store): string {
  return outcome(() => {
    if (compact !== null) while (store.compact(START + Math.max(0, store.load().lastPosition - compact)));
    if (rewrite !== null) {
      const change = {
        input: (row: JournalRow) => (row.aggregate === rewrite ? 'rewritten' : row.input),
        state: (row: SnapshotRow) => (row.aggregate === rewrite ? 'rewritten' : row.state),
        payload: (row: OutboxRow) => (row.number % 5 === 0 ? 'rewritten' : row.payload),
      }
      for (let place = store.rewrite(change, null); place !== null; ) place = store.rewrite(change, place)
    }
    if (record !== null) store.records.put('c', record.key, record.value)
  })
}

it('the stores agree after random batches, compactions and rewrites', () => {
  fc.assert(
    fc.property(fc.array(plan, { maxLength: 16 }), (plans) => {
      const present = memoryStore()
      const memory = memoryStore({ keep: 'history', historySpacing: 5 })
      const sqlite = sqliteStore(':memory:', { historySpacing: 5 })
      try {
        for (const each of plans) {
          const next = batchOf(each, memory)
          const committed = outcome(() => memory.commit(next))
          for (const store of [present, sqlite]) expect(outcome(() => store.commit(next))).toBe(committed)
          const worked = run(each, memory)
          for (const store of [present, sqlite]) {
            expect(run(each, store)).toBe(worked)
            expect(store.load()).toEqual(memory.load())
            expect(store.records.list('c')).toEqual(memory.records.list('c'))
          }
          expect(shown(sqlite)).toEqual(shown(memory))
          expectWhole(sqlite)
        }
      } finally {
        sqlite.close()
      }
    }),
    { numRuns: 150 },
  )
})
