/** A supervisor watches a team without the passwords of the agents: states and calls, no media and no tasks. */
import { afterEach, expect, it, vi } from 'vitest'
import { site } from '../conformance/server.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, beside } from './beside.ts'
import { readsOf } from './reads-of.ts'

const SUPERVISOR = { user: '1234', password: 'secret' }

let b: Beside
afterEach(() => b.close())

const WATCHED = {
  credentials: { watch: SUPERVISOR },
  presenceCountsAsDesktop: false,
  users: [],
  teams: ['2001'],
} as const

/** The same states and calls at both. */
const same = (...users: readonly string[]) =>
  vi.waitFor(
    async () => {
      await b.site.passes(0.2)
      for (const user of users) {
        const [here, there] = [readsOf(b.follower.engine, user), readsOf(b.site.server.engine, user)]
        const calls = (all: typeof here.dialogs) => all.filter(({ kind }) => kind === 'call')
        const seen = ({ user: value, dialogs }: typeof here) => ({
          state: value?.state,
          stateChangeTime: value?.stateChangeTime,
          reasonCodeId: value?.reasonCodeId,
          extension: value?.extension,
          firstName: value?.firstName,
          calls: calls(dialogs),
        })
        expect(seen(here)).toEqual(seen(there))
      }
    },
    { timeout: PATIENCE, interval: 10 },
  )

it('states come at once by the node of the team, and calls by reads (`user 2`, 8.1; `notifications 5.1`)', async () => {
  const at = await site()
  const refused: string[] = []
  const attempts = async (url: URL, init: RequestInit) => {
    const answer = await fetch(url, init)
    if (answer.status === 401) refused.push(url.pathname)
    return answer
  }
  b = await beside({ ...WATCHED, fetch: attempts }, at)
  await b.follower.live()
  expect(b.follower.engine.get.users().map(({ id }) => id)).toEqual(['1001', '1002', '1003'])
  const agent = at.restOnly('1001')
  await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
  await same('1001', '1002')
  await agent.putUser('<state>READY</state>')
  const call = await at.acd('POST', '/calls', { from: '5550100', to: '1001' })
  await same('1001')
  await agent.dialog(String(call.body.id), 'ANSWER', 'r-3', '<targetMediaAddress>1001</targetMediaAddress>')
  await same('1001')
  await at.acd('POST', `/calls/${String(call.body.id)}`, { action: 'HANGUP' })
  await same('1001')
  for (let second = 0; second < 40; second += 1) {
    await at.passes(1)
    // A round trip, so that pings are answered.
    await at.acd('GET', '/tasks')
    await same('1001', '1002')
  }
  expect(b.follower.status).toMatchObject({ denied: [], users: { live: 3, withoutMedia: 3 } })
  // What is forbidden is asked once, at the start and after the connection.
  expect(new Set(refused).size).toBe(6)
  expect(refused.length).toBeLessThanOrEqual(9)
})

it('commands that a supervisor may send are sent (`user 5.7`)', async () => {
  b = await beside(WATCHED)
  await b.follower.live()
  await b.site.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
  await same('1001')
  const { engine } = b.follower
  expect(await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toMatchObject({
    outcome: 'DONE',
  })
  expect(
    await engine.command({
      type: 'media.signIn',
      user: '1001',
      mrd: '5002',
      maxDialogLimit: 1,
      interruptAction: 'ACCEPT',
    }),
  ).toMatchObject({ outcome: 'REJECTED', code: 'UPSTREAM_DENIED' })
})
