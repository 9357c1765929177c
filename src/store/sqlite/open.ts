/** Opening a data file. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import { makeOwnDirectory, makeOwnFile, tighten } from '../owner-only.ts'
import { damaged, damageOf } from './damage.ts'
import { toStoreError } from './errors.ts'
import { refuseForeign, wasUsed } from './header.ts'
import { lockFile } from './lock.ts'
import { DatabaseSync } from './module.ts'
import { Place, refuseSecondName } from './place.ts'
import { behind, type Reached, readReached, refuseLack } from './reached.ts'
import { readEnds } from './rows.ts'
import { prepareSchema, readPragma } from './schema.ts'

/** `PRAGMA synchronous`: every commit reaches the disk before it returns. */
const FULL = 2

/** Maximum size of the write-ahead log after a checkpoint. */
const MAX_LOG_BYTES = 64 * 1024 * 1024

/** A file of at most this many bytes is completely checked when it is opened, which takes some 20 ms. */
const SMALL = 1024 * 1024

/** An open data file and the lock on it. */
export interface OpenDatabase {
  readonly database: DatabaseSync
  /** Where the file is; `undefined` for a database in memory. */
  readonly path: string | undefined
  /** Identities of the opened files; `undefined` for a database in memory. */
  readonly place: Place | undefined
  /** The file was checked completely and is not damaged. */
  readonly isWhole: boolean
  /** Milliseconds that a change waits while another process locks the file. */
  readonly busyTimeout: number
  readonly unlock: () => void
  /** Files that other users could read until now. */
  readonly tightened: readonly string[]
}

/**
 * Opens or creates a data file, with its directory, for this process alone; `:memory:` has neither file nor lock.
 * `busyTimeout`: milliseconds that a commit waits for a reader that blocks it. `acceptOlder`: also opens a file in
 * which confirmed changes are missing.
 *
 * @throws StoreError
 */
export function openDatabase(file: string, busyTimeout: number, acceptOlder = false): OpenDatabase {
  if (file === ':memory:') {
    return {
      database: configured(new DatabaseSync(file), file, 'memory'),
      path: undefined,
      place: undefined,
      isWhole: true,
      busyTimeout,
      unlock: () => {},
      tightened: [],
    }
  }
  const path = realPath(file)
  refuseForeign(path, file)
  refuseSecondName(path, file)
  const unlock = lockFile(path)
  let database: DatabaseSync | undefined
  try {
    const isUsed = wasUsed(path, file)
    // This is done before the first write, so that a refused file stays unchanged and can still be rescued.
    if (!acceptOlder) refuseOlder(path, file, isUsed)
    const isSmall = sizeOf(path) + sizeOf(`${path}-wal`) <= SMALL
    makeOwnFile(path)
    const tightened = tighten(path)
    database = new DatabaseSync(path, { timeout: busyTimeout })
    configured(database, file, 'wal', isSmall)
    // The log of a process that died is written to the file and synced before any new commit. Otherwise, if the last
    // sync of that process had failed, new commits could follow log pages that never reached the disk.
    emptyLog({ database, busyTimeout })
    return { database, path, place: new Place(path, file), isWhole: isSmall, busyTimeout, unlock, tightened }
  } catch (error) {
    database?.close()
    unlock()
    throw toStoreError(error, file, 'NOT_A_STORE')
  }
}

/**
 * Refuses a file in which confirmed changes are missing. A copy made by `backup` is accepted, because it may be older.
 */
function refuseOlder(path: string, file: string, isUsed: boolean): void {
  const noted = readReached(path)
  if (noted === undefined) return
  if (isUsed) refuseLack(endsOf(path, file), noted, file)
  else if (sizeOf(path) === 0) {
    throw behind(file, `is missing or empty, and ${noted.lastPosition} inputs were confirmed`)
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function endsOf(path: string, file: string): Reached {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return readEnds(database, file)
  } finally {
    database.close()
  }
}

/** Resolves symbolic links, because the lock depends on the path. Creates the directory if it is missing. */
function realPath(file: string): string {
  const path = resolve(file)
  try {
    makeOwnDirectory(dirname(path))
    return existsSync(path) ? realpathSync(path) : path
  } catch (error) {
    throw toStoreError(error, file, 'NOT_A_STORE')
  }
}

/**
 * Configures the connection and prepares the tables. Writes nothing before it knows that the file is empty or a data
 * file of mrdian.
 */
function configured(
  database: DatabaseSync,
  file: string,
  journal: 'wal' | 'memory',
  checksContent = false,
): DatabaseSync {
  // This takes effect when the tables are created, and when a `rewrite` rebuilds an older file.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL')
  prepareSchema(database, file)
  const finding = checksContent ? damageOf(database) : undefined
  if (finding !== undefined) throw damaged(file, finding)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec('PRAGMA foreign_keys = ON')
  // Deleted content is overwritten, so that an erasure leaves no copy in free pages.
  database.exec('PRAGMA secure_delete = ON')
  database.exec(`PRAGMA journal_size_limit = ${MAX_LOG_BYTES}`)
  // Some builds of SQLite fall back to NORMAL at the first write in WAL mode, so the settings are read after a write.
  database.exec('UPDATE store SET times_opened = times_opened + 1')
  assertSetting(database, file, 'journal_mode', journal)
  assertSetting(database, file, 'synchronous', FULL)
  assertSetting(database, file, 'foreign_keys', 1)
  return database
}

const checkpointRow = z.object({ busy: z.number() })

/**
 * Moves all content of the write-ahead log into the file and truncates the log to zero bytes. It does not wait: it
 * returns false when a reader prevents it.
 */
export function emptyLog({ database, busyTimeout }: Pick<OpenDatabase, 'database' | 'busyTimeout'>): boolean {
  database.exec('PRAGMA busy_timeout = 0')
  try {
    return checkpointRow.parse(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).busy === 0
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
  }
}

function assertSetting(database: DatabaseSync, file: string, name: string, expected: number | string): void {
  const actual = readPragma(database, name)
  if (actual !== expected) {
    throw new StoreError('FAILED', `${file}: SQLite does not keep ${name} = ${expected} (it is ${actual})`)
  }
}
