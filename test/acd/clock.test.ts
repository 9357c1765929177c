/** Virtual time and reset over HTTP, with real clients. More of it in `npm run test:whole`. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CLOCK_OPERATIONS } from '../../src/acd/clock.ts'
import { createEngine } from '../../src/index.ts'
import { virtualClock } from '../../src/testing/index.ts'
import { Turns } from '../../src/waiting/turns.ts'
import { NS } from '../../src/xmpp/service/namespaces.ts'
import type { FinesseClient } from '../conformance/finesse-client.ts'
import { extent } from '../suite/extent.ts'
import { online, RawClient } from '../xmpp/support/raw-client.ts'
import { acdServer } from './server.ts'
import { type VirtualServer, virtualServer } from './virtual-server.ts'

const CHAT = '5002'
const START = Date.UTC(2026, 0, 5, 8)
const RESET = `<stream:error><reset xmlns="${NS.streams}"/></stream:error></stream:stream>`
const ROUNDS = extent(30, 100)
const TEAM = '/finesse/api/Team/2001/Users'

const running: VirtualServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})

async function started(...given: Parameters<typeof virtualServer>): Promise<VirtualServer> {
  const server = await virtualServer(...given)
  running.push(server)
  return server
}

const moment = (now: number) => ({ now, iso: new Date(now).toISOString() })
const error = (code: string, about: string) => ({ error: code, message: expect.stringMatching(/\w+ \w+/), about })

/** Signs the agent in to chat, READY. */
async function ready(agent: FinesseClient): Promise<void> {
  await agent.putUser(`<state>LOGIN</state><extension>${agent.user}</extension>`)
  const settings = '<maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
  await agent.media(CHAT, `<state>LOGIN</state>${settings}`)
  await agent.media(CHAT, '<state>READY</state>')
}

describe('the clock', () => {
  it('moves only by POST /acd/clock, and is the time of SystemInfo', async () => {
    const on = await started()
    expect(await on.acd('GET', '/clock')).toEqual({ status: 200, json: { ...moment(START), virtual: true } })
    const quiet = { notifications: 0, waiting: 0 }
    expect(await on.advance(0)).toEqual({ ...moment(START), ...quiet })
    expect(await on.advance(30_000)).toEqual({ ...moment(START + 30_000), ...quiet })
    const info = await on.restOnly('1001').get('SystemInfo')
    expect(info.value('currentTimestamp')).toBe('2026-01-05T08:00:30.000Z')
    expect((await on.acd('GET', '/clock')).json).toEqual({ ...moment(START + 30_000), virtual: true })
  })

  it('begins at `start`', async () => {
    const start = Date.UTC(2030, 5, 1)
    const on = await started({ start })
    expect((await on.acd('GET', '/clock')).json).toMatchObject(moment(start))
    await on.advance(7 * 86_400_000)
    expect(await on.reset()).toEqual(moment(start))
  })

  it('parallel requests move it one after the other', async () => {
    const on = await started()
    const answers = await Promise.all([1000, 2000, 3000].map((ms) => on.advance(ms)))
    const times = answers.map(({ now }) => Number(now) - START)
    expect(Math.max(...times)).toBe(6000)
    expect(new Set(times).size).toBe(3)
  })

  it.each([
    [{}, 'MISSING_PARAMETER', 'advanceMs'],
    [{ advanceMs: '1' }, 'INVALID_PARAMETER', 'advanceMs'],
    [{ advanceMs: 1.5 }, 'INVALID_PARAMETER', 'advanceMs'],
    [{ advanceMs: -1 }, 'INVALID_PARAMETER', 'advanceMs'],
    [{ advanceMs: 7 * 86_400_000 + 1 }, 'INVALID_PARAMETER', 'advanceMs'],
    [{ advanceMs: null }, 'INVALID_PARAMETER', 'advanceMs'],
    [{ advanceMs: 1, by: 2 }, 'UNKNOWN_PARAMETER', 'by'],
    [[], 'MALFORMED_JSON', 'body'],
  ])('refuses %j', async (body, code, about) => {
    const on = await started({ httpBindPort: 'off', xmppPort: 'off' })
    expect(await on.acd('POST', '/clock', body)).toEqual({ status: 400, json: error(code, about) })
    expect((await on.acd('GET', '/clock')).json).toMatchObject(moment(START))
  })

  it('is for administrators', async () => {
    const on = await started()
    for (const [method, path] of [
      ['GET', '/clock'],
      ['POST', '/clock'],
      ['POST', '/reset'],
    ] as const)
      expect((await on.acd(method, path, undefined, '1001:secret')).status).toBe(403)
  })

  it('works while the engine is out of service', async () => {
    const on = await started()
    await on.acd('POST', '/faults', { type: 'acd-link', up: false })
    expect(await on.advance(1000)).toMatchObject(moment(START + 1000))
    expect((await on.restOnly('1001').get('User/1001')).status).toBe(503)
    expect(await on.reset()).toEqual(moment(START))
    expect((await on.acd('GET', '/faults')).json).toEqual([])
    expect((await on.restOnly('1001').get('User/1001')).status).toBe(200)
  })
})

describe('without --virtual-time', () => {
  it('time cannot be moved, and a reset is refused', async () => {
    const on = await started({ virtualTime: false, data: ':memory:' })
    const { status, json } = await on.acd('GET', '/clock')
    expect(status).toBe(200)
    expect(json).toEqual({ now: expect.any(Number), iso: expect.any(String), virtual: false })
    await on.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
    for (const [path, body, code] of [
      ['/clock', { advanceMs: 1 }, 'NO_VIRTUAL_TIME'],
      ['/reset', undefined, 'NOT_RESETTABLE'],
    ] as const) {
      const refused = await on.acd('POST', path, body)
      expect(refused).toEqual({ status: 409, json: error(code, '') })
      expect(String(refused.json.message)).toContain('--virtual-time')
    }
    expect((await on.restOnly('1001').get('User/1001')).value('state')).toBe('NOT_READY')
  })

  it('both are refused for an engine of an embedder too', async () => {
    const server = await acdServer()
    expect((await server.ask('POST', '/clock', { body: { advanceMs: 1 } })).status).toBe(409)
    expect((await server.ask('POST', '/reset')).status).toBe(409)
    await server.close()
  })
})

describe('integrators can test', () => {
  it('a Start Timeout: its notifications have arrived when the request is answered', async () => {
    const on = await started()
    const agent = await on.client('1001')
    await ready(agent)
    await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales', agentId: '1001' })
    expect(await on.advance(29_999)).toMatchObject({ waiting: 0 })
    expect((await agent.next(agent.rest.length)).join('\n')).not.toContain('DELETE')
    const { notifications, waiting } = await on.advance(1)
    expect(waiting).toBe(0)
    expect(agent.rest).toHaveLength(Number(notifications))
    expect(agent.rest.join('\n')).toContain('User/1001/Dialogs/Media DELETE')
  })

  it('the grace period: a disconnect is processed before time moves', async () => {
    const on = await started()
    const agent = await on.client('1001')
    await ready(agent)
    await agent.disconnect()
    await on.advance(59_999)
    expect((await agent.get(`User/1001/Media/${CHAT}`)).value('state')).toBe('READY')
    await on.advance(1)
    expect((await agent.get(`User/1001/Media/${CHAT}`)).value('state')).toBe('LOGOUT')
  })

  it('the grace period after a socket was closed without the end of its stream', async () => {
    const on = await started()
    const agent = on.restOnly('1001')
    const desktop = await online(on.server.ports.xmpp ?? 0, '1001', 'desktop')
    await ready(agent)
    desktop.socket.destroy()
    await on.advance(60_000)
    expect((await agent.get(`User/1001/Media/${CHAT}`)).value('state')).toBe('LOGOUT')
  })

  it('a lock-out', async () => {
    const on = await started()
    const wrong = on.restOnly('1001', 'wrong')
    const right = on.restOnly('1001')
    for (let attempt = 0; attempt < 5; attempt += 1) await wrong.get('User/1001')
    expect((await right.get('User/1001')).status).toBe(401)
    await on.advance(299_999)
    expect((await right.get('User/1001')).status).toBe(401)
    await on.advance(1)
    expect((await right.get('User/1001')).status).toBe(200)
  })
})

it('POST /acd/clock waits a limited time for notifications, and answers how many still wait', async () => {
  const clock = virtualClock()
  const engine = await createEngine({ clock })
  const sent: string[] = []
  engine.adapters.attach('A', {
    publish: ({ itemId }) => {
      sent.push(itemId)
      return new Promise(() => undefined)
    },
  })
  await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
  await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const move = CLOCK_OPERATIONS.find(({ method, path }) => method === 'POST' && path === '/clock')
    const answer = move?.run({
      engine,
      side: 'A',
      origin: { via: 'acd-control' },
      time: {
        clock,
        settled: () => new Promise(() => undefined),
        turns: new Turns({ running: 1, waiting: 1 }, () => new Error('full')),
      },
      directory: undefined,
      param: () => '',
      query: {},
      accept: '',
      body: { advanceMs: 1000 },
    })
    // It waits up to five seconds for changes of presence, and up to five for the delivery of notifications.
    await vi.advanceTimersByTimeAsync(5000)
    await clock.settle()
    expect(engine.now()).toBe(START + 1000)
    await vi.advanceTimersByTimeAsync(5000)
    const { outboxPending } = engine.figures
    expect(outboxPending).toBeGreaterThan(sent.length)
    expect(await answer).toEqual({
      status: 200,
      json: { ...moment(START + 1000), notifications: 0, waiting: outboxPending },
    })
  } finally {
    vi.useRealTimers()
    await engine.close()
  }
})

describe('a reset', () => {
  it('deletes states, ids and locks, and sets time back', async () => {
    const on = await started()
    const agent = on.restOnly('1001')
    const task = async () => (await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })).json.id
    const call = async () => (await on.acd('POST', '/calls', { from: '5550100', to: '1001' })).json.id
    const ids = async () => [await task(), await call()]
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    await agent.putUser('<state>READY</state>')
    const first = await ids()
    await ids()
    for (let attempt = 0; attempt < 5; attempt += 1) await on.restOnly('1002', 'wrong').get('User/1002')
    for (let attempt = 0; attempt < 4; attempt += 1) await on.restOnly('1004', 'wrong').get('User/1004')
    await on.advance(1000)

    expect(await on.reset()).toEqual(moment(START))
    expect((await agent.get('User/1001')).value('state')).toBe('LOGOUT')
    expect((await on.acd('GET', '/tasks')).json).toEqual([])
    expect((await on.acd('GET', `/calls/${first[1]}`)).status).toBe(404)
    expect((await on.restOnly('1002').get('User/1002')).status).toBe(200)
    // The count of wrong passwords is reset as well.
    await on.restOnly('1004', 'wrong').get('User/1004')
    expect((await on.restOnly('1004').get('User/1004')).status).toBe(200)
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    await agent.putUser('<state>READY</state>')
    expect(await ids()).toEqual(first)
  })

  it('ends the sessions of all clients with the stream error reset, and deletes their subscriptions', async () => {
    const on = await started()
    const port = on.server.ports.xmpp ?? 0
    const supervisor = await online(port, '1234', 'desk')
    const half = await RawClient.open(port)
    supervisor.send(
      `<iq type='set' id='s' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='${TEAM}' jid='1234@localhost'/></pubsub></iq>`,
    )
    expect(await supervisor.until('</iq>')).toContain('subscribed')
    await on.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
    await on.advance(0)
    expect(await supervisor.barrier()).toContain(TEAM)

    await on.reset()
    expect(await supervisor.end()).toBe(RESET)
    expect(await half.end()).toContain('<reset')
    expect(on.server.notifications).toMatchObject({ online: true, figures: { sessions: 0, connections: 0 } })

    const again = await online(port, '1234', 'desk')
    await on.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
    await on.advance(0)
    expect(await again.barrier()).not.toContain(TEAM)
  })

  it('deletes presence, so no grace period begins', async () => {
    const on = await started()
    await on.client('1001')
    await on.reset()
    const agent = on.restOnly('1001')
    await ready(agent)
    await on.advance(120_000)
    expect((await agent.get(`User/1001/Media/${CHAT}`)).value('state')).toBe('READY')
  })

  it('the same requests after a reset give exactly the same notifications', async () => {
    const on = await started()
    const play = async () => {
      const agent = await on.client('1001')
      await ready(agent)
      const { json } = await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales', agentId: '1001' })
      const { dialogId } = (await on.acd('GET', `/tasks/${json.id}`)).json
      await on.advance(10_000)
      await agent.dialog(String(dialogId), 'ACCEPT')
      await agent.dialog(String(dialogId), 'START')
      await on.advance(90_000)
      await agent.dialog(String(dialogId), 'CLOSE')
      await on.advance(0)
      const texts: string[] = []
      for (let left = agent.rest.length; left > 0; left -= 1) texts.push((await agent.one()).text)
      return texts
    }
    const first = await play()
    expect(first.length).toBeGreaterThan(8)
    await on.reset()
    expect(await play()).toEqual(first)
  })

  it('requests during a reset get 202 and have no effect afterwards, or get 503', async () => {
    const on = await started()
    const users = ['1001', '1002', '1003', '1004'].map((user) => on.restOnly(user))
    const login = (user: FinesseClient) =>
      user.put(`User/${user.user}`, `<User><state>LOGIN</state><extension>${user.user}</extension></User>`)
    for (let round = 0; round < 5; round += 1) {
      const asked = users.flatMap((user) => [login(user), user.get(`User/${user.user}`)])
      const reset = on.reset()
      const answers = await Promise.all([...asked, ...users.map((user) => user.get('SystemInfo'))])
      await reset
      for (const { status } of answers) expect([200, 202, 503]).toContain(status)
      await on.reset()
      for (const user of users) expect((await user.get(`User/${user.user}`)).value('state')).toBe('LOGOUT')
    }
  })

  it('many in a row leave no timers, sessions or handles behind', async () => {
    const on = await started()
    const agent = on.restOnly('1001')
    await on.reset()
    const timers = on.server.virtualTime?.timers
    const handles = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
    const before = handles()
    let spent = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const desktop = await online(on.server.ports.xmpp ?? 0, '1001', 'desktop')
      await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
      await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })
      const begun = performance.now()
      await on.reset()
      spent += performance.now() - begun
      await desktop.end()
      expect(on.server.virtualTime?.timers).toBe(timers)
    }
    console.log(`POST /acd/reset: ${(spent / ROUNDS).toFixed(1)} ms each`)
    expect(on.server.notifications.figures).toMatchObject({ sessions: 0, connections: 0 })
    expect(handles() - before).toBeLessThan(20)
  }, 240_000)
})
