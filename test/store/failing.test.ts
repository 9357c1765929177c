import { spawnSync } from 'node:child_process'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { openDatabase } from '../../src/store/sqlite/open.ts'
import { storeOn } from '../../src/store/sqlite/store.ts'
import { runChild } from './children.ts'
import { temporaryDirectory } from './directories.ts'
import { open, refusal } from './opened.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

/** Skips the test when a program is missing. With `CI` set the test runs and fails. */
function need(context: TestContext, program: string): void {
  const there = spawnSync(program, ['--version']).error === undefined
  if (!there && process.env.CI === undefined) context.skip(`${program} is not installed`)
}

describe('a full disk', () => {
  it('refuses the whole commit, and accepts the next one when there is space again', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const opened = openDatabase(file, 10)
    const store = storeOn(file, opened)
    onTestFinished(() => store.close())
    await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
    const before = await store.load()
    opened.database.exec('PRAGMA max_page_count = 1')
    const next = batch({
      journal: [journalRow(2, 'user/1', 2), journalRow(3, 'user/2', 1, 'x'.repeat(100_000))],
      snapshots: [snapshotRow('user/1', 2, 'y'.repeat(100_000))],
      outbox: [outboxRow(2)],
      delivered: [1],
      ended: ['user/1'],
    })
    for (const _ of [1, 2]) {
      expect(await refusal(() => store.commit(next))).toMatchObject({
        code: 'FAILED',
        message: `${file}: database or disk is full`,
      })
      expect(await store.load()).toEqual(before)
      expect(store.history?.lastPosition).toBe(1)
    }
    await store.commit(batch({ delivered: [1] }))
    opened.database.exec('PRAGMA max_page_count = 1000000')
    await store.commit({ ...next, delivered: [] })
    expect(await store.load()).toMatchObject({
      lastPosition: 3,
      outbox: [{ number: 2 }],
      tail: [{ aggregate: 'user/2' }],
    })
  })
})

describe('a disk that fails', () => {
  it('refuses commits while it cannot write, and continues without a gap when it can', async (context) => {
    need(context, 'prlimit')
    const file = join(temporaryDirectory(), 'state.db')
    const server = runChild(file, 'obey')
    const limit = (bytes: number | 'unlimited') => {
      expect(spawnSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]).status).toBe(0)
    }
    await server.says('open')
    expect(await server.ask('first')).toBe('kept 1')
    limit(statSync(`${file}-wal`).size)
    expect(await server.ask('refused')).toMatch(/^refused .*I\/O/)
    expect(await server.ask('refused too')).toMatch(/^refused .*I\/O/)
    limit('unlimited')
    expect(await server.ask('second')).toBe('kept 2')
    expect(await server.ask('third')).toBe('kept 3')
    await server.kill()
    expect(await open(file).load()).toMatchObject({
      tail: [{ input: 'first' }, { input: 'second' }, { input: 'third' }],
      lastPosition: 3,
    })
  })

  /** A child whose syncs can be made to fail. */
  async function failingChild(context: TestContext) {
    need(context, 'cc')
    const directory = temporaryDirectory()
    const library = join(directory, 'fail-sync.so')
    const source = join(import.meta.dirname, 'fail-sync.c')
    expect(spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']).status).toBe(0)
    const flag = join(directory, 'failing')
    const file = join(directory, 'state.db')
    const server = runChild(file, 'obey', { LD_PRELOAD: library, FAIL_SYNC: flag })
    await server.says('open')
    return { server, file, fail: () => writeFileSync(flag, ''), recover: () => rmSync(flag) }
  }

  it('confirms no commit that was not synced, and uses no position twice', async (context) => {
    const { server, file, fail, recover } = await failingChild(context)
    expect(await server.ask('first')).toBe('kept 1')
    fail()
    expect(await server.ask('refused')).toMatch(/^refused .*I\/O/)
    expect(await server.ask('refused too')).toMatch(/^refused .*I\/O/)
    recover()
    expect(await server.ask('second')).toBe('kept 2')
    await server.kill()
    const { tail, lastPosition } = await open(file).load()
    expect(lastPosition).toBe(2)
    expect(tail).toMatchObject([
      { position: 1, input: 'first' },
      { position: 2, input: 'second' },
    ])
  })

  it('a store opens again after its process was killed with a commit in doubt', async (context) => {
    const { server, file, fail } = await failingChild(context)
    expect(await server.ask('first')).toBe('kept 1')
    fail()
    expect(await server.ask('in doubt')).toMatch(/^refused/)
    await server.kill()
    const store = open(file)
    const { lastPosition, tail } = await store.load()
    expect(tail.map(({ input }) => input)).toEqual(['first', 'in doubt'].slice(0, lastPosition))
    await store.commit(batch({ journal: [journalRow(lastPosition + 1, 'user/1', lastPosition + 1, 'next')] }))
    expect((await store.load()).tail.at(-1)).toMatchObject({ position: lastPosition + 1, input: 'next' })
  })
})
