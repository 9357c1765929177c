/** Copies a data file while a server writes to it. */

import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { contained } from '../../engine/contained.ts'
import { StoreError } from '../errors.ts'
import { makeOwnFile } from '../owner-only.ts'
import { damaged, damageOf } from './damage.ts'
import { toStoreError } from './errors.ts'
import { backup as copyPages, DatabaseSync } from './module.ts'
import { openReader } from './reader.ts'

/** Options of `backup`. */
export interface BackupOptions {
  /** Called after every 1024 pages, with the number of copied pages and of all pages. */
  readonly onProgress?: (copied: number, total: number) => void
  /** Whether an existing target is replaced. By default it is refused. */
  readonly overwrite?: boolean
}

/** Pages between two calls of `onProgress`: 4 MiB, a few milliseconds of copying in a separate thread. */
const RATE = 1024

/**
 * Copies the current state of a data file. The copy is first written under another name in the same directory. When
 * `target` appears, the copy is complete, checked and synced. It is one file, without a log, and can be opened as a
 * store.
 *
 * The source is read in one transaction. So a server can commit meanwhile, and its commits do not restart the copy, but
 * its log grows until the copy is done.
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

/** A target with a log beside it is refused, because SQLite would apply this log to the copy. */
function refuseTarget(file: string, target: string, { overwrite = false }: BackupOptions): void {
  const refuse = (reason: string) => {
    throw new StoreError('FAILED', `${target} ${reason}`)
  }
  if (existsSync(target) && realpathSync(target) === realpathSync(file)) refuse('is the data file itself')
  if (existsSync(target) && !overwrite) refuse('exists')
  if (existsSync(`${target}-wal`)) refuse('is a data file in use, or one that was not closed')
}

/**
 * Turns write-ahead logging off in the copy, so that it is complete without a second file. A store turns it on again.
 */
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

/** Syncs a file, or the entries of a directory, to the disk. */
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
