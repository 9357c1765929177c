/** Team messages on the wire (`dialog 9`). */
import type { TeamMessageValue } from '../engine/values.ts'
import { leaf, list, parent } from './xml.ts'

/** In the order of the document, which no recording contradicts. The root has the same name in notifications. */
export function renderTeamMessage(message: TeamMessageValue): string {
  const { id, createdBy, createdAt, durationSeconds, content, teams } = message
  return parent(
    'TeamMessage',
    leaf('uri', `/finesse/api/TeamMessage/${id}`),
    leaf('id', id),
    parent(
      'createdBy',
      leaf('id', createdBy.id),
      leaf('firstName', createdBy.firstName),
      leaf('lastName', createdBy.lastName),
    ),
    leaf('createdAt', Math.floor(createdAt / 1000)),
    leaf('duration', durationSeconds),
    leaf('content', content),
    list(
      'teams',
      teams.map((team) => leaf('team', team)),
    ),
  )
}

export function renderTeamMessages(messages: readonly TeamMessageValue[]): string {
  return list('TeamMessages', messages.map(renderTeamMessage))
}
