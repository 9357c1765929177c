/** Migrates a data file of an earlier version to the tables of this version. */
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './transaction.ts'

/** One step from a schema version to the next. */
interface Migration {
  readonly from: number
  readonly to: number
  readonly name: string
  readonly sql: string
}

/** In order of versions, without gaps. A released migration never changes. */
export const MIGRATIONS: readonly Migration[] = [
  {
    from: 1,
    to: 2,
    name: 'history: who gave an input and what it caused, several snapshots per aggregate, ended aggregates',
    sql: `
      ALTER TABLE store ADD COLUMN last_position INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE aggregate ADD COLUMN ended_at INTEGER;
      CREATE INDEX aggregate_living ON aggregate (name) WHERE ended_at IS NULL;
      CREATE INDEX aggregate_ended ON aggregate (ended_at) WHERE ended_at IS NOT NULL;
      ALTER TABLE journal ADD COLUMN error TEXT;
      ALTER TABLE journal ADD COLUMN origin TEXT;
      ALTER TABLE journal ADD COLUMN cause INTEGER;
      ALTER TABLE journal ADD COLUMN made TEXT;
      ALTER TABLE journal ADD COLUMN first_outbox INTEGER;
      ALTER TABLE journal ADD COLUMN last_outbox INTEGER;
      CREATE INDEX journal_cause ON journal (cause) WHERE cause IS NOT NULL;
      CREATE INDEX journal_made ON journal (made) WHERE made IS NOT NULL;
      ALTER TABLE snapshot RENAME TO snapshot_1;
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
      INSERT INTO snapshot (aggregate, sequence, machine, machine_version, at, state)
        SELECT aggregate, sequence, machine, machine_version, at, state FROM snapshot_1 ORDER BY aggregate;
      DROP TABLE snapshot_1;
    `,
  },
  {
    from: 2,
    to: 3,
    name: 'packed JSON in new rows, which an earlier version cannot read; old rows stay as they are',
    sql: '',
  },
]

/** The oldest version that can be migrated. */
export const OLDEST_VERSION = Math.min(...MIGRATIONS.map(({ from }) => from))

/**
 * Migrates the database from its version to `target`. Each step is one transaction. If the process dies within a step,
 * the file has the version before this step, and the next start continues from there.
 */
export function migrate(database: DatabaseSync, target: number): void {
  let version = versionOf(database)
  while (version < target) {
    const migration = MIGRATIONS.find(({ from }) => from === version)
    if (migration === undefined) throw new Error(`there is no migration from schema version ${version}`)
    inTransaction(database, () => {
      database.exec(migration.sql)
      database.exec(`PRAGMA user_version = ${migration.to}`)
    })
    version = migration.to
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version)
}
