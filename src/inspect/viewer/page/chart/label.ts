/** What stands at an arrow: short lines, one for each event. */
import { textOf } from '../../../diagram/model.ts'
import type { NumberedRow } from './graph.ts'

/** More lines than this make a chart unreadable; the rest is told on hover and focus. */
const LINES = 3

type Labelled = Pick<NumberedRow, 'event' | 'guard' | 'place'>

/** What leads there, and the guard. Rows of a state that is left at once have their place instead of an event. */
function parts({ event, guard, place }: Labelled): readonly string[] {
  const first = event === '' && place > 0 ? `${place}.` : event
  if (guard !== null) return first === '' ? [`[${textOf(guard)}]`] : [first, `[${textOf(guard)}]`]
  if (event !== '') return [event]
  return [place > 0 ? `${first} else` : 'at once']
}

/** `START [isAllowed]`, `2. [isInterrupted]`, `7. else`. */
export const rowLabel = (row: Labelled): string => parts(row).join(' ')

/** Lines for all the ways along one arrow. Several ways by one event are one line; a single way has its guard below. */
export function edgeLabel(rows: readonly NumberedRow[]): readonly string[] {
  const [only] = rows
  if (rows.length === 1 && only !== undefined) return only.event === '' ? [rowLabel(only)] : parts(only)
  const lines = [...Map.groupBy(rows, ({ event }) => event)].flatMap(([event, each]) => {
    const [first] = each
    if (event === '' || (each.length === 1 && first !== undefined)) return each.map(rowLabel)
    return [`${event} (${each.length} rows)`]
  })
  return lines.length <= LINES + 1 ? lines : [...lines.slice(0, LINES), `and ${lines.length - LINES} more`]
}
