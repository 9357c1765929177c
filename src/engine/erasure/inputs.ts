/** The inputs that erase personal data from the current states of aggregates. */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'
import { erasedText, type Subjects } from './erase.ts'

/** The highest number of tasks in one input. */
const TASKS_MAX = 500

/** Inputs for finished tasks in queues, for contacts of campaigns, and for setups of agents. All other states ended with their dialog or call. */
export function* erasureInputs(aggregates: Aggregates, { ids, agents }: Subjects): Generator<Addressed> {
  for (const queue of aggregates.queues()) {
    const theirs = queue.tasks.finished.filter((task) =>
      [task.id, task.dialog, task.associatedDialog].some((id) => ids.has(id)),
    )
    const tasks = theirs.map(({ id }) => id)
    for (let at = 0; at < tasks.length; at += TASKS_MAX)
      yield { to: `queue/${queue.mrd}`, input: { kind: 'erase', tasks: tasks.slice(at, at + TASKS_MAX) } }
  }
  for (const campaign of aggregates.campaigns()) {
    const theirs = campaign.contacts.filter(({ record, dialog = '' }) => ids.has(record) || ids.has(dialog))
    const records = theirs.map(({ record }) => record)
    for (let at = 0; at < records.length; at += TASKS_MAX) {
      const tasks = records.slice(at, at + TASKS_MAX)
      yield { to: `campaign/${campaign.setup?.id}`, input: { kind: 'erase', tasks } }
    }
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
