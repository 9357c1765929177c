/**
 * Where customers' data stands in JSON that the engine keeps, and to whose contact it belongs: inputs, messages, states
 * of machines and queues, notifications.
 */
import type { NamedValue } from '../../../machines/effects.ts'
import { isList, isObject, type JsonObject } from '../json.ts'
import type { JournalRow, Json } from '../ports.ts'

/** A place that names tasks, dialogs or calls of one contact, with the personal data that stands right there. */
export interface Sighting {
  /** Ids that belong together, because one thing names them all. */
  readonly ids: readonly string[]
  readonly variables: readonly NamedValue[]
  /** Numbers of callers. */
  readonly callers: readonly string[]
}

/** Keys whose values are ids of tasks, dialogs and calls; what one object names belongs to one contact. */
const IDS = ['dialog', 'task', 'original', 'associatedDialog', 'resubmittedAs'] as const

const named = (value: Json | undefined): readonly string[] => (typeof value === 'string' && value !== '' ? [value] : [])

/** The ids that an object names by itself. `id` is one only beside variables: reasons and teams have ids too. */
export function idsOf(object: JsonObject): readonly string[] {
  const own = 'variables' in object ? named(object.id) : []
  // A dialog holds the facts of its task.
  const task = isObject(object.task) ? named(object.task.id) : []
  return [...own, ...task, ...IDS.flatMap((key) => named(object[key]))]
}

/** The name and value of a variable, if it is one. */
export function variableOf(value: Json): NamedValue | undefined {
  if (!isObject(value) || typeof value.name !== 'string' || typeof value.value !== 'string') return undefined
  return { name: value.name, value: value.value }
}

/**
 * Does this key of an object hold the number of a caller? `from` does where a call arrives, which has variables; a
 * message has none. The party of a call that is no user is the caller.
 */
export function isCaller(object: JsonObject, key: string): boolean {
  if (key === 'fromAddress') return true
  if (key === 'from') return 'variables' in object
  return key === 'mediaAddress' && !('user' in object)
}

/** Every place in `value`, outermost first. `owner`: whose things without ids of their own are; `''` for nobody. */
export function sightings(value: Json, owner = ''): Generator<Sighting> {
  return look(value, named(owner))
}

function* look(value: Json, inherited: readonly string[]): Generator<Sighting> {
  if (isList(value)) for (const each of value) yield* look(each, inherited)
  if (!isObject(value)) return
  const own = idsOf(value)
  const ids = own.length > 0 ? own : inherited
  const variables = isList(value.variables) ? value.variables.flatMap((each) => variableOf(each) ?? []) : []
  const callers = Object.keys(value).flatMap((key) => (isCaller(value, key) ? named(value[key]) : []))
  if (own.length > 0 || variables.length > 0 || callers.length > 0) yield { ids, variables, callers }
  for (const each of Object.values(value)) if (typeof each === 'object') yield* look(each, ids)
}

/** Whose things without ids are in the state or in an input of an aggregate: a call's own. */
export const callOf = (aggregate: string): string => (aggregate.startsWith('call/') ? aggregate.slice(5) : '')

/**
 * Whose the things of a row without ids are: a submission has no id yet, so its row says what it made. One that made
 * nothing, because it failed or was refused, is a contact by itself.
 */
export function ownerOf({ aggregate, made, position }: Pick<JournalRow, 'aggregate' | 'made' | 'position'>): string {
  return made ?? (callOf(aggregate) || `row ${position}`)
}

/** Every place in a row. A row of a call is about the call, whatever it says. */
export function* rowSightings(row: JournalRow): Generator<Sighting> {
  const call = callOf(row.aggregate)
  if (call !== '') yield { ids: [call], variables: [], callers: [] }
  yield* sightings(row.input, ownerOf(row))
}
