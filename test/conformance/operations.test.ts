/**
 * Operations with all their errors: User sign-out, Get User, Get User Id from loginName, Media sign-in. The tests are
 * clients of the real server.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FinesseClient, OUTAGE, type RestAnswer } from './finesse-client.ts'
import { type Site, site } from './server.ts'

let on: Site
let agent: FinesseClient

beforeEach(async () => {
  on = await site()
  agent = await on.client('1001')
})
afterEach(() => on.close())

const errorOf = ({ status, value }: RestAnswer) => [
  status,
  value('ErrorType'),
  value('ErrorData') ?? '',
  value('ErrorMessage'),
]
const signIn = async (more = '') => {
  await agent.putUser(`<state>LOGIN</state><extension>1001</extension>${more}`)
  await agent.next(1)
}
const LOGOUT = '<User><state>LOGOUT</state></User>'
const outOfService = async () =>
  expect((await on.acd('POST', '/faults', { type: 'acd-link', up: false })).status).toBeLessThan(300)

describe('User sign-out (user 4.3, 4.9)', () => {
  it('from NOT_READY: 202, then the User notification with its request id, then the media', async () => {
    await signIn()
    await agent.media(
      '5001',
      '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await agent.next(1)
    const answer = await agent.put(
      'User/1001',
      '<User><state>LOGOUT</state><reasonCodeId>18</reasonCodeId><logoutAllMedia>true</logoutAllMedia></User>',
      'out-1',
    )
    expect([answer.status, answer.headers.get('requestId'), answer.body]).toEqual([202, 'out-1', ''])
    const user = await agent.one()
    expect([user.value('state'), user.requestId, user.value('reasonCodeId'), user.value('extension')]).toEqual([
      'LOGOUT',
      'out-1',
      '18',
      '',
    ])
    expect(await agent.next(1)).toEqual(['User/1001/Media PUT Media LOGOUT'])
  })

  it('without a reason: reasonCodeId -1 and no reasonCode', async () => {
    await signIn()
    await agent.putUser('<state>LOGOUT</state>')
    const user = await agent.one()
    expect([user.value('reasonCodeId'), user.value('reasonCode')]).toEqual(['-1', undefined])
  })

  it('from READY: 202, then the asynchronous error of ruling 33 in the form of ruling 3', async () => {
    await signIn()
    await agent.putUser('<state>READY</state>')
    await agent.next(1)
    await agent.putUser('<state>LOGOUT</state>', 'out-2')
    const error = await agent.one()
    expect(error).toMatchObject({
      node: '/finesse/api/User/1001',
      event: 'put',
      source: '/finesse/api/User/1001',
      requestId: 'out-2',
      kind: 'apiErrors',
    })
    expect([error.value('errorType'), error.value('errorData'), error.value('errorMessage')]).toEqual([
      'Invalid State',
      '22',
      'CF_INVALID_OBJECT_STATE',
    ])
    expect((await agent.get('User/1001')).value('state')).toBe('READY')
  })

  it('while signed out: 400 Invalid State (ruling 34), nothing is sent', async () => {
    const answer = await agent.put('User/1001', LOGOUT, 'out-3')
    expect(errorOf(answer).slice(0, 2)).toEqual([400, 'Invalid State'])
    expect(answer.headers.get('requestId')).toBe('out-3')
    expect(agent.rest).toEqual([])
  })

  it.each([
    [
      'an unknown state',
      '<User><state>LOGGED_OUT</state></User>',
      [400, 'Invalid Input', 'state', 'Invalid State specified for user'],
    ],
    [
      'a call-driven state',
      '<User><state>TALKING</state></User>',
      [400, 'Invalid Input', 'state', 'Invalid State specified for user'],
    ],
    [
      'no state',
      '<User><extension>1001</extension></User>',
      [400, 'Parameter Missing', 'state', 'State Parameter missing'],
    ],
  ])('%s: 400', async (_case, body, expected) => {
    expect(errorOf(await agent.put('User/1001', body))).toEqual(expected)
  })

  it("another user's object: 401; wrong password, unknown caller: 401; wrong method: 405", async () => {
    expect(errorOf(await agent.put('User/1002', LOGOUT))).toEqual([
      401,
      'Invalid Authorization User Specified',
      '1002',
      "The user specified in the authentication credentials and the uri don't match",
    ])
    expect(errorOf(await on.restOnly('1001', 'wrong').put('User/1001', LOGOUT))).toEqual([
      401,
      'Authorization Failure',
      '1001',
      'UNAUTHORIZED',
    ])
    expect(errorOf(await on.restOnly('nobody').put('User/1001', LOGOUT)).slice(0, 2)).toEqual([
      401,
      'Authorization Failure',
    ])
    expect((await agent.request('DELETE', '/finesse/api/User/1001')).status).toBe(405)
  })

  it('out of service: 503 SERVER_OUT_OF_SERVICE', async () => {
    await outOfService()
    expect(errorOf(await agent.put('User/1001', LOGOUT))).toEqual([
      503,
      'Service Unavailable',
      '',
      'SERVER_OUT_OF_SERVICE',
    ])
    expect((await agent.get('SystemInfo')).value('status')).toBe('OUT_OF_SERVICE')
  })

  it('a supervisor signs a team member out from READY, with reason 999 (5.7)', async () => {
    await signIn()
    await agent.putUser('<state>READY</state>')
    await agent.next(1)
    const supervisor = on.restOnly('1234')
    expect((await supervisor.put('User/1001', LOGOUT)).status).toBe(202)
    const user = await agent.one()
    expect([user.value('state'), user.value('reasonCode/code')]).toEqual(['LOGOUT', '999'])
  })
})

describe('Get User (user 4.4)', () => {
  it('the whole object, in alphabetical order', async () => {
    await signIn()
    const { body, status, headers } = await agent.get('User/1001')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/xml/i)
    const names = [...body.matchAll(/<([a-zA-Z]+)>/g)].map(([, name]) => name)
    const top = [
      'dialogs',
      'extension',
      'firstName',
      'lastName',
      'loginId',
      'loginName',
      'mediaType',
      'pendingState',
      'reasonCodeId',
      'roles',
      'settings',
      'state',
      'stateChangeTime',
      'teamId',
      'teamName',
      'uri',
    ]
    expect(names.filter((name) => top.includes(name ?? ''))).toEqual(top)
  })

  it('administrators read all users; agents only themselves; supervisors no team member directly', async () => {
    expect((await on.restOnly('admin').get('User/1001')).status).toBe(200)
    expect(errorOf(await on.restOnly('admin').get('User/9999'))).toEqual([
      404,
      'User Not Found',
      '9999',
      'UNKNOWN_USER',
    ])
    expect(errorOf(await agent.get('User/1002')).slice(0, 2)).toEqual([401, 'Invalid Authorization User Specified'])
    expect(errorOf(await agent.get('User/9999')).slice(0, 2)).toEqual([401, 'Invalid Authorization User Specified'])
  })

  it('mobileAgent is shown for a mobile sign-in, and not after a loss of the ACD link (ruling 28)', async () => {
    const mobile = await on.client('1234')
    const data = '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5550199</dialNumber></mobileAgent>'
    await mobile.putUser(`<state>LOGIN</state><extension>1001001</extension>${data}`)
    expect((await mobile.one()).value('mobileAgent/dialNumber')).toBe('5550199')
    expect((await mobile.get('User/1234')).body).toContain(
      '<mobileAgent><dialNumber>5550199</dialNumber><mode>CALL_BY_CALL</mode></mobileAgent>',
    )
    await outOfService()
    await on.acd('POST', '/faults', { type: 'acd-link', up: true })
    expect(await mobile.next(2)).toEqual(OUTAGE)
    const { text } = await mobile.one()
    expect(text).toContain('<user>')
    for (const shown of [text, (await mobile.get('User/1234')).body]) expect(shown).not.toContain('mobileAgent')
  })

  it('a mobile sign-in of a user without this right fails with Mode Not Allowed', async () => {
    const data = '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5550199</dialNumber></mobileAgent>'
    await agent.putUser(`<state>LOGIN</state><extension>1001</extension>${data}`, 'mob')
    const error = await agent.one()
    expect([error.event, error.value('errorType'), error.requestId]).toEqual(['put', 'Mode Not Allowed', 'mob'])
  })

  it('no credentials: 401 with a challenge', async () => {
    const response = await fetch(`${on.at.rest}/finesse/api/User/1001`)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Finesse"'])
    expect(await response.text()).toContain('<ErrorType>Authorization Failure</ErrorType>')
  })
})

describe('Get User Id from loginName (user 4.5)', () => {
  it('gives the whole User, whose uri shows the id (ruling 27)', async () => {
    const answer = await agent.get('User/areyes')
    expect([answer.status, answer.value('loginId'), answer.value('uri')]).toEqual([
      200,
      '1001',
      '/finesse/api/User/1001',
    ])
  })

  it('URL-encoded names; unknown names and the names of others', async () => {
    expect((await agent.get('User/%61reyes')).status).toBe(200)
    expect(errorOf(await agent.get('User/bnovak')).slice(0, 2)).toEqual([401, 'Invalid Authorization User Specified'])
    expect(errorOf(await on.restOnly('admin').get('User/nobody'))).toEqual([
      404,
      'User Not Found',
      'nobody',
      'UNKNOWN_USER',
    ])
    expect((await agent.request('GET', '/finesse/api/User/%E0%A4%A')).status).toBe(400)
  })

  it('no other operation takes a login name on CCE', async () => {
    expect((await agent.put('User/areyes', LOGOUT)).status).toBe(404)
  })
})

describe('Media sign-in (media 5.1)', () => {
  const login = (inner: string) => `<Media><state>LOGIN</state>${inner}</Media>`
  const FULL =
    '<maxDialogLimit>3</maxDialogLimit><interruptAction>IGNORE</interruptAction><dialogLogoutAction>TRANSFER</dialogLogoutAction>'

  it('202, then one Media notification: NOT_READY, routable, reasonCodeId -1, requestId empty (ruling 7)', async () => {
    const answer = await agent.put('User/1001/Media/5001', login(FULL), 'ms-1')
    expect([answer.status, answer.headers.get('requestId')]).toEqual([202, 'ms-1'])
    const media = await agent.one()
    expect(media).toMatchObject({
      node: '/finesse/api/User/1001/Media',
      event: 'PUT',
      source: '/finesse/api/User/1001/Media/5001',
      requestId: '',
      kind: 'Media',
    })
    const fields = [
      'id',
      'state',
      'routable',
      'reasonCodeId',
      'maxDialogLimit',
      'interruptAction',
      'dialogLogoutAction',
      'name',
    ]
    expect(fields.map((name) => media.value(name))).toEqual([
      '5001',
      'NOT_READY',
      'true',
      '-1',
      '3',
      'IGNORE',
      'TRANSFER',
      'Email',
    ])
    expect(agent.rest).toEqual([])
  })

  it('again while signed in: error 1 with the request id, and the settings are replaced (A2)', async () => {
    await agent.put('User/1001/Media/5001', login(FULL))
    await agent.next(1)
    await agent.put(
      'User/1001/Media/5001',
      login('<maxDialogLimit>5</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'),
      'ms-2',
    )
    const error = await agent.one()
    expect(error).toMatchObject({ event: 'PUT', requestId: 'ms-2', source: '/finesse/api/User/1001/Media/5001' })
    expect(['errorData', 'errorMedia', 'errorMessage', 'errorType'].map((name) => error.value(name))).toEqual([
      '1',
      '5001',
      'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN',
      'Agent already logged into MRD',
    ])
    const media = await agent.get('User/1001/Media/5001')
    expect(['maxDialogLimit', 'interruptAction', 'dialogLogoutAction'].map((name) => media.value(name))).toEqual([
      '5',
      'ACCEPT',
      'CLOSE',
    ])
  })

  it.each([
    ['maxDialogLimit missing', '<interruptAction>ACCEPT</interruptAction>', 'Parameter Missing', 'maxDialogLimit'],
    ['interruptAction missing', '<maxDialogLimit>1</maxDialogLimit>', 'Parameter Missing', 'interruptAction'],
    [
      'maxDialogLimit 0',
      '<maxDialogLimit>0</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
      'Invalid Input',
      'maxDialogLimit',
    ],
    [
      'maxDialogLimit 11',
      '<maxDialogLimit>11</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
      'Invalid Input',
      'maxDialogLimit',
    ],
    [
      'an unknown interruptAction',
      '<maxDialogLimit>1</maxDialogLimit><interruptAction>MAYBE</interruptAction>',
      'Invalid Input',
      'interruptAction',
    ],
    [
      'an unknown dialogLogoutAction',
      '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction><dialogLogoutAction>KEEP</dialogLogoutAction>',
      'Invalid Input',
      'dialogLogoutAction',
    ],
  ])('%s: 400', async (_case, inner, type, data) => {
    expect(errorOf(await agent.put('User/1001/Media/5001', login(inner))).slice(0, 3)).toEqual([400, type, data])
    expect((await agent.get('User/1001/Media/5001')).value('state')).toBe('LOGOUT')
  })

  it('unknown MRD: 404; another user: 401; unknown caller: 401', async () => {
    expect(errorOf(await agent.put('User/1001/Media/9999', login(FULL))).slice(0, 2)).toEqual([404, 'Not Found'])
    expect(errorOf(await agent.put('User/1002/Media/5001', login(FULL))).slice(0, 2)).toEqual([
      401,
      'Invalid Authorization User Specified',
    ])
    expect(errorOf(await on.restOnly('1001', 'no').put('User/1001/Media/5001', login(FULL))).slice(0, 2)).toEqual([
      401,
      'Authorization Failure',
    ])
  })

  it('the voice MRD: code 11; an MRD the user does not belong to: code 27 (ruling 35)', async () => {
    await agent.put('User/1001/Media/1', login(FULL), 'v')
    const voice = await agent.one()
    expect([voice.value('errorData'), voice.value('errorMessage'), voice.requestId]).toEqual([
      '11',
      'E_ARM_STAT_CANT_LOGIN_TO_VOICE_MRD',
      'v',
    ])
    const outsider = await on.client('1006')
    await outsider.put('User/1006/Media/5003', login(FULL), 'o')
    const error = await outsider.one()
    expect([error.value('errorData'), error.value('errorMessage')]).toEqual([
      '27',
      'E_ARM_STAT_LOGIN_NOT_ALLOWED_FOR_APP_PATH',
    ])
    expect((await outsider.get('User/1006/Media/5003')).body).not.toContain('<state>')
  })

  it('out of service: 503', async () => {
    await outOfService()
    expect(errorOf(await agent.put('User/1001/Media/5001', login(FULL)))).toEqual([
      503,
      'Service Unavailable',
      '',
      'SERVER_OUT_OF_SERVICE',
    ])
  })
})

describe('lock-out (user 1.4, ruling 20)', () => {
  it('five wrong passwords lock the account on REST and XMPP alike, for five minutes', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect((await on.restOnly('1002', `wrong ${attempt}`).get('User/1002')).status).toBe(401)
    expect((await on.restOnly('1002').get('User/1002')).status).toBe(401)
    await expect(on.client('1002')).rejects.toThrow('1002 was not authorized')
    await on.clock.advance(300_000)
    expect((await on.restOnly('1002').get('User/1002')).status).toBe(200)
    await on.client('1002')
  })

  it('wrong passwords over XMPP count as well', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const guess = new FinesseClient('1003', on.at, `wrong ${attempt}`)
      await expect(guess.connect()).rejects.toThrow('not authorized')
    }
    expect((await on.restOnly('1003').get('User/1003')).status).toBe(401)
  })
})

describe('bad input changes nothing', () => {
  it.each([
    ['malformed XML', '<User><state>READY</User>'],
    ['a wrong root', '<Agent><state>READY</state></Agent>'],
    ['a DOCTYPE', '<!DOCTYPE x [<!ENTITY e "READY">]><User><state>&e;</state></User>'],
    ['nothing', ''],
    ['no XML', '{"state":"READY"}'],
    ['more than 64 KiB', `<User><state>READY</state><x>${'y'.repeat(70_000)}</x></User>`],
  ])('%s: 400 with ApiErrors', async (_case, body) => {
    await signIn()
    const answer = await agent.put('User/1001', body)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('<ApiErrors>')
    expect((await agent.get('User/1001')).value('state')).toBe('NOT_READY')
    expect(agent.rest).toEqual([])
  })

  it('a wrong Content-Type: 415 (ruling 21)', async () => {
    const answer = await agent.request('PUT', '/finesse/api/User/1001', '<User><state>READY</state></User>', {
      'content-type': 'application/json',
    })
    expect([answer.status, answer.value('ErrorType')]).toEqual([415, expect.any(String)])
  })

  it('an extension keeps its zeros', async () => {
    await agent.putUser('<state>LOGIN</state><extension>0012</extension>', 'z')
    const error = await agent.one()
    expect([error.value('errorType'), error.value('errorData')]).toEqual(['Invalid Device', '260'])
  })
})
