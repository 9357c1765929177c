/**
 * Presence and forced sign-out as clients see them, over real REST and XMPP in virtual time: those parts of
 * `notifications 9` that the sequences (15.6 to 15.12) and the rows P1 to P13 do not test.
 */
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory, LoadedDirectory } from '../../src/directory/model.ts'
import { OUTAGE } from './finesse-client.ts'
import { Client } from './sequences/client.ts'
import { deploy } from './sequences/deployment.ts'
import type { Deployment, DeploymentOptions } from './sequences/service.ts'

const SECOND = 1000
const CHAT = '5002'
const TEAM = '/finesse/api/Team/2001/Users'
const SAMPLE = await loadDirectory()
const SAMPLE_FILE = readFileSync(new URL('../../src/directory/sample.yaml', import.meta.url), 'utf8')

const withSettings = (settings: Partial<Directory['settings']>, more: Partial<Directory> = {}): LoadedDirectory => ({
  ...SAMPLE,
  directory: { ...SAMPLE.directory, ...more, settings: { ...SAMPLE.directory.settings, ...settings } },
})

const running: Deployment[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.close()
})

async function start(
  directory: LoadedDirectory = SAMPLE,
  more: Omit<DeploymentOptions, 'directory'> = {},
): Promise<Deployment> {
  const on = await deploy({}, { directory, ...more })
  running.push(on)
  return on
}

/** A client without any XMPP session. */
const byRest = (on: Deployment, user: string) => new Client(user, on)

const login = (user: string) => `<state>LOGIN</state><extension>${user}</extension>`
const CHAT_LOGIN = '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'

async function asks(client: Client, inner: string): Promise<void> {
  expect(await client.putUser(inner)).toBe(202)
}

async function signsIn(client: Client, state: 'READY' | 'NOT_READY' = 'READY'): Promise<void> {
  await asks(client, login(client.user))
  if (state === 'READY') await asks(client, '<state>READY</state>')
}

/** State, reason and pending state. */
async function shown(client: Client): Promise<string> {
  const { value } = await client.me()
  const pending = value('pendingState')
  return [value('state'), ...(pending ? [`-> ${pending}`] : []), value('reasonCode/code') ?? ''].join(' ').trim()
}

async function medium(client: Client): Promise<string | undefined> {
  return (await client.rest('GET', `User/${client.user}/Media/${CHAT}`)).value('state')
}

async function leaves(on: Deployment, client: Client): Promise<void> {
  client.crash()
  await on.heard(client.jid, false)
}

/** Checks that nothing was sent to this client. */
async function expectSilence(on: Deployment, client: Client): Promise<void> {
  await on.delivered()
  await client.barrier()
  expect(client.waiting).toEqual([])
}

async function rings(on: Deployment, user: string): Promise<string> {
  return String((await on.acd('POST', '/calls', { from: '5550100', to: user })).id)
}

const hangsUp = (on: Deployment, call: string) => on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })

/** Reloads another directory file. */
async function putsInForce(on: Deployment, file: string): Promise<void> {
  const headers = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/yaml' }
  const { status } = await fetch(`${on.restUrl}/acd/directory`, { method: 'POST', headers, body: file })
  expect(status).toBe(200)
}

/** A call to an agent's extension, which the agent answers. */
async function talks(on: Deployment, client: Client): Promise<string> {
  const call = await rings(on, client.user)
  expect(await client.act(call, 'ANSWER')).toBe(202)
  return call
}

describe('the grace period (9.1)', () => {
  it('is cancelled by any session of the agent, without a notification', async () => {
    const on = await start()
    const agent = await on.connect('1001', { resource: 'desktop' })
    await signsIn(agent)
    await leaves(on, agent)
    await on.advance(59 * SECOND)
    const other = await on.connect('1001', { resource: 'phone' })
    await on.advance(600 * SECOND)
    await expectSilence(on, other)
    expect(await shown(other)).toBe('READY')
  })

  it('is cancelled by a sign-out, and a later sign-in does not continue it', async () => {
    const on = await start()
    const agent = await on.connect('1001')
    await signsIn(agent, 'NOT_READY')
    await leaves(on, agent)
    await on.advance(30 * SECOND)
    await asks(agent, '<state>LOGOUT</state>')
    await asks(agent, login('1001'))
    await on.advance(600 * SECOND)
    expect(await shown(agent)).toBe('NOT_READY')
  })

  it('is cancelled when the node leaves service, and does not begin again by itself', async () => {
    const on = await start()
    const agent = await on.connect('1001')
    await signsIn(agent)
    await leaves(on, agent)
    await on.advance(30 * SECOND)
    const other = await on.connect('1002')
    await on.acd('POST', '/faults', { type: 'acd-link', up: false })
    await on.advance(60 * SECOND)
    await on.acd('POST', '/faults', { type: 'acd-link', up: true })
    expect(await other.lines(2)).toEqual(OUTAGE)
    await on.advance(600 * SECOND)
    expect(await shown(agent)).toBe('READY')
  })

  it('over: later presence restores nothing, and a signed-out agent has to sign in again', async () => {
    const on = await start(withSettings({ logoutOnAgentDisconnect: 1 }))
    const agent = await on.connect('1001')
    await signsIn(agent)
    await leaves(on, agent)
    await on.advance(60 * SECOND)
    const again = await on.connect('1001')
    await expectSilence(on, again)
    expect(await shown(again)).toBe('LOGOUT 50002')
    await asks(again, '<state>READY</state>')
    expect(await again.lines(1)).toEqual(['User/1001 put apiErrors CF_INVALID_OBJECT_STATE'])
    await asks(again, login('1001'))
    expect(await again.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
  })

  it('over: an agent who is NOT_READY continues without a sign-in', async () => {
    const on = await start()
    const agent = await on.connect('1001')
    await signsIn(agent)
    await leaves(on, agent)
    await on.advance(60 * SECOND)
    const again = await on.connect('1001')
    await expectSilence(on, again)
    expect(await shown(again)).toBe('NOT_READY 50002')
    await asks(again, '<state>READY</state>')
    expect(await again.lines(1)).toEqual(['User/1001 PUT user READY'])
  })
})

describe('a sign-in without XMPP (9.1)', () => {
  it('never leads to a forced sign-out', async () => {
    const on = await start()
    const agent = byRest(on, '1001')
    await signsIn(agent)
    expect(await agent.putMedia(CHAT, CHAT_LOGIN)).toBe(202)
    await on.advance(3600 * SECOND)
    expect([await shown(agent), await medium(agent)]).toEqual(['READY', 'NOT_READY'])
  })

  it('leads to one with requirePresenceAfterSignIn, unless a session connects or the agent signs out', async () => {
    const on = await start(withSettings({ requirePresenceAfterSignIn: true }))
    const supervisor = await on.connect('1234')
    expect(await supervisor.subscribe(TEAM)).toBe('subscribed')
    const [alone, comes, chats, goes] = ['1001', '1002', '1004', '1005'].map((user) => byRest(on, user))
    const bound = await on.connect('1003', { presence: false })
    if (!alone || !comes || !chats || !goes) throw new Error('four agents')
    await signsIn(alone)
    await signsIn(bound)
    await signsIn(comes)
    await signsIn(goes, 'NOT_READY')
    expect(await chats.putMedia(CHAT, CHAT_LOGIN)).toBe(202)
    await on.advance(30 * SECOND)
    const session = await on.connect('1002')
    await asks(goes, '<state>LOGOUT</state>')
    await asks(alone, login('1001')) // a further sign-in does not put off the end
    await on.advance(29 * SECOND)
    await on.delivered()
    await supervisor.barrier()
    expect(supervisor.waiting).not.toContain('Team/2001/Users PUT user LOGOUT')
    expect([await shown(alone), await medium(chats)]).toEqual(['READY', 'NOT_READY'])
    const before = supervisor.waiting.length
    await supervisor.lines(before)

    await on.advance(SECOND)
    expect(await shown(alone)).toBe('NOT_READY 50002')
    expect(await shown(bound)).toBe('NOT_READY 50002')
    expect(await medium(chats)).toBe('LOGOUT')
    const told = [await supervisor.next(), await supervisor.next()]
    expect(told.map(({ node, value }) => [node, value('state'), value('reasonCode/code')])).toEqual([
      [TEAM, 'NOT_READY', '50002'],
      [TEAM, 'NOT_READY', '50002'],
    ])

    await on.advance(600 * SECOND)
    await expectSilence(on, session)
    expect([await shown(comes), await shown(goes)]).toEqual(['READY', 'LOGOUT'])
    await leaves(on, session)
    await on.advance(60 * SECOND)
    expect(await shown(comes)).toBe('NOT_READY 50002')
  })

  it('leads to one by its own side, which does not know the presence on the other side (9.4)', async () => {
    const on = await start(withSettings({ requirePresenceAfterSignIn: true }), { twoSides: true })
    const agent = await on.connect('1001')
    await signsIn(agent)
    const atB = await on.connect('1001', { side: 'B', presence: false })
    await asks(atB, login('1001'))
    await on.advance(59 * SECOND)
    expect(await shown(agent)).toBe('READY')
    await on.advance(SECOND)
    expect(await shown(agent)).toBe('NOT_READY 50002')
  })

  it('does not lead to one when the node leaves service', async () => {
    const on = await start(withSettings({ requirePresenceAfterSignIn: true }))
    const agent = byRest(on, '1001')
    await signsIn(agent)
    const other = await on.connect('1002')
    await on.acd('POST', '/faults', { type: 'acd-link', up: false })
    await on.acd('POST', '/faults', { type: 'acd-link', up: true })
    expect(await other.lines(2)).toEqual(OUTAGE)
    await on.advance(600 * SECOND)
    expect(await shown(agent)).toBe('READY')
  })
})

/** 1003 and 1004 wrap up after every call; calls ring, and wrap-up lasts, for longer than the grace period. */
const AT_WORK = SAMPLE.directory.users.map((user) =>
  user.id === '1003' || user.id === '1004'
    ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const, wrapUpSeconds: 3600 } }
    : user,
)

describe('the result of the forced sign-out, by state (9.2)', () => {
  it.each([0, 1] as const)('with LOAD %i', async (load) => {
    const on = await start(withSettings({ logoutOnAgentDisconnect: load, callRingSeconds: 600 }, { users: AT_WORK }))
    const supervisor = await on.connect('1234')
    await supervisor.subscribe(TEAM)
    const clients = await Promise.all(['1001', '1002', '1003', '1004', '1005', '1006'].map((user) => on.connect(user)))
    const [notReady, ready, work, workReady, talking, reserved] = clients
    if (!notReady || !ready || !work || !workReady || !talking || !reserved) throw new Error('six agents')
    for (const client of clients) await signsIn(client, [notReady, work].includes(client) ? 'NOT_READY' : 'READY')
    for (const client of [work, workReady]) await hangsUp(on, await talks(on, client))
    const call = await talks(on, talking)
    const ringing = await rings(on, '1006')
    const all = async () => Promise.all(clients.map(shown))
    expect(await all()).toEqual(['NOT_READY', 'READY', 'WORK', 'WORK_READY', 'TALKING', 'RESERVED'])

    for (const client of clients) await leaves(on, client)
    await on.advance(59 * SECOND)
    expect(await all()).toEqual(['NOT_READY', 'READY', 'WORK', 'WORK_READY', 'TALKING', 'RESERVED'])
    await on.delivered()
    await supervisor.barrier()
    await supervisor.lines(supervisor.waiting.length)
    await on.advance(SECOND)
    const end = load === 0 ? 'NOT_READY 50002' : 'LOGOUT 50002'
    const onCalls = load === 0 ? ['TALKING -> NOT_READY', 'RESERVED -> NOT_READY'] : [end, end]
    expect(await all()).toEqual([end, end, end, end, ...onCalls])
    const told = [await supervisor.next(), await supervisor.next(), await supervisor.next()]
    // What Finesse sends is 255; what the user's notifications show is the code of the system.
    expect(told.map(({ value }) => `${value('state')} ${value('reasonCode/code')}`)).toEqual([end, end, end])

    // With LOAD 1 an active call continues without the agent, and a ringing one is taken back (ruling 47).
    for (const [id, state] of [[call, 'ACTIVE'] as const, [ringing, load === 0 ? 'ALERTING' : 'DROPPED'] as const])
      expect((await on.acd('GET', `/calls/${id}`)).state).toBe(state)
    await hangsUp(on, call)
    if (load === 0) await hangsUp(on, ringing)
    else await expect(hangsUp(on, ringing)).rejects.toThrow('CALL_OVER')
    expect(await all()).toEqual([end, end, end, end, end, end])
  })

  it('on CCX: signed out with 255, on a call too', async () => {
    const on = await start(withSettings({}, { platform: 'CCX' }))
    const [ready, talking] = [await on.connect('1001'), await on.connect('1002')]
    for (const client of [ready, talking]) await signsIn(client)
    await talks(on, talking)
    for (const client of [ready, talking]) await leaves(on, client)
    await on.advance(60 * SECOND)
    expect([await shown(ready), await shown(talking)]).toEqual(['LOGOUT 255', 'LOGOUT 255'])
  })
})

describe('media (9.3)', () => {
  it.each([
    ['voice', 'NOT_READY'],
    ['finesse', 'LOGOUT'],
    ['all', 'LOGOUT'],
  ] as const)(
    'userSignoutChannel %s applies at once after a reload, also to a grace period that has begun',
    async (userSignoutChannel, end) => {
      const on = await start(withSettings({ userSignoutChannel: userSignoutChannel === 'voice' ? 'all' : 'voice' }))
      const agent = await on.connect('1001')
      await signsIn(agent)
      expect(await agent.putMedia(CHAT, CHAT_LOGIN)).toBe(202)
      await leaves(on, agent)
      await on.advance(30 * SECOND)
      const file = `settings: { userSignoutChannel: ${userSignoutChannel} }`
      await putsInForce(on, SAMPLE_FILE.replace('platform: CCE\n', `platform: CCE\n${file}\n`))
      await on.advance(30 * SECOND)
      expect([await shown(agent), await medium(agent)]).toEqual(['NOT_READY 50002', end])
    },
  )
})

describe('two sides (9.4)', () => {
  it.each([
    ['after the current call', false],
    ['never, by suppressCrossSideForcedLogout', true],
  ])('the late forced sign-out by the side that the user has left takes effect %s', async (_, suppressed) => {
    const on = await start(withSettings({ suppressCrossSideForcedLogout: suppressed }), { twoSides: true })
    const old = await on.connect('1001')
    await signsIn(old)
    await leaves(on, old)
    const agent = await on.connect('1001', { side: 'B' })
    await asks(agent, login('1001'))
    const call = await talks(on, agent)
    await on.advance(60 * SECOND)
    expect(await shown(agent)).toBe(suppressed ? 'TALKING' : 'TALKING -> NOT_READY')
    await hangsUp(on, call)
    expect(await shown(agent)).toBe(suppressed ? 'READY' : 'NOT_READY 50002')
  })
})
