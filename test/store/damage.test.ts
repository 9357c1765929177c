/**
 * Damaged data files: each damage is noticed or harmless, and a rescue saves what can be read.
 *
 * Slow, 20 s: a server, a reader and a rescue open a file with every kind of damage. More in `npm run test:whole`.
 */
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../src/cli/server.ts'
import type { StoreEnd } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { rescue, sqliteStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { run } from '../cli/process.ts'
import { isWhole } from '../suite/extent.ts'
import { DAMAGES, failedInputs, hurt, noticed, type Original, original, readersNotice, rescued } from './damages.ts'
import { temporaryDirectory, temporaryDirectoryOfFile } from './directories.ts'
import { open, refusal } from './opened.ts'

let given: Original
beforeAll(async () => {
  given = await original(temporaryDirectoryOfFile())
})

describe('damage', () => {
  it.each(DAMAGES)('of %s is noticed or harmless, and the saved file has no wrong rows and starts', async (kind) => {
    const folder = temporaryDirectory()
    for (const seed of [1, 2]) {
      const file = join(folder, `${seed}.db`)
      hurt(given, file, kind, seed)
      const hurtBytes = readFileSync(file)
      const readers = readersNotice(file)
      const target = join(folder, `${seed}-saved.db`)
      const saved = await rescued(given, file, target)
      expect(readFileSync(file).equals(hurtBytes)).toBe(true)
      const seen = await noticed(given, file)
      expect({ seed, seen }).toEqual({ seed, seen: expect.stringMatching(/^(?:refused|unharmed)$/) })
      expect(readers).toBe(seen === 'refused')
      expect({ seed, wrong: saved.wrong, isTold: saved.isTold }).toEqual({ seed, wrong: [], isTold: true })
      if (seed > 1) continue
      const engine = await createEngine({ store: sqliteStore(target), clock: virtualClock(1_900_000_000_000) })
      expect(engine.get.system().platform).toBe('CCE')
      await engine.close()
    }
  })

  it.runIf(isWhole)(
    'of rows that a start does not read is found while the file is served, and ends service',
    async () => {
      const file = join(temporaryDirectory(), 'state.db')
      await enlarge(file)
      const bytes = readFileSync(file)
      const page = leafPageAfter(bytes, bytes.length / 2)
      bytes.fill(0, page, page + PAGE_BYTES)
      writeFileSync(file, bytes)
      const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 'off', data: file })
      onTestFinished(() => server.close())
      const end = await new Promise<StoreEnd['why'] | undefined>((resolve) => {
        server.engine.on('store', (event) => resolve(event.end))
        if (server.engine.storeEnd !== undefined) resolve(server.engine.storeEnd)
      })
      expect(end).toBe('damaged')
      const base = `http://127.0.0.1:${server.ports.rest}`
      const health = await fetch(`${base}/health`)
      expect(health.status).toBe(503)
      const reason = expect.stringContaining(`save what can be read with mrdian rescue ${file} TARGET`)
      expect(await health.json()).toMatchObject({ status: 'OUT_OF_SERVICE', reason })
      const path = `${base}/finesse/api/User/1001`
      expect((await fetch(path, { headers: { authorization: `Basic ${btoa('1001:secret')}` } })).status).toBe(503)
      await server.close()

      for (const args of [
        ['replay', file],
        ['journal', file],
        ['explain', '1001', '--data', file],
      ]) {
        const { code, out, err } = await run(args)
        expect({ args, code: code === 0, out, err }).toEqual({
          ...{ args, code: false, out: '' },
          err: expect.stringContaining(`${file} is damaged`),
        })
      }
      const target = join(temporaryDirectory(), 'saved.db')
      const { code, out } = await run(['rescue', file, target])
      expect(code).toBe(1)
      expect(out).toMatch(/journal: some or all rows are lost of \d+ to \d+/)
      expect(out).toContain(`${target} can be used: mrdian serve --data ${target}`)
      expect(await run(['replay', target])).toMatchObject({ code: 0, out: expect.stringContaining('no difference') })
      expect(await run(['rescue', file, target])).toMatchObject({ code: 2, err: `mrdian: ${target} exists\n` })
    },
  )

  it('is not found in a large file that is intact', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    await enlarge(file)
    const store = open(file)
    const heard: StoreEnd[] = []
    store.onEnd?.((end) => heard.push(end))
    await store.records.put('c', 'k', 1)
    await store.close()
    expect(heard).toEqual([])
    const report = rescue(file, join(temporaryDirectory(), 'saved.db'))
    expect(report).toMatchObject({ isComplete: true, missing: [], unjoined: [], cut: undefined, notes: [] })
  })
})

const PAGE_BYTES = 4096
/** The first byte of a page of SQLite that holds whole rows of a table. */
const TABLE_LEAF = 0x0d

/** Offset of the first page after `from` that holds rows. In the middle of the file these are old: a start does not read them. */
function leafPageAfter(bytes: Buffer, from: number): number {
  for (let page = from - (from % PAGE_BYTES); page < bytes.length; page += PAGE_BYTES)
    if (bytes[page] === TABLE_LEAF) return page
  throw new Error('no page of rows')
}

/** Makes a file that is larger than what a start checks. Nearly all of it are old rows. */
async function enlarge(file: string): Promise<void> {
  copyFileSync(given.file, file)
  copyFileSync(`${given.file}-wal`, `${file}-wal`)
  const store = sqliteStore(file)
  const journal = await failedInputs(store, 'user/1002', 600, 3000)
  const before = await store.history?.snapshot('user/1002', Number.MAX_SAFE_INTEGER)
  if (before === undefined) throw new Error('no snapshot')
  const snapshots = [{ ...before, sequence: before.sequence + journal.length }]
  await store.commit({ journal, snapshots, outbox: [], delivered: [], ended: [] })
  await store.close()
  expect(statSync(file).size).toBeGreaterThan(1024 * 1024)
}

describe('a rescue', () => {
  it('refuses a file that a server uses, a file that does not exist, and a target that exists', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const target = join(temporaryDirectory(), 'saved.db')
    open(file)
    expect((await refusal(() => rescue(file, target))).code).toBe('IN_USE')
    expect((await refusal(() => rescue(`${file}.not`, target))).code).toBe('NOT_A_STORE')
    writeFileSync(target, 'mine')
    expect(await refusal(() => rescue(given.file, target))).toMatchObject({
      code: 'FAILED',
      message: `${target} exists`,
    })
    expect(readFileSync(target, 'utf8')).toBe('mine')
    expect(existsSync(`${target}.commits`)).toBe(false)
  })
})
