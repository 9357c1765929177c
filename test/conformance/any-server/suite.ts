/**
 * What is played against a named server: the rows that need only REST, XMPP and a hook, and what desktops read. The rows
 * of failures need a server of their own.
 */
import { DESKTOP_PARTS } from '../desktop/parts.ts'
import { aRows } from '../rows/a.rows.ts'
import { dRows } from '../rows/d.rows.ts'
import { iRows } from '../rows/i.rows.ts'
import { rRows } from '../rows/r.rows.ts'
import { collected, type Definition } from '../rows/registry.ts'
import { ruleRows } from '../rows/rules.rows.ts'
import { sRows } from '../rows/s.rows.ts'
import { vRows } from '../rows/v.rows.ts'
import { vJoinRows } from '../rows/v-joins.rows.ts'
import { outgoingRows } from '../rows/v-outgoing.rows.ts'

let all: readonly Definition[] | undefined

/** The definitions that check any of these rows or rules; all of them if `only` is empty. */
export const among = (definitions: readonly Definition[], only: readonly string[]): readonly Definition[] =>
  only.length === 0 ? definitions : definitions.filter(({ rows }) => rows.some((row) => only.includes(row)))

export function rowsOf(only: readonly string[]): readonly Definition[] {
  all ??= collected(() => {
    for (const define of [aRows, dRows, iRows, rRows, sRows, ruleRows, vRows, outgoingRows, vJoinRows]) define()
  })
  return among(all, only)
}

/** The parts that are no tables of rows. */
export const PARTS = DESKTOP_PARTS.map(({ title, define }) => ({
  title,
  definitionsOf: (only: readonly string[]) => among(collected(define), only),
}))
