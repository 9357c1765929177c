/**
 * Erasure of personal data in JSON.
 *
 * A replay gives the same states and steps afterwards, because no machine and no queue decides by a value that is
 * replaced. Variables and callers' numbers are copied from the submission to the task, the dialog, the call and the
 * notification. They are never compared, counted or parsed. Names and dial numbers of agents are only shown. All data
 * that decide are kept: ids, states, times, selectors, names and number of variables, and whether a value is empty.
 * Every copy of a value is replaced by the same constant, so a replayed step that copies a value gives the right
 * result.
 */
import type { NamedValue } from '../../../machines/effects.ts'
import { isList, isObject, type JsonObject } from '../json.ts'
import type { JournalRow, Json, OutboxRow, Rewriting, SnapshotRow } from '../ports.ts'
import { callOf, idsOf, isCaller, ownerOf, variableOf } from './places.ts'

/** Replaces every erased value. */
export const ERASED = 'erased'

/** Empty values stay empty, because they contain no personal data and a call has them before its first input. */
export const erasedText = (text: string): string => (text === '' ? '' : ERASED)

/** False for an empty value and for one that was erased already. */
export const isPersonalText = (text: string): boolean => erasedText(text) !== text

/** The customers and agents whose data are erased. */
export interface Subjects {
  /** Ids of tasks, dialogs and calls, and the names that `ownerOf` gives to submissions that created nothing. */
  readonly ids: ReadonlySet<string>
  /** Users whose names and dial numbers are erased. */
  readonly agents: ReadonlySet<string>
}

/**
 * Replaces values of variables and numbers of callers in each object that names one of `ids`, and in objects without
 * ids inside of it. `owner`: the id to which objects without ids belong. Returns the argument itself if nothing
 * changes.
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
    if (theirs && key === 'variables' && isList(each)) return mapList(each, erasedVariable)
    if (theirs && typeof each === 'string' && isCaller(value, key)) return erasedText(each)
    return without(each, ids, theirs)
  })
}

/** The variables that say what a call is to its campaign. Machines make them, and they are not personal. */
const OF_CAMPAIGNS: ReadonlySet<string> = new Set(['BACampaign', 'BAResponse', 'BAStatus'])

/** The variable without the customer's value. */
export const withoutValue = ({ name, value }: NamedValue): NamedValue => ({
  name,
  value: OF_CAMPAIGNS.has(name) ? value : erasedText(value),
})

function erasedVariable(variable: Json): Json {
  const known = variableOf(variable)
  if (!known || !isObject(variable)) return variable
  const { value } = withoutValue(known)
  return mapObject(variable, (each, key) => (key === 'value' ? value : each))
}

/** Keys of an agent's personal data. The id is not erased. */
const AGENT_KEYS: ReadonlySet<string> = new Set(['loginName', 'firstName', 'lastName', 'dialNumber'])

/** Replaces names and dial numbers of agents. Returns the argument itself if there are none. */
export function eraseAgent(value: Json): Json {
  if (isList(value)) return mapList(value, eraseAgent)
  if (!isObject(value)) return value
  return mapObject(value, (each, key) =>
    typeof each === 'string' && AGENT_KEYS.has(key) ? erasedText(each) : eraseAgent(each),
  )
}

/** The changes that a store has to make to all its rows. */
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

/** Id of the user whose names a notification contains; `''` if there is none. */
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
