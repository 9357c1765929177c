/**
 * Erasure: JSON in, the same JSON without somebody's personal data out.
 *
 * A replay leads to the same states and steps afterwards, because no machine and no queue decides by what is replaced:
 * variables and callers' numbers are carried from the submission to the task, the dialog, the call and the
 * notification, and are never compared, counted or parsed; names and dial numbers of agents are shown and nothing else.
 * What decides stays: ids, states, times, selectors, names of variables, how many there are, and whether there is a
 * value. Since every copy of a value is replaced by the same constant, a step that copies a replaced value makes
 * the replaced copy.
 */
import { isList, isObject, type JsonObject } from '../json.ts'
import type { JournalRow, Json, OutboxRow, Rewriting, SnapshotRow } from '../ports.ts'
import { callOf, idsOf, isCaller, ownerOf, variableOf } from './places.ts'

/** What stands in the place of an erased value. */
export const ERASED = 'erased'

/** Empty values stay empty: a state from before its first input has them, and they say nothing of anybody. */
export const erasedText = (text: string): string => (text === '' ? '' : ERASED)

/** Is there anything to erase in this value? */
export const isPersonalText = (text: string): boolean => erasedText(text) !== text

/** Whose data is to go. */
export interface Subjects {
  /** Tasks, dialogs, calls, and rows of submissions that made nothing, as `ownerOf` calls them. */
  readonly ids: ReadonlySet<string>
  /** Users whose names and dial numbers go. */
  readonly agents: ReadonlySet<string>
}

/**
 * Replaces values of variables and numbers of callers wherever an object names one of `ids`, or lies in one that does.
 * `owner`: whose the things without ids are. Returns the argument itself where nothing is to change.
 */
export function erase(value: Json, ids: ReadonlySet<string>, owner = ''): Json {
  return without(value, ids, ids.has(owner))
}

function without(value: Json, ids: ReadonlySet<string>, isTheirs: boolean): Json {
  if (isList(value)) return mapList(value, (each) => without(each, ids, isTheirs))
  if (!isObject(value)) return value
  const own = idsOf(value)
  const theirs = own.length === 0 ? isTheirs : own.some((id) => ids.has(id))
  return mapObject(value, (each, key) => {
    if (theirs && key === 'variables' && isList(each)) return mapList(each, withoutValue)
    if (theirs && typeof each === 'string' && isCaller(value, key)) return erasedText(each)
    return without(each, ids, theirs)
  })
}

function withoutValue(variable: Json): Json {
  const known = variableOf(variable)
  return known && isObject(variable)
    ? mapObject(variable, (each, key) => (key === 'value' ? erasedText(known.value) : each))
    : variable
}

/** What is known of an agent as a person, beside the id. */
const AGENT_KEYS: ReadonlySet<string> = new Set(['loginName', 'firstName', 'lastName', 'dialNumber'])

/** Replaces names and dial numbers of agents. Returns the argument itself where there are none. */
export function eraseAgent(value: Json): Json {
  if (isList(value)) return mapList(value, eraseAgent)
  if (!isObject(value)) return value
  return mapObject(value, (each, key) =>
    typeof each === 'string' && AGENT_KEYS.has(key) ? erasedText(each) : eraseAgent(each),
  )
}

/** What a store is to do with everything that it keeps. */
export function rewritingFor({ ids, agents }: Subjects): Rewriting {
  const isAgent = (aggregate: string) => aggregate.startsWith('user/') && agents.has(aggregate.slice(5))
  return {
    input: (row: JournalRow) => {
      const input = erase(row.input, ids, ownerOf(row))
      return isAgent(row.aggregate) ? eraseAgent(input) : input
    },
    state: (row: SnapshotRow) => {
      const state = erase(row.state, ids, callOf(row.aggregate))
      return isAgent(row.aggregate) ? eraseAgent(state) : state
    },
    payload: ({ payload }: OutboxRow) => {
      const erased = erase(payload, ids)
      return agents.has(userOf(payload)) ? eraseAgent(erased) : erased
    },
  }
}

/** Whom a notification shows with names; `''` for nobody. */
function userOf(payload: Json): string {
  const value = isObject(payload) ? payload.value : undefined
  return isObject(value) && value.kind === 'user' && typeof value.id === 'string' ? value.id : ''
}

function mapList(list: readonly Json[], change: (each: Json) => Json): Json {
  const changed = list.map(change)
  return changed.some((each, index) => each !== list[index]) ? changed : list
}

function mapObject(object: JsonObject, change: (each: Json, key: string) => Json): Json {
  const changed = Object.entries(object).map(([key, each]) => [key, change(each, key)] as const)
  return changed.some(([key, each]) => each !== object[key]) ? Object.fromEntries(changed) : object
}
