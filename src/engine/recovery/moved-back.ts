/** The times in a state, as they are after the clock was set back. */
import { isList, isObject } from '../json.ts'
import type { Json } from '../ports.ts'

/**
 * Every time that a state holds has one of these names. Times are told by their names: a duration, a number of a
 * message or a count must not be taken for one. 0 is no time: it says that there was none.
 */
export const TIMES: ReadonlySet<string> = new Set([
  'availableSince',
  'due',
  'lastHeard',
  'queuedAt',
  'since',
  'startTime',
  'stateChangeTime',
])

/** The same state, with everything that happened, and everything that is due, `by` ms earlier. */
export function movedBack(state: Json, by: number): Json {
  if (isList(state)) return state.map((each) => movedBack(each, by))
  if (!isObject(state)) return state
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, isTime(key, value) ? value - by : movedBack(value, by)]),
  )
}

const isTime = (key: string, value: Json): value is number => TIMES.has(key) && typeof value === 'number' && value > 0
