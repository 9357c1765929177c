/** The header `Range: objects=1-6000`, which counts the contacts of all phone books together (`user 8.4`). */
import { RestRefusal } from './refusal.ts'

/** Last object that a range may contain. */
export const LAST_OBJECT = 6000

/** Numbers of the first and the last object, counted from 1. */
export interface ObjectRange {
  readonly first: number
  readonly last: number
}

/**
 * The range of a request for `total` objects: the part that exists. Without the header it is everything up to the limit
 * (choice: 12.5 requires the header). Ranges of other units are ignored, as HTTP says.
 *
 * Throws `RestRefusal` (416) for what is not two numbers, for numbers outside 1 to 6000 and in the wrong order, and for
 * a range that begins after the last object.
 */
export function objectRange(header: string, total: number): ObjectRange {
  const [, first, last] = /^objects=(\d{1,9})-(\d{1,9})$/.exec(header) ?? []
  if (first === undefined || last === undefined) {
    if (header.startsWith('objects=')) throw new RestRefusal('RANGE_NOT_SATISFIABLE', 'Range')
    return { first: 1, last: Math.min(total, LAST_OBJECT) }
  }
  const range = { first: Number(first), last: Number(last) }
  const isValid = range.first >= 1 && range.first <= range.last && range.last <= LAST_OBJECT
  if (!isValid || range.first > Math.max(total, 1)) throw new RestRefusal('RANGE_NOT_SATISFIABLE', 'Range')
  return { first: range.first, last: Math.min(range.last, total) }
}
