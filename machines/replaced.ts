/** A user's tree with some of its guards replaced: the rows stay as they are, what decides between them does not. */
import { taskOfMedium } from './media/guards.ts'
import type { mediaMachine } from './media.ts'
import type { taskMachine } from './task.ts'
import { mediumOfUser } from './user/guards.ts'
import { userMachine } from './user.ts'

type GuardsOf<Machine extends typeof userMachine | typeof mediaMachine | typeof taskMachine> = NonNullable<
  Parameters<Machine['provide']>[0]['guards']
>

/** Guards in the words of the charts, each as XState takes it. Pure: they see context and event, and change nothing. */
export interface ReplacedGuards {
  readonly user?: GuardsOf<typeof userMachine>
  readonly media?: GuardsOf<typeof mediaMachine>
  readonly task?: GuardsOf<typeof taskMachine>
}

/** Names of the guards that may be replaced. */
export const GUARDS: Readonly<Record<keyof ReplacedGuards, readonly string[]>> = {
  user: Object.keys(userMachine.implementations.guards),
  media: Object.keys(mediumOfUser.implementations.guards),
  task: Object.keys(taskOfMedium.implementations.guards),
}

/** The user's machine, with these guards in it and in the machines below it. */
export function withGuards({ user = {}, media = {}, task = {} }: ReplacedGuards): typeof userMachine {
  const dialog = taskOfMedium.provide({ guards: task })
  const medium = mediumOfUser.provide({ guards: media, actors: { task: dialog } })
  return userMachine.provide({ guards: user, actors: { media: medium } })
}
