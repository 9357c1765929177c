/** One writer per data file. */

import { StoreError } from '../errors.ts'
import { makeOwnFile } from '../owner-only.ts'
import { isBusy, toStoreError } from './errors.ts'
import { DatabaseSync } from './module.ts'

/** Data files that stores of this process hold. */
const held = new Set<string>()

/**
 * Has a store of this process the file open? Then nobody else here may open and close it, not even to look: locks of
 * POSIX are those of a whole process, and closing any descriptor of a file gives up all that it has there.
 */
export function isHeldHere(path: string): boolean {
  return held.has(path)
}

/**
 * Locks a data file for this process until the returned function is called or the process dies, however it dies.
 *
 * The lock is SQLite's own, on an empty database `FILE.lock` beside the data file: on the data file itself it would
 * keep out readers too, which write-ahead logging lets in. The empty file stays; removing it would race with the next
 * start.
 *
 * @throws StoreError `IN_USE` when another process (or another store in this one) holds it.
 */
export function lockFile(file: string): () => void {
  let lock: DatabaseSync | undefined
  try {
    makeOwnFile(`${file}.lock`)
    lock = new DatabaseSync(`${file}.lock`, { timeout: 0 })
    // Nothing is written, but a rollback journal is not to appear beside the file either.
    lock.exec('PRAGMA journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (isBusy(error)) throw new StoreError('IN_USE', `${file} is in use by another process`, { cause: error })
    throw toStoreError(error, `${file}.lock`, 'NOT_A_STORE')
  }
  const locked = lock
  held.add(file)
  return () => {
    if (!locked.isOpen) return
    held.delete(file)
    locked.close()
  }
}
