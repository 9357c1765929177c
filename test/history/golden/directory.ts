/** The sample directory with three agents, so that a golden journal stays small. */
import { loadDirectory } from '../../../src/directory/index.ts'
import type { Directory } from '../../../src/directory/model.ts'

const AGENTS = ['1001', '1002', '1234']

export async function goldenDirectory(): Promise<Directory> {
  const { directory } = await loadDirectory()
  return {
    ...directory,
    queues: [],
    users: directory.users
      .filter(({ id }) => AGENTS.includes(id))
      .map((user) =>
        user.id === '1002' ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
      ),
  }
}
