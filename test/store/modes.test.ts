/** Modes of the files of a store: only the user who runs the server may read them, with any umask. */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { startServer } from '../../src/cli/server.ts'
import { backup, openHistory, rescue, sqliteStore } from '../../src/store/index.ts'
import { tighten } from '../../src/store/owner-only.ts'
import { temporaryDirectory } from './directories.ts'

const before = process.umask()
afterEach(() => void process.umask(before))

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
const modesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]))

const FILES = { 'state.db': '600', 'state.db-shm': '600', 'state.db-wal': '600', 'state.db.lock': '600' }

describe.skipIf(process.platform === 'win32')('files of a store', () => {
  it.each([0, 0o022, 0o077])('and new folders are for their owner only, with umask %o', async (umask) => {
    const base = temporaryDirectory()
    process.umask(umask)
    const folder = join(base, 'made', 'anew')
    const file = join(folder, 'state.db')
    // New files are never readable for others, so no mode has to be tightened.
    const onTightened = (files: readonly string[]) => expect.fail(`made for others, too: ${files.join(', ')}`)
    const store = sqliteStore(file, { onTightened })
    await store.records.put('c', 'k', 1)
    openHistory(file).close()
    expect([modeOf(join(base, 'made')), modeOf(folder)]).toEqual(['700', '700'])
    expect(modesIn(folder)).toMatchObject(FILES)
    expect(new Set(Object.values(modesIn(folder)))).toEqual(new Set(['600']))
    await backup(file, join(folder, 'copy.db'))
    await store.close()
    rmSync(`${file}.lock`)
    rescue(file, join(folder, 'saved.db'))
    expect(modesIn(folder)).toMatchObject({ 'copy.db': '600', 'saved.db': '600', 'state.db.lock': '600' })
    expect(new Set(Object.values(modesIn(folder)))).toEqual(new Set(['600']))
    // SQLite creates the log and its index with the mode of the file.
    const again = sqliteStore(join(folder, 'copy.db'), { onTightened })
    await again.records.put('c', 'k', 2)
    expect(modesIn(folder)).toMatchObject({ 'copy.db-shm': '600', 'copy.db-wal': '600' })
    expect(new Set(Object.values(modesIn(folder)))).toEqual(new Set(['600']))
    await again.close()
  })

  it('are all tightened: the list of their suffixes is complete', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const all = ['', '-wal', '-shm', '-journal', '.lock', '.commits'].map((suffix) => file + suffix)
    for (const each of all) writeFileSync(each, '')
    for (const each of all) chmodSync(each, 0o666)
    expect(tighten(file)).toEqual(all)
    expect(all.map(modeOf)).toEqual(all.map(() => '600'))
  })

  it('that exist are tightened when a server starts, which logs it; other files are not changed', async () => {
    const folder = temporaryDirectory()
    const file = join(folder, 'state.db')
    sqliteStore(file).close()
    const there = readdirSync(folder)
    expect(there.toSorted()).toEqual(['state.db', 'state.db.commits', 'state.db.lock'])
    for (const name of there) chmodSync(join(folder, name), 0o664)
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'other'))
    chmodSync(join(folder, 'other'), 0o755)
    const lines: Record<string, unknown>[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const off = { restPort: 0, httpBindPort: 'off', xmppPort: 'off' } as const
    await (await startServer({ ...off, data: file, logger })).close()
    expect([modeOf(folder), modesIn(folder)]).toEqual([
      '755',
      {
        other: '755',
        ...{ 'state.db': '600', 'state.db.commits': '600', 'state.db.key': '600', 'state.db.lock': '600' },
      },
    ])
    const message = 'others on this machine could read these files; now only this user can'
    expect(lines.filter(({ msg }) => msg === message)).toEqual([
      expect.objectContaining({
        level: 40,
        files: ['', '-wal', '-shm', '.lock', '.commits'].map((suffix) => file + suffix),
      }),
    ])
    lines.length = 0
    await (await startServer({ ...off, data: file, logger })).close()
    expect(lines.filter(({ msg }) => msg === message)).toEqual([])
  })
})
