/** Applies the journal of an aggregate again, one input after the other, with the machines that run in production. */
import type { Aggregate } from '../engine/aggregate/aggregate.ts'
import { Aggregates } from '../engine/aggregate/aggregates.ts'
import type { Envelope } from '../engine/aggregate/message-numbers.ts'
import { textOf } from '../engine/contained.ts'
import type { TreeProbe } from '../engine/inspection/probe.ts'
import type { Output } from '../engine/output.ts'
import type { History, JournalRow, SnapshotRow } from '../engine/ports.ts'
import { currentRow, currentSnapshot } from '../engine/recovery/migrations.ts'
import { isOfOtherMachines } from '../engine/rules/unknown-rules.ts'

/**
 * After this many inputs the aggregate takes its state as a new base and drops them, so that a long journal does not
 * fill the memory. A large state waits longer.
 */
const REBASE_AFTER = 256

/** An input that was applied again. */
export interface Step {
  /** The row as it was written. */
  readonly row: JournalRow
  /** The outputs of the step; none if it failed. */
  readonly outputs: readonly Output[]
  /** The messages among the outputs, as they were sent. */
  readonly messages: readonly Envelope[]
}

/** The machines refuse a row that they once accepted. */
export class StepRefused extends Error {
  readonly row: JournalRow

  constructor(row: JournalRow, cause: unknown) {
    super(textOf(cause), { cause })
    this.name = 'StepRefused'
    this.row = row
  }
}

/** The machines refuse to start from a snapshot that they once wrote. */
export class SnapshotRefused extends Error {
  readonly snapshot: SnapshotRow

  constructor(snapshot: SnapshotRow, cause: unknown) {
    super(textOf(cause), { cause })
    this.name = 'SnapshotRefused'
    this.snapshot = snapshot
  }
}

/** Rows that are needed were deleted by compaction while they were read. */
export class PastForgotten extends Error {
  constructor(name: string) {
    super(`a part of the past of ${name} was deleted while it was read`)
    this.name = 'PastForgotten'
  }
}

/** Is it the stored past that is wrong, and not the program? */
export const isOfThePast = (error: unknown): error is Error =>
  error instanceof StepRefused ||
  error instanceof SnapshotRefused ||
  error instanceof PastForgotten ||
  isOfOtherMachines(error)

/** An aggregate at a moment of its past, which can be moved on input by input. */
export interface Retracing {
  /**
   * The state after the last step taken. It begins with the newest kept snapshot that is not newer than the given time.
   */
  readonly aggregate: Aggregate
  /**
   * Takes the next step; `undefined` at the end of the journal. Later calls go on with what was written since.
   *
   * Rejects with StepRefused when the machines refuse it; PastForgotten, UnknownMachineVersion, UnknownRules.
   */
  next(): Promise<Step | undefined>
  /**
   * Ends the reading of the journal; another `next` goes on. Needed if `next` has not yet resolved with `undefined`: an
   * open read may hold something of the store.
   */
  close(): Promise<void>
}

/**
 * Restores the newest kept snapshot of an aggregate that is not newer than `time` (ms). The steps lead from there to
 * the last row of the history. `probe` receives the reports of the actors.
 *
 * Rejects with SnapshotRefused when the machines refuse the snapshot; UnknownMachineVersion for a snapshot of a version that
 * has no migration; UnknownRules.
 */
export async function retrace(history: History, name: string, time = 0, probe?: TreeProbe): Promise<Retracing> {
  const snapshot = (await history.snapshot(name, time)) ?? (await oldest(history, name))
  const aggregates = new Aggregates({ probe, rules: history.rules })
  const aggregate = snapshot ? restored(aggregates, name, snapshot) : aggregates.open(name)
  let rows: AsyncIterator<JournalRow> | undefined
  return {
    aggregate,
    async next() {
      rows ??= history.rows(name, aggregate.sequence)[Symbol.asyncIterator]()
      const { value: row, done } = await rows.next()
      if (row?.sequence !== aggregate.sequence + 1) await assertKept(history, name, aggregate.sequence)
      if (done || !row) {
        rows = undefined
        return undefined
      }
      const outputs = take(aggregate, row)
      if (aggregate.tail.rows.length >= REBASE_AFTER && aggregate.tail.snapshotIsDue)
        aggregate.tail.rebase(aggregate.snapshot())
      return { row, outputs, messages: aggregate.messagesOf(outputs) }
    },
    async close() {
      const open = rows
      rows = undefined
      await open?.return?.()
    },
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

/**
 * The oldest snapshot if the rows before it were deleted by compaction; otherwise `undefined`, because a replay can
 * begin with the first row.
 */
async function oldest(history: History, name: string): Promise<SnapshotRow | undefined> {
  if (((await history.aggregate(name))?.from ?? 0) === 0) return undefined
  for await (const snapshot of history.snapshots(name)) return snapshot
  return undefined
}

/** Are the rows after `sequence` still stored? The next one is missing, which may also be the end of the journal. */
async function assertKept(history: History, name: string, sequence: number): Promise<void> {
  const kept = await history.aggregate(name)
  if (kept === undefined ? sequence > 0 : kept.from > sequence) throw new PastForgotten(name)
}
