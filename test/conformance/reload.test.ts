/**
 * Another directory while clients are connected, over real REST and XMPP: their notifications, and who is disconnected.
 */
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Side } from '../../machines/wire.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import type { LoadedDirectory, User } from '../../src/directory/model.ts'
import { expectedQueue } from './expected/queue.ts'
import { Client } from './sequences/client.ts'
import { type Place, type Site, site, TWO_SIDES } from './server.ts'
import { at, group, parseTree, printed } from './tree.ts'

const SAMPLE = await loadDirectory()

/** The sample without a user. */
const without = (id: string): LoadedDirectory => ({
  directory: { ...SAMPLE.directory, users: SAMPLE.directory.users.filter((user) => user.id !== id) },
  credentials: SAMPLE.credentials.filter((credential) => credential.id !== id),
})
const withUser = (id: string, changed: Partial<User>): LoadedDirectory => ({
  ...SAMPLE,
  directory: {
    ...SAMPLE.directory,
    users: SAMPLE.directory.users.map((user) => (user.id === id ? { ...user, ...changed } : user)),
  },
})
/** The sample with a user 1007, who is otherwise like 1001. */
const withNewcomer = (): LoadedDirectory => ({
  directory: {
    ...SAMPLE.directory,
    users: [
      ...SAMPLE.directory.users,
      ...SAMPLE.directory.users
        .filter(({ id }) => id === '1001')
        .map((user) => ({ ...user, id: '1007', loginName: 'gnew', extensions: ['1007'] })),
    ],
  },
  credentials: [...SAMPLE.credentials, { id: '1007', loginName: 'gnew', kind: 'user', secret: 'plain:secret' }],
})
const withPassword = (id: string, secret: string): LoadedDirectory => ({
  ...SAMPLE,
  credentials: SAMPLE.credentials.map((each) => (each.id === id ? { ...each, secret } : each)),
})

let on: Site
const clients: Client[] = []

beforeEach(async () => {
  on = await site()
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await on.close()
})

async function connect(user: string, side: Side = 'A'): Promise<Client> {
  const { server, at, atB } = on
  const place =
    side === 'A'
      ? { restUrl: at.rest, domain: 'localhost', xmppPort: server.ports.xmpp ?? 0 }
      : { restUrl: atB.rest, domain: 'b.localhost', xmppPort: server.sideB?.ports.xmpp ?? 0 }
  const client = new Client(user, place)
  clients.push(client)
  await client.open()
  await client.appear()
  return client
}

const LOGIN = '<state>LOGIN</state><extension>1001</extension>'

describe('a user who is added', () => {
  it('signs in over REST and XMPP at once, with nodes and automatic subscriptions (notifications 5.3)', async () => {
    await on.server.engine.reload(withNewcomer())
    const agent = await connect('1007')
    expect(await agent.putUser('<state>LOGIN</state><extension>1007</extension>')).toBe(202)
    expect(await agent.lines(1)).toEqual(['User/1007 PUT user NOT_READY'])
  })

  it('is published to the supervisor of the team (8.9)', async () => {
    const supervisor = await connect('1234')
    await supervisor.subscribe('/finesse/api/Team/2001/Users')
    await on.server.engine.reload(withNewcomer())
    expect(await supervisor.lines(1)).toEqual(['Team/2001/Users PUT user LOGOUT'])
  })
})

describe('a user who is removed', () => {
  it('gets DELETE without data, and then the stream ends (7.1, 8.1)', async () => {
    const agent = await connect('1001')
    await agent.putUser(LOGIN)
    await agent.next()
    await on.server.engine.reload(without('1001'))
    expect(await agent.lines(1)).toEqual(['User/1001 PUT user LOGOUT'])
    const deleted = await agent.next()
    expect(deleted).toMatchObject({ node: '/finesse/api/User/1001', event: 'DELETE', source: '/finesse/api/User/1001' })
    expect(deleted.text).toBe(
      '<Update><event>DELETE</event><requestId></requestId><source>/finesse/api/User/1001</source></Update>',
    )
    expect(await agent.streamError()).toBe('not-authorized')
    await agent.ended()
  })

  it('gets 401 from then on, and no session', async () => {
    const agent = await connect('1001')
    await on.server.engine.reload(without('1001'))
    expect((await agent.me()).status).toBe(401)
    await agent.ended()
    await expect(on.client('1001')).rejects.toThrow('not authorized')
    expect((await on.restOnly('admin').get('User/1001')).status).toBe(404)
  })

  it('leaves no subscriptions for a later user with the same id', async () => {
    const supervisor = await connect('1234')
    await supervisor.subscribe('/finesse/api/Team/2001/Users')
    await on.server.engine.reload(without('1234'))
    await supervisor.ended()
    await on.server.engine.reload(SAMPLE)
    const again = await connect('1234')
    const agent = await connect('1001')
    await agent.putUser(LOGIN)
    await agent.next()
    await on.server.engine.delivered()
    await again.barrier()
    expect(again.waiting).toEqual([])
  })

  it('does not affect the other users', async () => {
    const other = await connect('1002')
    await other.putUser('<state>LOGIN</state><extension>1002</extension>')
    await other.next()
    await on.server.engine.reload(without('1001'))
    await on.server.engine.delivered()
    await other.barrier()
    expect(other.waiting).toEqual([])
    expect(await other.putUser('<state>READY</state>')).toBe(202)
    expect(await other.lines(1)).toEqual(['User/1002 PUT user READY'])
  })
})

describe('a change of', () => {
  it('names and roles: PUT with the full user, and the summary to the team (8.1, 8.9)', async () => {
    const agent = await connect('1001')
    const supervisor = await connect('1234')
    await supervisor.subscribe('/finesse/api/Team/2001/Users')
    await on.server.engine.reload(withUser('1001', { firstName: 'Anna & Co', roles: ['Agent', 'Supervisor'] }))
    const user = await agent.next()
    expect([user.event, user.value('firstName'), user.text.includes('<role>Supervisor</role>')]).toEqual([
      'PUT',
      'Anna & Co',
      true,
    ])
    expect((await supervisor.next()).value('firstName')).toBe('Anna & Co')
  })

  it('the team of a supervisor: no notifications about the old team any more', async () => {
    const agent = await connect('1001')
    const supervisor = await connect('1234')
    await supervisor.subscribe('/finesse/api/Team/2001/Users')
    await on.server.engine.reload(withUser('1234', { supervises: ['2002'] }))
    expect(await supervisor.lines(1)).toEqual(['User/1234 PUT user LOGOUT'])
    await agent.putUser(LOGIN)
    await agent.next()
    await on.server.engine.delivered()
    await supervisor.barrier()
    expect(supervisor.waiting).toEqual([])
  })

  it('an MRD that a user loses: DELETE on User/Queues, Media in its short form (8.11, media 3.2)', async () => {
    const agent = await connect('1001')
    await on.server.engine.reload(withUser('1001', { mediaRoutingDomains: ['5001', '5003'] }))
    const queues = await agent.next()
    expect(queues).toMatchObject({ node: '/finesse/api/User/1001/Queues', event: 'DELETE', kind: 'Queues' })
    expect([queues.value('name'), queues.value('uri')]).toEqual(['Chat', '/finesse/api/Queue/5002'])
    expect((await agent.rest('GET', 'User/1001/Media/5002')).value('state')).toBeUndefined()
  })

  it('a queue of calls that a user gets: POST on User/Queues with the whole queue (8.11)', async () => {
    const agent = await connect('1006')
    const { queues = [] } = SAMPLE.directory
    const joined = queues.map((queue) => (queue.id === '701' ? { ...queue, agents: [...queue.agents, '1006'] } : queue))
    await on.server.engine.reload({ ...SAMPLE, directory: { ...SAMPLE.directory, queues: joined } })
    const got = await agent.next()
    expect(got).toMatchObject({ node: '/finesse/api/User/1006/Queues', event: 'POST', requestId: '' })
    const data = at(parseTree(got.text), 'data')
    expect(data && printed(data)).toBe(printed(group('data', group('Queues', expectedQueue('701', 'Support Line')))))
  })

  it('a password: the session stays, the old password is refused, although it was right a moment ago', async () => {
    const agent = await connect('1001')
    expect((await agent.me()).status).toBe(200)
    await on.server.engine.reload(withPassword('1001', 'plain:another'))
    expect((await agent.me()).status).toBe(401)
    await agent.barrier()
    expect((await on.restOnly('1001', 'another').get('User/1001')).status).toBe(200)
  })

  it('the lock-out: new limits apply at once', async () => {
    const { settings } = SAMPLE.directory
    const strict = { ...settings, lockout: { attempts: 1, seconds: 300 } }
    await on.server.engine.reload({ ...SAMPLE, directory: { ...SAMPLE.directory, settings: strict } })
    expect((await on.restOnly('1001', 'wrong').get('User/1001')).status).toBe(401)
    expect((await on.restOnly('1001').get('User/1001')).status).toBe(401)
  })

  it('the administrators: a removed one has no access to /acd and no session', async () => {
    const admin = await connect('admin')
    await on.server.engine.reload({
      ...SAMPLE,
      credentials: SAMPLE.credentials.map((each) => (each.kind === 'administrator' ? { ...each, id: 'root' } : each)),
    })
    expect(await admin.streamError()).toBe('not-authorized')
    expect((await on.acd('GET', '/tasks')).status).toBe(401)
  })
})

describe('with two sides', () => {
  beforeEach(async () => {
    await on.close()
    on = await site(TWO_SIDES)
  })

  it('clients of both get changed, added and removed users, whatever side the user is on (7.1, 8.1, 8.9)', async () => {
    const supervisors = [await connect('1234', 'A'), await connect('1234', 'B')]
    for (const supervisor of supervisors) await supervisor.subscribe('/finesse/api/Team/2001/Users')
    const team = async () => Promise.all(supervisors.map(async (each) => (await each.lines(1)).join()))
    const both = (line: string) => [line, line]

    await on.server.engine.reload(withNewcomer())
    expect(await team()).toEqual(both('Team/2001/Users PUT user LOGOUT'))
    const newcomer = await connect('1007', 'B')
    expect(await newcomer.putUser('<state>LOGIN</state><extension>1007</extension>')).toBe(202)
    expect(await newcomer.lines(1)).toEqual(['User/1007 PUT user NOT_READY'])
    expect(await team()).toEqual(both('Team/2001/Users PUT user NOT_READY'))

    await on.server.engine.reload(SAMPLE)
    expect(await newcomer.lines(1)).toEqual(['User/1007 PUT user LOGOUT'])
    expect(await newcomer.next()).toMatchObject({ node: '/finesse/api/User/1007', event: 'DELETE' })
    expect(await newcomer.streamError()).toBe('not-authorized')
    expect((await newcomer.me()).status).toBe(401)
    expect(await team()).toEqual(both('Team/2001/Users PUT user LOGOUT'))

    const agents = [await connect('1002', 'A'), await connect('1002', 'B')]
    await on.server.engine.reload(without('1002'))
    for (const agent of agents) {
      expect(await agent.next()).toMatchObject({ node: '/finesse/api/User/1002', event: 'DELETE' })
      expect(await agent.streamError()).toBe('not-authorized')
    }
  })

  it('each side can reload the file; an invalid file changes nothing on both', async () => {
    const post = (place: Place, body: string) =>
      fetch(`${place.rest}/acd/directory`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/yaml' },
        body,
      })
    const agent = await connect('1001', 'B')
    const refused = await post(on.atB, 'version: 1\nfoo: 1')
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('foo: unknown key')])
    expect((await agent.me()).value('firstName')).toBe('Ana')
    const file = await readFile(new URL('../../src/directory/sample.yaml', import.meta.url), 'utf8')
    expect((await post(on.atB, file.replace('firstName: Ana', 'firstName: Anna'))).status).toBe(200)
    expect((await agent.next()).value('firstName')).toBe('Anna')
    expect(on.server.engine.get.user('1001')?.firstName).toBe('Anna')
  })
})
