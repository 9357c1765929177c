/**
 * Long lists in pages: no answer is cut without a word. `X-Total-Count` has the number of all items, and
 * `Link: <…>; rel="next"` the address of the next page (RFC 8288), relative to that of the request.
 */
import { z } from 'zod'
import { checked } from './json.ts'
import { type Answer, type Call, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'

/** Largest `limit`: how many items one answer can list. */
export const MAX_LISTED = 10_000
const LISTED = 1000

/** The parameter `limit` of a list. */
export const listLimit = z.coerce
  .number('a number is expected')
  .int('a whole number is expected')
  .min(1, 'at least 1 is expected')
  .max(MAX_LISTED, `at most ${MAX_LISTED} is possible`)
  .default(LISTED)

const page = z.strictObject({
  limit: listLimit,
  after: z.string('the value of a link to the next page is expected').min(1).max(128).optional(),
})

/** The headers of a page. `next`: the query of the next one, if there is one. */
export function pageHeaders(total: number, next?: Readonly<Record<string, string | undefined>>) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(next ?? {})) if (value !== undefined) query.set(name, value)
  return { 'x-total-count': String(total), ...(next ? { link: `<?${query}>; rel="next"` } : {}) }
}

/**
 * A page of a list, with `?limit=` (1,000 when left out) and `?after=` (the id of the last item of the page before). If
 * that item is gone, the list goes on with the next larger number, because ids that come and go are numbers which grow.
 *
 * @throws ControlRefusal INVALID_PARAMETER
 */
export function pageOf<Item>(
  { query }: Pick<Call, 'query'>,
  all: readonly Item[],
  idOf: (item: Item) => string,
  viewOf: (item: Item) => object,
): Answer {
  const { limit, after } = checked(page, query, 'query')
  const from = after === undefined ? 0 : placeAfter(all.map(idOf), after)
  const items = all.slice(from, from + limit)
  const last = items.at(-1)
  const next = last !== undefined && from + limit < all.length ? { limit: String(limit), after: idOf(last) } : undefined
  return { ...ok(items.map(viewOf)), headers: pageHeaders(all.length, next) }
}

function placeAfter(ids: readonly string[], after: string): number {
  const known = ids.lastIndexOf(after)
  if (known >= 0) return known + 1
  const number = Number(after)
  if (!Number.isFinite(number)) throw new ControlRefusal('INVALID_PARAMETER', 'after', 'there is no such item any more')
  const place = ids.findIndex((id) => Number(id) > number)
  return place < 0 ? ids.length : place
}
