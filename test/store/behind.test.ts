/** A data file that lacks what was confirmed says so at the start; one that is older on purpose starts. */
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

/** A data file as a killed server leaves it: all that was committed is in the log. */
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
  it.each(Object.keys(WORK))('is noticed by the lack of %s, by servers and by readers; nothing is changed', (name) => {
    const [work, lack] = WORK[name] ?? []
    const file = killed(work ?? (() => undefined))
    expect(openHistory(file).close()).toBeUndefined()
    cutLog(file)
    const before = ENDS.map((end) => readFileSync(`${file}${end}`))
    for (const run of [() => sqliteStore(file), () => openHistory(file), () => sqliteStore(file)]) {
      const { code, message } = refusal(run)
      expect(code).toBe('BEHIND')
      expect(message).toBe(
        `${file} lacks confirmed changes: ${lack} (its log lost its end, or an older copy was put in its place); put the right file back, or accept the loss`,
      )
    }
    expect(ENDS.map((end) => readFileSync(`${file}${end}`))).toEqual(before)
  })

  it('is noticed when nothing is left of it', () => {
    const file = killed((store) => commit(store, 1))
    rmSync(`${file}-wal`)
    expect(refusal(() => sqliteStore(file)).code).toBe('BEHIND')
  })

  it('is accepted when told so, once', () => {
    const file = killed((store) => commit(store, 1, 2, 3))
    cutLog(file)
    const store = sqliteStore(file, { acceptOlder: true })
    expect(store.load().lastPosition).toBe(2)
    commit(store, 3)
    store.close()
    expect(open(file).load().lastPosition).toBe(3)
  })

  it('is not passed on by a backup', async () => {
    const file = killed((store) => commit(store, 1, 2))
    cutLog(file)
    const target = join(temporaryDirectory(), 'copy.db')
    await expect(backup(file, target)).rejects.toMatchObject({ code: 'BEHIND' })
    expect(existsSync(target)).toBe(false)
  })
})

describe('a file that is not there', () => {
  it('is noticed when something was confirmed, and is not made anew in silence', () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1, 2)
    store.close()
    rmSync(file)
    for (const _ of [1, 2]) {
      expect(refusal(() => sqliteStore(file))).toMatchObject({
        code: 'BEHIND',
        message: expect.stringContaining(`${file} is missing or empty, and 2 inputs were confirmed`),
      })
      writeFileSync(file, '')
    }
    expect(sqliteStore(file, { acceptOlder: true }).load().lastPosition).toBe(0)
  })

  it('is not made anew over the log of another', () => {
    const file = killed((store) => commit(store, 1))
    renameSync(file, `${file}.moved`)
    rmSync(`${file}.commits`)
    const { code, message } = refusal(() => sqliteStore(file))
    expect([code, message]).toEqual([
      'NOT_A_STORE',
      `${file} is missing, and its log ${file}-wal is there: put the file back, or remove ${file}-wal and ${file}-shm`,
    ])
    renameSync(`${file}.moved`, file)
    expect(open(file).load().lastPosition).toBe(1)
  })
})

describe('a file that is older on purpose', () => {
  it('starts: a backup, put in the place of the file', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1)
    const copy = join(temporaryDirectory(), 'copy.db')
    await backup(file, copy)
    commit(store, 2, 3)
    store.close()
    copyFileSync(copy, file)
    const reader = openHistory(file)
    expect(reader.lastPosition).toBe(1)
    reader.close()
    const restored = sqliteStore(file)
    expect(restored.load().lastPosition).toBe(1)
    commit(restored, 2)
    restored.close()
    expect(open(file).load().lastPosition).toBe(2)
  })

  it('is refused while the log of the former file lies beside it', async () => {
    const file = killed((store) => commit(store, 1))
    const copy = join(temporaryDirectory(), 'copy.db')
    await backup(file, copy)
    copyFileSync(copy, file)
    for (const run of [() => sqliteStore(file), () => openHistory(file)])
      expect(refusal(run)).toMatchObject({
        code: 'NOT_A_STORE',
        message: `${file}-wal is the log of another file than ${file}: remove ${file}-wal and ${file}-shm`,
      })
    rmSync(`${file}-wal`)
    rmSync(`${file}-shm`, { force: true })
    open(file)
  })

  it('starts: a copy of a file without what lies beside it, and with a note that cannot be read', () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1)
    store.close()
    const copy = join(temporaryDirectory(), 'copy.db')
    copyFileSync(file, copy)
    const opened = sqliteStore(copy)
    opened.close()
    for (const text of [
      '',
      'nonsense',
      readFileSync(`${copy}.commits`, 'utf8').replace('"lastPosition":1', '"lastPosition":9'),
    ]) {
      writeFileSync(`${copy}.commits`, text)
      const again = sqliteStore(copy)
      expect(again.load().lastPosition).toBe(1)
      again.close()
    }
  })

  it('a raw copy from before is refused: nobody can tell it from a loss', () => {
    const file = join(temporaryDirectory(), 'state.db')
    const first = open(file)
    commit(first, 1)
    first.close()
    copyFileSync(file, `${file}.old`)
    const second = open(file)
    commit(second, 2)
    second.close()
    copyFileSync(`${file}.old`, file)
    expect(refusal(() => sqliteStore(file)).code).toBe('BEHIND')
  })
})

describe('the note beside a file', () => {
  const noted = (file: string): unknown => JSON.parse(readFileSync(`${file}.commits`, 'utf8').split(' ')[0] ?? '')

  it('says what is committed, whatever a change is', () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    commit(store, 1)
    expect(noted(file)).toEqual({ history: store.id, lastPosition: 1, lastOutboxNumber: 1, turn: 1 })
    store.records.put('c', 'k', 1)
    store.compact(0)
    expect(noted(file)).toEqual({ history: store.id, lastPosition: 1, lastOutboxNumber: 1, turn: 3 })
    expect(refusal(() => commit(store, 7)).code).toBe('INVALID_BATCH')
    store.clear()
    expect(noted(file)).toEqual({ history: store.id, lastPosition: 0, lastOutboxNumber: 0, turn: 4 })
  })

  it('is written anew when somebody has removed it', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const store = open(file)
    rmSync(`${file}.commits`)
    while (!existsSync(`${file}.commits`)) await new Promise((resolve) => setImmediate(resolve))
    expect(noted(file)).toMatchObject({ history: store.id })
  })
})
