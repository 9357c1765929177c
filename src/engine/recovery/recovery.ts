/** Recovery: loads the snapshots, then replays the journal rows after them. */
import { finished } from '../../waiting/steps.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { textOf } from '../contained.ts'
import type { StoredState } from '../ports.ts'
import { UnknownRules } from '../rules/unknown-rules.ts'
import { currentRow, currentSnapshot, MIGRATIONS } from './migrations.ts'
import { RecoveryError } from './recovery-error.ts'

/**
 * Restores every aggregate to the state of the last commit. Throws `RecoveryError`. Its subclass `UnknownRules` says
 * that the embedder's rules are missing.
 */
export function recover(aggregates: Aggregates, stored: StoredState, migrations = MIGRATIONS): void {
  finished(recovering(aggregates, stored, migrations))
}

/** As `recover`, in short steps. */
export function* recovering(
  aggregates: Aggregates,
  stored: Pick<StoredState, 'snapshots' | 'tail'>,
  migrations = MIGRATIONS,
): Generator<undefined, void> {
  try {
    for (const row of stored.snapshots) {
      aggregates.open(row.aggregate, currentSnapshot(row, migrations))
      yield
    }
    for (const row of stored.tail) {
      aggregates.open(row.aggregate).replay(currentRow(row, migrations))
      yield
    }
  } catch (error) {
    if (error instanceof UnknownRules) throw error
    throw new RecoveryError(`the stored state cannot be restored: ${textOf(error)}`, error)
  }
  for (const aggregate of [...aggregates.values()]) if (aggregate.behaviour.finished) aggregates.forget(aggregate.id)
}
