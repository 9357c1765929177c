/** A start refuses a data file that lacks confirmed changes, and accepts one that is older on purpose. */
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/engine/ports.ts'
import { backup, openHistory, sqliteStore } from '../../src/store/index.ts'
import { temporaryDirectory } from './directories.ts'
import { open, refusal } from './opened.ts'
import { batch, journalRow, outboxRow } from './rows.ts'

const ENDS = ['', '-wal', '.commits']

/** A data file as a killed server leaves it: all commits are in the log. */
function killed(work: (store: Store) => void): string {
  const from = join(temporaryDirectory(), 'state.db')
  const file = join(temporaryDirectory(), 'state.db')
  const store = open(from)
  work(store)
  for (const end of ENDS) copyFileSync(`${from}${end}`, `${file}${end}`)
  return file
}

const commit = (store: Store, ...positions: number[]) => {
  for (const position of positions)
    store.commit(batch({ journal: [journalRow(position, 'user/1', position)], outbox: [outboxRow(position)] }))
}

const cutLog = (file: string) => truncateSync(`${file}-wal`, statSync(`${file}-wal`).size - 100)

const WORK: Readonly<Record<string, readonly [work: (store: Store) => void, lack: string]>> = {
  'an input': [(store) => commit(store, 1, 2, 3), 'it ends with input 2, and 3 were confirmed'],
  'a notification': [
    (store) => store.commit(batch({ outbox: [outboxRow(4)] })),
    'it ends with notification 0, and 4 were made',
  ],
  'a subscription': [
    (store) => store.records.put('c', 'k', 1),
    'a change of subscriptions, locks or erasures is not in it',
  ],
  'the end of a subscription': [
    (store) => {
      store.records.put('c', 'k', 1)
      store.records.delete('c', 'k')
    },
    'a change of subscriptions, locks or erasures is not in it',
  ],
}

describe('a log that has lost its end', () => {
  it.each(Object.keys(WORK))('with %s is refused by servers and readers, which change nothing', async (name) => {
    const [work, lack] = WORK[name] ?? []
    const file = killed(work ?? (() => undefined))
    expect(openHistory(file).close()).toBeUndefined()
    cutLog(file)
    const before = ENDS.map((end) => readFileSync(`${file}${end}`))
    for (const run of [() => sqliteStore(file), () => openHistory(file), () => sqliteStore(file)]) {
      const { code, message } = await refusal(run)
      expect(code).toBe('BEHIND')
      expect(message).toBe(
        `${file} lacks confirmed changes: ${lack} (its log lost its end, or an older copy was put in its place); put the right file back, or accept the loss`,
      )
    }
    expect(ENDS.map((end) => readFileSync(`${file}${end}`))).toEqual(before)
  })

  it('is refused when the log is missing', async () => {
    const file = killed((store) => commit(store, 1))
    rmSync(`${file}-wal`)
    expect((await refusal(() => sqliteStore(file))).code).toBe('BEHIND')
  })

  it('is accepted with `acceptOlder`, which is needed once', async () => {
    const file = killed((store) => commit(store, 1, 2, 3))
    cutLog(file)
    const store = sqliteStore(file, { acceptOlder: true })
    expect((await store.load()).lastPosition).toBe(2)
    commit(store, 3)
    await store.close()
    expect((await open(file).load()).lastPosition).toBe(3)
  })

  it('is refused by a backup', async () => {
    const file = killed((store) => commit(store, 1, 2))
    cutLog(file)
    const target = join(temporaryDirectory(), 'copy.db')
    await expect(backup(file, target)).rejects.toMatchObject({ code: 'BEHIND' })
    expect(existsSync(target)).toBe(false)
  })
})

describe('a missing file', () => {
  it('is refused when changes were confirmed, and is not created again without `acceptOlder`', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1, 2)
    await store.close()
    rmSync(file)
    for (const _ of [1, 2]) {
      expect(await refusal(() => sqliteStore(file))).toMatchObject({
        code: 'BEHIND',
        message: expect.stringContaining(`${file} is missing or empty, and 2 inputs were confirmed`),
      })
      writeFileSync(file, '')
    }
    expect((await sqliteStore(file, { acceptOlder: true }).load()).lastPosition).toBe(0)
  })

  it('is not created while the log of a former file is there', async () => {
    const file = killed((store) => commit(store, 1))
    renameSync(file, `${file}.moved`)
    rmSync(`${file}.commits`)
    const { code, message } = await refusal(() => sqliteStore(file))
    expect([code, message]).toEqual([
      'NOT_A_STORE',
      `${file} is missing, but its log ${file}-wal exists: put the file back, or remove ${file}-wal and ${file}-shm`,
    ])
    renameSync(`${file}.moved`, file)
    expect((await open(file).load()).lastPosition).toBe(1)
  })
})

describe('a file that is older on purpose', () => {
  it('starts when it is a backup that was put in the place of the file', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1)
    const copy = join(temporaryDirectory(), 'copy.db')
    await backup(file, copy)
    commit(store, 2, 3)
    await store.close()
    copyFileSync(copy, file)
    const reader = openHistory(file)
    expect(reader.lastPosition).toBe(1)
    reader.close()
    const restored = sqliteStore(file)
    expect((await restored.load()).lastPosition).toBe(1)
    commit(restored, 2)
    await restored.close()
    expect((await open(file).load()).lastPosition).toBe(2)
  })

  it('is refused while the log of the former file is beside it', async () => {
    const file = killed((store) => commit(store, 1))
    const copy = join(temporaryDirectory(), 'copy.db')
    await backup(file, copy)
    copyFileSync(copy, file)
    for (const run of [() => sqliteStore(file), () => openHistory(file)])
      expect(await refusal(run)).toMatchObject({
        code: 'NOT_A_STORE',
        message: `${file}-wal is the log of another file than ${file}: remove ${file}-wal and ${file}-shm`,
      })
    rmSync(`${file}-wal`)
    rmSync(`${file}-shm`, { force: true })
    open(file)
  })

  it('starts when it is a copy without the note beside the file, or with a note that cannot be read', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1)
    await store.close()
    const copy = join(temporaryDirectory(), 'copy.db')
    copyFileSync(file, copy)
    const opened = sqliteStore(copy)
    await opened.close()
    for (const text of [
      '',
      'nonsense',
      readFileSync(`${copy}.commits`, 'utf8').replace('"lastPosition":1', '"lastPosition":9'),
    ]) {
      writeFileSync(`${copy}.commits`, text)
      const again = sqliteStore(copy)
      expect((await again.load()).lastPosition).toBe(1)
      await again.close()
    }
  })

  it('is refused when it is an earlier raw copy, because that looks like a loss', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const first = open(file)
    commit(first, 1)
    await first.close()
    copyFileSync(file, `${file}.old`)
    const second = open(file)
    commit(second, 2)
    await second.close()
    copyFileSync(`${file}.old`, file)
    expect((await refusal(() => sqliteStore(file))).code).toBe('BEHIND')
  })
})

describe('the note beside a file (`.commits`)', () => {
  const noted = (file: string): unknown => JSON.parse(readFileSync(`${file}.commits`, 'utf8').split(' ')[0] ?? '')

  it('says what is committed, after every kind of change', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1)
    expect(noted(file)).toEqual({ history: store.id, lastPosition: 1, lastOutboxNumber: 1, turn: 1 })
    await store.records.put('c', 'k', 1)
    await store.compact(0)
    expect(noted(file)).toEqual({ history: store.id, lastPosition: 1, lastOutboxNumber: 1, turn: 3 })
    expect((await refusal(() => commit(store, 7))).code).toBe('INVALID_BATCH')
    await store.clear()
    expect(noted(file)).toEqual({ history: store.id, lastPosition: 0, lastOutboxNumber: 0, turn: 4 })
  })

  it('is written again after it was removed', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    rmSync(`${file}.commits`)
    while (!existsSync(`${file}.commits`)) await new Promise((resolve) => setImmediate(resolve))
    expect(noted(file)).toMatchObject({ history: store.id })
  })
})
