/** The directory on its way to the aggregates: a setup travels as an input, so that a journal replays without the file. */
import { type Directory, VOICE_MRD } from '../directory/model.ts'
import type { Aggregates } from './aggregates.ts'
import { asJson, type Input } from './input.ts'
import { queueSetup } from './queue/state.ts'
import { type UserSetup, userSetup } from './user/setup.ts'

/** How an engine is put together, as far as the aggregates have to know. */
export type Arrangement = Pick<UserSetup, 'role' | 'acd' | 'sides'>

interface Addressed {
  readonly to: string
  readonly input: Input
}

const differs = (known: object | undefined, setup: object) => JSON.stringify(known) !== JSON.stringify(asJson(setup))

/** Setups that differ from what the aggregates were told last: sides, then queues, then users. */
export function configuration(
  aggregates: Aggregates,
  directory: Directory,
  arrangement: Arrangement,
): readonly Addressed[] {
  return [
    ...sides(aggregates, directory, arrangement),
    ...(arrangement.acd === 'built-in' ? queues(aggregates, directory) : []),
    ...users(aggregates, directory, arrangement),
  ]
}

function sides(aggregates: Aggregates, { platform }: Directory, arrangement: Arrangement): readonly Addressed[] {
  return arrangement.sides
    .filter((side) => aggregates.side(side)?.platform !== platform)
    .map((side) => ({ to: `side/${side}`, input: { kind: 'configuredSide', platform } }))
}

function queues(aggregates: Aggregates, directory: Directory): readonly Addressed[] {
  const mrds = new Set([VOICE_MRD, ...directory.mediaRoutingDomains.map((mrd) => mrd.id)])
  return [...mrds].flatMap((mrd): readonly Addressed[] => {
    const setup = queueSetup(directory, mrd)
    if (!differs(aggregates.queue(mrd)?.setup, setup)) return []
    return [{ to: `queue/${mrd}`, input: { kind: 'configuredQueue', setup } }]
  })
}

function users(aggregates: Aggregates, directory: Directory, arrangement: Arrangement): readonly Addressed[] {
  return directory.users.flatMap((user): readonly Addressed[] => {
    const setup = userSetup(directory, user, arrangement)
    if (!differs(aggregates.user(user.id)?.setup, setup)) return []
    return [{ to: `user/${user.id}`, input: { kind: 'configuredUser', setup } }]
  })
}
