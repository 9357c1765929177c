/** User machines with replaced guards. The rows of the charts stay the same. */
import { taskOfMedium } from './media/guards.ts'
import type { mediaMachine } from './media.ts'
import type { taskMachine } from './task.ts'
import { mediumOfUser } from './user/guards.ts'
import { userMachine } from './user.ts'

type GuardsOf<Machine extends typeof userMachine | typeof mediaMachine | typeof taskMachine> = NonNullable<
  Parameters<Machine['provide']>[0]['guards']
>

/** Guards of XState, by their names in the charts. They get context and event, and must not change anything. */
export interface ReplacedGuards {
  readonly user?: GuardsOf<typeof userMachine> | undefined
  readonly media?: GuardsOf<typeof mediaMachine> | undefined
  readonly task?: GuardsOf<typeof taskMachine> | undefined
}

/** Names of the guards that may be replaced. */
export const GUARDS: Readonly<Record<keyof ReplacedGuards, readonly string[]>> = {
  user: Object.keys(userMachine.implementations.guards),
  media: Object.keys(mediumOfUser.implementations.guards),
  task: Object.keys(taskOfMedium.implementations.guards),
}

/** The user machine with these guards, in it and in its media and tasks. */
export function withGuards({ user = {}, media = {}, task = {} }: ReplacedGuards): typeof userMachine {
  const dialog = taskOfMedium.provide({ guards: task })
  const medium = mediumOfUser.provide({ guards: media, actors: { task: dialog } })
  return userMachine.provide({ guards: user, actors: { media: medium } })
}
