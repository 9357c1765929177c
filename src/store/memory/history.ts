/** Reads the history of a memory store. */
import type { History, JournalRow, KeptAggregate } from '../../engine/ports.ts'
import { timeToRead } from '../../waiting/reading-time.ts'
import { type StoredJournal, toJournalRow, toOutboxRow, toSnapshotRow } from '../stored.ts'
import type { Content, Kept } from './content.ts'

/** `content` throws when the store is closed. */
export function memoryHistory(content: () => Content): History {
  const ofAggregate = <T>(name: string, list: (kept: Kept) => readonly T[]): readonly T[] => {
    const kept = content().aggregates.get(name)
    return kept === undefined ? [] : list(kept)
  }
  return {
    get storeId() {
      return content().id
    },
    get lastPosition() {
      return content().lastPosition
    },
    get lastOutboxNumber() {
      return content().lastOutboxNumber
    },
    aggregates: () =>
      answer(() =>
        content()
          .sorted()
          .map(([name, kept]) => keptAggregate(name, kept)),
      ),
    aggregate: (name) =>
      answer(() => {
        const kept = content().aggregates.get(name)
        return kept === undefined ? undefined : keptAggregate(name, kept)
      }),
    snapshot: (aggregate, time) =>
      answer(() => {
        const row = ofAggregate(aggregate, ({ snapshots }) => snapshots).findLast(({ at }) => at <= time)
        return row === undefined ? undefined : toSnapshotRow(row, `snapshot of ${aggregate}`)
      }),
    snapshots: (aggregate) =>
      reading(
        () => ofAggregate(aggregate, ({ snapshots }) => [...snapshots]),
        (row) => toSnapshotRow(row, `snapshot of ${aggregate}`),
      ),
    rows: (aggregate, after) =>
      reading(() => ofAggregate(aggregate, ({ rows }) => rows.filter(({ sequence }) => sequence > after)), journalRow),
    row: (position) =>
      answer(() => {
        const row = content().journal.get(position)
        return row === undefined ? undefined : journalRow(row)
      }),
    causedBy: (position) =>
      answer(() => [...content().journal.values()].filter(({ cause }) => cause === position).map(journalRow)),
    madeBy: (id) =>
      answer(() => {
        for (const row of content().journal.values()) if (row.made === id) return journalRow(row)
        return undefined
      }),
    all: (after) =>
      reading(() => [...content().journal.values()].filter(({ position }) => position > after), journalRow),
    outbox: () =>
      answer(() => [...content().outbox.values()].map((row) => toOutboxRow(row, `outbox row ${row.number}`))),
  }
}

async function answer<T>(read: () => T): Promise<T> {
  await timeToRead()
  return read()
}

function journalRow(row: StoredJournal): JournalRow {
  return toJournalRow(row, `journal row ${row.position}`)
}

/**
 * If row 1 exists, nothing was compacted and a replay begins without a snapshot. Otherwise it begins with the oldest
 * snapshot.
 */
function keptAggregate(name: string, { rows, snapshots, sequence, endedAt }: Kept): KeptAggregate {
  const from = rows[0]?.sequence === 1 ? 0 : (snapshots[0]?.sequence ?? (rows[0]?.sequence ?? 1) - 1)
  return { name, ended: endedAt !== undefined, from, to: sequence }
}

/** An iteration sees the rows that exist when it begins. Each row is parsed when the iteration reaches it. */
async function* reading<Row, Value>(rows: () => readonly Row[], toValue: (row: Row) => Value): AsyncGenerator<Value> {
  for (const row of rows()) {
    const wait = timeToRead()
    if (wait !== undefined) await wait
    yield toValue(row)
  }
}
