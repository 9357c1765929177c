/** How a rescue makes the saved rows consistent when rows are missing. */
import { join as joinPath } from 'node:path'
import { expect, it } from 'vitest'
import { join } from '../../src/store/rescue/joining.ts'
import { temporaryDirectory } from './directories.ts'
import { beside, open } from './opened.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

/** Ten inputs of two users in turn. Odd positions are of user/1, even ones of user/2. */
function story(snapshots: readonly ReturnType<typeof snapshotRow>[]) {
  const file = joinPath(temporaryDirectory(), 'state.db')
  const store = open(file, { historySpacing: 0 })
  for (let position = 1; position <= 10; position += 1) {
    const [aggregate, sequence] = [`user/${position % 2 === 1 ? 1 : 2}`, Math.ceil(position / 2)]
    // Each input of user/1 causes the next one of user/2.
    const cause = position % 2 === 0 ? position - 1 : null
    const row = { ...journalRow(position, aggregate, sequence), cause, outbox: [position, position] as const }
    const due = snapshots.filter((each) => each.aggregate === aggregate && each.sequence === sequence)
    store.commit(batch({ journal: [row], snapshots: due, outbox: [outboxRow(position)] }))
  }
  store.close()
  const database = beside(file)
  database.exec('PRAGMA foreign_keys = OFF')
  const lose = (position: number) => {
    database.prepare('DELETE FROM journal WHERE position = ?').run(position)
    return { aggregate: position % 2 === 1 ? 'user/1' : 'user/2', sequence: Math.ceil(position / 2), position }
  }
  const positions = () =>
    database
      .prepare('SELECT position FROM journal ORDER BY position')
      .all()
      .map((row) => row.position)
  return { database, lose, positions }
}

it('keeps the present state when a snapshot is later than the missing row, and drops earlier rows of that user', async () => {
  const { database, lose, positions } = story([snapshotRow('user/1', 1), snapshotRow('user/1', 4)])
  expect(join(database, [lose(5)])).toEqual({
    cut: undefined,
    unjoined: [{ aggregate: 'user/1', lost: 'history', rows: 3 }],
  })
  expect(positions()).toEqual([2, 4, 6, 8, 9, 10])
})

it('sets all aggregates back to before the first cause of a missing row when no snapshot is later', async () => {
  const { database, lose, positions } = story([])
  expect(join(database, [lose(6)])).toEqual({
    cut: { position: 4, at: 1_700_000_000_004, inputs: 5 },
    unjoined: [],
  })
  expect(positions()).toEqual([1, 2, 3, 4])
  expect(database.prepare('SELECT max(number) AS last FROM outbox').get()).toEqual({ last: 4 })
})

it('reports an aggregate of which nothing can be reconstructed', async () => {
  const { database, lose, positions } = story([snapshotRow('user/2', 3)])
  expect(join(database, [lose(1)]).unjoined).toContainEqual({ aggregate: 'user/1', lost: 'all', rows: 4 })
  expect(positions()).toEqual([2, 4, 6, 8, 10])
})

it('reports an aggregate that keeps a later state because compaction has deleted its state of that moment', async () => {
  const { database, lose, positions } = story([snapshotRow('user/1', 4, {}, 1_700_000_000_007)])
  // As after a compaction: nothing of this user is before its newest snapshot that is old enough.
  database.exec("DELETE FROM journal WHERE aggregate = 'user/1' AND sequence <= 4; UPDATE journal SET cause = NULL")
  expect(join(database, [lose(6)])).toEqual({
    cut: { position: 3, at: 1_700_000_000_002, inputs: 4 },
    unjoined: [{ aggregate: 'user/1', lost: 'moment', rows: 0 }],
  })
  expect(positions()).toEqual([2])
})

it('deletes snapshots that are later than the moment to which all aggregates are set back', async () => {
  // Two of the snapshots of user/2 are later than this moment: they contain input 6 or later.
  const { database, lose, positions } = story([1, 3, 5].map((sequence) => snapshotRow('user/2', sequence)))
  expect(join(database, [lose(7)])).toEqual({
    cut: { position: 4, at: 1_700_000_000_004, inputs: 5 },
    unjoined: [],
  })
  expect(positions()).toEqual([1, 2, 3, 4])
  const left = database.prepare('SELECT aggregate, sequence FROM snapshot').all()
  expect(left).toEqual([{ aggregate: 'user/2', sequence: 1 }])
})

it('removes an end after that moment, and aggregates that began after it', async () => {
  const { database, lose } = story([])
  database.exec("UPDATE aggregate SET ended_at = 1700000000010 WHERE name = 'user/2'")
  database.exec("INSERT INTO aggregate (name) VALUES ('call/1')")
  database.exec(`
    INSERT INTO journal (position, aggregate, sequence, at, machine_version, outcome, input)
    VALUES (11, 'call/1', 1, 1700000000011, 1, 'applied', '{}')`)
  // The only input of another call is missing.
  database.exec("INSERT INTO aggregate (name) VALUES ('call/2')")
  const missing = { aggregate: 'call/2', sequence: 1, position: 12 }
  expect(join(database, [lose(7), missing]).unjoined).toEqual([])
  expect(database.prepare('SELECT name, ended_at FROM aggregate ORDER BY name').all()).toEqual([
    { name: 'user/1', ended_at: null },
    { name: 'user/2', ended_at: null },
  ])
})

it('does not set back because of a missing input of an ended aggregate', async () => {
  const { database, lose, positions } = story([])
  database.exec("UPDATE aggregate SET ended_at = 1700000000010 WHERE name = 'user/2'")
  expect(join(database, [lose(6)]).cut).toBeUndefined()
  expect(positions()).toEqual([1, 2, 3, 4, 5, 7, 9])
})
