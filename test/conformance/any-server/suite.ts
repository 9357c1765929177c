/** The rows that need only REST, XMPP and a hook. The rows of two sides, and those of failures, need a server of their own. */
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

/** The definitions that check any of these rows; all of them if `only` is empty. */
export function definitionsOf(only: readonly string[]): readonly Definition[] {
  all ??= collected(() => {
    for (const define of [aRows, dRows, iRows, rRows, sRows, ruleRows, vRows, outgoingRows, vJoinRows]) define()
  })
  return only.length === 0 ? all : all.filter(({ rows }) => rows.some((row) => only.includes(row)))
}
