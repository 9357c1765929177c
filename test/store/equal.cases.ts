/** Stores behave as the one in memory does, for random input. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Batch, JournalRow, Json, OutboxRow, SnapshotRow, Store } from '../../src/engine/ports.ts'
import { memoryStore, StoreError } from '../../src/store/index.ts'
import { every, journalRow, outboxRow, snapshotRow } from './rows.ts'

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
async function batchOf({ journal, snapshots, outbox, delivered, ended }: Plan, store: Store): Promise<Batch> {
  const { lastPosition, lastOutboxNumber, tail, snapshots: known } = await store.load()
  const sequences = new Map(known.map((row) => [row.aggregate, row.sequence]))
  for (const row of tail) sequences.set(row.aggregate, row.sequence)
  const rows = journal.map(({ aggregate, slip, positionSlip, input }, index) => {
    const sequence = (sequences.get(aggregate) ?? 0) + 1
    sequences.set(aggregate, sequence)
    return journalRow(lastPosition + index + 1 + positionSlip, aggregate, sequence + slip, input)
  })
  return {
    journal: rows,
    snapshots: await Promise.all(
      snapshots.map(async ({ aggregate, back, state }) => {
        const sequence = Math.max(0, (sequences.get(aggregate) ?? 0) - back)
        return snapshotRow(aggregate, sequence, state, await timeOf(store, rows, aggregate, sequence))
      }),
    ),
    outbox: outbox.map(({ slip, payload }, index) => outboxRow(lastOutboxNumber + index + 1 + slip, payload)),
    delivered: delivered.map((back) => Math.max(0, lastOutboxNumber - back)),
    ended: ended === null ? [] : [ended],
  }
}

/** A snapshot has the time of its last input. */
async function timeOf(store: Store, rows: readonly JournalRow[], aggregate: string, sequence: number): Promise<number> {
  const kept = [...(await every(store.history?.rows(aggregate, sequence - 1) ?? [])), ...rows]
  const row = kept.find((each) => each.aggregate === aggregate && each.sequence === sequence)
  const snapshots = await every(store.history?.snapshots(aggregate) ?? [])
  return row?.at ?? snapshots.findLast((each) => each.sequence <= sequence)?.at ?? START
}

async function outcome(run: () => void | Promise<void>, of: 'message' | 'code' = 'message'): Promise<string> {
  try {
    await run()
    return 'kept'
  } catch (error) {
    if (error instanceof StoreError) return error[of]
    throw error
  }
}

/** Everything that the history of a store shows. */
async function shown(store: Store) {
  const { history } = store
  if (history === undefined) return undefined
  const aggregates = await history.aggregates()
  return {
    aggregates,
    each: await Promise.all(
      aggregates.map(async ({ name, from }) => ({
        one: await history.aggregate(name),
        rows: await every(history.rows(name, from)),
        snapshots: await every(history.snapshots(name)),
        snapshot: await history.snapshot(name, START + Math.floor(history.lastPosition / 2)),
      })),
    ),
    all: await every(history.all(0)),
    row: await history.row(Math.ceil(history.lastPosition / 2)),
    outbox: await history.outbox(),
    ends: [history.lastPosition, history.lastOutboxNumber],
  }
}

/** Expects that for each aggregate the history has the base that it names, and all rows after it. */
async function expectWhole(store: Store): Promise<void> {
  for (const { name, from, to } of (await store.history?.aggregates()) ?? []) {
    const snapshots = await every(store.history?.snapshots(name) ?? [])
    if (from > 0) expect(snapshots[0]?.sequence).toBe(from)
    const rows = (await every(store.history?.rows(name, from) ?? [])).map(({ sequence }) => sequence)
    const first = rows[0] ?? to + 1
    // A snapshot may have been committed without the rows before it.
    expect(rows).toEqual(Array.from({ length: to - first + 1 }, (_, index) => first + index))
  }
}

function run({ compact, rewrite, record }: Plan, store: Store): Promise<string> {
  return outcome(async () => {
    if (compact !== null) while (await store.compact(START + Math.max(0, (await store.load()).lastPosition - compact)));
    if (rewrite !== null) {
      const change = {
        input: (row: JournalRow) => (row.aggregate === rewrite ? 'rewritten' : row.input),
        state: (row: SnapshotRow) => (row.aggregate === rewrite ? 'rewritten' : row.state),
        payload: (row: OutboxRow) => (row.number % 5 === 0 ? 'rewritten' : row.payload),
      }
      for (let place = await store.rewrite(change, null); place !== null; ) place = await store.rewrite(change, place)
    }
    if (record !== null) await store.records.put('c', record.key, record.value)
  })
}

interface Agreement {
  readonly numRuns: number
  /** Without a search for the shortest failure, which takes long with a slow store. */
  readonly endOnFailure?: boolean
  /** What is compared of a refusal. Of a batch with two faults, not every store finds the same one first. */
  readonly refusals?: 'message' | 'code'
}

/**
 * Plays random batches, compactions and rewrites with stores of a kind. `create` makes an empty one that keeps the given
 * distance (ms) between two snapshots.
 */
export async function agreesWithMemory(
  create: (historySpacing: number) => Store | Promise<Store>,
  parameters: Agreement,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { maxLength: 16 }), async (plans) => {
      const present = memoryStore()
      const memory = memoryStore({ keep: 'history', historySpacing: 5 })
      const other = await create(5)
      try {
        for (const each of plans) {
          const next = await batchOf(each, memory)
          const committed = await outcome(() => memory.commit(next), parameters.refusals)
          for (const store of [present, other])
            expect(await outcome(() => store.commit(next), parameters.refusals)).toBe(committed)
          const worked = await run(each, memory)
          for (const store of [present, other]) {
            expect(await run(each, store)).toBe(worked)
            expect(await store.load()).toEqual(await memory.load())
            expect(store.records.list('c')).toEqual(memory.records.list('c'))
          }
          expect(await shown(other)).toEqual(await shown(memory))
          await expectWhole(other)
        }
      } finally {
        await other.close()
      }
    }),
    parameters,
  )
}
