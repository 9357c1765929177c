/** Rewrites all rows of a store in pieces. */
import type { Json, RewritePlace, Rewriting, Store } from '../ports.ts'
import { rewritingFor, type Subjects } from './erase.ts'

/** Yields after each piece, which is durable then. Returns the number of changed rows. */
export async function* rewriteAll(
  store: Pick<Store, 'rewrite'>,
  subjects: Subjects,
): AsyncGenerator<RewritePlace, number> {
  let rows = 0
  const rewriting = counted(rewritingFor(subjects), () => {
    rows += 1
  })
  for (let place = await store.rewrite(rewriting, null); place; place = await store.rewrite(rewriting, place))
    yield place
  return rows
}

function counted({ input, state, payload }: Rewriting, count: () => void): Rewriting {
  const noted = (before: Json, after: Json): Json => {
    if (before !== after) count()
    return after
  }
  return {
    input: (row) => noted(row.input, input(row)),
    state: (row) => noted(row.state, state(row)),
    payload: (row) => noted(row.payload, payload(row)),
  }
}
