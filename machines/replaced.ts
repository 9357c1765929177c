/** User machines with replaced guards. The rows of the charts stay the same. */
import type { EventObject, GuardArgs, MachineContext } from 'xstate'
import { taskOfMedium } from './media/guards.ts'
import type { MediaGuards } from './media/replaceable.ts'
import type { ReplacingGuard } from './replacing-guard.ts'
import type { TaskGuards } from './task/replaceable.ts'
import { mediumOfUser } from './user/guards.ts'
import type { UserGuards } from './user/replaceable.ts'
import { userMachine } from './user.ts'

/** Guards in place of those of the charts, by their names in the diagrams. */
export interface ReplacedGuards {
  readonly user?: UserGuards | undefined
  readonly media?: MediaGuards | undefined
  readonly task?: TaskGuards | undefined
}

/** Names of the guards that may be replaced. */
export const GUARDS: Readonly<Record<keyof ReplacedGuards, readonly string[]>> = {
  user: Object.keys(userMachine.implementations.guards),
  media: Object.keys(mediumOfUser.implementations.guards),
  task: Object.keys(taskOfMedium.implementations.guards),
}

/** The user machine with these guards, in it and in its media and tasks. Names that the charts do not have are ignored. */
export function withGuards({ user = {}, media = {}, task = {} }: ReplacedGuards): typeof userMachine {
  const dialog = taskOfMedium.provide({ guards: bound(task, taskOfMedium.implementations.guards) })
  const medium = mediumOfUser.provide({
    guards: bound(media, mediumOfUser.implementations.guards),
    actors: { task: dialog },
  })
  return userMachine.provide({ guards: bound(user, userMachine.implementations.guards), actors: { media: medium } })
}

type Predicate<Context extends MachineContext, Event extends EventObject> = (
  args: GuardArgs<Context, Event>,
  params: Readonly<Record<string, unknown>> | undefined,
) => boolean

/** The guards as XState asks them. Each gets its original, with the parameters of the row. */
function bound<Context extends MachineContext, Event extends EventObject>(
  own: object,
  originals: Readonly<Partial<Record<string, Predicate<Context, Event>>>>,
): Record<string, Predicate<Context, Event>> {
  const replacing: [string, ReplacingGuard<Context, Event, unknown>][] = Object.entries(own)
  return Object.fromEntries(
    replacing.flatMap(([name, decides]) => {
      const original = originals[name]
      if (!original) return []
      const decide: Predicate<Context, Event> = (args, params) =>
        decides(args, (given) => original(given, params), params)
      return [[name, decide]]
    }),
  )
}
