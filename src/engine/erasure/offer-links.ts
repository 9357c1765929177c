/**
 * Finds which task became which dialog, if an external ACD offers the tasks. The journal does not contain that.
 * Therefore the rows of the agents are replayed, and the notifications that the steps publish show it.
 */
import type { Aggregate } from '../aggregate/aggregate.ts'
import { Aggregates } from '../aggregate/aggregates.ts'
import { UserBehaviour } from '../aggregate/user/behaviour.ts'
import { isInput } from '../input.ts'
import type { Output } from '../output.ts'
import type { History, JournalRow, SnapshotRow } from '../ports.ts'
import { currentRow, currentSnapshot } from '../recovery/migrations.ts'
import type { RuleBook } from '../rules/rule-book.ts'

/** The number of rows in one piece of work. */
const ROWS = 50
/** A replayed aggregate keeps about this many rows in memory. Then it takes a snapshot and drops them. */
const REBASE_EVERY = 256

/** Pairs of a task id and a dialog id. */
type Links = readonly (readonly string[])[]

/** Yields once for each piece of work. */
export async function* offerLinks(history: History, aggregates: Aggregates): AsyncGenerator<Links> {
  for (const { id, behaviour } of [...aggregates.values()]) {
    if (!(behaviour instanceof UserBehaviour) || !behaviour.isConfigured) continue
    const { acd, role } = behaviour.setup
    if (acd === 'external' && role === 'authority') yield* linksOf(history, id, aggregates.rules)
  }
}

async function* linksOf(history: History, name: string, rules: RuleBook): AsyncGenerator<Links> {
  const snapshot = await oldest(history, name)
  const aggregate = new Aggregates({ rules }).open(name, snapshot && currentSnapshot(snapshot))
  for (;;) {
    const rows = await rowsAfter(history, name, aggregate.sequence)
    if (rows.length === 0) return
    const links: string[][] = []
    for (const row of rows) {
      const outputs = replayed(aggregate, row)
      // If a row cannot be replayed or was deleted meanwhile, the links after it stay unknown.
      if (!outputs) return yield links
      links.push(...linkOf(row, outputs))
    }
    if (aggregate.tail.rows.length >= REBASE_EVERY) aggregate.tail.rebase(aggregate.snapshot())
    yield links
  }
}

async function oldest(history: History, name: string): Promise<SnapshotRow | undefined> {
  if (((await history.aggregate(name))?.from ?? 0) === 0) return undefined
  for await (const snapshot of history.snapshots(name)) return snapshot
  return undefined
}

async function rowsAfter(history: History, name: string, sequence: number): Promise<readonly JournalRow[]> {
  const rows: JournalRow[] = []
  for await (const row of history.rows(name, sequence)) {
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
