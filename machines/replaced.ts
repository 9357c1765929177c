/** User machines with replaced guards. The rows of the charts stay the same. */
import type { EventObject, GuardArgs, MachineContext } from 'xstate'
import { taskOfMedium } from './media/guards.ts'
import type { MediaGuards } from './media/replaceable.ts'
import { mediaMachine } from './media.ts'
import type { ReplacingGuard } from './replacing-guard.ts'
import type { TaskGuards } from './task/replaceable.ts'
import { taskMachine } from './task.ts'
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

/**
 * The user machine with these guards, in it and in its media and tasks.
 *
 * @throws TypeError for a name that the chart does not have, and for a guard that is not a function.
 */
export function withGuards({ user = {}, media = {}, task = {} }: ReplacedGuards): typeof userMachine {
  const dialog = taskOfMedium.provide({ guards: bound('task', task, taskOfMedium.implementations.guards) })
  const medium = mediumOfUser.provide({
    guards: bound('media', media, mediumOfUser.implementations.guards),
    actors: { task: dialog },
  })
  return userMachine.provide({
    guards: bound('user', user, userMachine.implementations.guards),
    actors: { media: medium },
  })
}

/** The media machine with these guards, for a medium that runs alone. @throws TypeError as `withGuards`. */
export const mediaWithGuards = (guards: MediaGuards): typeof mediaMachine =>
  mediaMachine.provide({ guards: bound('media', guards, mediaMachine.implementations.guards) })

/** The task machine with these guards, for a dialog that runs alone. @throws TypeError as `withGuards`. */
export const taskWithGuards = (guards: TaskGuards): typeof taskMachine =>
  taskMachine.provide({ guards: bound('task', guards, taskMachine.implementations.guards) })

/** A guard that cannot replace one of a chart. The machines stand alone, so it has the code of `InvalidArgument`, not its class. */
class InvalidGuard extends TypeError {
  readonly code = 'INVALID_ARGUMENT'
}

type Predicate<Context extends MachineContext, Event extends EventObject> = (
  args: GuardArgs<Context, Event>,
  params: Readonly<Record<string, unknown>> | undefined,
) => boolean

/** The guards as XState asks them. Each gets its original, with the parameters of the row. */
function bound<Context extends MachineContext, Event extends EventObject>(
  machine: keyof ReplacedGuards,
  own: object,
  originals: Readonly<Partial<Record<string, Predicate<Context, Event>>>>,
): Record<string, Predicate<Context, Event>> {
  const replacing: [string, ReplacingGuard<Context, Event, unknown>][] = Object.entries(own)
  return Object.fromEntries(
    replacing.map(([name, decides]) => {
      const original = Object.hasOwn(originals, name) ? originals[name] : undefined
      if (!original)
        throw new InvalidGuard(`${machine} has no guard ${name}; it has ${Object.keys(originals).join(', ')}`)
      if (typeof decides !== 'function') throw new InvalidGuard(`${machine}.${name} is not a function`)
      const decide: Predicate<Context, Event> = (args, params) =>
        decides(args, (given) => original(given, params), params)
      return [name, decide]
    }),
  )
}
