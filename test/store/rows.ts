/** Batches for the tests of the stores. */
import type { Batch, JournalRow, Json, OutboxRow, SnapshotRow } from '../../src/engine/ports.ts'

export function batch(parts: Partial<Batch>): Batch {
  return { journal: [], snapshots: [], outbox: [], delivered: [], ...parts }
}

export function journalRow(position: number, aggregate: string, sequence: number, input: Json = {}): JournalRow {
  return {
    position,
    aggregate,
    sequence,
    at: 1_700_000_000_000 + position,
    machineVersion: 1,
    outcome: 'applied',
    input,
  }
}

export function snapshotRow(aggregate: string, sequence: number, state: Json = {}): SnapshotRow {
  return { aggregate, machine: 'user', machineVersion: 1, sequence, at: 1_700_000_000_000, state }
}

export function outboxRow(number: number, payload: Json = {}): OutboxRow {
  return { number, lane: 'user/1001', kind: 'notification', payload }
}
