/**
 * The inputs that give the directory to the aggregates, at a start and at a reload. Each aggregate whose setup has
 * changed gets its new setup as an input, so that a journal can be replayed without the directory.
 */
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import { finished } from '../../waiting/steps.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { queueSetup } from '../aggregate/queue/state.ts'
import { extensionChangedReason, removalReason, type UserSetup, userSetup } from '../aggregate/user/setup.ts'
import { voiceQueueSetup } from '../aggregate/voice-queue/state.ts'
import type { Addressed } from '../input/inbox.ts'
import type { Input, UserChange } from '../input.ts'
import { isSameJson } from '../json.ts'
import { isSameNote } from '../rules/note.ts'
import type { ComparedSetups } from './compared-setups.ts'

/** The options of the engine that the setups of users contain. */
export type Arrangement = Pick<UserSetup, 'role' | 'acd' | 'acdHasCalls' | 'sides' | 'rules'>

const differs = (known: object | undefined, setup: object) => !isSameJson(known, setup)

/**
 * The differences as inputs, in the order sides, queues, users. So users who are removed resubmit their tasks by the
 * new selectors. Queues that are removed come last, because users may have given tasks back to them.
 */
export const configuration = (
  aggregates: Aggregates,
  directory: Directory,
  arrangement: Arrangement,
): readonly Addressed[] => finished(configuring(aggregates, directory, arrangement))

/** As `configuration`, in short steps. What was compared before is not compared again. */
export function* configuring(
  aggregates: Aggregates,
  directory: Directory,
  arrangement: Arrangement,
  compared?: ComparedSetups,
): Generator<undefined, readonly Addressed[]> {
  const isBuiltIn = arrangement.acd === 'built-in'
  return [
    ...sides(aggregates, directory, arrangement),
    ...(isBuiltIn ? [...queues(aggregates, directory), ...voiceQueues(aggregates, directory)] : []),
    ...(yield* users(aggregates, directory, arrangement, compared)),
    ...(isBuiltIn ? [...removedQueues(aggregates, directory), ...removedVoiceQueues(aggregates, directory)] : []),
  ]
}

function sides(aggregates: Aggregates, { platform }: Directory, arrangement: Arrangement): readonly Addressed[] {
  return arrangement.sides
    .filter((side) => aggregates.side(side)?.platform !== platform)
    .map((side) => ({ to: `side/${side}`, input: { kind: 'configuredSide', platform } }))
}

const mrdsOf = (directory: Directory) => new Set([VOICE_MRD, ...directory.mediaRoutingDomains.map((mrd) => mrd.id)])

function queues(aggregates: Aggregates, directory: Directory): readonly Addressed[] {
  const toRemove = queuesToRemove(aggregates, directory)
  return [...mrdsOf(directory), ...toRemove].flatMap((mrd): readonly Addressed[] => {
    const known = aggregates.queue(mrd)
    const isToRemove = known !== undefined && toRemove.includes(mrd)
    const setup = isToRemove
      ? { ...queueSetup(directory, mrd), name: known.setup.name }
      : queueSetup(directory, mrd, known?.setup.changed)
    if (!known?.isRemoved && !differs(known?.setup, setup)) return []
    return [{ to: `queue/${mrd}`, input: { kind: 'configuredQueue', setup } }]
  })
}

/** MRDs that the directory no longer has and whose queue is not removed yet. */
function queuesToRemove(aggregates: Aggregates, directory: Directory): readonly string[] {
  const mrds = mrdsOf(directory)
  return aggregates.queues().flatMap((queue) => (queue.isRemoved || mrds.has(queue.mrd) ? [] : [queue.mrd]))
}

function removedQueues(aggregates: Aggregates, directory: Directory): readonly Addressed[] {
  return queuesToRemove(aggregates, directory).map((mrd) => ({ to: `queue/${mrd}`, input: { kind: 'removedQueue' } }))
}

function voiceQueues(aggregates: Aggregates, directory: Directory): readonly Addressed[] {
  return (directory.queues ?? []).flatMap((queue): readonly Addressed[] => {
    const known = aggregates.voiceQueue(queue.id)
    const setup = voiceQueueSetup(directory, queue, known?.isRemoved ? {} : known?.setup.changed)
    if (known && !known.isRemoved && !differs(known.setup, setup)) return []
    return [{ to: `voice-queue/${queue.id}`, input: { kind: 'configuredVoiceQueue', setup } }]
  })
}

function removedVoiceQueues(aggregates: Aggregates, { queues: there = [] }: Directory): readonly Addressed[] {
  const ids = new Set(there.map(({ id }) => id))
  return aggregates
    .voiceQueues()
    .filter(({ setup, isRemoved }) => !isRemoved && !ids.has(setup.id))
    .map(({ setup }) => ({ to: `voice-queue/${setup.id}`, input: { kind: 'removedQueue' } }))
}

function* users(
  aggregates: Aggregates,
  directory: Directory,
  arrangement: Arrangement,
  compared?: ComparedSetups,
): Generator<undefined, readonly Addressed[]> {
  const known = aggregates.users()
  // A store that never had users is new. Then clients are not notified that the users were added.
  const notifiesClients = aggregates.hasHadUsers
  const extensionReason = extensionChangedReason(directory)
  const configured: Addressed[] = []
  for (const user of directory.users) {
    const before = aggregates.user(user.id)
    if (before && compared?.has(before.setup)) continue
    yield
    const setup = userSetup(directory, user, arrangement)
    if (before && !differs(before.setup, setup)) {
      compared?.add(before.setup)
      continue
    }
    const change: UserChange = before ? { type: 'CHANGED', extensionReason } : { type: 'ADDED' }
    const input: Input = { kind: 'configuredUser', setup, ...(notifiesClients ? { change } : {}) }
    configured.push({ to: `user/${user.id}`, input })
  }
  const ids = new Set(directory.users.map(({ id }) => id))
  const reason = removalReason(directory)
  const removed = known
    .filter((id) => !ids.has(id))
    .map((id): Addressed => ({ to: `user/${id}`, input: { kind: 'removedUser', reason } }))
  // Users who are removed give up their tasks before other users change.
  return [...removed, ...configured, ...pastUsers(aggregates, arrangement)]
}

/**
 * Users of earlier directories get the current rules too. Otherwise the program would have to know older rules for
 * ever.
 */
function pastUsers(aggregates: Aggregates, { rules }: Arrangement): readonly Addressed[] {
  return aggregates.pastUsers().flatMap(([id, { setup }]): readonly Addressed[] => {
    if (isSameNote(setup.rules, rules)) return []
    const { rules: _, ...rest } = setup
    return [{ to: `user/${id}`, input: { kind: 'configuredUser', setup: { ...rest, ...(rules ? { rules } : {}) } } }]
  })
}
