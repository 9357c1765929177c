/** A team message as a record of the store. */
import { isList, isObject } from '../json.ts'
import type { Json } from '../ports.ts'
import type { TeamMessageValue } from '../values.ts'

export function toRecord({ createdBy, createdAt, durationSeconds, content, teams }: TeamMessageValue): Json {
  return { createdBy: { ...createdBy }, createdAt, durationSeconds, content, teams: [...teams] }
}

/** The message in a record; `undefined` for a record of another form. */
export function fromRecord(id: string, value: Json): TeamMessageValue | undefined {
  if (!isObject(value) || !isObject(value.createdBy) || !isList(value.teams)) return undefined
  const { createdAt, durationSeconds, content, createdBy, teams } = value
  if (typeof createdAt !== 'number' || typeof durationSeconds !== 'number' || typeof content !== 'string')
    return undefined
  const text = (name: string) => String(createdBy[name] ?? '')
  return {
    kind: 'teamMessage',
    id,
    createdBy: { id: text('id'), firstName: text('firstName'), lastName: text('lastName') },
    createdAt,
    durationSeconds,
    content,
    teams: teams.map(String),
  }
}
