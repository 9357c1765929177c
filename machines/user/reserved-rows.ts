/** The rows of an agent who is reserved for a campaign (`user 5.2` U14 to U19). */
import { by } from '../rules.ts'

/** While the dialler calls customers, and the agent was not asked: the agent may leave the reservation. */
export const whenReserved = {
  READY: {
    ...by('U14'),
    target: 'READY',
    actions: ['leaveReservation', 'clearReason', 'lookAtCalls'],
  },
  NOT_READY: {
    ...by('U15'),
    target: 'NOT_READY',
    actions: ['leaveReservation', 'noteReason'],
  },
} as const

/** A forced sign-out that does not lead to LOGOUT ends the reservation. */
export const forcedFromReservation = {
  ...by(['P2', 'notifications 9.2'], 'After a forced sign-out the agent is not reserved any more, and NOT_READY.'),
  target: 'NOT_READY',
  actions: ['leaveReservation', 'connectionFails', 'thenSignOutOfMedia'],
} as const

/** While the agent decides, and until the customer is reached: a requested state waits for the end. */
export const waitsForPreview = { ...by(['U19', 'user 5.5']), actions: 'setPending' } as const

/** The customer has answered while the agent talks on another call. */
export const isBusyForCustomer = {
  ...by('V113', 'The agent talks on another call, and the customer is not reached.'),
  guard: 'isBusyForCustomer',
  actions: 'refuseLeg',
} as const
