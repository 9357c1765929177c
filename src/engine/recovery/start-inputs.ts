/** Inputs of a start: what may have changed since the last process. */
import { calledOtherwise } from '../../../machines/index.ts'
import type { Side } from '../../../machines/wire.ts'
import type { Directory } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { ComparedSetups } from '../configuration/compared-setups.ts'
import { type Arrangement, configuring } from '../configuration/configuration.ts'
import { drainInputs } from '../drain/inputs.ts'
import type { Addressed } from '../input/inbox.ts'
import { unknownPresence } from '../presence/former-sessions.ts'

export interface StartParts {
  readonly directory: Directory
  readonly arrangement: Arrangement
  /** Sides that have, or will get, a notification service. */
  readonly served: ReadonlySet<Side>
  /** Users who were connected, and whose presence is unknown now. */
  readonly former: readonly string[]
  /** Setups that need no comparison. */
  readonly compared: ComparedSetups | undefined
}

/** The inputs in their order, found in short steps. Opens the aggregates of the sides. */
export function* startInputs(
  aggregates: Aggregates,
  { directory, arrangement, served, former, compared }: StartParts,
): Generator<undefined, readonly Addressed[]> {
  const { sides } = arrangement
  for (const side of sides) aggregates.open(`side/${side}`)
  const configured = yield* configuring(aggregates, directory, arrangement, compared)
  const inputs = [...configured, ...services(aggregates, sides, served)]
  yield
  inputs.push(...callsOfOlderVersions(aggregates))
  for (const id of former) {
    yield
    inputs.push(...unknownPresence(aggregates, id, sides))
  }
  // A start ends the drain of an earlier process. This comes last, so that tasks are offered in the current state.
  inputs.push(...drainInputs(aggregates, false))
  return inputs
}

/** Each process decides whether a side has a notification service, so the stored state may be different. */
function services(aggregates: Aggregates, sides: readonly Side[], served: ReadonlySet<Side>): readonly Addressed[] {
  return sides.flatMap((side): readonly Addressed[] => {
    const change = served.has(side) ? 'LOST' : 'BACK'
    if (aggregates.side(side)?.isMissing('notification-service') === (change === 'LOST')) return []
    return [{ to: `side/${side}`, input: { kind: 'side', change, dependency: 'notification-service' } }]
  })
}

/** Older versions could leave a user with calls that no event would end. */
function callsOfOlderVersions(aggregates: Aggregates): readonly Addressed[] {
  return [...aggregates.names()].flatMap((name): readonly Addressed[] => {
    const user = name.startsWith('user/') ? aggregates.pastOrPresentUser(name.slice('user/'.length)) : undefined
    if (!user || !calledOtherwise(user.snapshot)) return []
    return [{ to: name, input: { kind: 'user', event: { type: 'CALLS_FOUND' } } }]
  })
}
