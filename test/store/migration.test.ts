import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openHistory } from '../../src/store/index.ts'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import { SCHEMA_VERSION } from '../../src/store/sqlite/schema.ts'
import { runChild } from './children.ts'
import { temporaryDirectory } from './directories.ts'
import { beside, open, refusal } from './opened.ts'
import { batch, every, journalRow, snapshotRow } from './rows.ts'

/** A data file of schema version 1. */
function oldFile(): string {
  const file = join(temporaryDirectory(), 'state.db')
  const database = new DatabaseSync(file)
  database.exec(readFileSync(join(import.meta.dirname, 'schema-1.sql'), 'utf8'))
  database.exec('PRAGMA journal_mode = WAL')
  database.close()
  return file
}

const NEW_FIELDS = { error: null, origin: null, cause: null, made: null, outbox: null }

async function expectMigrated(file: string): Promise<void> {
  const store = open(file)
  expect(store.id).toBe('4b1c7a52-6a0e-4a43-9a3e-0d9f5b2f8c11')
  expect(await store.load()).toEqual({
    snapshots: [
      {
        aggregate: 'call/1',
        machine: 'call',
        machineVersion: 1,
        sequence: 1,
        at: 1_700_000_000_000,
        state: { over: true },
      },
      snapshotRow('user/1001', 1, { state: 'NOT_READY' }),
    ],
    tail: [
      {
        ...{ position: 3, aggregate: 'user/1001', sequence: 2, at: 1_700_000_001_000, machineVersion: 1 },
        ...{ ...NEW_FIELDS, outcome: 'failed', input: { kind: 'presence' } },
      },
      {
        ...{ position: 4, aggregate: 'user/1002', sequence: 1, at: 1_700_000_002_000, machineVersion: 1 },
        ...{ ...NEW_FIELDS, outcome: 'applied', input: { kind: 'command', text: 'Ünïcödé' } },
      },
    ],
    outbox: [{ number: 3, lane: 'A:user/1001', kind: 'notification', payload: { n: 3 } }],
    lastPosition: 4,
    lastOutboxNumber: 3,
  })
  expect(store.records.list('subscriptions')).toEqual([{ key: 'a', value: [1] }])
  expect(await every(store.history?.all(0) ?? [])).toHaveLength(4)
  await store.commit(
    batch({
      journal: [{ ...journalRow(5, 'user/1001', 3), origin: { via: 'api' }, outbox: [4, 4] }],
      snapshots: [snapshotRow('user/1001', 3, {}, 1_700_000_002_000)],
      ended: ['call/1'],
    }),
  )
  expect((await store.load()).snapshots).toMatchObject([{ aggregate: 'user/1001', sequence: 3 }])
  expect(await every(store.history?.snapshots('user/1001') ?? [])).toHaveLength(1)
  await store.close()
}

describe('a data file of version 1', () => {
  it('is migrated when a store opens it, and accepts commits', async () => {
    const file = oldFile()
    await expectMigrated(file)
    expect(beside(file).prepare('PRAGMA user_version').get()).toEqual({ user_version: SCHEMA_VERSION })
    expect(beside(file).prepare('PRAGMA foreign_key_check').all()).toEqual([])
  })

  it('has the same tables after the migration as a new file', async () => {
    const [migrated, fresh] = [oldFile(), join(temporaryDirectory(), 'state.db')].map((file) => {
      open(file).close()
      const database = beside(file)
      const names = database.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name').all()
      const columns = database
        .prepare(`SELECT t.name AS tbl, c.name, c.type, c."notnull", c.dflt_value, c.pk
          FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c WHERE t.schema = 'main' ORDER BY t.name, c.cid`)
        .all()
      return { names, columns }
    })
    expect(migrated).toEqual(fresh)
  })

  it('is refused by a reader, which changes nothing and says what to do', async () => {
    const file = oldFile()
    const before = readFileSync(file)
    expect(await refusal(() => openHistory(file))).toMatchObject({
      code: 'UNKNOWN_VERSION',
      message: `${file} has schema version 1; a server of this version has to open it once before it is read`,
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('is migrated after a process was killed in the middle of the migration', async () => {
    const file = oldFile()
    const child = runChild(file, 'half-migrated')
    await child.says('half')
    await child.kill()
    expect(beside(file).prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    await expectMigrated(file)
  })

  it('is unchanged when the migration fails', async () => {
    const file = oldFile()
    beside(file).exec('CREATE TABLE snapshot_1 (x)')
    expect((await refusal(() => open(file))).message).toContain('snapshot_1')
    beside(file).exec('DROP TABLE snapshot_1')
    await expectMigrated(file)
  })
})

it('a data file of version 2, whose rows are not packed, is read as before, also together with new rows', async () => {
  const file = join(temporaryDirectory(), 'state.db')
  const input = { kind: 'user', event: { type: 'READY', supervisor: false } }
  const rows = [1, 2].map((n) => ({
    ...journalRow(n, 'user/1001', n, input),
    origin: { via: 'rest', by: '1001' } as const,
  }))
  const first = open(file)
  await first.commit(batch({ journal: rows, snapshots: [snapshotRow('user/1001', 1, input)] }))
  await first.close()
  const database = beside(file)
  const set = (table: string, column: string, value: object) =>
    database.prepare(`UPDATE ${table} SET ${column} = ?`).run(JSON.stringify(value))
  set('journal', 'input', input)
  set('journal', 'origin', { via: 'rest', by: '1001' })
  set('snapshot', 'state', input)
  database.exec('PRAGMA user_version = 2')
  database.close()
  const store = open(file)
  expect(await store.load()).toMatchObject({ snapshots: [snapshotRow('user/1001', 1, input)], tail: rows.slice(1) })
  await store.commit(batch({ journal: [{ ...journalRow(3, 'user/1001', 3, input), origin: { via: 'engine' } }] }))
  expect((await every(store.history?.all(0) ?? [])).map((row) => row.input)).toEqual([input, input, input])
})

it('migrations lead from each version to the present one', async () => {
  expect(MIGRATIONS.map(({ from }) => from)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  expect(MIGRATIONS.map(({ to }) => to)).toEqual(MIGRATIONS.map(({ from }) => from + 1))
  expect(MIGRATIONS.at(-1)?.to).toBe(SCHEMA_VERSION)
})
