import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backup, StoreError } from '../../src/store/index.ts'
import { runChild } from './children.ts'
import { temporaryDirectory } from './directories.ts'
import { beside, open } from './opened.ts'
import { batch, journalRow } from './rows.ts'

async function refused(running: Promise<void>): Promise<StoreError> {
  const error = await running.catch((reason: unknown) => reason)
  if (error instanceof StoreError) return error
  throw new Error(`was not refused: ${error}`)
}

/** A closed data file with `count` rows. */
function filled(count: number): string {
  const file = join(temporaryDirectory(), 'state.db')
  const store = open(file)
  const journal = Array.from({ length: count }, (_, index) => {
    return journalRow(index + 1, 'user/1', index + 1, 'x'.repeat(1000))
  })
  store.commit(batch({ journal }))
  store.close()
  return file
}

describe('a backup', () => {
  it('is a consistent copy although a server commits all the time, and does not block the server', async () => {
    const file = filled(12_000)
    const server = runChild(file, 'commit-on')
    await server.says('open')
    const target = join(temporaryDirectory(), 'copy.db')
    const progress: (readonly [number, number])[] = []
    await backup(file, target, { onProgress: (copied, total) => progress.push([copied, total]) })
    await server.kill()

    expect(progress.length).toBeGreaterThan(1)
    expect(new Set(progress.map(([, total]) => total)).size).toBe(1)
    expect(progress.map(([copied]) => copied)).toEqual(progress.map(([copied]) => copied).toSorted((a, b) => a - b))
    expect(beside(target, true).prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    const copy = open(target)
    const original = open(file)
    expect(copy.id).toBe(original.id)
    const { tail, lastPosition } = await copy.load()
    expect(tail).toHaveLength(lastPosition)
    expect((await original.load()).lastPosition).toBeGreaterThanOrEqual(lastPosition)
    await copy.commit(batch({ journal: [journalRow(lastPosition + 1, 'user/1', lastPosition + 1)] }))
  })

  it('is one file without other files beside it', async () => {
    const file = filled(10)
    const directory = temporaryDirectory()
    await backup(file, join(directory, 'copy.db'))
    expect(readdirSync(directory)).toEqual(['copy.db'])
  })

  it('contains what a killed server left in its log', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const server = runChild(file, 'commit')
    await server.says('committed')
    await server.kill()
    const target = join(temporaryDirectory(), 'copy.db')
    await backup(file, target)
    expect(await open(target).load()).toMatchObject({ lastPosition: 1, lastOutboxNumber: 1 })
  })

  it('replaces a target only with `overwrite`', async () => {
    const file = filled(10)
    const target = join(temporaryDirectory(), 'copy.db')
    writeFileSync(target, 'mine')
    expect(await refused(backup(file, target))).toMatchObject({ code: 'FAILED', message: `${target} exists` })
    expect(readFileSync(target, 'utf8')).toBe('mine')
    await backup(file, target, { overwrite: true })
    expect((await open(target).load()).lastPosition).toBe(10)
  })

  it('does not overwrite an open data file or its own source', async () => {
    const file = filled(10)
    const target = filled(5)
    const running = open(target)
    await running.records.put('c', 'k', 1)
    const inUse = await refused(backup(file, target, { overwrite: true }))
    expect(inUse.message).toBe(`${target} is a data file in use, or one that was not closed`)
    const itself = await refused(backup(file, file, { overwrite: true }))
    expect(itself.message).toBe(`${file} is the data file itself`)
    expect((await running.load()).lastPosition).toBe(5)
  })

  it('refuses a source that is not a store, and a target that cannot be written', async () => {
    const directory = temporaryDirectory()
    const missing = await refused(backup(join(directory, 'nothing.db'), join(directory, 'copy.db')))
    expect(missing.code).toBe('NOT_A_STORE')
    const file = filled(10)
    const unwritable = await refused(backup(file, join(directory, 'no', 'such', 'copy.db')))
    expect(unwritable.code).toBe('FAILED')
    expect(unwritable.message).not.toContain('\n')
    expect(existsSync(join(directory, 'no'))).toBe(false)
  })

  it('refuses a damaged file', async () => {
    const file = filled(200)
    const bytes = readFileSync(file)
    bytes.fill(0xff, bytes.length - 8 * 4096, bytes.length - 4 * 4096)
    writeFileSync(file, bytes)
    const directory = temporaryDirectory()
    const error = await refused(backup(file, join(directory, 'copy.db')))
    expect(error.code).toBe('CORRUPT')
    expect(readdirSync(directory)).toEqual([])
  })
})
