/** Describes a notification in one line, for the step-by-step mode. */
import type { NotificationEvent } from '../engine/events.ts'
import type { SimulatedContacts } from './run/contacts.ts'

/** `undefined` for a notification that only repeats another one. */
export function describe(
  { value, event, shape, source }: NotificationEvent,
  user: string,
  contacts: SimulatedContacts,
): string | undefined {
  if (shape === 'summary') return undefined
  const nameOf = (of: Parameters<SimulatedContacts['of']>[0]) => contacts.of(of)?.key ?? ''
  switch (value.kind) {
    case 'user':
      return `${user}  voice ${value.state}${value.pendingState === '' ? '' : `, then ${value.pendingState}`}`
    case 'media': {
      const { state = 'not a member', routable = false } = value.status ?? {}
      return `${user}  ${value.name} ${state}${routable || state === 'LOGOUT' ? '' : ', not routable'}`
    }
    case 'task': {
      const why = value.dispositionCode === '' ? '' : ` (${value.dispositionCode})`
      return `${user}  task ${value.id} ${value.state}${why}  ${nameOf(value)}`.trimEnd()
    }
    case 'call': {
      const own = value.participants.find((party) => party.user === user)?.state ?? value.state
      return `${user}  call ${value.id} ${event === 'DELETE' ? 'over' : own}  ${nameOf(value)}`.trimEnd()
    }
    case 'failure':
      return `${user}  error ${value.failure} on ${source.replace('/finesse/api/', '')}`
    case 'queue':
    case 'queues':
      return undefined // the directory of a simulation stays as it is
    case 'teamMessage':
      return undefined // nobody sends any in a simulation
    case 'systemInfo':
      return `system ${value.status}${value.statusReason === '' ? '' : `: ${value.statusReason}`}`
  }
}
