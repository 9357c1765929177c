/** What is in hand: what an end of the server would interrupt. */
import { isSignedIn } from '../../../machines/index.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { CallBehaviour } from '../aggregate/call/behaviour.ts'
import { UserBehaviour } from '../aggregate/user/behaviour.ts'
import type { DrainValue } from '../values.ts'

const openTasks = (user: UserBehaviour): number =>
  Object.values(user.snapshot.context.media).reduce(
    (sum, medium) => sum + Object.keys(medium.getSnapshot().context.dialogs).length,
    0,
  )

const usersOf = (aggregates: Aggregates) => aggregates.users().flatMap((id) => aggregates.user(id) ?? [])

const callsOf = (aggregates: Aggregates) => aggregates.calls().filter((call) => !call.finished)

/** Is any task with an agent, or any call under way? Asked after every commit of a drain: the first one is enough. */
export function hasWork(aggregates: Aggregates): boolean {
  for (const { behaviour } of aggregates.values()) {
    if (behaviour instanceof CallBehaviour && !behaviour.finished) return true
    if (behaviour instanceof UserBehaviour && isAtWork(behaviour)) return true
  }
  return false
}

const isAtWork = (user: UserBehaviour): boolean => user.isConfigured && !user.isRemoved && openTasks(user) > 0

/** When the drain that is in force began (ms). All sides say the same. */
export const drainingSince = (aggregates: Pick<Aggregates, 'side'>): number | undefined =>
  (aggregates.side('A') ?? aggregates.side('B'))?.drainingSince

export function drainValue(aggregates: Aggregates): DrainValue {
  const since = drainingSince(aggregates)
  const users = usersOf(aggregates)
  return {
    draining: since !== undefined,
    since: since ?? null,
    tasks: users.reduce((sum, user) => sum + openTasks(user), 0),
    calls: callsOf(aggregates).length,
    waiting: aggregates.queues().reduce((sum, queue) => sum + queue.figures.waiting, 0),
    signedIn: users.filter((user) => isSignedIn(user.snapshot)).length,
  }
}
