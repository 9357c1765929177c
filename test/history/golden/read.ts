/** Journals as JSON lines: reads and writes them, and makes a history of what was read. */
import type { History, JournalRow, SnapshotRow } from '../../../src/engine/ports.ts'

/** First line of a golden journal. */
export interface Header {
  readonly golden: string
  readonly machineVersion: number
}

/** Rows and snapshots of a run, in the order in which they were committed. */
export interface Kept {
  readonly rows: readonly JournalRow[]
  readonly snapshots: readonly SnapshotRow[]
}

const isHeader = (value: object): value is Header => 'golden' in value && 'machineVersion' in value
const isRow = (value: object): value is JournalRow => 'position' in value && 'input' in value
const isSnapshot = (value: object): value is SnapshotRow => 'state' in value && 'sequence' in value

export function writeGolden(header: Header, { rows, snapshots }: Kept): string {
  return [header, ...rows, ...snapshots].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** Rows of machine version 1 have no links. */
const LINKS = { error: null, origin: null, cause: null, made: null, outbox: null } as const

export function readGolden(text: string): { readonly header: Header; readonly kept: Kept } {
  const lines: object[] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const [header] = lines
  if (!header || !isHeader(header)) throw new Error('a golden journal begins with its header')
  const rows = lines.filter(isRow).map((row) => ({ ...LINKS, ...row }))
  return { header, kept: { rows, snapshots: lines.filter(isSnapshot) } }
}

/** The history of a store that keeps only these rows and snapshots. */
export function historyOf({ rows, snapshots }: Kept): History {
  const newest = rows.at(-1)
  const names = [...new Set([...rows, ...snapshots].map(({ aggregate }) => aggregate))].sort()
  const rowsOf = Map.groupBy(rows, ({ aggregate }) => aggregate)
  const causedBy = Map.groupBy(rows, ({ cause }) => cause)
  const snapshotsOf = Map.groupBy(snapshots, ({ aggregate }) => aggregate)
  const of = (name: string) => ({ rows: rowsOf.get(name) ?? [], snapshots: snapshotsOf.get(name) ?? [] })
  const kept = (name: string) => {
    const own = of(name)
    const first = own.rows[0]?.sequence ?? 0
    const from = first === 1 ? 0 : (own.snapshots[0]?.sequence ?? 0)
    const to = Math.max(own.rows.at(-1)?.sequence ?? 0, own.snapshots.at(-1)?.sequence ?? 0)
    return { name, ended: false, from, to }
  }
  return {
    storeId: 'golden',
    lastPosition: newest?.position ?? 0,
    lastOutboxNumber: rows.findLast(({ outbox }) => outbox)?.outbox?.[1] ?? 0,
    aggregates: async () => names.map(kept),
    aggregate: async (name) => (names.includes(name) ? kept(name) : undefined),
    snapshot: async (name, time) => of(name).snapshots.findLast(({ at }) => at <= time),
    snapshots: (name) => later(of(name).snapshots),
    rows: (name, sequence) => later(of(name).rows.filter((row) => row.sequence > sequence)),
    row: async (position) => rows.find((row) => row.position === position),
    causedBy: async (position) => causedBy.get(position) ?? [],
    madeBy: async (id) => rows.find(({ made }) => made === id),
    all: (position) => later(rows.filter((row) => row.position > position)),
    outbox: async () => [],
  }
}

async function* later<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows
}
