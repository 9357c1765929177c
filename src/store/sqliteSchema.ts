/** Tables of a data file, and how a file is recognised as one. */
import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { StoreError } from './errors.ts'

/** "mrdn": marks the file as ours, for `file` and for a second look before anything is written. */
const APPLICATION_ID = 0x6d72646e

const SCHEMA_VERSION = 1

/**
 * `aggregate` names every aggregate once, so that a start finds the tail of each by the index instead of reading the
 * whole journal. `store` has one row.
 */
const TABLES = `
  CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    history TEXT NOT NULL,
    last_outbox_number INTEGER NOT NULL,
    times_opened INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE aggregate (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY,
    aggregate TEXT NOT NULL REFERENCES aggregate (name),
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    machine_version INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'failed')),
    input TEXT NOT NULL,
    UNIQUE (aggregate, sequence)
  ) STRICT;
  CREATE TABLE snapshot (
    aggregate TEXT PRIMARY KEY REFERENCES aggregate (name),
    machine TEXT NOT NULL,
    machine_version INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL
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

/** Value of a pragma that answers with one value. */
export function readPragma(database: DatabaseSync, name: string): number | string {
  return pragma.parse(database.prepare(`SELECT ${name} AS value FROM pragma_${name}`).get()).value
}

/**
 * Creates the tables in an empty database; accepts one of ours.
 *
 * @throws StoreError `NOT_A_STORE` for another program's database, `UNKNOWN_VERSION` for another schema version.
 */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const tables = pragma.parse(database.prepare('SELECT count(*) AS value FROM sqlite_schema').get()).value
  const application = readPragma(database, 'application_id')
  const version = readPragma(database, 'user_version')
  if (tables === 0 && application === 0 && version === 0) {
    createTables(database)
    return
  }
  if (application !== APPLICATION_ID) throw new StoreError('NOT_A_STORE', `${file} is a database of another program`)
  if (version !== SCHEMA_VERSION) {
    const message = `${file} has schema version ${version}; this version of mrdian knows ${SCHEMA_VERSION}`
    throw new StoreError('UNKNOWN_VERSION', message)
  }
}

/** In one transaction: a process that dies meanwhile leaves an empty database. */
function createTables(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE')
  database.exec(TABLES)
  database.prepare('INSERT INTO store VALUES (1, ?, 0, 0)').run(randomUUID())
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  database.exec('COMMIT')
}
