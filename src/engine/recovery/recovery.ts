/** Recovery: snapshots, then the journal behind them. */
import type { Aggregates } from '../aggregate/aggregates.ts'
import { textOf } from '../contained.ts'
import type { StoredState } from '../ports.ts'
import { UnknownRules } from '../rules/unknown-rules.ts'
import { currentRow, currentSnapshot, MIGRATIONS } from './migrations.ts'
import { RecoveryError } from './recovery-error.ts'

/** Brings back every aggregate as it was at its last commit. Throws `RecoveryError`, `UnknownRules` among them. */
export function recover(aggregates: Aggregates, stored: StoredState, migrations = MIGRATIONS): void {
  try {
    for (const row of stored.snapshots) aggregates.open(row.aggregate, currentSnapshot(row, migrations))
    for (const row of stored.tail) aggregates.open(row.aggregate).replay(currentRow(row, migrations))
  } catch (error) {
    if (error instanceof UnknownRules) throw error
    throw new RecoveryError(`the stored state cannot be restored: ${textOf(error)}`, error)
  }
  for (const aggregate of [...aggregates.values()]) if (aggregate.behaviour.finished) aggregates.forget(aggregate.id)
}
