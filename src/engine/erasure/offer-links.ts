/**
 * Which task became which dialog, where an ACD outside hands out the tasks: it is told, but the journal does not say it.
 * The past of the agents is replayed, and what they published says it.
 */
import type { Aggregate } from '../aggregate/aggregate.ts'
import { Aggregates } from '../aggregate/aggregates.ts'
import { UserBehaviour } from '../aggregate/user/behaviour.ts'
import { isInput } from '../input.ts'
import type { Output } from '../output.ts'
import type { History, JournalRow, SnapshotRow } from '../ports.ts'
import { currentRow, currentSnapshot } from '../recovery/migrations.ts'
import type { RuleBook } from '../rules/rule-book.ts'

/** So many rows are replayed between two looks at other work. */
const ROWS = 50
/** So many inputs are kept in memory at most. */
const REBASE_EVERY = 256

/** Pieces of the work, each with the ids of task and dialog that it found. */
export function* offerLinks(history: History, aggregates: Aggregates): Generator<readonly (readonly string[])[]> {
  for (const { id, behaviour } of [...aggregates.values()]) {
    if (!(behaviour instanceof UserBehaviour) || !behaviour.isConfigured) continue
    const { acd, role } = behaviour.setup
    if (acd === 'external' && role === 'authority') yield* linksOf(history, id, aggregates.rules)
  }
}

function* linksOf(history: History, name: string, rules: RuleBook): Generator<readonly (readonly string[])[]> {
  const snapshot = oldest(history, name)
  const aggregate = new Aggregates({ rules }).open(name, snapshot && currentSnapshot(snapshot))
  for (;;) {
    const rows = rowsBehind(history, name, aggregate.sequence)
    if (rows.length === 0) return
    const links: string[][] = []
    for (const row of rows) {
      const outputs = replayed(aggregate, row)
      // What is behind a row that cannot be replayed, or was forgotten meanwhile, stays unknown.
      if (!outputs) return yield links
      links.push(...linkOf(row, outputs))
    }
    if (aggregate.tailLength >= REBASE_EVERY) aggregate.rebase(aggregate.snapshot())
    yield links
  }
}

function oldest(history: History, name: string): SnapshotRow | undefined {
  if ((history.aggregate(name)?.from ?? 0) === 0) return undefined
  for (const snapshot of history.snapshots(name)) return snapshot
  return undefined
}

function rowsBehind(history: History, name: string, sequence: number): readonly JournalRow[] {
  const rows: JournalRow[] = []
  for (const row of history.rows(name, sequence)) {
    rows.push(row)
    if (rows.length === ROWS) break
  }
  return rows
}

function replayed(aggregate: Aggregate, row: JournalRow): readonly Output[] | undefined {
  try {
    return aggregate.replay(currentRow(row))
  } catch {
    return undefined
  }
}

function linkOf(row: JournalRow, outputs: readonly Output[]): readonly string[][] {
  const input: unknown = row.input
  if (!isInput(input) || input.kind !== 'acd' || input.event.type !== 'offer') return []
  const { id } = input.event.task
  return outputs.flatMap((output) => {
    if (output.type !== 'publish' || output.notification.event !== 'POST') return []
    const { value } = output.notification
    return value.kind === 'task' ? [[id, value.id]] : []
  })
}
