/** Reason codes and wrap-up reasons: of a user, of a team, of everything, and single ones (`user 4.10`, 4.11, 8.2). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectedReasonCode, expectedWrapUpReason } from '../expected/configuration.ts'
import { type Site, site } from '../server.ts'
import { group } from '../tree.ts'
import { expectObject, expectRefusal, OTHERS_OBJECT, SAMPLE_REASONS, sampleWith } from './stage.ts'

const SYSTEM = SAMPLE_REASONS.filter(({ systemCode }) => systemCode)
const MEETING = {
  id: '16',
  category: 'NOT_READY',
  code: 10,
  label: 'Team Meeting',
  forAll: true,
  systemCode: false,
} as const
const SALES = { ...MEETING, id: '9', code: 11, label: 'Sales Call', forAll: false, teams: ['500'] }
const SUPPORT = { ...MEETING, id: '21', code: 12, label: 'Lab', forAll: false, teams: ['2001', '2002'] }
const OF_OLD = { ...MEETING, id: '22', category: 'LOGOUT', code: 13, label: 'Home', forAll: false } as const

const QUESTION = { id: '10', label: 'Question <&>', forAll: true }
const ORDER = { id: '2', label: 'Order', forAll: false, teams: ['2001'] }
const SALE = { id: '3', label: 'Sale', forAll: false, teams: ['500'] }

const bare = ({ id, label, teams }: { id: string; label: string; teams?: readonly string[] }) => ({ id, label, teams })
const DIRECTORY = sampleWith({
  reasonCodes: [MEETING, SUPPORT, SALES, OF_OLD, ...SYSTEM],
  wrapUpReasons: [QUESTION, ORDER, SALE].map(bare),
})

let on: Site
beforeAll(async () => {
  on = await site({ directory: DIRECTORY })
})
afterAll(() => on.close())

const as = (user: string) => on.restOnly(user)

describe('reason codes', () => {
  const list = (category: string, codes: readonly Parameters<typeof expectedReasonCode>[0][]) =>
    group(`ReasonCodes category="${category}"`, ...codes.map(expectedReasonCode))
  const ofCategory = (category: string) => SYSTEM.filter((code) => code.category === category)

  it('of a user: those for all, those of the team, and the system codes, by id', async () => {
    const notReady = [MEETING, SUPPORT, ...ofCategory('NOT_READY')]
    const logout = [OF_OLD, ...ofCategory('LOGOUT')]
    expectObject(await as('1001').get('User/1001/ReasonCodes?category=NOT_READY'), list('NOT_READY', notReady))
    expectObject(await as('1001').get('User/1001/ReasonCodes?category=LOGOUT'), list('LOGOUT', logout))
    expectObject(
      await as('admin').get('User/1001/ReasonCodes?category=ALL'),
      list('ALL', [MEETING, SUPPORT, OF_OLD, ...SYSTEM]),
    )
    expectObject(
      await as('1234').get('User/1234/ReasonCodes?category=ALL'),
      list('ALL', [SALES, MEETING, OF_OLD, ...SYSTEM]),
    )
  })

  it('of a team, for members, supervisors and administrators', async () => {
    const expected = list('NOT_READY', [MEETING, SUPPORT, ...ofCategory('NOT_READY')])
    for (const user of ['1001', '1234', 'admin'])
      expectObject(await as(user).get('TeamResource/2001/ReasonCodes?category=NOT_READY'), expected)
    const none = { data: 'category', message: 'Category Parameter missing', type: 'Parameter Missing' }
    expectRefusal(await as('1001').get('TeamResource/2001/ReasonCodes'), 400, none)
    const unknown = { data: 'category', message: 'Invalid Category specified', type: 'Invalid Input' }
    expectRefusal(await as('1001').get('TeamResource/2001/ReasonCodes?category=READY'), 400, unknown)
  })

  it('all of them, for administrators', async () => {
    expectObject(
      await as('admin').get('ReasonCodes?category=ALL'),
      list('ALL', [SALES, MEETING, SUPPORT, OF_OLD, ...SYSTEM]),
    )
    const refused = { data: '1234', message: 'UNAUTHORIZED', type: 'Authorization Failure' }
    expectRefusal(await as('1234').get('ReasonCodes?category=ALL'), 401, refused)
  })

  it('single ones: at the URI that they have, and below a user', async () => {
    for (const code of [MEETING, SUPPORT, OF_OLD, SYSTEM[0] ?? MEETING])
      for (const path of [`ReasonCode/${code.id}`, `User/1001/ReasonCode/${code.id}`])
        expectObject(await as('1001').get(path), expectedReasonCode(code))
    expectObject(await as('admin').get('ReasonCode/9'), expectedReasonCode(SALES))
  })

  it('a code of another team is as unknown as one that does not exist', async () => {
    for (const id of ['9', '77', '__proto__'])
      for (const path of ['ReasonCode', 'User/1001/ReasonCode'])
        expectRefusal(await as('1001').get(`${path}/${id}`), 404, {
          data: id,
          message: 'Resource not found',
          type: 'Not Found',
        })
  })

  it('requireReasonCode requires none where the team has none', async () => {
    const required = { ...DIRECTORY.directory.settings, requireReasonCode: true }
    const own = await site({
      directory: sampleWith({ reasonCodes: [SALES, ...SYSTEM], settings: required }),
    })
    try {
      const login = (user: string, extension: string) =>
        own.restOnly(user).put(`User/${user}`, `<User><state>LOGIN</state><extension>${extension}</extension></User>`)
      await Promise.all([login('1001', '1001'), login('1234', '1001001')])
      const pause = (user: string) => own.restOnly(user).put(`User/${user}`, '<User><state>NOT_READY</state></User>')
      expect((await pause('1001')).status).toBe(202)
      expect((await pause('1234')).status).toBe(400)
    } finally {
      await own.close()
    }
  })
})

describe('wrap-up reasons', () => {
  it('of a user, whose URIs name the user', async () => {
    const expected = group(
      'WrapUpReasons',
      ...[ORDER, QUESTION].map((each) => expectedWrapUpReason(each, '/User/1001')),
    )
    for (const user of ['1001', 'admin']) expectObject(await as(user).get('User/1001/WrapUpReasons'), expected)
    expectObject(await as('1001').get('User/1001/WrapUpReason/10'), expectedWrapUpReason(QUESTION, '/User/1001'))
  })

  it('of a team, of everything, and single ones', async () => {
    expectObject(
      await as('1234').get('TeamResource/500/WrapUpReasons'),
      group('WrapUpReasons', ...[SALE, QUESTION].map((each) => expectedWrapUpReason(each))),
    )
    expectObject(
      await as('admin').get('WrapUpReasons'),
      group('WrapUpReasons', ...[ORDER, SALE, QUESTION].map((each) => expectedWrapUpReason(each))),
    )
    expectObject(await as('1001').get('WrapUpReason/2'), expectedWrapUpReason(ORDER))
  })

  it('those of others are refused', async () => {
    const missing = { data: '3', message: 'Resource not found', type: 'Not Found' }
    for (const path of ['WrapUpReason/3', 'User/1001/WrapUpReason/3'])
      expectRefusal(await as('1001').get(path), 404, missing)
    for (const path of ['User/1002/WrapUpReasons', 'User/1002/WrapUpReason/10', 'User/1002/ReasonCodes?category=ALL'])
      expectRefusal(await as('1001').get(path), 401, { ...OTHERS_OBJECT, data: '1002' })
    const unknown = { data: '9999', message: 'UNKNOWN_USER', type: 'User Not Found' }
    expectRefusal(await as('admin').get('User/9999/WrapUpReasons'), 404, unknown)
  })

  it('another team: 401 for everybody but administrators, whether it exists or not', async () => {
    for (const team of ['2002', '9', '__proto__'])
      expectRefusal(await as('1001').get(`TeamResource/${team}/WrapUpReasons`), 401, {
        data: team,
        message: 'The user does not belong to the team',
        type: 'Invalid Authorization',
      })
    const unknown = { data: '9', message: 'UNKNOWN_TEAM', type: 'TeamId Not Found' }
    expectRefusal(await as('admin').get('TeamResource/9/WrapUpReasons'), 404, unknown)
  })

  it('an empty list, no credentials, another method, another directory', async () => {
    const request = (method: string) => as('1001').request(method, '/finesse/api/User/1001/WrapUpReasons')
    expect((await request('PUT')).status).toBe(405)
    expect((await fetch(`${on.at.rest}/finesse/api/User/1001/WrapUpReasons`)).status).toBe(401)
    const reloaded = sampleWith({ wrapUpReasons: undefined, reasonCodes: DIRECTORY.directory.reasonCodes })
    const changes = await on.server.engine.reload(reloaded)
    expect(changes.wrapUpReasons).toEqual({ added: [], changed: [], removed: ['10', '2', '3'] })
    expect((await as('1001').get('User/1001/WrapUpReasons')).body).toBe('<WrapUpReasons/>')
    await on.server.engine.reload(DIRECTORY)
    expect((await as('1001').get('User/1001/WrapUpReasons')).body).toContain('Question &lt;&amp;&gt;')
  })
})
