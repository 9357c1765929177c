/** What a user's calls mean to a supervisor who listens to the user, or wants to. */
import { PRESENT } from '../call/model.ts'
import type { LegState } from '../wire.ts'
import type { Monitored, UserContext, UserEvent } from './model.ts'

type Legs = UserContext['legs']

/** States in which the agent is connected, so that somebody may go on listening. */
const CONNECTED: readonly LegState[] = ['ACTIVE', 'HELD']

/** The call to which a supervisor can listen: the one on which the agent talks, unless the agent listens by it. */
export const callToHear = (legs: Legs): string | undefined =>
  Object.entries(legs).find(([, { state, call }]) => state === 'ACTIVE' && !call.monitor)?.[0]

/**
 * The call to which the supervisor listens when the calls are these: the same one, or the conference that the agent has
 * joined it into, or that it was joined into with the agent. `''`: the agent has left it.
 */
export function heardNow({ of }: Monitored, legs: Legs): string {
  const isConnected = ([, { state }]: (typeof entries)[number]) => CONNECTED.includes(state)
  const entries = Object.entries(legs)
  const same = entries.find((entry) => entry[0] === of && isConnected(entry))
  const next = entries.find((entry) => entry[1].call.secondaryId === of && isConnected(entry))
  return (same ?? next)?.[0] ?? ''
}

/** Does this supervisor listen, by this call? */
export const isMonitoredBy = (
  { monitored }: UserContext,
  { listener, monitor }: Extract<UserEvent, { type: 'BARGE_ASKED' }>,
): boolean =>
  monitored !== undefined &&
  monitored.of !== '' &&
  monitored.call.dialog === monitor &&
  monitored.call.monitor?.supervisor === listener

/** Has the agent another call, besides those in wrap-up? */
export const hasCallBeside = (legs: Legs, dialog: string | undefined): boolean =>
  Object.entries(legs).some(([other, { state }]) => other !== dialog && state !== 'WRAP_UP' && state !== 'DROPPED')

/** How many parties the call has. */
export const partiesOf = (legs: Legs, dialog = ''): number => {
  const present: readonly LegState[] = PRESENT
  return legs[dialog]?.call.legs.filter(({ state }) => present.includes(state)).length ?? 0
}
