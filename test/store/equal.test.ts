/** Both stores answer alike, whatever they are given. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Batch, Json, Store } from '../../src/engine/ports.ts'
import { memoryStore, StoreError, sqliteStore } from '../../src/store/index.ts'
import { outboxRow, snapshotRow } from './rows.ts'

const aggregate = fc.constantFrom('user/1', 'user/2', 'call/1', 'queue/5001')
const json = fc.json().map((text): Json => JSON.parse(text))
/** Mostly the right number, now and then a wrong one. */
const slip = fc.oneof(
  { weight: 30, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) },
)

const plan = fc.record({
  journal: fc.array(fc.record({ aggregate, slip, positionSlip: slip, input: json }), { maxLength: 6 }),
  snapshots: fc.array(fc.record({ aggregate, back: fc.nat(3), state: json }), { maxLength: 2 }),
  outbox: fc.array(fc.record({ slip, payload: json }), { maxLength: 4 }),
  delivered: fc.array(fc.nat(12), { maxLength: 4 }),
  record: fc.option(fc.record({ key: fc.string({ unit: 'binary', maxLength: 4 }), value: json })),
})
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never

/** A batch that goes on from what a store has, but for the slips. */
function batchOf({ journal, snapshots, outbox, delivered }: Plan, store: Store): Batch {
  const { lastPosition, lastOutboxNumber, tail, snapshots: known } = store.load()
  const sequences = new Map(known.map((row) => [row.aggregate, row.sequence]))
  for (const row of tail) sequences.set(row.aggregate, row.sequence)
  const rows = journal.map(({ aggregate, slip, positionSlip, input }, index) => {
    const sequence = (sequences.get(aggregate) ?? 0) + 1
    sequences.set(aggregate, sequence)
    const position = lastPosition + index + 1 + positionSlip
    const at = 1_700_000_000_000 + index
    return { position, aggregate, sequence: sequence + slip, at, machineVersion: 1, outcome: 'applied' as const, input }
  })
  return {
    journal: rows,
    snapshots: snapshots.map(({ aggregate, back, state }) => {
      return snapshotRow(aggregate, Math.max(0, (sequences.get(aggregate) ?? 0) - back), state)
    }),
    outbox: outbox.map(({ slip, payload }, index) => outboxRow(lastOutboxNumber + index + 1 + slip, payload)),
    delivered: delivered.map((back) => Math.max(0, lastOutboxNumber - back)),
  }
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

it('memory and SQLite agree over random batches', () => {
  fc.assert(
    fc.property(fc.array(plan, { maxLength: 12 }), (plans) => {
      const memory = memoryStore()
      const sqlite = sqliteStore(':memory:')
      try {
        for (const each of plans) {
          const next = batchOf(each, memory)
          expect(outcome(() => sqlite.commit(next))).toBe(outcome(() => memory.commit(next)))
          expect(sqlite.load()).toEqual(memory.load())
          const { record } = each
          if (record === null) continue
          const put = (store: Store) => outcome(() => store.records.put('c', record.key, record.value))
          expect(put(sqlite)).toBe(put(memory))
          expect(sqlite.records.list('c')).toEqual(memory.records.list('c'))
        }
      } finally {
        sqlite.close()
      }
    }),
    { numRuns: 150 },
  )
})
