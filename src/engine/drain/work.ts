/** The work in hand during a drain: the tasks and calls that an end of the server would interrupt. */
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

/** A nailed connection lasts as long as its agent is signed in, and is no work. */
const isWork = (call: CallBehaviour): boolean => !call.finished && call.snapshot.context.nailedFor === undefined

const callsOf = (aggregates: Aggregates) => aggregates.calls().filter(isWork)

/** Is any task or call in hand? It stops at the first one, because it runs after every commit of a drain. */
export function hasWork(aggregates: Aggregates): boolean {
  for (const { behaviour } of aggregates.values()) {
    if (behaviour instanceof CallBehaviour && isWork(behaviour)) return true
    if (behaviour instanceof UserBehaviour && isAtWork(behaviour)) return true
  }
  return false
}

const isAtWork = (user: UserBehaviour): boolean => user.isConfigured && !user.isRemoved && openTasks(user) > 0

/** When the current drain began (ms since 1970 UTC); `undefined` if there is none. It is the same on all sides. */
const drainingSince = (aggregates: Pick<Aggregates, 'side'>): number | undefined =>
  (aggregates.side('A') ?? aggregates.side('B'))?.drainingSince

export const isDraining = (aggregates: Pick<Aggregates, 'side'>): boolean => drainingSince(aggregates) !== undefined

export function drainValue(aggregates: Aggregates): DrainValue {
  const since = drainingSince(aggregates)
  const users = usersOf(aggregates)
  return {
    draining: since !== undefined,
    since: since ?? null,
    tasks: users.reduce((sum, user) => sum + openTasks(user), 0),
    calls: callsOf(aggregates).length,
    waiting: aggregates.queues().reduce((sum, queue) => sum + queue.tasks.figures.waiting, 0),
    signedIn: users.filter((user) => isSignedIn(user.snapshot)).length,
  }
}
