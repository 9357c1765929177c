/** `rewrite` of a memory store. */
import type { Json, RewritePlace, Rewriting } from '../../engine/ports.ts'
import { toText } from '../json.ts'
import { firstPlace, nextPlace, PIECE } from '../rewriting.ts'
import { toJournalRow, toOutboxRow, toSnapshotRow } from '../stored.ts'
import type { Content } from './content.ts'

/** A row that may get new content. */
interface Candidate {
  readonly key: number
  /** Content of the row before and after. */
  contents(): readonly [Json, Json]
  replace(text: string): void
}

/** Rewrites one piece and returns the next place. If `rewriting` throws, nothing is changed. */
export function rewriteMemory(content: Content, rewriting: Rewriting, from: RewritePlace | null): RewritePlace | null {
  const place = from ?? firstPlace(content.rows)
  const piece = CANDIDATES[place.table](content, rewriting, place.after)
  const changes = piece.flatMap(({ key, contents, replace }) => {
    const [before, after] = contents()
    return before === after ? [] : [{ replace, text: toText(after, `${place.table} ${key}`) }]
  })
  for (const { replace, text } of changes) replace(text)
  const keys = piece.map(({ key }) => key)
  return nextPlace(place, keys, changes.length)
}

type Find = (content: Content, rewriting: Rewriting, after: number) => readonly Candidate[]

const CANDIDATES: Readonly<Record<RewritePlace['table'], Find>> = {
  journal: (content, rewriting, after) =>
    pieceOf(content.journal.values(), ({ position }) => position, after).map((row) => ({
      key: row.position,
      contents: () => {
        const parsed = toJournalRow(row, `journal row ${row.position}`)
        return [parsed.input, rewriting.input(parsed)]
      },
      replace: (input) => content.replaceRow(row, { ...row, input }),
    })),
  snapshot: (content, rewriting, after) =>
    pieceOf(content.snapshotsByNumber(), ([number]) => number, after).map(([number, row]) => ({
      key: number,
      contents: () => {
        const parsed = toSnapshotRow(row, `snapshot of ${row.aggregate}`)
        return [parsed.state, rewriting.state(parsed)]
      },
      replace: (state) => content.replaceSnapshot(row, { ...row, state }),
    })),
  outbox: (content, rewriting, after) =>
    pieceOf(content.outbox.values(), ({ number }) => number, after).map((row) => ({
      key: row.number,
      contents: () => {
        const parsed = toOutboxRow(row, `outbox row ${row.number}`)
        return [parsed.payload, rewriting.payload(parsed)]
      },
      replace: (payload) => {
        content.outbox.set(row.number, { ...row, payload })
      },
    })),
}

/** The first rows whose key is greater than `after`. `rows` are in order of their keys. */
function pieceOf<Row>(rows: Iterable<Row>, keyOf: (row: Row) => number, after: number): readonly Row[] {
  const piece: Row[] = []
  for (const row of rows) {
    if (keyOf(row) <= after) continue
    piece.push(row)
    if (piece.length === PIECE) break
  }
  return piece
}
