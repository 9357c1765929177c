import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rejected } from '../../src/engine/answers/answer.ts'
import type { CommandError } from '../../src/engine/commands.ts'
import { renderUser, renderUsers } from '../../src/finesse/index.ts'
import { userValue } from '../finesse/values.ts'
import { USERS } from './fake-engine.ts'
import { type Asked, errorOf, type Server, server } from './server.ts'

let rest: Server
beforeEach(async () => {
  rest = await server()
})
afterEach(() => rest.app.close())

const MISMATCH = "The user specified in the authentication credentials and the uri don't match"
const ADMIN = { as: 'admin:secret' }
const SUPERVISOR = { as: '1234:secret' }

function put(id: string, content: string, asked: Asked = {}) {
  return rest.ask('PUT', `/User/${id}`, { body: `<User>${content}</User>`, ...asked })
}

describe('Get User (user 4.4)', () => {
  it('answers the own user', async () => {
    const response = await rest.ask('GET', '/User/1001')
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('application/xml;charset=UTF-8')
    expect(response.body).toBe(renderUser(userValue()))
  })

  it('answers any user to an administrator', async () => {
    expect((await rest.ask('GET', '/User/1002', ADMIN)).body).toContain('<loginId>1002</loginId>')
  })

  it('answers 401 for another user, whether that user exists or not (user 1.7)', async () => {
    for (const id of ['1002', '9999', 'dokafor']) {
      expect(errorOf(await rest.ask('GET', `/User/${id}`))).toBe(
        `401 Invalid Authorization User Specified | ${id} | ${MISMATCH}`,
      )
    }
    expect((await rest.ask('GET', '/User/1001', SUPERVISOR)).statusCode).toBe(401)
  })

  it('answers 404 for an unknown user to callers who may read users (user 1.7)', async () => {
    expect(errorOf(await rest.ask('GET', '/User/9999', ADMIN))).toBe('404 User Not Found | 9999 | UNKNOWN_USER')
    expect(errorOf(await rest.ask('GET', '/User/%00%3Cx%3E', ADMIN))).toBe('404 User Not Found | <x> | UNKNOWN_USER')
    rest.engine.users = []
    expect(errorOf(await rest.ask('GET', '/User/1001'))).toBe('404 User Not Found | 1001 | UNKNOWN_USER')
  })

  it('does not take the administrator account for a user', async () => {
    expect(errorOf(await rest.ask('GET', '/User/admin', ADMIN))).toBe('404 User Not Found | admin | UNKNOWN_USER')
  })
})

describe('Get User Id from loginName (user 4.5, ruling 27)', () => {
  it('answers the user with the id in its uri', async () => {
    const response = await rest.ask('GET', '/User/areyes')
    expect(response.statusCode).toBe(200)
    expect(response.body).toContain('<loginId>1001</loginId>')
    expect(response.body).toContain('<uri>/finesse/api/User/1001</uri>')
    expect((await rest.ask('GET', '/User/AReyes')).statusCode).toBe(200)
    expect((await rest.ask('GET', '/User/areyes', ADMIN)).statusCode).toBe(200)
  })

  it('accepts URL-encoded UTF-8', async () => {
    const response = await rest.ask('GET', `/User/${encodeURIComponent('bnovák')}`, { as: '1002:secret' })
    expect(response.body).toContain('<loginId>1002</loginId>')
  })

  it('is the only operation with a login name on CCE', async () => {
    const unknown = '404 User Not Found | areyes | UNKNOWN_USER'
    expect(errorOf(await put('areyes', '<state>READY</state>'))).toBe(unknown)
    expect(errorOf(await rest.ask('GET', '/User/areyes/Dialogs'))).toBe(unknown)
    expect(errorOf(await rest.ask('GET', '/User/areyes/Media'))).toBe(unknown)
    expect(errorOf(await rest.ask('GET', '/User/areyes/ReasonCodes?category=ALL'))).toBe(unknown)
  })

  it('is not: on CCX every operation accepts a login name', async () => {
    rest.engine.platform = 'CCX'
    expect((await put('areyes', '<state>READY</state>')).statusCode).toBe(202)
    expect(rest.engine.commands[0]).toMatchObject({ user: '1001' })
  })

  it('prefers the id when a login name equals an id', async () => {
    rest.engine.users = [userValue(), userValue({ id: '7', loginName: '1001' })]
    expect((await rest.ask('GET', '/User/1001', ADMIN)).body).toContain('<loginName>areyes</loginName>')
  })
})

describe('sign-in (user 4.1, 4.2)', () => {
  it('is accepted with an empty body', async () => {
    const response = await put('1001', '<state>LOGIN</state><extension>0012</extension>')
    expect(response.statusCode).toBe(202)
    expect(response.body).toBe('')
    expect(rest.engine.commands).toEqual([{ type: 'user.signIn', user: '1001', extension: '0012', side: 'A' }])
  })

  it('passes the side of the listener to the engine', async () => {
    const sideB = await server({ side: 'B' })
    await sideB.ask('PUT', '/User/1001', { body: '<User><state>READY</state></User>' })
    expect(sideB.engine.commands[0]?.side).toBe('B')
    await sideB.app.close()
  })

  it('accepts a mobile agent', async () => {
    const mobile = '<mobileAgent><mode>NAILED_CONNECTION</mode><dialNumber>5550100</dialNumber></mobileAgent>'
    expect((await put('1001', `<state>LOGIN</state><extension>1001</extension>${mobile}`)).statusCode).toBe(202)
    expect(rest.engine.commands[0]).toMatchObject({ mobileAgent: { mode: 'NAILED_CONNECTION', dialNumber: '5550100' } })
  })

  it.each([
    ['', '400 Parameter Missing | state | State Parameter missing'],
    ['<state>LOGIN</state>', '400 Parameter Missing | extension | Extension Parameter missing'],
    [
      '<state>LOGIN</state><extension>+1</extension>',
      '400 Bad Request | extension | Request is malformed or incomplete',
    ],
    [
      '<state>LOGIN</state><extension>1</extension><mobileAgent><mode>X</mode></mobileAgent>',
      '400 Invalid Input | mode | Invalid Mode specified',
    ],
    [
      '<state>LOGIN</state><extension>1</extension><mobileAgent></mobileAgent>',
      '400 Parameter Missing | mode | Mode Parameter missing',
    ],
    [
      '<state>LOGIN</state><extension>1</extension><mobileAgent><mode>CALL_BY_CALL</mode></mobileAgent>',
      '400 Parameter Missing | dialNumber | DialNumber Parameter missing',
    ],
  ])('refuses %j with %s', async (content, expected) => {
    expect(errorOf(await put('1001', content))).toBe(expected)
    expect(rest.engine.commands).toEqual([])
  })

  it('is for the own user only', async () => {
    const signIn = '<state>LOGIN</state><extension>1</extension>'
    expect(errorOf(await put('1002', signIn))).toBe(`401 Invalid Authorization User Specified | 1002 | ${MISMATCH}`)
    expect(errorOf(await put('1001', signIn, SUPERVISOR))).toMatch(/^400 Invalid State \| state/)
    expect(errorOf(await put('1001', signIn, ADMIN))).toBe('401 Authorization Failure | admin | UNAUTHORIZED')
  })
})

describe('sign-out and state changes (user 4.3, 4.8, 4.9)', () => {
  it.each([
    ['<state>LOGOUT</state>', { state: 'LOGOUT' }],
    ['<id>1001</id><state>LOGOUT</state><logoutAllMedia>true</logoutAllMedia>', { state: 'LOGOUT' }],
    ['<state>LOGOUT</state><reasonCodeId>18</reasonCodeId>', { state: 'LOGOUT', reasonCodeId: '18' }],
    ['<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>', { state: 'NOT_READY', reasonCodeId: '16' }],
    ['<state>READY</state>', { state: 'READY' }],
    ['<state>READY</state><reasonCodeId>16</reasonCodeId>', { state: 'READY' }], // ruling 44
    ['<reasonCodeId>no such code</reasonCodeId><state>READY</state>', { state: 'READY' }],
    ['<state>WORK</state>', { state: 'WORK' }],
  ])('passes %s to the engine', async (content, expected) => {
    const response = await put('1001', content)
    expect(response.statusCode).toBe(202)
    expect(response.body).toBe('')
    expect(rest.engine.commands).toEqual([{ type: 'user.setState', user: '1001', by: 'self', side: 'A', ...expected }])
  })

  it('answers the documented error for an unknown state (user 1.7)', async () => {
    for (const state of ['BREAK', 'TALKING', 'logout']) {
      expect(errorOf(await put('1001', `<state>${state}</state>`))).toBe(
        '400 Invalid Input | state | Invalid State specified for user',
      )
    }
  })

  const refusals: readonly (readonly [CommandError, string])[] = [
    ['ALREADY_SIGNED_OUT', '400 Invalid State | state | User is already signed out'],
    ['INVALID_REASON_CODE', '400 Invalid Input | reasonCodeId | Invalid ReasonCodeId specified'],
    [
      'REASON_CODE_REQUIRED',
      '400 Parameter Missing | finesse.api.reasoncode.require_reasoncode | The state change requires a valid reason code.',
    ],
    ['USER_NOT_FOUND', '404 User Not Found | 99 | UNKNOWN_USER'],
  ]
  it.each(refusals)('translates the refusal %s of the engine', async (error, expected) => {
    rest.engine.answer = rejected(error, '99')
    expect(errorOf(await put('1001', '<state>LOGOUT</state>'))).toBe(expected)
  })

  it('refuses malformed XML, other roots and no body (ruling 23)', async () => {
    const bad = '400 Bad Request | User | Request is malformed or incomplete'
    for (const body of [
      '<User><state>READY</User>',
      '<Media><state>READY</state></Media>',
      '',
      '<!DOCTYPE x><User/>',
    ]) {
      expect(errorOf(await rest.ask('PUT', '/User/1001', { body }))).toBe(bad)
    }
    expect(errorOf(await rest.ask('PUT', '/User/1001'))).toBe(bad)
    expect(rest.engine.commands).toEqual([])
  })
})

describe('a supervisor acting on a team member (user 5.7)', () => {
  it('may set READY, NOT_READY and LOGOUT', async () => {
    for (const state of ['READY', 'NOT_READY', 'LOGOUT']) {
      expect((await put('1001', `<state>${state}</state>`, SUPERVISOR)).statusCode).toBe(202)
    }
    expect(rest.engine.commands.map((command) => 'by' in command && command.by)).toEqual(Array(3).fill('supervisor'))
  })

  it('acts on the own user like any agent', async () => {
    await put('1234', '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>', SUPERVISOR)
    expect(rest.engine.commands[0]).toMatchObject({ by: 'self', reasonCodeId: '16' })
  })

  it('may not set other states, nor give a reason', async () => {
    expect(errorOf(await put('1001', '<state>WORK</state>', SUPERVISOR))).toMatch(/^400 Invalid State \| state/)
    const reason = '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>'
    expect(errorOf(await put('1001', reason, SUPERVISOR))).toMatch(/^400 Invalid Input \| reasonCodeId/)
    expect(rest.engine.commands).toEqual([])
  })

  it('may not act outside the own teams', async () => {
    expect(errorOf(await put('1004', '<state>LOGOUT</state>', SUPERVISOR))).toMatch(/^401 Invalid Supervisor \| 1004/)
    expect(errorOf(await put('9999', '<state>LOGOUT</state>', SUPERVISOR))).toBe(
      '404 User Not Found | 9999 | UNKNOWN_USER',
    )
  })
})

describe('what an administrator may not do (user 2)', () => {
  it('is to change a state', async () => {
    expect(errorOf(await put('1001', '<state>LOGOUT</state>', ADMIN))).toBe(
      '401 Authorization Failure | admin | UNAUTHORIZED',
    )
  })
})

describe('lists', () => {
  it('shows all users to administrators only (user 4.6)', async () => {
    expect((await rest.ask('GET', '/Users', ADMIN)).body).toBe(renderUsers(USERS))
    for (const who of [{}, SUPERVISOR]) {
      expect(errorOf(await rest.ask('GET', '/Users', who))).toBe(
        '401 Unauthorized | - | The user is not authorized to perform this operation',
      )
    }
  })

  it('shows reason codes by category (user 4.10)', async () => {
    const ids = async (category: string) =>
      [...(await rest.ask('GET', `/User/1001/ReasonCodes?category=${category}`)).body.matchAll(/<id>(\d+)<\/id>/g)].map(
        ([, id]) => id,
      )
    expect(await ids('NOT_READY')).toEqual(['16'])
    expect(await ids('LOGOUT')).toEqual(['18'])
    expect(await ids('ALL')).toEqual(['16', '18'])
  })

  it('requires a category that exists', async () => {
    expect(errorOf(await rest.ask('GET', '/User/1001/ReasonCodes'))).toBe(
      '400 Parameter Missing | category | Category Parameter missing',
    )
    for (const query of ['category=READY', 'category=ALL&category=ALL']) {
      expect(errorOf(await rest.ask('GET', `/User/1001/ReasonCodes?${query}`))).toBe(
        '400 Invalid Input | category | Invalid Category specified',
      )
    }
  })

  it('shows one reason code, to the user and to administrators', async () => {
    expect((await rest.ask('GET', '/User/1001/ReasonCode/16')).body).toContain('<label>Team Meeting</label>')
    expect((await rest.ask('GET', '/User/1001/ReasonCode/16', ADMIN)).statusCode).toBe(200)
    expect(errorOf(await rest.ask('GET', '/User/1001/ReasonCode/99'))).toBe('404 Not Found | 99 | Resource not found')
    expect((await rest.ask('GET', '/User/1002/ReasonCode/16')).statusCode).toBe(401)
  })

  it('shows a team to its supervisors and to administrators (user 8.1)', async () => {
    const team = await rest.ask('GET', '/Team/2001', SUPERVISOR)
    expect(team.statusCode).toBe(200)
    expect([...team.body.matchAll(/<loginId>(\d+)/g)].map(([, id]) => id)).toEqual(['1001', '1002'])
    expect(team.body).not.toContain('loginName')
    const signedIn = await rest.ask('GET', '/Team/2001?includeLoggedOutAgents=false', ADMIN)
    expect([...signedIn.body.matchAll(/<loginId>(\d+)/g)].map(([, id]) => id)).toEqual(['1001'])
    expect(errorOf(await rest.ask('GET', '/Team/2002', SUPERVISOR))).toBe(
      '401 Authorization Failure | 1234 | UNAUTHORIZED',
    )
    expect(errorOf(await rest.ask('GET', '/Team/2001'))).toBe('401 Authorization Failure | 1001 | UNAUTHORIZED')
    expect(errorOf(await rest.ask('GET', '/Team/1', ADMIN))).toBe('404 Not Found | 1 | Resource not found')
  })
})

describe('without credentials', () => {
  it('shows SystemInfo with the configured names (user 9.1)', async () => {
    const other = await server({
      hosts: { primary: 'a.example', secondary: 'b.example' },
      xmpp: { domain: 'x.example' },
    })
    const { body, statusCode } = await other.ask('GET', '/SystemInfo', { as: null })
    expect(statusCode).toBe(200)
    expect(body).toContain('<secondaryNode><host>b.example</host></secondaryNode>')
    expect(body).toContain('<xmppPubSubDomain>pubsub.x.example</xmppPubSubDomain>')
    await other.app.close()
  })

  it('shows the authentication mode, also for names that do not exist (user 9.2)', async () => {
    for (const name of ['areyes', 'nobody']) {
      expect((await rest.ask('GET', `/UserAuthMode/${name}`, { as: null })).body).toBe(
        '<UserAuthMode><authMode>NON_SSO</authMode></UserAuthMode>',
      )
    }
  })
})
