/** Moves the times in a state after the clock was set back. */
import { isList, isObject } from '../json.ts'
import type { Json } from '../ports.ts'

/**
 * The names of all fields of a state that hold a time. Only the name shows that a number is a time, and not a duration,
 * a message number or a count. The value 0 means that there is no time.
 */
export const TIMES: ReadonlySet<string> = new Set([
  'availableSince',
  'due',
  'lastHeard',
  'overflowDue',
  'queuedAt',
  'since',
  'startTime',
  'stateChangeTime',
  'waitsSince',
])

/** A copy of the state with all its times `by` ms earlier. */
export function movedBack(state: Json, by: number): Json {
  if (isList(state)) return state.map((each) => movedBack(each, by))
  if (!isObject(state)) return state
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, isTime(key, value) ? value - by : movedBack(value, by)]),
  )
}

const isTime = (key: string, value: Json): value is number => TIMES.has(key) && typeof value === 'number' && value > 0
