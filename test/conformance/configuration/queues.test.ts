/** Queues (`dialog 8`) and the list of teams. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectedQueue } from '../expected/queue.ts'
import { type Site, site } from '../server.ts'
import { group, leaf } from '../tree.ts'
import { expectObject, expectRefusal } from './stage.ts'

const [EMAIL, CHAT] = [expectedQueue('5001', 'Email'), expectedQueue('5002', 'Chat')]
const SOCIAL = expectedQueue('5003', 'Social')
const [SUPPORT, SALES] = [expectedQueue('701', 'Support Line'), expectedQueue('702', 'Sales Line')]

let on: Site
beforeAll(async () => {
  on = await site()
})
afterAll(() => on.close())

const as = (user: string) => on.restOnly(user)

it('a queue, for every caller', async () => {
  for (const user of ['1001', '1006', 'admin']) expectObject(await as(user).get('Queue/5003'), SOCIAL)
  expectObject(await as('1006').get('Queue/701'), SUPPORT)
  expectRefusal(await as('1001').get('Queue/9'), 404, { data: '9', message: 'Resource not found', type: 'Not Found' })
  expect((await fetch(`${on.at.rest}/finesse/api/Queue/5003`)).status).toBe(401)
})

it('the queues of a user, for every caller', async () => {
  for (const user of ['1001', 'admin'])
    expectObject(await as(user).get('User/1006/Queues'), group('Queues', EMAIL, CHAT))
  expectObject(await as('1006').get('User/1001/Queues'), group('Queues', EMAIL, CHAT, SOCIAL, SUPPORT))
  const unknown = { data: '9999', message: 'UNKNOWN_USER', type: 'User Not Found' }
  expectRefusal(await as('1001').get('User/9999/Queues'), 404, unknown)
})

it('a supervisor has the queues of the own team and of the supervised ones', async () => {
  const { directory } = on.server.engine.get
  const before = directory()
  const of = (user: (typeof before.users)[number], mediaRoutingDomains: readonly string[]) => ({
    ...user,
    mediaRoutingDomains,
  })
  const users = before.users.map((user) => of(user, user.id === '1234' ? [] : ['5002']))
  await on.server.engine.reload({ ...before, users })
  expectObject(await as('1001').get('User/1234/Queues'), group('Queues', CHAT, SUPPORT, SALES))
  await on.server.engine.reload({ ...before, users: users.map((user) => ({ ...user, supervises: [] })) })
  expectObject(await as('1001').get('User/1234/Queues'), group('Queues', SALES))
  await on.server.engine.reload({ ...before, queues: [], users: users.map((user) => ({ ...user, supervises: [] })) })
  expect((await as('1001').get('User/1234/Queues')).body).toBe('<Queues/>')
  await on.server.engine.reload(before)
})

it('all teams, for administrators', async () => {
  const team = (id: string, name: string) =>
    group('Team', leaf('id', id), leaf('name', name), leaf('uri', `/finesse/api/Team/${id}`))
  expectObject(
    await as('admin').get('Teams'),
    group(
      'Teams',
      team('500', 'Sales'),
      team('2001', 'First Line Support'),
      team('2002', 'Second Line Support'),
      team('2003', 'Third Line Support'),
    ),
  )
  const refused = { data: '1234', message: 'UNAUTHORIZED', type: 'Authorization Failure' }
  expectRefusal(await as('1234').get('Teams'), 401, refused)
})
