/** Team messages over real REST and XMPP (`dialog 9`, `notifications 8.13`). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MESSAGE_LIMITS } from '../../src/engine/team-messages/api.ts'
import { memoryStore } from '../../src/store/index.ts'
import { expectObject, expectRefusal } from './configuration/stage.ts'
import { expectedUpdate } from './expected/update.ts'
import type { RestAnswer } from './finesse-client.ts'
import { Client } from './sequences/client.ts'
import { type Site, site, TWO_SIDES } from './server.ts'
import { group, leaf, parseTree, printed, type Tree } from './tree.ts'

/** 1234 supervises the teams 2001, 2002 and 2003, and belongs to 500. 1001 is a member of 2001, 1004 of 2002. */
const SUPERVISOR = '1234'
const SECONDS = Date.UTC(2026, 0, 5, 8) / 1000
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let on: Site
const clients: Client[] = []
beforeEach(async () => {
  on = await site(TWO_SIDES)
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await on.close()
})

async function connect(user: string, side: 'A' | 'B' = 'A'): Promise<Client> {
  const isA = side === 'A'
  const client = new Client(user, {
    restUrl: (isA ? on.at : on.atB).rest,
    domain: isA ? 'localhost' : 'b.localhost',
    xmppPort: (isA ? on.server.ports.xmpp : on.server.sideB?.ports.xmpp) ?? 0,
  })
  clients.push(client)
  await client.open()
  await client.appear()
  return client
}

const bodyOf = (duration: number | string, content: string, ...teams: readonly string[]) =>
  `<TeamMessage><duration>${duration}</duration><content>${content}</content><teams>` +
  `${teams.map((team) => `<team>${team}</team>`).join('')}</teams></TeamMessage>`

const ask = (user: string, method: string, path: string, body?: string, headers?: Record<string, string>) =>
  on.restOnly(user).request(method, `/finesse/api/${path}`, body, headers)

const create = (user: string, body: string, path = 'TeamMessage') => ask(user, 'POST', path, body)

function idOf(answer: RestAnswer): string {
  expect(answer.status).toBe(200)
  return answer.value('id') ?? ''
}

interface Expected {
  readonly id: string
  readonly content?: string
  readonly teams?: readonly string[]
  readonly createdAt?: number
  readonly by?: readonly [id: string, firstName: string, lastName: string]
}

/** The whole object. The creator is the supervisor of the sample. */
function message({ id, content = 'All hands', teams = ['2001'], createdAt = SECONDS, by }: Expected): Tree {
  const me = on.server.engine.get.user(SUPERVISOR)
  const [creator, firstName, lastName] = by ?? [SUPERVISOR, me?.firstName ?? '', me?.lastName ?? '']
  return group(
    'TeamMessage',
    leaf('uri', `/finesse/api/TeamMessage/${id}`),
    leaf('id', id),
    group('createdBy', leaf('id', creator), leaf('firstName', firstName), leaf('lastName', lastName)),
    leaf('createdAt', createdAt),
    leaf('duration', 600),
    leaf('content', content),
    group('teams', ...teams.map((team) => leaf('team', team))),
  )
}

const unauthorized = (data: string) => ({ data, message: 'UNAUTHORIZED', type: 'Authorization Failure' })
const notFound = (data: string) => ({ data, message: 'Resource not found', type: 'Not Found' })

describe('create', () => {
  it('answers with the whole message, at both paths', async () => {
    for (const path of ['TeamMessage', 'TeamMessages']) {
      const answer = await create(SUPERVISOR, bodyOf(600, 'All &lt;hands&gt;', '2001', '2002', '2001'), path)
      const id = idOf(answer)
      expect(id).toMatch(UUID)
      expectObject(answer, message({ id, content: 'All <hands>', teams: ['2001', '2002'] }))
      expectObject(await ask('1004', 'GET', `TeamMessage/${id}`), parseTree(answer.body))
    }
  })

  it('administrators write to every team; they have no names', async () => {
    const answer = await create('admin', bodyOf(600, 'All hands', '2003'))
    expectObject(answer, message({ id: idOf(answer), teams: ['2003'], by: ['admin', '', ''] }))
  })

  it('agents, and supervisors for other teams, may not; an unknown team is only shown to administrators', async () => {
    expectRefusal(await create('1001', bodyOf(600, 'x', '2001')), 401, unauthorized('1001'))
    expectRefusal(await create(SUPERVISOR, bodyOf(600, 'x', '2001', '500')), 401, unauthorized(SUPERVISOR))
    expectRefusal(await create(SUPERVISOR, bodyOf(600, 'x', '9')), 401, unauthorized(SUPERVISOR))
    expectRefusal(await create('admin', bodyOf(600, 'x', '9')), 404, notFound('9'))
    expect((await ask('admin', 'GET', 'TeamMessages?createdBy=1234')).body).toBe('<TeamMessages/>')
  })

  const parameter = (name: string, type: 'Parameter Missing' | 'Invalid Input') => {
    const shown = name.charAt(0).toUpperCase() + name.slice(1)
    return {
      data: name,
      type,
      message: type === 'Invalid Input' ? `Invalid ${shown} specified` : `${shown} Parameter missing`,
    }
  }
  it.each([
    ['duration', 'Parameter Missing', bodyOf('', 'x', '2001')],
    ['duration', 'Invalid Input', bodyOf(0, 'x', '2001')],
    ['duration', 'Invalid Input', bodyOf('1.5', 'x', '2001')],
    ['duration', 'Invalid Input', bodyOf(-1, 'x', '2001')],
    ['duration', 'Invalid Input', bodyOf(MESSAGE_LIMITS.durationSeconds + 1, 'x', '2001')],
    ['content', 'Parameter Missing', bodyOf(600, ' ', '2001')],
    ['content', 'Invalid Input', bodyOf(600, 'ä'.repeat(256), '2001')],
    ['teams', 'Parameter Missing', bodyOf(600, 'x')],
    ['teams', 'Parameter Missing', bodyOf(600, 'x', ' ')],
  ] as const)('%s: %s', async (name, type, body) => {
    expectRefusal(await create(SUPERVISOR, body), 400, parameter(name, type))
  })

  it('the longest content and the longest duration are accepted; other XML is refused', async () => {
    const { durationSeconds, characters } = MESSAGE_LIMITS
    const longest = '\u{1f600}'.repeat(characters)
    const answer = await create(SUPERVISOR, bodyOf(durationSeconds, longest, '2001'))
    expect([answer.status, answer.value('content')]).toEqual([200, longest])
    for (const body of ['', '<TeamMessages/>', '<TeamMessage>', bodyOf(1, '<b>x</b>', '2001')])
      expect((await create(SUPERVISOR, body)).status).toBe(400)
  })

  it('too many active messages: of one creator', async () => {
    for (let sent = 0; sent < MESSAGE_LIMITS.ofCreator; sent += 1)
      idOf(await create(SUPERVISOR, bodyOf(sent === 0 ? 60 : 600, 'x', '2001')))
    const refused = {
      data: 'teammessage.max.limit.exceeded',
      message: 'MAX_ACTIVE_MESSAGE_LIMIT_EXCEEDED',
      type: 'System Resource Limit Exceeded',
    }
    expectRefusal(await create(SUPERVISOR, bodyOf(600, 'x', '2001')), 400, refused)
    expect((await create('admin', bodyOf(600, 'x', '2001'))).status).toBe(200)
    // One of them is over.
    await on.clock.advance(60_000)
    expect((await create(SUPERVISOR, bodyOf(600, 'x', '2001'))).status).toBe(200)
  })
})

describe('read and delete', () => {
  it('lists of a team and of a creator, oldest first, and who may read them', async () => {
    const first = idOf(await create(SUPERVISOR, bodyOf(600, 'first', '2001')))
    await on.clock.advance(1000)
    const second = idOf(await create(SUPERVISOR, bodyOf(600, 'second', '2001', '2002')))
    const both = [
      message({ id: first, content: 'first' }),
      message({ id: second, content: 'second', teams: ['2001', '2002'], createdAt: SECONDS + 1 }),
    ]
    for (const reader of ['1001', SUPERVISOR, 'admin'])
      expectObject(await ask(reader, 'GET', 'Team/2001/TeamMessages'), group('TeamMessages', ...both))
    expectObject(await ask('1004', 'GET', 'Team/2002/TeamMessages'), group('TeamMessages', ...both.slice(1)))
    for (const reader of [SUPERVISOR, 'admin'])
      expectObject(await ask(reader, 'GET', `TeamMessages?createdBy=${SUPERVISOR}`), group('TeamMessages', ...both))
    expectRefusal(await ask('1004', 'GET', 'Team/2001/TeamMessages'), 401, unauthorized('1004'))
    expectRefusal(await ask('1001', 'GET', `TeamMessages?createdBy=${SUPERVISOR}`), 401, unauthorized('1001'))
    expectRefusal(await ask('admin', 'GET', 'Team/9/TeamMessages'), 404, notFound('9'))
    expectRefusal(await ask('1001', 'GET', 'Team/9/TeamMessages'), 401, unauthorized('1001'))
    expect((await ask('1001', 'GET', 'TeamMessages')).status).toBe(400)
    expectRefusal(await ask('1004', 'GET', `TeamMessage/${first}`), 404, notFound(first))
  })

  it('the creator and administrators delete; an unknown message is 404', async () => {
    const [own, other] = [
      idOf(await create(SUPERVISOR, bodyOf(600, 'x', '2001'))),
      idOf(await create(SUPERVISOR, bodyOf(600, 'x', '2001'))),
    ]
    expectRefusal(await ask('1001', 'DELETE', `TeamMessage/${own}`), 401, unauthorized('1001'))
    expectRefusal(await ask('1004', 'DELETE', `TeamMessage/${own}`), 404, notFound(own))
    const deleted = await ask(SUPERVISOR, 'DELETE', `TeamMessage/${own}`, undefined, { requestId: 'gone' })
    expect([deleted.status, deleted.body, deleted.headers.get('requestid')]).toEqual([200, '', 'gone'])
    expectRefusal(await ask(SUPERVISOR, 'DELETE', `TeamMessage/${own}`), 404, notFound(own))
    expect((await ask('admin', 'DELETE', `TeamMessage/${other}`)).status).toBe(200)
    expect((await ask('1001', 'GET', 'Team/2001/TeamMessages')).body).toBe('<TeamMessages/>')
    expect((await ask('admin', 'PUT', `TeamMessage/${other}`, '<TeamMessage/>')).status).toBe(405)
  })

  it('ends when createdAt + duration has passed', async () => {
    await on.clock.advance(999)
    const id = idOf(await create(SUPERVISOR, bodyOf(10, 'x', '2001')))
    await on.clock.advance(9000)
    expect((await ask('1001', 'GET', `TeamMessage/${id}`)).status).toBe(200)
    await on.clock.advance(1)
    expectRefusal(await ask('1001', 'GET', `TeamMessage/${id}`), 404, notFound(id))
    expectRefusal(await ask(SUPERVISOR, 'DELETE', `TeamMessage/${id}`), 404, notFound(id))
    expect((await ask('1001', 'GET', 'Team/2001/TeamMessages')).body).toBe('<TeamMessages/>')
  })

  it('survives a restart, and a message that is over leaves the store with the next one', async () => {
    const store = memoryStore({ keep: 'history' })
    await on.close()
    on = await site({ data: store })
    const id = idOf(await create(SUPERVISOR, bodyOf(600, 'All hands', '2001')))
    const short = idOf(await create(SUPERVISOR, bodyOf(1, 'x', '2001')))
    await on.close()
    const reopened = store.reopen()
    on = await site({ data: reopened })
    await on.clock.advance(2000)
    expectObject(await ask('1001', 'GET', 'Team/2001/TeamMessages'), group('TeamMessages', message({ id })))
    const keys = () => reopened.records.list('team-messages').map(({ key }) => key)
    expect(keys().sort()).toEqual([id, short].sort())
    const next = idOf(await create(SUPERVISOR, bodyOf(600, 'next', '2001')))
    expect(keys().sort()).toEqual([id, next].sort())
  })
})

it('members get POST and DELETE on the node of their team, on both sides; others do not', async () => {
  const [member, elsewhere, other] = await Promise.all([connect('1001'), connect('1002', 'B'), connect('1004')])
  const node = '/finesse/api/Team/2001/TeamMessages'
  const supervisor = await connect(SUPERVISOR)
  expect(await supervisor.subscribe(node)).toBe('subscribed')
  const answer = await ask(SUPERVISOR, 'POST', 'TeamMessage', bodyOf(600, 'All hands', '2001'), { requestId: 'm1' })
  const id = idOf(answer)
  await ask(SUPERVISOR, 'DELETE', `TeamMessage/${id}`)
  for (const client of [member, elsewhere, supervisor])
    for (const [event, requestId] of [
      ['POST', 'm1'],
      ['DELETE', ''],
    ] as const) {
      const got = await client.next()
      expect(got.node).toBe(node)
      const update = expectedUpdate({ data: message({ id }), event, requestId, source: node })
      expect(printed(parseTree(got.text))).toBe(printed(update))
    }
  await other.barrier()
  expect(other.waiting).toEqual([])
})
