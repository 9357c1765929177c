/** The past of an aggregate, one input after the other, through the machines that run in production. */
import type { Aggregate } from '../engine/aggregate/aggregate.ts'
import { Aggregates } from '../engine/aggregate/aggregates.ts'
import type { Envelope } from '../engine/aggregate/message-numbers.ts'
import { textOf } from '../engine/contained.ts'
import type { TreeProbe } from '../engine/inspection/probe.ts'
import type { Output } from '../engine/output.ts'
import type { History, JournalRow, SnapshotRow } from '../engine/ports.ts'
import { currentRow, currentSnapshot } from '../engine/recovery/migrations.ts'
import { isOfOtherMachines } from '../engine/rules/unknown-rules.ts'

/** So many inputs are kept in memory, more of a large state; the past may be long. */
const REBASE_AFTER = 256

/** An input that was applied again. */
export interface Step {
  /** As it was written. */
  readonly row: JournalRow
  /** What the step put out then; nothing for one that failed. */
  readonly outputs: readonly Output[]
  /** The messages among the outputs, as they went. */
  readonly messages: readonly Envelope[]
}

/** The machines could not take a row again that they once took. */
export class StepRefused extends Error {
  readonly row: JournalRow

  constructor(row: JournalRow, cause: unknown) {
    super(textOf(cause), { cause })
    this.name = 'StepRefused'
    this.row = row
  }
}

/** The machines could not begin with a snapshot that they once wrote. */
export class SnapshotRefused extends Error {
  readonly snapshot: SnapshotRow

  constructor(snapshot: SnapshotRow, cause: unknown) {
    super(textOf(cause), { cause })
    this.name = 'SnapshotRefused'
    this.snapshot = snapshot
  }
}

/** An aggregate at a moment of its past, able to go on to its next input. */
export interface Retracing {
  /** Its state after the last step taken; begins at the newest kept snapshot that is no newer than the time asked for. */
  readonly aggregate: Aggregate
  /**
   * Takes the next step; `undefined` at the end of what is kept.
   *
   * @throws StepRefused when the machines refuse it; UnknownMachineVersion, UnknownRules.
   */
  next(): Step | undefined
  /** Gives up the steps that were not taken. Needed before the end only: a data file keeps what it still has to show. */
  close(): void
}

/**
 * Goes back to an aggregate's newest kept snapshot no newer than `time` (ms); its steps lead from there to the
 * present, or to the last one that the history has. `probe`: what its actors report to.
 *
 * @throws SnapshotRefused when the machines cannot begin there; UnknownMachineVersion for a snapshot that no migration
 * leads on from; UnknownRules.
 */
export function retrace(history: History, name: string, time = 0, probe?: TreeProbe): Retracing {
  const snapshot = history.snapshot(name, time) ?? oldest(history, name)
  const aggregates = new Aggregates({ probe, rules: history.rules })
  const aggregate = snapshot ? restored(aggregates, name, snapshot) : aggregates.open(name)
  const rows = history.rows(name, aggregate.sequence)[Symbol.iterator]()
  return {
    aggregate,
    next() {
      const { value: row, done } = rows.next()
      if (done || !row) return undefined
      const outputs = take(aggregate, row)
      if (aggregate.tailLength >= REBASE_AFTER && aggregate.snapshotIsDue) aggregate.rebase(aggregate.snapshot())
      return { row, outputs, messages: aggregate.messagesOf(outputs) }
    },
    close: () => void rows.return?.(),
  }
}

function restored(aggregates: Aggregates, name: string, snapshot: SnapshotRow): Aggregate {
  try {
    return aggregates.open(name, currentSnapshot(snapshot))
  } catch (error) {
    throw isOfOtherMachines(error) ? error : new SnapshotRefused(snapshot, error)
  }
}

function take(aggregate: Aggregate, row: JournalRow): readonly Output[] {
  try {
    return aggregate.replay(currentRow(row))
  } catch (error) {
    throw isOfOtherMachines(error) ? error : new StepRefused(row, error)
  }
}

/** Where the journal in front of it was forgotten, the past begins with a snapshot. */
function oldest(history: History, name: string) {
  if ((history.aggregate(name)?.from ?? 0) === 0) return undefined
  for (const snapshot of history.snapshots(name)) return snapshot
  return undefined
}
