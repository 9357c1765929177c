/** One writer per data file. */

import { existsSync, readFileSync, statSync } from 'node:fs'
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

const LOCKS = '/proc/locks'

/**
 * The process that has the lock of a data file; `null`: none has it; `undefined`: this system does not tell. It looks at
 * the system's list, because an attempt to get the lock could make a start fail at the same moment.
 */
export function holderOf(file: string): number | null | undefined {
  if (!existsSync(LOCKS)) return undefined
  if (!existsSync(`${file}.lock`)) return null
  const { ino } = statSync(`${file}.lock`)
  for (const line of readFileSync(LOCKS, 'utf8').split('\n')) {
    // 1: POSIX  ADVISORY  WRITE 4711 fe:01:262275 1073741824 1073741824
    const [, , , access, pid, place] = line.split(/\s+/)
    if (access === 'WRITE' && place?.split(':')[2] === `${ino}`) return Number(pid)
  }
  return null
}
