/** Batches for the tests of the stores. */
import type { Batch, JournalRow, Json, OutboxRow, SnapshotRow } from '../../src/engine/ports.ts'

export function batch(parts: Partial<Batch>): Batch {
  return { journal: [], snapshots: [], outbox: [], delivered: [], ended: [], ...parts }
}

export function journalRow(position: number, aggregate: string, sequence: number, input: Json = {}): JournalRow {
  return {
    position,
    aggregate,
    sequence,
    at: 1_700_000_000_000 + position,
    machineVersion: 1,
    outcome: 'applied',
    error: null,
    input,
    origin: null,
    cause: null,
    made: null,
    outbox: null,
  }
}

export function snapshotRow(
  aggregate: string,
  sequence: number,
  state: Json = {},
  at = 1_700_000_000_000,
): SnapshotRow {
  return { aggregate, machine: 'user', machineVersion: 1, sequence, at, state }
}

export function outboxRow(number: number, payload: Json = {}): OutboxRow {
  return { number, lane: 'user/1001', kind: 'notification', payload }
}

/** All rows of a reading. */
export async function every<Row>(rows: Iterable<Row> | AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const row of rows) all.push(row)
  return all
}
