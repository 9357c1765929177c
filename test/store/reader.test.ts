import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type OpenHistory, openHistory } from '../../src/store/index.ts'
import { runChild } from './children.ts'
import { temporaryDirectory } from './directories.ts'
import { beside, open, refusal } from './opened.ts'
import { batch, every, journalRow, outboxRow, snapshotRow } from './rows.ts'

function read(file: string): OpenHistory {
  const history = openHistory(file)
  onTestFinished(() => history.close())
  return history
}

describe('a history that is opened beside a server', () => {
  it('shows one state of the file until it is closed', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    await store.records.put('subscriptions', 'a', 1)
    await store.commit(
      batch({ journal: [journalRow(1, 'user/1', 1)], snapshots: [snapshotRow('user/1', 1)], outbox: [outboxRow(1)] }),
    )
    const history = read(file)
    await store.commit(batch({ journal: [journalRow(2, 'user/1', 2)], outbox: [outboxRow(2)], delivered: [1] }))
    await store.records.put('subscriptions', 'b', 1)
    // Compaction stops after a time limit. On a busy machine one call may do nothing.
    while (await store.compact(Number.MAX_SAFE_INTEGER));
    expect(history).toMatchObject({ storeId: store.id, lastPosition: 1, lastOutboxNumber: 1 })
    expect(await every(history.all(0))).toEqual([journalRow(1, 'user/1', 1)])
    expect(await history.outbox()).toEqual([outboxRow(1)])
    expect(history.records.list('subscriptions')).toEqual([{ key: 'a', value: 1 }])
    expect(await every(read(file).all(0))).toEqual([journalRow(2, 'user/1', 2)])
    history.close()
    history.close()
    expect((await refusal(() => history.lastPosition)).code).toBe('CLOSED')
  })

  it('blocks no server and writes nothing', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const first = open(file)
    await first.commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
    await first.close()
    const before = readFileSync(file)
    const history = read(file)
    expect(history.lastPosition).toBe(1)
    expect(existsSync(`${file}.lock`)).toBe(true)
    const second = open(file)
    await second.commit(batch({ journal: [journalRow(2, 'user/1', 2)] }))
    await second.close()
    expect(history.lastPosition).toBe(1)
    history.close()
    const again = read(file)
    expect(await every(again.all(0))).toHaveLength(2)
    expect(before).toHaveLength(readFileSync(file).length)
  })

  it('reads what a killed server left in its log', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const server = runChild(file, 'commit')
    await server.says('committed')
    await server.kill()
    const before = readFileSync(file)
    expect(read(file)).toMatchObject({ lastPosition: 1, lastOutboxNumber: 1 })
    expect(await every(read(file).rows('user/1', 0))).toHaveLength(1)
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})

describe('a history that cannot be read', () => {
  it('is refused with a reason in one line, and leaves no lock', async () => {
    const directory = temporaryDirectory()
    const text = join(directory, 'notes.txt')
    writeFileSync(text, 'a text file\n'.repeat(100))
    const foreign = join(directory, 'foreign.db')
    beside(foreign).exec('CREATE TABLE t (x)')
    const empty = join(directory, 'empty.db')
    writeFileSync(empty, '')
    mkdirSync(join(directory, 'directory.db'))
    const newer = join(directory, 'newer.db')
    open(newer).close()
    beside(newer).exec('PRAGMA user_version = 7')
    for (const [file, code, reason] of [
      [join(directory, 'nothing.db'), 'NOT_A_STORE', 'does not exist'],
      [join(directory, 'directory.db'), 'NOT_A_STORE', 'illegal operation'],
      [text, 'NOT_A_STORE', 'is not a database'],
      [foreign, 'NOT_A_STORE', 'is a database of another program'],
      [empty, 'NOT_A_STORE', 'is a database of another program'],
      [newer, 'UNKNOWN_VERSION', 'has schema version 7; this version of mrdian knows 1 to 3'],
    ] as const) {
      const error = await refusal(() => openHistory(file))
      expect(error.code).toBe(code)
      expect(error.message).toContain(file)
      expect(error.message).toContain(reason)
      expect(error.message).not.toContain('\n')
      if (file !== newer) expect(existsSync(`${file}.lock`)).toBe(false)
    }
    expect(existsSync(join(directory, 'nothing.db'))).toBe(false)
  })

  it('is refused with the name of the invalid row', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    await open(file).commit(batch({ journal: [journalRow(1, 'user/1', 1), journalRow(2, 'user/1', 2)] }))
    beside(file).exec(`UPDATE journal SET origin = '{"via":"telepathy"}' WHERE position = 2`)
    const rows = read(file).all(0)[Symbol.asyncIterator]()
    expect((await rows.next()).value).toMatchObject({ position: 1 })
    expect(await refusal(() => rows.next())).toMatchObject({
      code: 'CORRUPT',
      message: `${file}: journal row 2: origin is not valid`,
    })
  })
})
