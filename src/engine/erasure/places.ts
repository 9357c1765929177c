/**
 * Finds customers' data in the JSON of inputs, messages, states and notifications, and the contact that the data belong
 * to.
 */
import type { NamedValue } from '../../../machines/effects.ts'
import { isList, isObject, type JsonObject } from '../json.ts'
import type { JournalRow, Json } from '../ports.ts'

/** An object in JSON that names tasks, dialogs or calls of one contact, with its own personal data. */
export interface Sighting {
  /** Ids that belong to one contact, because one object names them all. */
  readonly ids: readonly string[]
  readonly variables: readonly NamedValue[]
  /** Numbers of callers. */
  readonly callers: readonly string[]
}

/** Keys whose values are ids of tasks, dialogs, calls and contacts of campaigns. All ids in one object belong to one contact. */
const IDS = ['dialog', 'task', 'original', 'associatedDialog', 'resubmittedAs', 'record'] as const

const named = (value: Json | undefined): readonly string[] => (typeof value === 'string' && value !== '' ? [value] : [])

/**
 * The ids in an object itself. `id` counts only if the object has `variables`, because reasons and teams have ids too.
 */
export function idsOf(object: JsonObject): readonly string[] {
  const own = 'variables' in object ? named(object.id) : []
  // A dialog contains its task.
  const task = isObject(object.task) ? named(object.task.id) : []
  return [...own, ...task, ...IDS.flatMap((key) => named(object[key]))]
}

/** The name and value of a variable, if it is one. */
export function variableOf(value: Json): NamedValue | undefined {
  if (!isObject(value) || typeof value.name !== 'string' || typeof value.value !== 'string') return undefined
  return { name: value.name, value: value.value }
}

/** Where a call shows the number that was dialled. */
const DIALLED: readonly string[] = ['toAddress', 'dnis', 'dialedNumber']

/**
 * Is the value of this key the number of a customer, who has called or was called? `from` is one in the arrival of a
 * call, which has `variables`. In a message between aggregates, which has none, `from` is the sender. A party of a call
 * without a user is a customer, and an agent may stand for one.
 */
export function isCaller(object: JsonObject, key: string): boolean {
  if (key === 'fromAddress') return madeOf(object).by !== 'agent' && !reserves(object)
  if (DIALLED.includes(key)) return madeOf(object).to === 'outside'
  if (key === 'to') return kindOf(object.destination) === 'outside'
  if (key === 'number') return object.type === 'dialled' || 'record' in object
  if (key === 'callbackNumber') return true
  if (key === 'from') return 'variables' in object
  return (
    key === 'mediaAddress' && ((!('user' in object) && object.isDialler !== true) || object.standsForCaller === true)
  )
}

/** Is it the reservation of a campaign, which comes from the dialler? */
const reserves = ({ reservation, campaign }: JsonObject): boolean =>
  isObject(reservation) || (isObject(campaign) && campaign.part !== 'customer')

/**
 * Who has made the call, and who has the number dialled. This stays the same as long as the call lasts, while its type
 * changes, so that a replay gives what the erasure has left.
 */
function madeOf({ made, outgoing, monitor, campaignCall }: JsonObject): {
  readonly by?: unknown
  readonly to?: unknown
} {
  if (isObject(made)) return made
  // A supervisor listens to an agent.
  if (isObject(monitor)) return { by: 'agent', to: 'agent' }
  if (!isObject(outgoing))
    return isObject(campaignCall) && campaignCall.isOwn === true ? { by: 'agent', to: 'outside' } : {}
  return { by: isOutsideLeg(outgoing.caller) ? 'outside' : 'agent', to: kindOf(outgoing.destination) }
}

const isOutsideLeg = (leg: Json | undefined): boolean => typeof leg === 'string' && leg.includes('#+')

const kindOf = (destination: Json | undefined): Json | undefined =>
  isObject(destination) ? destination.kind : undefined

/** All sightings in `value`, outermost first. `owner`: the id to which objects without ids belong; `''` for none. */
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

/** The owner of objects without ids in the state of an aggregate. For a call it is the call; `''` for others. */
export const callOf = (aggregate: string): string => (aggregate.startsWith('call/') ? aggregate.slice(5) : '')

/**
 * The owner of objects without ids in a row. A submission has no id yet, so it is the task or call that the row
 * created. A message that a call has sent, such as that a number is dialled, is of that call. A submission that created
 * nothing, because it failed or was refused, is a contact of its own.
 */
export function ownerOf(row: Pick<JournalRow, 'aggregate' | 'made' | 'position' | 'input'>): string {
  return row.made ?? (callOf(row.aggregate) || senderOf(row.input) || `row ${row.position}`)
}

/** The call that has sent this message; `''` if none has. */
const senderOf = (input: Json): string =>
  isObject(input) && input.kind === 'message' && typeof input.from === 'string' ? callOf(input.from) : ''

/** All sightings in a row. A row of a call always names that call. */
export function* rowSightings(row: JournalRow): Generator<Sighting> {
  const call = callOf(row.aggregate)
  if (call !== '') yield { ids: [call], variables: [], callers: [] }
  yield* sightings(row.input, ownerOf(row))
}
