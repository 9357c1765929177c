/**
 * One server per data file, whatever happens to the files. A server that has lost them confirms no more changes. More of it in `npm run test:whole`.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Json, Store, StoreEnd } from '../../src/engine/ports.ts'
import { openHistory, sqliteStore } from '../../src/store/index.ts'
import { openDatabase } from '../../src/store/sqlite/open.ts'
import { storeOn } from '../../src/store/sqlite/store.ts'
import { isWhole } from '../suite/extent.ts'
import { runChild } from './children.ts'
import { temporaryDirectory } from './directories.ts'
import { open, refusal } from './opened.ts'
import { batch, journalRow } from './rows.ts'

/** The path of a new file, in its own directory that a test may move. */
function newFile(): string {
  return join(temporaryDirectory(), 'data', 'state.db')
}

async function commitNext(store: Store, input: Json): Promise<void> {
  const position = (await store.load()).lastPosition + 1
  await store.commit(batch({ journal: [journalRow(position, 'user/1', position, input)] }))
}

const inputs = async (store: Store) => (await store.load()).tail.map(({ input }) => input)

function replaceBy(path: string, change: () => void): void {
  copyFileSync(path, `${path}.new`)
  change()
  renameSync(`${path}.new`, path)
}

const MISHAPS: Readonly<Record<string, (file: string) => void>> = {
  'the lock is removed': (file) => rmSync(`${file}.lock`),
  'the lock is replaced': (file) => replaceBy(`${file}.lock`, () => rmSync(`${file}.lock`)),
  'the file is removed': (file) => rmSync(file),
  'the file is replaced by a copy': (file) => replaceBy(file, () => undefined),
  'the file is moved': (file) => renameSync(file, `${file}.old`),
  'the file gets a second name': (file) => linkSync(file, join(dirname(file), 'second.db')),
  'the lock gets a second name': (file) => linkSync(`${file}.lock`, `${file}.lock2`),
  'the directory is renamed': (file) => renameSync(dirname(file), `${dirname(file)}-old`),
  'another directory is in its place': (file) => {
    renameSync(dirname(file), `${dirname(file)}-old`)
    mkdirSync(dirname(file))
    open(file)
  },
  'the log is removed': (file) => rmSync(`${file}-wal`),
  'the log is replaced': (file) => replaceBy(`${file}-wal`, () => undefined),
  'the index of the log is removed': (file) => rmSync(`${file}-shm`),
  'everything is removed': (file) => {
    for (const name of readdirSync(dirname(file))) rmSync(join(dirname(file), name))
  },
}

describe('a store that loses its files', () => {
  it.each(Object.keys(MISHAPS))(
    'confirms no more changes when %s, reports it once, and writes nothing',
    async (mishap) => {
      const file = newFile()
      const store = sqliteStore(file)
      const heard: StoreEnd[] = []
      store.onEnd?.((end) => heard.push(end))
      await commitNext(store, 'confirmed')
      MISHAPS[mishap]?.(file)
      const error = await refusal(() => commitNext(store, 'refused'))
      expect(error.code).toBe('LOST')
      expect(error.message).not.toContain('\n')
      expect(await refusal(() => store.commit(batch({ delivered: [] })))).toBe(error)
      for (const change of [() => store.records.put('c', 'k', 1), () => store.compact(1), () => store.clear()])
        expect(await refusal(change)).toBe(error)
      expect(heard).toEqual([{ why: 'lost', problem: error.message }])
      const late: StoreEnd[] = []
      store.onEnd?.((end) => late.push(end))
      expect(late).toEqual(heard)

      const directory = dirname(file)
      const before = existsSync(directory)
        ? readdirSync(directory).map((name) => [name, statSync(join(directory, name)).size])
        : []
      await store.close()
      const after = existsSync(directory)
        ? readdirSync(directory).map((name) => [name, statSync(join(directory, name)).size])
        : []
      expect(after).toEqual(before)
    },
  )

  it.each(Object.keys(MISHAPS))('does not confirm a change during which %s', async (mishap) => {
    const file = newFile()
    const opened = openDatabase(file, 10)
    const store = storeOn(file, opened)
    onTestFinished(() => store.close())
    const heard: StoreEnd[] = []
    store.onEnd?.((end) => heard.push(end))
    await commitNext(store, 'confirmed')
    // The trigger runs after the check of the files, in the transaction.
    opened.database.function('mishap', () => {
      MISHAPS[mishap]?.(file)
      return null
    })
    opened.database.exec('CREATE TEMP TRIGGER meanwhile AFTER INSERT ON journal BEGIN SELECT mishap(); END')
    const error = await refusal(() => commitNext(store, 'in between'))
    expect([error.code, heard]).toEqual(['LOST', [{ why: 'lost', problem: error.message }]])
    expect(await refusal(() => store.load())).toBe(error)
  })

  it('notices it also without a commit', async () => {
    const file = newFile()
    const store = open(file)
    const heard = new Promise<StoreEnd>((resolve) => store.onEnd?.(resolve))
    rmSync(`${file}.lock`)
    expect(await heard).toMatchObject({ why: 'lost', problem: expect.stringContaining(`${file}.lock was removed`) })
  })

  it('has confirmed only what the next start finds after the file was put back', async () => {
    const file = newFile()
    const store = sqliteStore(file)
    await commitNext(store, 'confirmed')
    renameSync(dirname(file), `${dirname(file)}-old`)
    expect((await refusal(() => commitNext(store, 'refused'))).code).toBe('LOST')
    await store.close()
    renameSync(`${dirname(file)}-old`, dirname(file))
    expect(await inputs(open(file))).toEqual(['confirmed'])
  })
})

describe('two servers on one file', () => {
  it('never both confirm when the lock is removed: only the newer one does', async () => {
    const file = newFile()
    const first = runChild(file, 'obey')
    await first.says('open')
    expect(await first.ask('of the first')).toBe('kept 1')
    rmSync(`${file}.lock`)
    const second = open(file)
    await commitNext(second, 'of the second')
    expect(await first.ask('refused')).toMatch(/^refused .*state\.db\.lock was replaced/)
    await commitNext(second, 'and on')
    expect(await inputs(second)).toEqual(['of the first', 'of the second', 'and on'])
  })

  it.runIf(isWhole)('never both confirm when the first has lost its locks without noticing', async () => {
    const file = newFile()
    const first = runChild(file, 'obey')
    await first.says('open')
    expect(await first.ask('read the files')).toBe('kept 1')
    const second = open(file)
    await commitNext(second, 'of the second')
    expect(await first.ask('refused')).toMatch(/^refused .*was opened by another server/)
    await commitNext(second, 'and on')
    expect(await inputs(second)).toEqual(['read the files', 'of the second', 'and on'])
  })

  it('never both confirm in one process, and closing the first does not remove the log', async () => {
    const file = newFile()
    const first = sqliteStore(file)
    await commitNext(first, 'of the first')
    rmSync(`${file}.lock`)
    const second = sqliteStore(file)
    await commitNext(second, 'of the second')
    expect((await refusal(() => commitNext(first, 'refused'))).code).toBe('LOST')
    await first.close()
    await commitNext(second, 'and on')
    await second.close()
    expect(await inputs(open(file))).toEqual(['of the first', 'of the second', 'and on'])
  })

  it.runIf(isWhole)(
    'never both confirm when the log was replaced and used, and the first process changes nothing when it ends',
    async () => {
      const file = newFile()
      const first = runChild(file, 'obey')
      await first.says('open')
      expect(await first.ask('of the first')).toBe('kept 1')
      for (const end of ['-wal', '-shm', '.lock', '.commits']) rmSync(`${file}${end}`)
      const second = sqliteStore(file)
      await commitNext(second, 'of the second')
      await second.close()
      expect(await first.ask('refused')).toMatch(/^refused .*was (removed|replaced)/)
      await first.kill()
      expect(await inputs(open(file))).toEqual(['of the second'])
    },
  )

  it('the first keeps its locks when its process fails to open the file again, or reads it', async (context) => {
    if (!existsSync('/proc/locks')) context.skip('this system does not list locks')
    const file = newFile()
    const first = open(file)
    await commitNext(first, 'confirmed')
    // Only locks on these files, because a store of another test may release its own meanwhile.
    const inodes = ['', '-wal', '-shm', '.lock', '.commits'].map((end) => `:${statSync(`${file}${end}`).ino} `)
    const locks = () =>
      readFileSync('/proc/locks', 'utf8')
        .split('\n')
        .filter((line) => line.includes(` ${process.pid} `) && inodes.some((inode) => line.includes(inode)))
        .map((line) => line.slice(line.indexOf(':')))
        .toSorted()
    const before = locks()
    expect(before.length).toBeGreaterThan(1)
    expect((await refusal(() => sqliteStore(file))).code).toBe('IN_USE')
    openHistory(file).close()
    expect(locks()).toEqual(before)
    expect(await runChild(file, 'tried').line()).toBe('IN_USE')
    await commitNext(first, 'on')
  })
})

describe('a start', () => {
  it('refuses a file with two names by either name', async () => {
    const file = newFile()
    open(file).close()
    linkSync(file, `${file}2`)
    for (const name of [file, `${file}2`]) {
      expect(await refusal(() => sqliteStore(name))).toMatchObject({
        code: 'NOT_A_STORE',
        message: expect.stringContaining(`${name} has a second name (a hard link)`),
      })
      expect(existsSync(`${name}-wal`)).toBe(false)
    }
    rmSync(`${file}2`)
    open(file)
  })

  it('refuses a file that is a mount point, and accepts a mounted directory', async (context) => {
    const canMount = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0
    if (!canMount && process.env.CI === undefined) context.skip('mounting is not allowed here')
    const file = newFile()
    open(file).close()
    const other = newFile()
    mkdirSync(dirname(other))
    writeFileSync(other, '')
    const child = join(import.meta.dirname, 'child.ts')
    const mounted = (what: string, where: string) => {
      const script = 'mount --bind "$1" "$2" && exec "$3" "$4" "$5" tried'
      const given = [what, where, process.execPath, child, other]
      return spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', ...given], {
        encoding: 'utf8',
      })
    }
    expect(mounted(file, other).stdout).toContain('is a mount point')
    expect(mounted(dirname(file), dirname(other)).stdout).toBe('opened\n')
    open(file)
    expect(mounted(dirname(file), dirname(other)).stdout).toBe('IN_USE\n')
  })

  it('follows symbolic links to one lock', async () => {
    const file = newFile()
    const first = open(file)
    const linked = join(temporaryDirectory(), 'linked')
    symlinkSync(dirname(file), linked)
    expect((await refusal(() => sqliteStore(join(linked, 'state.db')))).code).toBe('IN_USE')
    // The server does not notice that the link is removed.
    rmSync(linked)
    await commitNext(first, 'on')
  })

  it('ignores the lock of a process that was killed', async () => {
    const file = newFile()
    const killed = runChild(file, 'obey')
    await killed.says('open')
    expect(await killed.ask('kept')).toBe('kept 1')
    await killed.kill()
    expect(readFileSync(`${file}.lock`)).toHaveLength(0)
    expect(await inputs(open(file))).toEqual(['kept'])
  })
})
