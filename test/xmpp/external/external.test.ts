/**
 * The engine with real Prosody and ejabberd servers: what the tests of sequences do not cover.
 *
 * Slow, 25 s: real Prosody and ejabberd servers are started.
 */
import { xml } from '@xmpp/client'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { LoadedDirectory } from '../../../src/directory/model.ts'
import { SERVERS } from '../../../src/xmpp/external/files.ts'
import { notificationService } from '../../../src/xmpp/index.ts'
import type { Client } from '../../conformance/sequences/client.ts'
import { isWhole } from '../../suite/extent.ts'
import { freePorts } from '../../suite/free-ports.ts'
import { FakeEngine } from '../support/world.ts'
import { describeWith, type XmppServer, xmppServer } from './programs.ts'
import { changedDirectory, World } from './world.ts'

const NS_PUBSUB = 'http://jabber.org/protocol/pubsub'
const LOGIN = '<state>LOGIN</state><extension>1001</extension>'

/** Condition of the error that a request to the pubsub service is answered with; `undefined` for a result. */
async function refusal(client: Client, namespace: string, child: ReturnType<typeof xml>): Promise<string | undefined> {
  const answer = await client.iq('set', 'pubsub.localhost', xml('pubsub', { xmlns: namespace }, child))
  const conditions = answer.getChild('error')?.getChildElements() ?? []
  return conditions.find(({ attrs }) => attrs.xmlns === 'urn:ietf:params:xml:ns:xmpp-stanzas')?.name
}

async function nodes(client: Client): Promise<readonly string[]> {
  const query = xml('query', { xmlns: 'http://jabber.org/protocol/disco#items' })
  const answer = await client.iq('get', 'pubsub.localhost', query)
  return (answer.getChild('query')?.getChildElements() ?? []).map(({ attrs }) => attrs.node ?? '')
}

for (const kind of SERVERS)
  describeWith(kind, `the engine at ${kind}`, () => {
    let xmpp: XmppServer
    let restPort = 0
    let world: World | undefined
    beforeAll(async () => {
      ;[restPort = 0] = await freePorts(1)
      // The first test begins without a server.
      xmpp = await xmppServer(kind, { restPort, started: false })
    })
    afterEach(async () => {
      await world?.close()
      world = undefined
    })
    afterAll(() => xmpp.close())

    const start = async (directory?: LoadedDirectory) => {
      await xmpp.start()
      world = await World.start(xmpp, restPort, directory)
      await world.status('IN_SERVICE')
      return world
    }

    it.runIf(isWhole || kind === 'prosody')(
      'without the server the side is out of service and the engine goes on, later it publishes everything in order (12.3)',
      async () => {
        await xmpp.stop()
        const on = await World.start(xmpp, restPort)
        world = on
        const { engine } = on.server
        const rest = `http://127.0.0.1:${restPort}`
        const system = await (await fetch(`${rest}/finesse/api/SystemInfo`)).text()
        expect(system).toContain('<status>OUT_OF_SERVICE</status>')
        expect(system).toContain('<statusReason>The notification service is not connected</statusReason>')
        const authorization = `Basic ${Buffer.from('1001:secret').toString('base64')}`
        expect((await fetch(`${rest}/finesse/api/User/1001`, { headers: { authorization } })).status).toBe(503)

        await xmpp.start()
        await on.status('IN_SERVICE')
        const agent = await on.connect('1001')
        expect(await agent.putUser(LOGIN)).toBe(202)
        const before = await agent.next()
        await engine.delivered()

        await xmpp.stop('SIGKILL')
        await agent.ended()
        await on.status('OUT_OF_SERVICE')
        expect((await fetch(`${rest}/finesse/api/User/1001`, { headers: { authorization } })).status).toBe(503)
        const medium = { user: '1001', mrd: '5002' } as const
        await engine.command({ type: 'media.signIn', ...medium, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
        await engine.command({ type: 'media.setState', ...medium, state: 'READY' })
        await engine.acd?.submitTask({ mrd: '5002', scriptSelector: 'chat_sales' })
        // Nobody accepts the task: deadlines work while the server is away.
        await on.server.virtualTime?.advance(30_000)
        await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })

        await xmpp.start()
        await on.status('IN_SERVICE')
        const supervisor = await on.connect('1234', { resource: 'hears' })
        for (const part of ['', '/Media', '/Dialogs/Media'])
          expect(await supervisor.subscribe(`/finesse/api/User/1001${part}`)).toBe('subscribed')
        const again = await on.connect('1001')
        const missed = []
        for (let count = 0; count < 7; count += 1) missed.push(await again.next())
        expect(missed.map(({ node, event, value }) => `${node.slice(18)} ${event} ${value('state')}`)).toEqual([
          '1001/Media PUT NOT_READY',
          '1001/Media PUT READY',
          '1001/Media PUT RESERVED',
          '1001/Dialogs/Media POST OFFERED',
          '1001/Dialogs/Media DELETE CLOSED',
          '1001/Media PUT READY',
          '1001 PUT READY',
        ])
        const items = [before, ...missed].map(({ item }) => Number(item.split('-').at(-1)))
        expect(items).toEqual([...items].sort((a, b) => a - b))
        expect(new Set(items).size).toBe(items.length)
        expect(on.server.notifications.gateway.sessions).toBe(2)
        // The engine published each notification once, so the supervisor gets it once, too.
        await engine.delivered()
        const heard = []
        for (let count = 0; count < 7; count += 1) heard.push(await supervisor.next())
        expect(heard.map(({ item }) => item)).toEqual(missed.map(({ item }) => item))
        await supervisor.barrier()
        expect(supervisor.waiting).toEqual([])
      },
    )

    it('nodes are for their owners and supervisors, and only the engine publishes (5.2, 14)', async () => {
      const on = await start()
      const [agent, other, admin] = [await on.open('1001'), await on.open('1002'), await on.open('admin')]
      const supervisor = await on.open('1234')
      const refused = kind === 'prosody' ? 'forbidden' : 'not-allowed'
      const subscribe = (client: Client, node: string) =>
        refusal(client, NS_PUBSUB, xml('subscribe', { node, jid: client.jid }))
      expect(await subscribe(other, '/finesse/api/Team/2001/Users')).toBe(refused)
      expect(await subscribe(other, '/finesse/api/User/1001')).toBe(refused)
      expect(await subscribe(other, '/finesse/api/Team/9999/Users')).toBe('item-not-found')
      expect(await subscribe(other, '/finesse/api/Queue/5001')).toBeUndefined()
      for (const client of [supervisor, admin]) {
        expect(await subscribe(client, '/finesse/api/Team/2001/Users')).toBeUndefined()
        expect(await subscribe(client, '/finesse/api/User/1001')).toBeUndefined()
      }
      // Each user exchanges presence only with the engine.
      const roster = await agent.iq('get', '1001@localhost', xml('query', { xmlns: 'jabber:iq:roster' }))
      const contacts = roster.getChild('query')?.getChildElements() ?? []
      expect(contacts.map(({ attrs }) => attrs.jid)).toEqual(['finesse@localhost'])
      const item = xml('item', { id: 'x' }, xml('notification', { xmlns: NS_PUBSUB }, 'x'))
      const node = '/finesse/api/User/1001'
      for (const client of [agent, supervisor]) {
        expect(await refusal(client, NS_PUBSUB, xml('publish', { node }, item))).toBe('forbidden')
        expect(await refusal(client, `${NS_PUBSUB}#owner`, xml('delete', { node }))).toBe('forbidden')
        expect(await refusal(client, NS_PUBSUB, xml('create', { node: '/mine' }))).toBe('forbidden')
      }
    })

    it('an agent whose connection breaks is forced out when the grace period is over (9.1, 9.2)', async () => {
      const on = await start()
      const { engine } = on.server
      // A resource that no other test uses, because subscriptions of full JIDs stay at the server.
      const supervisor = await on.connect('1234', { resource: 'watches' })
      const agent = await on.connect('1001')
      await supervisor.subscribe('/finesse/api/Team/2001/Users')
      await agent.putUser(LOGIN)
      await agent.putUser('<state>READY</state>')
      expect(await supervisor.lines(2)).toHaveLength(2)
      const gone = on.heard(agent.jid, false)
      agent.crash()
      await gone
      await on.server.virtualTime?.advance(59_999)
      expect(engine.get.user('1001')?.state).toBe('READY')
      await on.server.virtualTime?.advance(1)
      const summary = await supervisor.next()
      expect([summary.value('state'), summary.value('reasonCode/code')]).toEqual(['NOT_READY', '50002'])

      // While the agent has a second session, the end of the first one has no effect.
      const [one, two] = [await on.connect('1001', { resource: 'one' }), await on.connect('1001', { resource: 'two' })]
      const left = on.heard(one.jid, false)
      await one.close()
      await left
      await on.server.virtualTime?.advance(120_000)
      expect(await two.putUser('<state>READY</state>')).toBe(202)
      await two.until(() => two.waiting.includes('User/1001 PUT user READY'), 'READY')
    })

    it('passwords are those of the directory, and its lock-out applies (ruling 20)', async () => {
      const on = await start()
      await on.open('1001')
      await expect(on.open('1001', { password: 'Secret' })).rejects.toMatchObject({ condition: 'not-authorized' })
      // The login name cannot be used as an address.
      await expect(on.open('areyes')).rejects.toMatchObject({ condition: 'not-authorized' })
      for (let attempt = 0; attempt < 5; attempt += 1)
        await expect(on.open('1002', { password: 'wrong' })).rejects.toMatchObject({ condition: 'not-authorized' })
      await expect(on.open('1002')).rejects.toMatchObject({ condition: 'not-authorized' })
      const authorization = `Basic ${Buffer.from('1002:secret').toString('base64')}`
      const user = () => fetch(`http://127.0.0.1:${restPort}/finesse/api/User/1002`, { headers: { authorization } })
      expect((await user()).status).toBe(401)
      await on.server.virtualTime?.advance(300_000)
      await on.open('1002')
      expect((await user()).status).toBe(200)
    })

    it('an engine with a wrong password is refused, tries again, and affects nobody', async () => {
      const on = await start()
      const agent = await on.connect('1001')
      const engine = new FakeEngine()
      const wrong = await notificationService(engine, {
        service: xmpp.service,
        domain: 'localhost',
        password: 'wrong',
        logger: pino({ level: 'silent' }),
        gatewayLimits: { firstRetryMs: 10, longestRetryMs: 20 },
      })
      expect(wrong.online).toBe(false)
      const rest = await fetch(`http://127.0.0.1:${restPort}/metrics`)
      expect(await rest.text()).toContain('mrdian_xmpp_gateway_sessions_total 1')
      expect(wrong.gateway.failedAttempts).toBeGreaterThan(0)
      await wrong.close()
      expect(engine.log).toEqual([])
      expect(await agent.putUser(LOGIN)).toBe(202)
      expect(await agent.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
    })

    // ejabberd makes a missing node itself, empty, and reports nothing.
    it.runIf(kind === 'prosody')('a node that somebody deleted is made again, and nothing is lost', async () => {
      const on = await start()
      const agent = await on.connect('1001')
      const vandal = await on.open('finesse', { resource: 'vandal' })
      expect(
        await refusal(vandal, `${NS_PUBSUB}#owner`, xml('delete', { node: '/finesse/api/User/1001' })),
      ).toBeUndefined()
      expect(await agent.putUser(LOGIN)).toBe(202)
      expect(await agent.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
      expect(on.server.notifications.gateway.failed).toBe(1)
    })

    it('when the directory is read again, new users get nodes and rights, removed users lose them (5.2, 5.3)', async () => {
      const on = await start()
      const { engine, notifications } = on.server
      // A resource that no other test uses, because subscriptions of full JIDs stay at the server.
      const [leaver, agent] = [await on.connect('1002', { resource: 'leaves' }), await on.connect('1001')]
      const [supervisor, admin] = [await on.connect('1234'), await on.appear('admin')]
      const [team, own] = ['/finesse/api/Team/2001/Users', '/finesse/api/User/1001']
      expect(await supervisor.subscribe(team)).toBe('subscribed')
      expect(await admin.subscribe(own)).toBe('subscribed')

      await engine.reload(changedDirectory(), undefined, { confirmRemovals: true })
      expect(await leaver.next()).toMatchObject({ node: '/finesse/api/User/1002', event: 'DELETE' })
      await notifications.settled()
      // The rights of the new directory apply before the next publication.
      expect(await supervisor.subscribe(team)).toBeUndefined()
      expect(await admin.subscribe(own)).toBeUndefined()
      const [newcomer, root] = [await on.connect('1009'), await on.appear('root')]
      expect(await newcomer.subscribe(team)).toBe('subscribed')
      expect(await root.subscribe(own)).toBe('subscribed')
      await expect(on.open('1002')).rejects.toMatchObject({ condition: 'not-authorized' })
      await expect(on.open('admin')).rejects.toMatchObject({ condition: 'not-authorized' })

      expect(await agent.rest('GET', 'User/1001')).toMatchObject({ status: 401 })
      await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
      expect(await newcomer.lines(1)).toEqual(['Team/2001/Users PUT user NOT_READY'])
      expect(await root.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
      await agent.until(() => agent.waiting.includes('User/1001 PUT user NOT_READY'), 'NOT_READY')
      expect(await newcomer.putUser('<state>LOGIN</state><extension>1009</extension>')).toBe(202)
      await newcomer.until(() => newcomer.waiting.includes('User/1009 PUT user NOT_READY'), 'NOT_READY')
      await engine.delivered()
      for (const client of [leaver, admin]) {
        await client.barrier()
        expect(client.waiting).toEqual([])
      }
      await supervisor.barrier()
      expect(supervisor.waiting.filter((line) => line.startsWith('Team/2001'))).toEqual([])
      const left = await nodes(await on.open('finesse', { resource: 'looks' }))
      expect(left).toContain('/finesse/api/User/1009/Dialogs')
      expect(left.filter((node) => /User\/1002|Team\/2003|Queue\/5001/.test(node))).toEqual([])

      // A user who is added again begins without the former user's subscriptions.
      await engine.reload(await loadDirectory())
      await notifications.settled()
      await newcomer.until(() => newcomer.waiting.at(-1)?.startsWith('User/1009 DELETE') ?? false, 'DELETE')
      const heard = newcomer.waiting.length
      expect(await supervisor.subscribe(team)).toBe('subscribed')
      const again = await on.connect('1002')
      expect(await again.putUser('<state>LOGIN</state><extension>1002</extension>')).toBe(202)
      expect(await again.lines(1)).toEqual(['User/1002 PUT user NOT_READY'])
      await supervisor.until(() => supervisor.waiting.includes('Team/2001/Users PUT user NOT_READY'), 'the team')
      await engine.delivered()
      await newcomer.barrier()
      expect(newcomer.waiting.slice(heard)).toEqual([])
    })

    it('a changed directory changes accounts, nodes and supervisors at the next start (5.3)', async () => {
      const before = await start()
      const supervisor = await before.open('1234')
      expect(await supervisor.subscribe('/finesse/api/Team/2001/Users')).toBe('subscribed')
      expect(await nodes(await before.open('1001'))).toContain('/finesse/api/User/1001')
      await before.close()

      const on = await start(changedDirectory())
      await expect(on.open('1001')).rejects.toMatchObject({ condition: 'not-authorized' })
      await expect(on.open('1002')).rejects.toMatchObject({ condition: 'not-authorized' })
      const agent = await on.connect('1001', { password: 'changed' })
      const newcomer = await on.connect('1009')
      const former = await on.connect('1234')
      expect(await newcomer.putUser('<state>LOGIN</state><extension>1009</extension>')).toBe(202)
      expect(await newcomer.lines(1)).toEqual(['User/1009 PUT user NOT_READY'])
      expect(await agent.putUser(LOGIN)).toBe(202)
      expect(await agent.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
      await on.server.engine.delivered()
      await former.barrier()
      expect(former.waiting).toEqual([])
      expect(await former.subscribe('/finesse/api/Team/2001/Users')).toBeUndefined()
      expect(await former.subscribe('/finesse/api/Team/2002/Users')).toBe('subscribed')
      const owner = await on.open('finesse', { resource: 'looks' })
      const left = await nodes(owner)
      expect(left).toContain('/finesse/api/User/1009/Dialogs')
      expect(left.filter((node) => node.includes('/User/1002') || node.includes('/Team/2003'))).toEqual([])
    })
  })
