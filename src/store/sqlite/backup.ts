/** A copy of a data file while a server writes to it. */

import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { contained } from '../../engine/contained.ts'
import { StoreError } from '../errors.ts'
import { makeOwnFile } from '../owner-only.ts'
import { damaged, damageOf } from './damage.ts'
import { toStoreError } from './errors.ts'
import { backup as copyPages, DatabaseSync } from './module.ts'
import { openReader } from './reader.ts'

/** How a backup is made. */
export interface BackupOptions {
  /** Called now and then with pages copied so far and pages in all. */
  readonly onProgress?: (copied: number, total: number) => void
  /** Whether an existing target is replaced; it is refused unless this is given. */
  readonly overwrite?: boolean
}

/** Pages between two calls of `onProgress`: 4 MiB, a few milliseconds of copying in a thread of its own. */
const RATE = 1024

/**
 * Copies a data file as it is at this moment. The copy is checked, synced, and complete when `target` appears: it is
 * written under another name beside it first. It is one file, without a log, and opens as a store.
 *
 * The source is read in one transaction: a server goes on committing, the copy does not begin anew for it, and its log
 * grows meanwhile by what it commits.
 *
 * @throws StoreError `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT` for the source; `FAILED` when the target exists, is a
 * data file that is open, or cannot be written.
 */
export async function backup(file: string, target: string, options: BackupOptions = {}): Promise<void> {
  const source = openReader(file)
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`)
  try {
    refuseTarget(file, target, options)
    removeDatabase(partial)
    makeOwnFile(partial)
    await copyPages(source, partial, {
      rate: RATE,
      progress: ({ totalPages, remainingPages }) =>
        contained(() => options.onProgress?.(totalPages - remainingPages, totalPages)),
    })
    checkCopy(partial, file)
    syncPath(partial)
    refuseTarget(file, target, options)
    renameSync(partial, target)
    syncPath(dirname(target))
  } catch (error) {
    removeDatabase(partial)
    throw toStoreError(error, target, 'FAILED')
  } finally {
    source.close()
  }
}

/** The log of another file would be taken for that of the copy. */
function refuseTarget(file: string, target: string, { overwrite = false }: BackupOptions): void {
  const refuse = (reason: string) => {
    throw new StoreError('FAILED', `${target} ${reason}`)
  }
  if (existsSync(target) && realpathSync(target) === realpathSync(file)) refuse('is the data file itself')
  if (existsSync(target) && !overwrite) refuse('exists')
  if (existsSync(`${target}-wal`)) refuse('is a data file in use, or one that was not closed')
}

/** Takes the copy out of write-ahead logging, so that it is whole without a second file; a store puts it back. */
function checkCopy(partial: string, file: string): void {
  const database = new DatabaseSync(partial)
  try {
    database.exec('PRAGMA journal_mode = DELETE')
    const finding = damageOf(database)
    if (finding !== undefined) throw damaged(file, finding)
  } finally {
    database.close()
  }
}

/** Writes a file, or the names in a directory, to the disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
}
