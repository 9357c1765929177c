/** The names of the directory, for viewers. */
import type { Directory } from '../directory/model.ts'
import type { NamesFrame } from './protocol.ts'

/** Without `personal`, no user has a name. */
export function directoryNames({ users, mediaRoutingDomains }: Directory, personal: boolean): NamesFrame {
  const named = personal ? users : []
  return {
    type: '@mrdian.names',
    users: Object.fromEntries(named.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`.trim()])),
    media: Object.fromEntries(mediaRoutingDomains.map(({ id, name }) => [id, name])),
  }
}
