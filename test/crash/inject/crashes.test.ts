/** A crash right before and right after every commit, every record and every send of a rich day. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { type MemoryStore, memoryStore, sqliteStore } from '../../../src/store/index.ts'
import type { Act, Cut } from './life.ts'
import { baseline, type Disk, trial } from './trial.ts'

const loaded = await loadDirectory()
const folder = mkdtempSync(join(tmpdir(), 'mrdian-inject-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ACTS: readonly Act[] = ['commit', 'record', 'send']

function inMemory(store: MemoryStore = memoryStore({ id: 'crash', keep: 'history' })): Disk {
  return { store, reopen: () => inMemory(store.reopen()) }
}

let files = 0
function newFile(): string {
  files += 1
  return join(folder, `${files}.db`)
}

/** A crash leaves the file, its log and nothing else: both are copied while the old store is still open. */
function onDisk(file = newFile()): Disk {
  const store = sqliteStore(file)
  return {
    store,
    reopen: () => {
      const copy = newFile()
      for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
      try {
        store.close()
      } catch {
        // A life that ended well has closed it.
      }
      return onDisk(copy)
    },
  }
}

describe.each([
  { name: 'the built-in ACD', external: false },
  { name: 'an ACD outside', external: true },
])('with $name', async ({ external }) => {
  const reference = await baseline({ loaded, external, disk: inMemory() })
  const all = ACTS.flatMap((act) =>
    Array.from({ length: reference.counts[act] }, (_, index) =>
      (['before', 'after'] as const).map((when): Cut => ({ act, number: index + 1, when })),
    ).flat(),
  )

  it('the day is rich', () => {
    expect(reference.counts.commit).toBeGreaterThan(60)
    expect(reference.counts.send).toBeGreaterThan(60)
    expect(reference.counts.record).toBeGreaterThan(2)
  })

  it('a crash at every point loses nothing, repeats with the old id, and offers nothing twice', async () => {
    const wrong: string[] = []
    for (const [index, cut] of all.entries()) {
      const goesOn = index % 16 === 0
      const found = await trial({ loaded, external, disk: inMemory(), cuts: [cut], goesOn }, reference)
      wrong.push(...found.map((what) => `${cut.when} ${cut.act} ${cut.number}: ${what}`))
    }
    expect(wrong).toEqual([])
  }, 120_000)

  it('a crash while it recovers from a crash is no different', async () => {
    const wrong: string[] = []
    for (const [index, cut] of all.entries()) {
      if (index % 24 !== 0) continue
      for (const number of [1, 2, 3, 5]) {
        const second: Cut = {
          act: number === 5 ? 'send' : 'commit',
          number,
          when: index % 2 === 0 ? 'before' : 'after',
        }
        const found = await trial({ loaded, external, disk: inMemory(), cuts: [cut, second], goesOn: false }, reference)
        wrong.push(...found.map((what) => `${cut.when} ${cut.act} ${cut.number}, then ${number}: ${what}`))
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)

  it('a data file says the same as a store in memory', async () => {
    const wrong: string[] = []
    for (const cut of all.filter((_, index) => index % 67 === 0)) {
      const found = await trial({ loaded, external, disk: onDisk(), cuts: [cut], goesOn: true }, reference)
      wrong.push(...found.map((what) => `${cut.when} ${cut.act} ${cut.number}: ${what}`))
    }
    expect(wrong).toEqual([])
  }, 120_000)
})
