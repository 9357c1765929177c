/** The prepared statements of a store. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'

const STATEMENTS = {
  endOf: `
    SELECT
      max(
        coalesce((SELECT max(sequence) FROM journal WHERE aggregate = ?1), 0),
        coalesce((SELECT max(sequence) FROM snapshot WHERE aggregate = ?1), 0)) AS sequence,
      (SELECT ended_at FROM aggregate WHERE name = ?1) AS endedAt`,
  nameAggregate: 'INSERT OR IGNORE INTO aggregate (name) VALUES (?)',
  appendJournal: `
    INSERT INTO journal (position, aggregate, sequence, at, machine_version, outcome, input, error, origin, cause, made,
      first_outbox, last_outbox)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  newestSnapshots: 'SELECT sequence, at FROM snapshot WHERE aggregate = ? ORDER BY sequence DESC LIMIT 2',
  firstRow: 'SELECT at FROM journal WHERE aggregate = ? AND sequence = 1',
  keepSnapshot: `
    INSERT INTO snapshot (aggregate, machine, machine_version, sequence, at, state) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (aggregate, sequence) DO UPDATE SET machine = excluded.machine,
      machine_version = excluded.machine_version, at = excluded.at, state = excluded.state`,
  dropSnapshot: 'DELETE FROM snapshot WHERE aggregate = ? AND sequence = ?',
  endAggregate: `
    UPDATE aggregate SET ended_at = max(
      coalesce((SELECT at FROM journal WHERE aggregate = ?1 ORDER BY sequence DESC LIMIT 1), 0),
      coalesce((SELECT at FROM snapshot WHERE aggregate = ?1 ORDER BY sequence DESC LIMIT 1), 0))
    WHERE name = ?1 AND ended_at IS NULL`,
  appendOutbox: 'INSERT INTO outbox (number, lane, kind, payload) VALUES (?, ?, ?, ?)',
  deleteOutbox: 'DELETE FROM outbox WHERE number = ?',
  setLastOutboxNumber: 'UPDATE store SET last_outbox_number = ?',
  turn: 'SELECT times_opened AS turn FROM store',
  nextTurn: 'UPDATE store SET times_opened = times_opened + 1',
  /** Changes no value, but SQLite writes the page to the log. */
  touch: 'UPDATE store SET times_opened = times_opened',
  putRecord: `
    INSERT INTO record (collection, key, value) VALUES (?, ?, ?)
    ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value`,
  deleteRecord: 'DELETE FROM record WHERE collection = ? AND key = ?',
} as const

export type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

export function prepareStatements(database: DatabaseSync): Statements {
  const prepare = (name: keyof typeof STATEMENTS) => database.prepare(STATEMENTS[name])
  return {
    endOf: prepare('endOf'),
    nameAggregate: prepare('nameAggregate'),
    appendJournal: prepare('appendJournal'),
    newestSnapshots: prepare('newestSnapshots'),
    firstRow: prepare('firstRow'),
    keepSnapshot: prepare('keepSnapshot'),
    dropSnapshot: prepare('dropSnapshot'),
    endAggregate: prepare('endAggregate'),
    appendOutbox: prepare('appendOutbox'),
    deleteOutbox: prepare('deleteOutbox'),
    setLastOutboxNumber: prepare('setLastOutboxNumber'),
    turn: prepare('turn'),
    nextTurn: prepare('nextTurn'),
    touch: prepare('touch'),
    putRecord: prepare('putRecord'),
    deleteRecord: prepare('deleteRecord'),
  }
}
