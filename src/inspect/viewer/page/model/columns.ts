/**
 * Columns of the sequence diagram. Tasks and calls that do not exist at the same time share a column, so that a long
 * story has no more columns than there were dialogs at once.
 */

/** The column for everything outside: clients, the ACD, deadlines. */
export const OUTSIDE = 'outside'

export interface Column {
  readonly key: string
  /** Session ids of its actors, one after the other. */
  readonly sessions: readonly string[]
}

interface Span {
  readonly session: string
  readonly from: number
  to: number
}

const DIALOG = /^(?:(?<medium>user\/[^/]+\/media:[^/]+)\/task|(?<call>call)[:/])/
/** A call below a user of a follower. */
const FOLLOWED = /^user\/[^/]+\/call:/

/** The columns, and the number of each session's column. `pairs`: sender and receiver of each message, in order. */
export function columnsOf(pairs: readonly (readonly [string, string])[]): {
  readonly columns: readonly Column[]
  readonly numbers: ReadonlyMap<string, number>
} {
  const spans = new Map<string, Span>()
  for (const [index, pair] of pairs.entries())
    for (const session of pair) {
      const known = spans.get(session)
      if (known === undefined) spans.set(session, { session, from: index, to: index })
      else known.to = index
    }
  const columns = lanes([...spans.values()]).sort((a, b) => compare(a.key, b.key))
  const numbers = new Map(columns.flatMap(({ sessions }, index) => sessions.map((each) => [each, index] as const)))
  return { columns, numbers }
}

function lanes(spans: readonly Span[]): Column[] {
  const columns: { key: string; sessions: string[]; to: number }[] = []
  for (const { session, from, to } of spans) {
    const { medium, call } = DIALOG.exec(session)?.groups ?? {}
    const group = medium === undefined ? (call ?? FOLLOWED.exec(session)?.[0]) : `${medium}/task:`
    const free = group === undefined ? undefined : columns.find((each) => each.key.startsWith(group) && each.to < from)
    if (free === undefined) columns.push({ key: session, sessions: [session], to })
    else {
      free.sessions.push(session)
      free.to = to
    }
  }
  return columns.map(({ key, sessions }) => ({ key, sessions }))
}

const ORDER = [/^outside$/, /^side\//, /^queue\//, /^call\//, /^user\/[^/]+$/, /\/(media|task|call):/, /\/presence:/]

/** Order of columns. A task is next to its medium, because its name begins with the name of the medium. */
function compare(a: string, b: string): number {
  const rank = (session: string) => ORDER.findIndex((pattern) => pattern.test(session))
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true })
}
