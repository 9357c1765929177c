/** What the aggregates are told, so that their present states hold nothing that is erased from their past. */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'
import { erasedText, type Subjects } from './erase.ts'

/** So many tasks are named in one input. */
const TASKS_MAX = 500

/** Finished tasks that queues remember, and setups of agents. Everything else ended with its dialog or call. */
export function* erasureInputs(aggregates: Aggregates, { ids, agents }: Subjects): Generator<Addressed> {
  for (const queue of aggregates.queues()) {
    const theirs = queue.finishedTasks.filter((task) =>
      [task.id, task.dialog, task.associatedDialog].some((id) => ids.has(id)),
    )
    const tasks = theirs.map(({ id }) => id)
    for (let at = 0; at < tasks.length; at += TASKS_MAX)
      yield { to: `queue/${queue.mrd}`, input: { kind: 'erase', tasks: tasks.slice(at, at + TASKS_MAX) } }
  }
  for (const id of agents) {
    const setup = aggregates.pastOrPresentUser(id)?.setup
    if (!setup) continue
    const { loginName, firstName, lastName } = setup.profile
    const names = {
      loginName: erasedText(loginName),
      firstName: erasedText(firstName),
      lastName: erasedText(lastName),
    }
    yield {
      to: `user/${id}`,
      input: { kind: 'configuredUser', setup: { ...setup, profile: { ...setup.profile, ...names } } },
    }
  }
}
