/** One writer per data file. */

import { StoreError } from '../errors.ts'
import { makeOwnFile } from '../owner-only.ts'
import { isBusy, toStoreError } from './errors.ts'
import { DatabaseSync } from './module.ts'

/** Paths of the data files that stores of this process have open. */
const held = new Set<string>()

/**
 * Whether a store of this process has the file open. If so, no other code of this process may open and close the file,
 * not even to read it. POSIX locks belong to the process: closing any descriptor of a file releases all its locks on
 * the file.
 */
export function isHeldHere(path: string): boolean {
  return held.has(path)
}

/**
 * Locks a data file for this process until the returned function is called or the process ends in any way.
 *
 * The lock is a lock of SQLite on an empty database, `FILE.lock`, beside the data file. A lock on the data file itself
 * would also keep readers out. The empty file is not removed, because removing it would race with the next start.
 *
 * @throws StoreError `IN_USE` when another process (or another store in this one) holds it.
 */
export function lockFile(file: string): () => void {
  let lock: DatabaseSync | undefined
  try {
    makeOwnFile(`${file}.lock`)
    lock = new DatabaseSync(`${file}.lock`, { timeout: 0 })
    // Nothing is written. This setting prevents that SQLite creates a rollback journal beside the file.
    lock.exec('PRAGMA journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (isBusy(error))
      throw new StoreError('IN_USE', `${file} is already open, here or in another process`, { cause: error })
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
