/** What the machines of the engine get of a notification: states, and what goes with them. */
import type { UserEventInput } from '../engine/api.ts'
import type { UserValue } from '../engine/values.ts'
import type { Told } from './events/update.ts'
import type { UserSummary } from './events/user.ts'

/** The event for the machines; `undefined` for what they do not follow: queues, errors. */
export function machineEventOf(told: Told): UserEventInput | undefined {
  switch (told.kind) {
    case 'user':
    case 'summary':
      return ofUser(told.value)
    case 'media': {
      const { user, id, status } = told.value
      return status && { kind: 'media', user, mrd: id, state: status.state, routable: status.routable }
    }
    case 'dialog': {
      const { value } = told
      if (value.kind === 'call') return { kind: 'call', user: told.user, change: told.change, call: value }
      const { user, mrd, id, variables } = value
      const state = told.change === 'removed' ? 'CLOSED' : value.state
      return { kind: 'task', user, mrd, dialog: id, state, variables }
    }
    default:
      return undefined
  }
}

function ofUser({ id, state, reason, reasonCodeId, extension }: UserValue | UserSummary): UserEventInput {
  const why = reason ? { reason } : reasonCodeId === null ? {} : { reasonCodeId }
  return { kind: 'user', user: id, state, extension, ...why }
}
