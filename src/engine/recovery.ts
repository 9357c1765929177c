/** Recovery: snapshots, then the journal behind them. */
import { MACHINE_VERSION } from '../../machines/index.ts'
import type { Aggregates } from './aggregates.ts'
import type { StoredState } from './ports.ts'

/** The store holds something that this version cannot go on from. */
export class RecoveryError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'RecoveryError'
  }
}

/** Brings back every aggregate as it was at its last commit. Throws `RecoveryError`. */
export function recover(aggregates: Aggregates, stored: StoredState): void {
  for (const row of [...stored.snapshots, ...stored.tail])
    if (row.machineVersion !== MACHINE_VERSION)
      throw new RecoveryError(
        `${row.aggregate} was written by machine version ${row.machineVersion}; this program knows version ${MACHINE_VERSION}`,
      )
  try {
    for (const snapshot of stored.snapshots) aggregates.open(snapshot.aggregate, snapshot)
    for (const row of stored.tail) aggregates.open(row.aggregate).replay(row)
  } catch (error) {
    throw new RecoveryError(
      `the stored state cannot be restored: ${error instanceof Error ? error.message : error}`,
      error,
    )
  }
  for (const aggregate of [...aggregates.values()]) if (aggregate.behaviour.finished) aggregates.forget(aggregate.id)
}
