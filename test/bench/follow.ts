/** How many notifications per second a follower takes, for 2,000 agents in memory. */

import { pino } from 'pino'
import { parseDirectory } from '../../src/directory/index.ts'
import { startEngine } from '../../src/engine/engine.ts'
import { renderUpdate } from '../../src/finesse/index.ts'
import { Following } from '../../src/follow/following.ts'
import { DEFAULT_LIMITS } from '../../src/follow/upstream/limits.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

const AGENTS = 2000
/** Notifications that are given at once. */
const AT_ONCE = 500
/** What 2,000 agents cause in a busy hour: 160,000 contacts in eight hours, with some thirty notifications each. */
export const NEEDED = 167

export async function follower() {
  const ids = Array.from({ length: AGENTS }, (_, index) => String(1000 + index))
  const text = JSON.stringify({
    version: 1,
    mediaRoutingDomains: [{ id: '1', name: 'Voice', description: 'Voice', interruptible: false }],
    teams: [{ id: '1', name: 'All' }],
    users: ids.map((id) => ({
      id,
      loginName: `u${id}`,
      firstName: 'A',
      lastName: 'B',
      roles: ['Agent'],
      teamId: '1',
      extensions: [],
    })),
  })
  const clock = virtualClock()
  const { directory } = parseDirectory(text, 'bench', { passwords: 'none' })
  const engine = await startEngine({ role: 'follower', directory, store: memoryStore(), clock })
  const following = new Following({
    engine,
    clock,
    logger: pino({ level: 'silent' }),
    limits: DEFAULT_LIMITS,
    random: Math.random,
    rest: () => ({ get: async () => undefined }),
    readersOf: () => [],
    isNotified: () => true,
    expectsSession: () => false,
    suspect: () => undefined,
    strangers: () => undefined,
    moved: () => undefined,
    emit: () => undefined,
    applied: () => undefined,
  })
  following.follow(ids)
  const states = ['READY', 'NOT_READY'] as const
  const documents = ids.flatMap((id) => {
    const value = engine.get.user(id)
    if (!value) return []
    const node = `/finesse/api/User/${id}`
    return states.map((state) => ({
      node,
      document: renderUpdate({
        node,
        event: 'PUT',
        source: node,
        shape: 'item',
        requestId: '',
        value: { ...value, state },
      }),
    }))
  })
  let next = 0
  return {
    each: AT_ONCE,
    async take() {
      for (let n = 0; n < AT_ONCE; n += 1) {
        const { node, document } = documents[next % documents.length] ?? { node: '', document: '' }
        next += 1
        following.notified({ node, document, item: '' }, 'A')
      }
      await following.settled
    },
    close: () => engine.close(),
  }
}
