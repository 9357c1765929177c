/**
 * What it costs to follow 2,000 agents at the rate of a busy hour. The server and its notifications are played by the
 * bench; the follower is a whole one, with REST, XMPP on a socket, engine, journal in memory and picture.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { follow } from '../../src/follow/index.ts'
import type { Figure } from './figures.ts'

export const AGENTS = 2000
/** Events per second: 160,000 contacts in eight hours, with some thirty notifications each. */
const EVENTS = 167
const SECONDS = 20
const PER_SECOND = 40
/** Until what is left of the burst is used up. */
const WARM_UP_SECONDS = 5

export async function followFigures(): Promise<readonly Figure[]> {
  const { share, startSeconds } = await costOfFollowing()
  return [
    { what: `${AGENTS} followed agents, ${EVENTS} events/s`, value: share, unit: 'cores', aim: 0.25 },
    { what: `${AGENTS} agents until all are live`, value: startSeconds, unit: 's' },
  ]
}

/** Share of one core that the follower needs; and how long it took until every agent was live, in seconds. */
async function costOfFollowing(): Promise<{ readonly share: number; readonly startSeconds: number }> {
  const upstream = spawn(process.execPath, [fileURLToPath(new URL('upstream.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(upstream.stdout.setEncoding('utf8'), 'data')
    const [rest, xmpp] = String(line).trim().split(' ')
    const began = performance.now()
    const follower = await follow({
      sides: [{ rest: `http://127.0.0.1:${rest}`, xmpp: `xmpp://127.0.0.1:${xmpp}`, domain: 'localhost' }],
      credentials: { watch: { user: 'admin', password: 'secret' } },
      teams: ['1'],
      // The start is quick. What is measured is the default: 40 requests per second at most.
      limits: { requestsPerSecond: PER_SECOND, burst: 4 * AGENTS },
    })
    await follower.live()
    const startSeconds = (performance.now() - began) / 1000
    for (let requests = Number.POSITIVE_INFINITY; requests > 1.2 * PER_SECOND * WARM_UP_SECONDS; ) {
      const asked = follower.figures.requests
      upstream.stdin.write(`${EVENTS} ${WARM_UP_SECONDS}\n`)
      await once(upstream.stdout, 'data')
      requests = follower.figures.requests - asked
    }
    const before = follower.figures.notifications
    const used = process.cpuUsage()
    upstream.stdin.write(`${EVENTS} ${SECONDS}\n`)
    await once(upstream.stdout, 'data')
    const { user, system } = process.cpuUsage(used)
    const told = follower.figures.notifications - before
    if (told < 0.9 * EVENTS * SECONDS) throw new Error(`only ${told} notifications came`)
    await follower.close()
    return { share: (user + system) / 1_000_000 / SECONDS, startSeconds }
  } finally {
    upstream.kill()
  }
}
