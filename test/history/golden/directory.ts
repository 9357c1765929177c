/** The sample directory with three agents, so that a golden journal stays small. It has no queues of calls unless asked. */
import type { Directory } from '../../../src/directory/model.ts'
import { SAMPLE } from '../../suite/sample.ts'

const AGENTS = ['1001', '1002', '1234']

export async function goldenDirectory(withQueues = false): Promise<Directory> {
  const { directory } = SAMPLE
  const queues = (directory.queues ?? []).map((queue) => ({
    ...queue,
    agents: queue.agents.filter((agent) => AGENTS.includes(agent)),
  }))
  return {
    ...directory,
    queues: withQueues ? queues : [],
    users: directory.users
      .filter(({ id }) => AGENTS.includes(id))
      .map((user) =>
        user.id === '1002' ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
      ),
  }
}
