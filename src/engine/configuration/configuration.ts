/**
 * The directory on its way to the aggregates: a setup travels as an input, so that a journal replays without the file. What
 * differs from what the aggregates were told last is told them, at a start and at a reload alike.
 */
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { queueSetup } from '../aggregate/queue/state.ts'
import { extensionChangedReason, removalReason, type UserSetup, userSetup } from '../aggregate/user/setup.ts'
import type { Addressed } from '../input/inbox.ts'
import type { UserChange } from '../input.ts'
import { asJson } from '../json.ts'
import { isSameNote } from '../rules/note.ts'

/** How an engine is put together, as far as the aggregates have to know. */
export type Arrangement = Pick<UserSetup, 'role' | 'acd' | 'sides' | 'rules'>

const differs = (known: object | undefined, setup: object) => JSON.stringify(known) !== JSON.stringify(asJson(setup))

/**
 * The differences as inputs: sides, then queues, then users, so that whoever has to leave hands tasks on by the new
 * selectors; queues that go come last, with what users gave back to them.
 */
export function configuration(
  aggregates: Aggregates,
  directory: Directory,
  arrangement: Arrangement,
): readonly Addressed[] {
  const isBuiltIn = arrangement.acd === 'built-in'
  return [
    ...sides(aggregates, directory, arrangement),
    ...(isBuiltIn ? queues(aggregates, directory) : []),
    ...users(aggregates, directory, arrangement),
    ...(isBuiltIn ? removedQueues(aggregates, directory) : []),
  ]
}

function sides(aggregates: Aggregates, { platform }: Directory, arrangement: Arrangement): readonly Addressed[] {
  return arrangement.sides
    .filter((side) => aggregates.side(side)?.platform !== platform)
    .map((side) => ({ to: `side/${side}`, input: { kind: 'configuredSide', platform } }))
}

const mrdsOf = (directory: Directory) => new Set([VOICE_MRD, ...directory.mediaRoutingDomains.map((mrd) => mrd.id)])

function queues(aggregates: Aggregates, directory: Directory): readonly Addressed[] {
  const going = goingQueues(aggregates, directory)
  return [...mrdsOf(directory), ...going].flatMap((mrd): readonly Addressed[] => {
    const known = aggregates.queue(mrd)
    const fresh = queueSetup(directory, mrd)
    const setup = known && going.includes(mrd) ? { ...fresh, name: known.setup.name } : fresh
    if (!known?.isRemoved && !differs(known?.setup, setup)) return []
    return [{ to: `queue/${mrd}`, input: { kind: 'configuredQueue', setup } }]
  })
}

/** MRDs whose queue is still there, though the directory has them no more. */
function goingQueues(aggregates: Aggregates, directory: Directory): readonly string[] {
  const mrds = mrdsOf(directory)
  return aggregates.queues().flatMap((queue) => (queue.isRemoved || mrds.has(queue.mrd) ? [] : [queue.mrd]))
}

function removedQueues(aggregates: Aggregates, directory: Directory): readonly Addressed[] {
  return goingQueues(aggregates, directory).map((mrd) => ({ to: `queue/${mrd}`, input: { kind: 'removedQueue' } }))
}

function users(aggregates: Aggregates, directory: Directory, arrangement: Arrangement): readonly Addressed[] {
  const known = aggregates.users()
  // A store without users has just been made: nobody is told that it has some now.
  const isTold = aggregates.hasHadUsers
  const extensionReason = extensionChangedReason(directory)
  const configured = directory.users.flatMap((user): readonly Addressed[] => {
    const setup = userSetup(directory, user, arrangement)
    const before = aggregates.user(user.id)
    if (before && !differs(before.setup, setup)) return []
    const change: UserChange = before ? { type: 'CHANGED', extensionReason } : { type: 'ADDED' }
    return [{ to: `user/${user.id}`, input: { kind: 'configuredUser', setup, ...(isTold ? { change } : {}) } }]
  })
  const ids = new Set(directory.users.map(({ id }) => id))
  const reason = removalReason(directory)
  const removed = known
    .filter((id) => !ids.has(id))
    .map((id): Addressed => ({ to: `user/${id}`, input: { kind: 'removedUser', reason } }))
  // Whoever leaves gives up tasks before others come.
  return [...removed, ...configured, ...pastUsers(aggregates, arrangement)]
}

/** Who is not in the directory any more goes by the rules in force all the same: others need not be known for ever. */
function pastUsers(aggregates: Aggregates, { rules }: Arrangement): readonly Addressed[] {
  return aggregates.pastUsers().flatMap(([id, { setup }]): readonly Addressed[] => {
    if (isSameNote(setup.rules, rules)) return []
    const { rules: _, ...rest } = setup
    return [{ to: `user/${id}`, input: { kind: 'configuredUser', setup: { ...rest, ...(rules ? { rules } : {}) } } }]
  })
}
