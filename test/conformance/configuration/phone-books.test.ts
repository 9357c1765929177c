/** Phone books and the header `Range` (`user 4.12`, `user 8.4`). */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { objectRange } from '../../../src/rest/object-range.ts'
import { type ContactFacts, expectedContact, expectedPhoneBook } from '../expected/configuration.ts'
import { type Site, site } from '../server.ts'
import { group } from '../tree.ts'
import { expectObject, expectRefusal, OTHERS_OBJECT, sampleWith } from './stage.ts'

const contacts = (count: number): readonly ContactFacts[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index + 1),
    firstName: `First ${index + 1}`,
    lastName: 'Last <&>',
    phoneNumber: `555${index}`,
    description: '',
  }))

const OF_TEAM = { id: '1', name: 'Sales', type: 'TEAM', teams: ['500'], contacts: contacts(2) } as const
const GLOBAL = { id: '12', name: 'Company', type: 'GLOBAL', contacts: contacts(3) } as const
const SECOND = { id: '5', name: 'Branches', type: 'GLOBAL', contacts: contacts(1) } as const
const EMPTY = { id: '3', name: 'Support', type: 'TEAM', teams: ['2001'], contacts: [] } as const

let on: Site
beforeAll(async () => {
  on = await site({ directory: sampleWith({ phoneBooks: [OF_TEAM, GLOBAL, SECOND, EMPTY] }) })
})
afterAll(() => on.close())

const as = (user: string) => on.restOnly(user)
const range = (user: string, path: string, header: string) =>
  as(user).request('GET', `/finesse/api/${path}`, undefined, { range: header })
const books = (...all: readonly (readonly [Parameters<typeof expectedPhoneBook>[0], readonly ContactFacts[]])[]) =>
  group('PhoneBooks', ...all.map(([book, shown]) => expectedPhoneBook(book, shown)))

const OF_1234 = books([SECOND, SECOND.contacts], [GLOBAL, GLOBAL.contacts], [OF_TEAM, OF_TEAM.contacts])

describe('lists', () => {
  it('of a user and of a team: global books first, by id, then team books', async () => {
    for (const path of ['User/1234/PhoneBooks', 'TeamResource/500/PhoneBooks']) {
      const answer = await range('1234', path, 'objects=1-1500')
      expectObject(answer, OF_1234)
      expect(answer.headers.get('content-range')).toBeNull()
    }
    expectObject(
      await range('1001', 'User/1001/PhoneBooks', 'objects=1-6000'),
      books([SECOND, SECOND.contacts], [GLOBAL, GLOBAL.contacts], [EMPTY, []]),
    )
    expectRefusal(await as('1001').get('User/1002/PhoneBooks'), 401, { ...OTHERS_OBJECT, data: '1002' })
  })

  it('without the header, and with a range of another unit: everything', async () => {
    expectObject(await as('1234').get('User/1234/PhoneBooks'), OF_1234)
    expectObject(await range('1234', 'User/1234/PhoneBooks', 'bytes=0-1'), OF_1234)
  })

  it('all of them, for administrators', async () => {
    const answer = await as('admin').get('PhoneBooks')
    expectObject(
      answer,
      books([SECOND, SECOND.contacts], [GLOBAL, GLOBAL.contacts], [OF_TEAM, OF_TEAM.contacts], [EMPTY, []]),
    )
  })
})

describe('Range', () => {
  it.each([
    ['objects=1-2', '1-2', 1, [0, 1], [0, 0]],
    ['objects=2-5', '2-5', 0, [0, 3], [0, 1]],
    ['objects=4-4', '4-4', 0, [2, 3], [0, 0]],
    ['objects=5-6000', '5-6', 0, [3, 3], [0, 2]],
  ] as const)('%s: 206 with %s of 6', async (header, shown, second, ofGlobal, ofTeam) => {
    const answer = await range('1234', 'User/1234/PhoneBooks', header)
    expectObject(
      answer,
      books(
        [SECOND, SECOND.contacts.slice(0, second)],
        [GLOBAL, GLOBAL.contacts.slice(...ofGlobal)],
        [OF_TEAM, OF_TEAM.contacts.slice(...ofTeam)],
      ),
      206,
    )
    expect(answer.headers.get('content-range')).toBe(`objects ${shown}/6`)
  })

  it.each([
    'objects=0-5',
    'objects=1-6001',
    'objects=3-2',
    'objects=7-8',
    'objects=16000',
    'objects=1-',
    'objects=-5',
    'objects=a-b',
  ])('%s: 416', async (header) => {
    const refused = { data: 'Range', message: 'Invalid Range Specified', type: 'Range Not Satisfiable' }
    for (const path of ['User/1234/PhoneBooks', 'TeamResource/500/PhoneBooks'])
      expectRefusal(await range('1234', path, header), 416, refused)
  })

  it('pages may read Content-Range', async () => {
    const { headers } = await as('1234').request('GET', '/finesse/api/User/1234/PhoneBooks', undefined, {
      range: 'objects=1-1',
      origin: 'https://desk.example',
    })
    expect(headers.get('access-control-expose-headers')).toContain('Content-Range')
  })

  it('any header gives a range that exists, or a refusal', () => {
    const numbers = fc.tuple(fc.nat(7000), fc.nat(7000)).map(([a, b]) => `objects=${a}-${b}`)
    fc.assert(
      fc.property(
        fc.oneof(
          numbers,
          fc.string().map((text) => `objects=${text}`),
          fc.string(),
        ),
        fc.nat(7000),
        (header, total) => {
          let first: number, last: number
          try {
            ;({ first, last } = objectRange(header, total))
          } catch (error) {
            expect(error).toMatchObject({ key: 'RANGE_NOT_SATISFIABLE' })
            return
          }
          expect(first).toBeGreaterThanOrEqual(1)
          expect(last).toBeLessThanOrEqual(Math.min(total, 6000))
          expect(last - first).toBeGreaterThanOrEqual(total === 0 ? -1 : 0)
        },
      ),
    )
  })

  it('more contacts than a range may contain: the first 6000', () => {
    expect(objectRange('', 6001)).toEqual({ first: 1, last: 6000 })
    expect(objectRange('objects=1-6000', 50_000)).toEqual({ first: 1, last: 6000 })
    expect(objectRange('objects=1-6000', 0)).toEqual({ first: 1, last: 0 })
  })
})

describe('at their URIs', () => {
  it('a book, its contacts, one contact', async () => {
    for (const user of ['1234', 'admin']) {
      expectObject(await as(user).get('PhoneBook/1'), expectedPhoneBook(OF_TEAM))
      expectObject(
        await as(user).get('PhoneBook/1/Contacts'),
        group('Contacts', ...OF_TEAM.contacts.map((each) => expectedContact('1', each))),
      )
    }
    const [, second] = contacts(2)
    if (second) expectObject(await as('1234').get('PhoneBook/12/Contact/2'), expectedContact('12', second))
    expect((await as('1001').get('PhoneBook/3/Contacts')).body).toBe('<Contacts/>')
  })

  it('what does not exist, and what another team has', async () => {
    const missing = (data: string) => ({ data, message: 'Resource not found', type: 'Not Found' })
    for (const path of ['PhoneBook/1', 'PhoneBook/1/Contacts', 'PhoneBook/1/Contact/1'])
      expectRefusal(await as('1001').get(path), 404, missing('1'))
    expectRefusal(await as('1234').get('PhoneBook/1/Contact/3'), 404, missing('3'))
  })
})
