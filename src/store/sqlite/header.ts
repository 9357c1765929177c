/** Reads the header of a file, to recognise a data file before SQLite opens it. */
import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { StoreError } from '../errors.ts'
import { toStoreError } from './errors.ts'
import { isHeldHere } from './lock.ts'
import { APPLICATION_ID, foreign, SCHEMA_VERSION, unknownVersion } from './schema.ts'

const MAGIC = 'SQLite format 3\0'

/** Offsets in the first page (https://www.sqlite.org/fileformat.html). */
const AT = { readVersion: 19, userVersion: 60, applicationId: 68, firstPage: 100, cells: 103 } as const
const LEAF = 0x0d
const BYTES = 105

/**
 * Refuses a file that is clearly not a data file of mrdian, so that not even a lock is created beside it. A file is
 * accepted here without a check if it does not exist, is empty, is held by a store of this process, or has a rollback
 * journal, which SQLite has to process first.
 *
 * @throws StoreError `NOT_A_STORE`, `UNKNOWN_VERSION`
 */
export function refuseForeign(path: string, file: string): void {
  if (!existsSync(path) || existsSync(`${path}-journal`) || isHeldHere(realpathSync(path))) return
  const header = readHeader(path, file)
  if (header.length === 0) return
  if (header.length < BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new StoreError('NOT_A_STORE', `${file} is not a database`)
  }
  const application = header.readUInt32BE(AT.applicationId)
  const version = header.readUInt32BE(AT.userVersion)
  if (application === 0 && version === 0 && hasNoTables(header)) return
  if (application !== APPLICATION_ID) throw foreign(file)
  // The log can contain a newer version than the file itself, but never an older one.
  if (version > SCHEMA_VERSION) throw unknownVersion(file, version)
}

/**
 * Value of `readVersion` in a file with write-ahead logging. A store turns it on; a copy made by `backup` does not have
 * it until a store opens the copy.
 */
const LOGGED = 2

/**
 * Whether a store has opened this file before. False for a new file, and for a copy made by `backup` or `rescue`. Do
 * not call it for a file that a store of this process holds.
 *
 * @throws StoreError `NOT_A_STORE` when a log lies beside a file that does not use one: SQLite would apply the log of
 * another file to it.
 */
export function wasUsed(path: string, file: string): boolean {
  const exists = existsSync(path) && statSync(path).size > 0
  const isUsed = exists && readHeader(path, file).at(AT.readVersion) === LOGGED
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (!isUsed && log !== undefined && log.size > 0) {
    const message = exists
      ? `${file}-wal is the log of another file than ${file}: remove ${file}-wal and ${file}-shm`
      : `${file} is missing, but its log ${file}-wal exists: put the file back, or remove ${file}-wal and ${file}-shm`
    throw new StoreError('NOT_A_STORE', message)
  }
  return isUsed
}

function hasNoTables(header: Buffer): boolean {
  return header.readUInt8(AT.firstPage) === LEAF && header.readUInt16BE(AT.cells) === 0
}

function readHeader(path: string, file: string): Buffer {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    const header = Buffer.alloc(BYTES)
    return header.subarray(0, readSync(descriptor, header))
  } catch (error) {
    throw toStoreError(error, file, 'NOT_A_STORE')
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
