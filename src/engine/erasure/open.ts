/** Open tasks, dialogs and calls. Their data cannot be erased, because they are still needed. */
import type { Aggregates } from '../aggregate/aggregates.ts'
import { UserBehaviour } from '../aggregate/user/behaviour.ts'

export interface OpenThing {
  /** For example `task 5002-17`. */
  readonly name: string
  /** Its ids, and those of the task or dialog that it came from. */
  readonly ids: readonly string[]
}

const given = (...ids: readonly string[]) => ids.filter((id) => id !== '')

/**
 * Tasks that wait or that an agent has, contacts of campaigns that may be called, dialogs of agents, and calls that are
 * not over.
 */
export function* openThings(aggregates: Aggregates): Generator<OpenThing> {
  for (const queue of aggregates.queues())
    for (const task of queue.tasks.open)
      yield { name: `task ${task.id}`, ids: given(task.id, task.dialog, task.associatedDialog) }
  for (const campaign of aggregates.campaigns())
    for (const { record, state, dialog = '' } of campaign.contacts)
      if (state !== 'closed') yield { name: `contact ${record}`, ids: given(record, dialog) }
  for (const { id, behaviour } of aggregates.values()) {
    if (id.startsWith('call/')) yield { name: `call ${id.slice(5)}`, ids: [id.slice(5)] }
    if (!(behaviour instanceof UserBehaviour) || !behaviour.isConfigured) continue
    const { media, legs } = behaviour.snapshot.context
    for (const call of Object.keys(legs)) yield { name: `call ${call}`, ids: [call] }
    for (const medium of Object.values(media))
      for (const actor of Object.values(medium.getSnapshot().context.dialogs)) {
        const { dialog, task } = actor.getSnapshot().context
        yield { name: `dialog ${dialog}`, ids: given(dialog, task.id, task.associatedDialog) }
      }
  }
}
