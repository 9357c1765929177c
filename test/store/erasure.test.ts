import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Batch, Rewriting, Store } from '../../src/engine/ports.ts'
import { openHistory } from '../../src/store/index.ts'
import { temporaryDirectory } from './directories.ts'
import { open, refusal } from './opened.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

const SECRET = 'Jane-Doe-555-0100'

/** Replaces values that contain the secret. A second run changes nothing. */
const erasing: Rewriting = {
  input: ({ input }) => (JSON.stringify(input).includes(SECRET) ? 'erased' : input),
  state: ({ state }) => (JSON.stringify(state).includes(SECRET) ? 'erased' : state),
  payload: ({ payload }) => (JSON.stringify(payload).includes(SECRET) ? 'erased' : payload),
}

async function rewriteAll(store: Store): Promise<void> {
  for (let place = await store.rewrite(erasing, null); place !== null; ) place = await store.rewrite(erasing, place)
}

/** How often the secret is in the bytes of the file and of its log. */
function found(file: string): number {
  const files = [file, `${file}-wal`].filter((name) => existsSync(name))
  return files.reduce((sum, name) => sum + readFileSync(name, 'latin1').split(SECRET).length - 1, 0)
}

/** Batches of a busy day: rows of many lengths, outbox rows that are delivered in any order, superseded snapshots. */
function* busyDay(): Generator<Batch> {
  let position = 0
  for (let n = 1; n <= 400; n += 1) {
    const journal = Array.from({ length: 10 }, (_, user) => {
      position += 1
      return journalRow(position, `user/${user}`, n, SECRET + 'j'.repeat((position * 37) % 400))
    })
    const outbox = journal.map((row) => outboxRow(row.position, SECRET + 'o'.repeat((row.position * 53) % 900)))
    const delivered = outbox.map(({ number }) => number - ((number * 31) % 200)).filter((number) => number > 0)
    const states = n % 8 === 0 ? journal : []
    const snapshots = states.map(({ aggregate, position: at }) => {
      return snapshotRow(aggregate, n, SECRET + 's'.repeat((at * 71) % 6000), at)
    })
    yield batch({ journal, outbox, delivered, snapshots })
  }
}

it('erased content is not in the bytes of the file and of its log', async () => {
  const file = join(temporaryDirectory(), 'state.db')
  const store = open(file, { historySpacing: 500 })
  for (const each of busyDay()) store.commit(each)
  while (await store.compact(1000));
  expect(found(file)).toBeGreaterThan(1000)
  const before = await store.load()
  await rewriteAll(store)
  expect(found(file)).toBe(0)
  const after = await store.load()
  expect(after).toMatchObject({ lastPosition: before.lastPosition, lastOutboxNumber: before.lastOutboxNumber })
  expect(after.tail).toEqual(before.tail.map((row) => ({ ...row, input: 'erased' })))
  await store.commit(batch({ journal: [journalRow(4001, 'user/0', 401)] }))
})

it('a rewrite fails while a reader keeps old content on the disk, and works when the reader has closed', async () => {
  const file = join(temporaryDirectory(), 'state.db')
  const store = open(file)
  await store.commit(batch({ journal: [journalRow(1, 'user/1', 1, SECRET)] }))
  const reader = openHistory(file)
  let place = await store.rewrite(erasing, null)
  while (place?.table !== 'outbox') place = await store.rewrite(erasing, place)
  const { code, message } = await refusal(() => store.rewrite(erasing, place))
  expect(code).toBe('FAILED')
  expect(message).toBe(
    `${file}: a reader still has old content open, which cannot be overwritten; close it and try again`,
  )
  expect(await reader.row(1)).toMatchObject({ input: SECRET })
  await store.commit(batch({ journal: [journalRow(2, 'user/1', 2)] }))
  reader.close()
  expect(await store.rewrite(erasing, place)).toBeNull()
  expect(found(file)).toBe(0)
  expect(await store.history?.row(1)).toMatchObject({ input: 'erased' })
})
