import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sqliteStore } from '../../src/store/index.ts'
import { openDatabase } from '../../src/store/sqlite/open.ts'
import { readPragma } from '../../src/store/sqlite/schema.ts'
import { runChild } from './children.ts'
import { temporaryDirectory } from './directories.ts'
import { historyCases } from './history.cases.ts'
import { beside, open, refusal } from './opened.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'
import { storeCases } from './store.cases.ts'

storeCases('sqliteStore(:memory:)', () => sqliteStore(':memory:'))
storeCases('sqliteStore(file)', () => sqliteStore(join(temporaryDirectory(), 'state.db')))

historyCases('sqliteStore(:memory:)', (historySpacing) => sqliteStore(':memory:', { historySpacing }))
historyCases('sqliteStore(file)', (historySpacing) =>
  sqliteStore(join(temporaryDirectory(), 'state.db'), { historySpacing }),
)

describe('a data file', () => {
  it('is created with its directory, and reopening gives the same content', async () => {
    const file = join(temporaryDirectory(), 'a', 'b', 'state.db')
    const first = open(file)
    await first.commit(
      batch({ journal: [journalRow(1, 'user/1', 1), journalRow(2, 'user/2', 1)], outbox: [outboxRow(1)] }),
    )
    await first.commit(batch({ snapshots: [snapshotRow('user/2', 1)], outbox: [outboxRow(2)], delivered: [2] }))
    await first.records.put('subscriptions', 'a', 1)
    const before = await first.load()
    await first.close()

    const second = open(file)
    expect(second.id).toBe(first.id)
    expect(await second.load()).toEqual(before)
    expect((await second.load()).lastOutboxNumber).toBe(2)
    expect(second.records.list('subscriptions')).toHaveLength(1)
    await second.commit(batch({ journal: [journalRow(3, 'user/1', 2)], outbox: [outboxRow(3)] }))
    expect((await second.load()).lastPosition).toBe(3)
  })

  it('keeps the whole journal, and close leaves no log', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], snapshots: [snapshotRow('user/1', 1)] }))
    await store.close()
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })).toBeUndefined()
    expect(beside(file).prepare('SELECT count(*) AS rows FROM journal').get()).toEqual({ rows: 1 })
  })

  it('has a commit after which the process was killed', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const process = runChild(file, 'commit')
    await process.says('committed')
    await process.kill()
    expect(await open(file).load()).toMatchObject({ lastPosition: 1, lastOutboxNumber: 1 })
  })
})

describe('one writer', () => {
  it('refuses a second store on the file, in this process and under another name', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'state.db')
    open(file)
    symlinkSync(file, join(directory, 'link.db'))
    for (const name of [file, join(directory, 'link.db')]) {
      expect(await refusal(() => sqliteStore(name))).toMatchObject({
        code: 'IN_USE',
        message: `${file} is already open, here or in another process`,
      })
    }
  })

  it('refuses a second process until the first has ended, also by a kill', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const holder = runChild(file, 'hold')
    await holder.says('open')
    expect((await refusal(() => sqliteStore(file))).code).toBe('IN_USE')
    await holder.kill()
    await open(file).commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
  })

  it('lets others read while it writes', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
    const reader = beside(file, true)
    const count = reader.prepare('SELECT count(*) AS rows FROM journal')
    reader.exec('BEGIN')
    expect(count.get()).toEqual({ rows: 1 })
    await store.commit(batch({ journal: [journalRow(2, 'user/1', 2)] }))
    expect(count.get()).toEqual({ rows: 1 })
    reader.exec('COMMIT')
    expect(count.get()).toEqual({ rows: 2 })
  })
})

describe('a commit that the disk refuses', () => {
  it('changes nothing, and the store still works', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
    const before = await store.load()
    const other = beside(file)
    other.exec("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    const next = batch({
      journal: [journalRow(2, 'user/1', 2)],
      snapshots: [snapshotRow('user/1', 2)],
      outbox: [outboxRow(2)],
      delivered: [1],
    })
    const error = await refusal(() => store.commit(next))
    expect(error).toMatchObject({ code: 'FAILED', message: `${file}: disk is full` })
    expect(await store.load()).toEqual(before)
    other.exec('DROP TRIGGER full')
    await store.commit(next)
    expect(await store.load()).toMatchObject({ tail: [], outbox: [{ number: 2 }], lastPosition: 2 })
  })

  it('fails after the time-out when another program holds the write lock', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = sqliteStore(file, { busyTimeout: 10 })
    onTestFinished(() => store.close())
    const other = beside(file)
    other.exec('BEGIN IMMEDIATE')
    const next = batch({ journal: [journalRow(1, 'user/1', 1)] })
    expect((await refusal(() => store.commit(next))).code).toBe('FAILED')
    other.exec('ROLLBACK')
    await store.commit(next)
  })
})

describe('a file that is not a usable store', () => {
  it('is named in the error, which is one line', async () => {
    const directory = temporaryDirectory()
    const text = join(directory, 'notes.txt')
    writeFileSync(text, 'this is a text file and no database\n'.repeat(100))
    const foreign = join(directory, 'foreign.db')
    beside(foreign).exec('CREATE TABLE t (x)')
    const isDirectory = join(directory, 'directory.db')
    mkdirSync(isDirectory)
    for (const file of [text, foreign, isDirectory, join(text, 'below.db')]) {
      const { code, message } = await refusal(() => sqliteStore(file))
      expect(code).toBe('NOT_A_STORE')
      expect(message).toContain(file)
      expect(message).not.toContain('\n')
    }
    expect(readFileSync(text, 'utf8')).toContain('this is a text file')
    expect(beside(foreign).prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
    expect(readdirSync(directory).filter((name) => name.endsWith('.lock'))).toEqual([])
  })

  it('is refused when its schema version is unknown', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    open(file).close()
    beside(file).exec('PRAGMA user_version = 7')
    const { code, message } = await refusal(() => sqliteStore(file))
    expect(code).toBe('UNKNOWN_VERSION')
    expect(message).toBe(`${file} has schema version 7; this version of mrdian knows 1 to 3`)
  })

  it.each([
    ["UPDATE journal SET input = '{' WHERE position = 2", 'journal row 2: input is not JSON'],
    ['UPDATE journal SET at = -1 WHERE position = 2', 'journal row 2: at'],
    ['DELETE FROM journal WHERE position = 2', 'journal row 3: user/1 continues with 3 instead of 2'],
    ["UPDATE snapshot SET state = ''", 'snapshot of user/2: state is not JSON'],
    ["UPDATE outbox SET payload = 'x'", 'outbox row 1: payload is not JSON'],
    ['UPDATE journal SET at = 9223372036854775807 WHERE position = 1', 'too large'],
  ])('is refused with the name of the invalid row after %s', async (damage, expected) => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    await store.commit(
      batch({
        journal: [1, 2, 3].map((n) => journalRow(n, 'user/1', n)),
        snapshots: [snapshotRow('user/2', 1)],
        outbox: [outboxRow(1)],
      }),
    )
    beside(file).exec(damage)
    const { code, message } = await refusal(() => store.load())
    expect(code).toBe('CORRUPT')
    expect(message).toContain(`${file}: `)
    expect(message).toContain(expected)
  })

  it('is refused when pages are damaged', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    for (let n = 1; n <= 200; n += 1) store.commit(batch({ journal: [journalRow(n, 'user/1', n, 'x'.repeat(200))] }))
    await store.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4096)
    writeFileSync(file, bytes)
    expect((await refusal(() => sqliteStore(file).load())).code).toBe('CORRUPT')
  })
})

describe('settings of SQLite', () => {
  it('are WAL and FULL after a write, for a new file and for an existing one', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    for (const times of [1, 2]) {
      const { database, unlock } = openDatabase(file, 10)
      database.exec("INSERT INTO record VALUES ('c', 'k', '1') ON CONFLICT DO UPDATE SET value = '2'")
      expect(readPragma(database, 'journal_mode')).toBe('wal')
      expect(readPragma(database, 'synchronous')).toBe(2)
      expect(readPragma(database, 'foreign_keys')).toBe(1)
      // The store writes this count before it checks the settings itself.
      expect(database.prepare('SELECT times_opened AS times FROM store').get()).toEqual({ times })
      database.close()
      unlock()
    }
  })
})
