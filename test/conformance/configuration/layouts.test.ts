/** Layouts of call data, ECC variables and media domains (`user 4.12`, `dialog 10`, `dialog 12`). */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectedLayout, type LayoutFacts } from '../expected/configuration.ts'
import { type Site, site } from '../server.ts'
import { group, leaf } from '../tree.ts'
import { expectObject, expectRefusal, OTHERS_OBJECT, sampleWith } from './stage.ts'

const ORDERS: LayoutFacts = {
  id: '7',
  name: 'Orders',
  description: '',
  type: 'CUSTOM',
  header: ['', 'user.order'],
  columns: [[['Customer', 'callVariable1']], []],
}
const OWN_DEFAULT: LayoutFacts = { ...ORDERS, id: '3', name: 'Plain', type: 'DEFAULT', columns: [] }

const call = (number: number) => [`Call Variable ${number}`, `callVariable${number}`] as const
const BUILT_IN: LayoutFacts = {
  id: '1',
  name: 'Default Layout',
  description: 'Layout for calls that name no other layout',
  type: 'DEFAULT',
  header: call(1),
  columns: [[1, 2, 3, 4, 5].map(call), [6, 7, 8, 9, 10].map(call)],
}

const entry = ([displayName, mediaProperty]: readonly [string, string]) => ({ displayName, mediaProperty })
const given = (facts: LayoutFacts) => ({
  ...facts,
  type: facts.type === 'DEFAULT' ? ('DEFAULT' as const) : ('CUSTOM' as const),
  header: entry(facts.header),
  columns: facts.columns.map((column) => column.map(entry)),
})
const directory = (...own: readonly LayoutFacts[]) =>
  sampleWith({
    mediaPropertiesLayouts: own.map(given),
    eccVariables: [
      { name: 'user.order', length: 40 },
      { name: 'user.items', length: 210, size: 2 },
    ],
  })

let on: Site
beforeAll(async () => {
  on = await site({ directory: directory(ORDERS) })
})
afterAll(() => on.close())

const as = (user: string) => on.restOnly(user)

it('lists: of a user, of a team, of everything', async () => {
  const expected = group('MediaPropertiesLayouts', expectedLayout(BUILT_IN), expectedLayout(ORDERS))
  expectObject(await as('1001').get('User/1001/MediaPropertiesLayouts'), expected)
  expectObject(await as('1001').get('TeamResource/2001/MediaPropertiesLayouts'), expected)
  expectObject(await as('admin').get('MediaPropertiesLayouts'), expected)
  expectRefusal(await as('1001').get('User/1002/MediaPropertiesLayouts'), 401, { ...OTHERS_OBJECT, data: '1002' })
})

it('single ones, and the default one', async () => {
  expectObject(await as('1001').get('MediaPropertiesLayout/7'), expectedLayout(ORDERS))
  for (const path of ['MediaPropertiesLayout/1', 'MediaPropertiesLayout/default', 'User/1001/MediaPropertiesLayout'])
    expectObject(await as('1001').get(path), expectedLayout(BUILT_IN))
  const missing = { data: '9', message: 'Resource not found', type: 'Not Found' }
  expectRefusal(await as('admin').get('MediaPropertiesLayout/9'), 404, missing)
  expectRefusal(await as('1001').get('User/1002/MediaPropertiesLayout'), 401, { ...OTHERS_OBJECT, data: '1002' })
})

it('a default layout of the directory replaces the built-in one', async () => {
  const changes = await on.server.engine.reload(directory(ORDERS, OWN_DEFAULT))
  expect(changes.mediaPropertiesLayouts).toEqual({ added: ['3'], changed: [], removed: [] })
  expectObject(
    await as('1001').get('User/1001/MediaPropertiesLayouts'),
    group('MediaPropertiesLayouts', expectedLayout(OWN_DEFAULT), expectedLayout(ORDERS)),
  )
  expectObject(await as('1001').get('MediaPropertiesLayout/default'), expectedLayout(OWN_DEFAULT))
  expect((await as('1001').get('MediaPropertiesLayout/1')).status).toBe(404)
})

it('ECC variables, for everybody', async () => {
  const variable = (name: string, length: number) => group('ECCVariable', leaf('name', name), leaf('length', length))
  const expected = group('ECCVariableConfig', variable('user.order', 40), variable('user.items', 210))
  for (const user of ['1001', '1234', 'admin']) expectObject(await as(user).get('ECCVariableConfig'), expected)
  expect((await as('1001').request('PUT', '/finesse/api/ECCVariableConfig', '<a/>')).status).toBe(405)
})

it('media domains, voice among them', async () => {
  const domain = (id: string, name: string, interruptible: boolean) =>
    group(
      'MediaDomain',
      leaf('description', name),
      leaf('id', id),
      leaf('interruptible', interruptible),
      leaf('name', name),
      leaf('uri', `/finesse/api/MediaDomain/${id}`),
    )
  const [voice, email, chat, social] = [
    domain('1', 'Voice', false),
    domain('5001', 'Email', true),
    domain('5002', 'Chat', false),
    domain('5003', 'Social', true),
  ]
  expectObject(await as('1001').get('MediaDomain'), group('MediaDomains', voice, email, chat, social))
  expectObject(await as('1001').get('MediaDomain/5001'), email)
  const missing = { data: '9', message: 'Invalid mrdId specified for media', type: 'Not Found' }
  expectRefusal(await as('1001').get('MediaDomain/9'), 404, missing)
})
