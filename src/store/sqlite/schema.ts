/** Tables of a data file, and how a file is recognised as one. */
import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { StoreSize } from '../../engine/ports.ts'
import { StoreError } from '../errors.ts'
import { migrate, OLDEST_VERSION } from './migrations.ts'
import { inTransaction } from './transaction.ts'

/**
 * "mrdn" in ASCII. Marks the file as a data file of mrdian, for the `file` command and for the check at the opening.
 */
export const APPLICATION_ID = 0x6d72646e

/** Version of the tables below. A file of an earlier version is migrated, see `migrations.ts`. */
export const SCHEMA_VERSION = 3

/**
 * `aggregate` has one row per aggregate, so that a start finds the tail of each one by the index and need not read the
 * whole journal. `store` has one row. New columns are last, because a migration adds them there.
 */
const TABLES = `
  CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    history TEXT NOT NULL,
    last_outbox_number INTEGER NOT NULL,
    times_opened INTEGER NOT NULL,
    last_position INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE aggregate (name TEXT PRIMARY KEY, ended_at INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX aggregate_living ON aggregate (name) WHERE ended_at IS NULL;
  CREATE INDEX aggregate_ended ON aggregate (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY,
    aggregate TEXT NOT NULL REFERENCES aggregate (name),
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    machine_version INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'failed')),
    input TEXT NOT NULL,
    error TEXT,
    origin TEXT,
    cause INTEGER,
    made TEXT,
    first_outbox INTEGER,
    last_outbox INTEGER,
    UNIQUE (aggregate, sequence)
  ) STRICT;
  CREATE INDEX journal_cause ON journal (cause) WHERE cause IS NOT NULL;
  CREATE INDEX journal_made ON journal (made) WHERE made IS NOT NULL;
  CREATE TABLE snapshot (
    number INTEGER PRIMARY KEY,
    aggregate TEXT NOT NULL REFERENCES aggregate (name),
    sequence INTEGER NOT NULL,
    machine TEXT NOT NULL,
    machine_version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (aggregate, sequence)
  ) STRICT;
  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('notification', 'acd')),
    payload TEXT NOT NULL
  ) STRICT;
  CREATE TABLE record (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
`

const pragma = z.object({ value: z.union([z.number(), z.string()]) })

/** Value of a pragma that returns one value. */
export function readPragma(database: DatabaseSync, name: string): number | string {
  return pragma.parse(database.prepare(`SELECT ${name} AS value FROM pragma_${name}`).get()).value
}

/** Size of the database with the pages that are in its log only. */
export function sizeOf(database: DatabaseSync): StoreSize {
  const page = Number(readPragma(database, 'page_size'))
  const bytes = (name: 'page_count' | 'freelist_count') => Number(readPragma(database, name)) * page
  return { bytes: bytes('page_count'), free: bytes('freelist_count') }
}

/**
 * Creates the tables in an empty database. Accepts a data file of mrdian, and migrates it when its version is older.
 *
 * @throws StoreError `NOT_A_STORE` for another program's database, `UNKNOWN_VERSION` for a schema version that this
 * program cannot migrate.
 */
export function prepareSchema(database: DatabaseSync, file: string): void {
  if (isEmpty(database)) createTables(database)
  else if (checkSchema(database, file) < SCHEMA_VERSION) migrate(database, SCHEMA_VERSION)
}

/**
 * For a reader, which does not migrate: checks that the file has the tables above.
 *
 * @throws StoreError `NOT_A_STORE`, `UNKNOWN_VERSION`
 */
export function checkReadable(database: DatabaseSync, file: string): void {
  const version = checkSchema(database, file)
  if (version === SCHEMA_VERSION) return
  const message = `${file} has schema version ${version}; a server of this version has to open it once before it is read`
  throw new StoreError('UNKNOWN_VERSION', message)
}

/** The schema version of a data file of mrdian. */
function checkSchema(database: DatabaseSync, file: string): number {
  if (readPragma(database, 'application_id') !== APPLICATION_ID) throw foreign(file)
  const version = Number(readPragma(database, 'user_version'))
  if (version < OLDEST_VERSION || version > SCHEMA_VERSION) throw unknownVersion(file, version)
  return version
}

export function foreign(file: string): StoreError {
  return new StoreError('NOT_A_STORE', `${file} is a database of another program`)
}

export function unknownVersion(file: string, version: number): StoreError {
  const known = `this version of mrdian knows ${OLDEST_VERSION} to ${SCHEMA_VERSION}`
  return new StoreError('UNKNOWN_VERSION', `${file} has schema version ${version}; ${known}`)
}

function isEmpty(database: DatabaseSync): boolean {
  const tables = pragma.parse(database.prepare('SELECT count(*) AS value FROM sqlite_schema').get()).value
  return tables === 0 && readPragma(database, 'application_id') === 0 && readPragma(database, 'user_version') === 0
}

/** Deletes every row, in a transaction of the caller. Returns the id of the new history. */
export function emptyTables(database: DatabaseSync): string {
  const history = randomUUID()
  for (const table of ['outbox', 'snapshot', 'journal', 'aggregate', 'record']) database.exec(`DELETE FROM ${table}`)
  database.prepare('UPDATE store SET history = ?, last_outbox_number = 0, last_position = 0').run(history)
  return history
}

/** Uses one transaction, so that a process that dies meanwhile leaves an empty database. */
function createTables(database: DatabaseSync): void {
  inTransaction(database, () => {
    database.exec(TABLES)
    database
      .prepare('INSERT INTO store (one, history, last_outbox_number, times_opened) VALUES (1, ?, 0, 0)')
      .run(randomUUID())
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}
