import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rejected } from '../../src/engine/answers/answer.ts'
import { renderDialog, renderDialogs, renderMedia } from '../../src/finesse/index.ts'
import { callValue, mediaValue, taskValue } from '../finesse/values.ts'
import { type Asked, errorOf, type Server, server } from './server.ts'

let rest: Server
beforeEach(async () => {
  rest = await server()
})
afterEach(() => rest.app.close())

const MISMATCH = "The user specified in the authentication credentials and the uri don't match"
const ADMIN = { as: 'admin:secret' }
const SUPERVISOR = { as: '1234:secret' }
const SIGN_IN = '<maxDialogLimit>4</maxDialogLimit><state>LOGIN</state><interruptAction>ACCEPT</interruptAction>'

function put(path: string, content: string, asked: Asked = {}) {
  return rest.ask('PUT', `/User/${path}`, { body: `<Media>${content}</Media>`, ...asked })
}

function act(id: string, content: string, asked: Asked = {}) {
  return rest.ask('PUT', `/Dialog/${id}`, { body: `<Dialog>${content}</Dialog>`, ...asked })
}

describe('Media sign-in (media 5.1)', () => {
  it('is accepted with an empty body and the requestId as header', async () => {
    const response = await put('1001/Media/5002', `${SIGN_IN}<dialogLogoutAction>TRANSFER</dialogLogoutAction>`, {
      headers: { requestId: 'm-1' },
    })
    expect(response.statusCode).toBe(202)
    expect(response.body).toBe('')
    expect(response.headers.requestid).toBe('m-1')
    expect(rest.engine.commands).toEqual([
      {
        type: 'media.signIn',
        user: '1001',
        mrd: '5002',
        maxDialogLimit: 4,
        interruptAction: 'ACCEPT',
        dialogLogoutAction: 'TRANSFER',
        side: 'A',
        requestId: 'm-1',
      },
    ])
  })

  it('leaves the default of dialogLogoutAction to the engine', async () => {
    await put('1001/Media/5002', SIGN_IN)
    expect(rest.engine.commands[0]).not.toHaveProperty('dialogLogoutAction')
  })

  it('passes MRD 1 to the engine, which refuses it asynchronously', async () => {
    expect((await put('1001/Media/1', SIGN_IN)).statusCode).toBe(202)
  })

  it.each([
    [SIGN_IN.replace('<maxDialogLimit>4</maxDialogLimit>', ''), '400 Parameter Missing | maxDialogLimit'],
    [SIGN_IN.replace('<interruptAction>ACCEPT</interruptAction>', ''), '400 Parameter Missing | interruptAction'],
    [SIGN_IN.replace('4', '11'), '400 Invalid Input | maxDialogLimit'],
    [SIGN_IN.replace('ACCEPT', 'accept'), '400 Invalid Input | interruptAction'],
    [`${SIGN_IN}<dialogLogoutAction>X</dialogLogoutAction>`, '400 Invalid Input | dialogLogoutAction'],
    [`${SIGN_IN}<state>LOGIN</state>`, '400 Bad Request | state'],
    ['', '400 Parameter Missing | state | State Parameter missing'],
    ['<routable></routable>', '400 Parameter Missing | routable | Routable Parameter missing'],
    ['<routable/>', '400 Parameter Missing | routable | Routable Parameter missing'],
    ['<state/><routable/>', '400 Parameter Missing | state | State Parameter missing'],
    ['<state>ACTIVE</state><reasonCodeId>16</reasonCodeId>', '400 Invalid Input | reasonCodeId'],
  ])('refuses %s with %s', async (content, expected) => {
    expect(errorOf(await put('1001/Media/5002', content))).toContain(expected)
    expect(rest.engine.commands).toEqual([])
  })

  it('is for own Media only, also for administrators and supervisors (media 5)', async () => {
    expect(errorOf(await put('1002/Media/5002', SIGN_IN))).toBe(
      `401 Invalid Authorization User Specified | 1002 | ${MISMATCH}`,
    )
    expect(errorOf(await put('1001/Media/5002', SIGN_IN, SUPERVISOR))).toBe(
      `401 Invalid Authorization User Specified | 1001 | ${MISMATCH}`,
    )
    expect(errorOf(await put('1001/Media/5002', SIGN_IN, ADMIN))).toBe(
      '401 Authorization Failure | admin | UNAUTHORIZED',
    )
    expect((await put('1001/Media/5002', SIGN_IN, { as: null })).statusCode).toBe(401)
  })

  it('answers 404 for an unknown MRD before it reads the body', async () => {
    expect(errorOf(await put('1001/Media/5999', 'x'))).toBe('404 Not Found | 5999 | Invalid mrdId specified for media')
    rest.engine.answer = rejected('MRD_NOT_FOUND', '5002')
    expect(errorOf(await put('1001/Media/5002', SIGN_IN))).toContain('404 Not Found | 5002')
    rest.engine.answer = rejected('INVALID_LIMIT', '4')
    expect(errorOf(await put('1001/Media/5002', SIGN_IN))).toContain('400 Invalid Input | maxDialogLimit')
  })
})

describe('other changes of Media (media 5.2 to 5.5)', () => {
  it.each([
    ['<state>READY</state>', { type: 'media.setState', state: 'READY' }],
    ['<state>READY</state><reasonCodeId>16</reasonCodeId>', { type: 'media.setState', state: 'READY' }], // ruling 44
    ['<state>ACTIVE</state>', { type: 'media.setState', state: 'ACTIVE' }],
    [
      '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>',
      { type: 'media.setState', state: 'NOT_READY', reasonCodeId: '16' },
    ],
    ['<routable>false</routable>', { type: 'media.setRoutable', routable: false }],
  ])('passes %s to the engine', async (content, expected) => {
    expect((await put('1001/Media/5001', content)).statusCode).toBe(202)
    expect(rest.engine.commands).toEqual([{ user: '1001', mrd: '5001', side: 'A', ...expected }])
  })

  it('refuses an invalid mode (media 5.4)', async () => {
    expect(errorOf(await put('1001/Media/5001', '<routable>1</routable>'))).toContain('400 Bad Request | routable')
  })
})

describe('reading Media (media 5.6, 5.7)', () => {
  it('answers one Media and the list of all', async () => {
    expect((await rest.ask('GET', '/User/1001/Media/5002')).body).toBe(renderMedia(mediaValue()))
    expect((await rest.ask('GET', '/User/1001/Media')).body).toMatch(
      /^<MediaList><Media>.*<\/Media><Media>.*<\/MediaList>$/,
    )
  })

  it('refuses Media of voice, of unknown MRDs and of other users', async () => {
    expect(errorOf(await rest.ask('GET', '/User/1001/Media/1'))).toContain('404 Not Found | 1 |')
    expect(errorOf(await rest.ask('GET', '/User/1001/Media/7'))).toContain('404 Not Found | 7 |')
    for (const path of ['/User/1002/Media/5002', '/User/1002/Media']) {
      expect(errorOf(await rest.ask('GET', path))).toBe(`401 Invalid Authorization User Specified | 1002 | ${MISMATCH}`)
    }
    expect((await rest.ask('GET', '/User/1002/Media', ADMIN)).statusCode).toBe(200)
    expect(errorOf(await rest.ask('GET', '/User/9/Media', ADMIN))).toBe('404 User Not Found | 9 | UNKNOWN_USER')
  })
})

describe('reading dialogs (media 9.2, 9.3; dialog 4.2)', () => {
  it('answers one dialog to participants, their supervisors and administrators', async () => {
    expect((await rest.ask('GET', '/Dialog/1001_5_1')).body).toBe(renderDialog(taskValue()))
    expect((await rest.ask('GET', '/Dialog/14095381')).body).toBe(renderDialog(callValue()))
    expect((await rest.ask('GET', '/Dialog/1001_5_1', SUPERVISOR)).statusCode).toBe(200)
    expect((await rest.ask('GET', '/Dialog/1001_5_1', ADMIN)).statusCode).toBe(200)
    expect(errorOf(await rest.ask('GET', '/Dialog/1001_5_1', { as: '1002:secret' }))).toBe(
      `401 Invalid Authorization User Specified | 1001_5_1 | ${MISMATCH}`,
    )
    expect((await rest.ask('GET', '/Dialog/1004_1_1', SUPERVISOR)).statusCode).toBe(401)
    expect(errorOf(await rest.ask('GET', '/Dialog/9_1001_5002'))).toBe(
      '404 Not Found | - | Invalid dialogId specified for dialog',
    )
  })

  it('does not reveal to others whether a dialog exists', async () => {
    // Dialogs of 1004, who is in no team of the supervisor. `existing` is the only one that exists.
    const existing = '1004_1_1'
    for (const missing of ['9_1004_1', '9_9999_5002', '7', 'x'.repeat(200)])
      for (const as of [undefined, SUPERVISOR]) {
        const said = async (id: string) => [
          errorOf(await rest.ask('GET', `/Dialog/${id}`, as)).replace(id, 'ID'),
          errorOf(await act(id, '<requestedAction>ACCEPT</requestedAction>', as)).replace(id, 'ID'),
        ]
        expect(await said(missing)).toEqual(await said(existing))
        expect(await said(missing)).toEqual(
          Array(2).fill(`401 Invalid Authorization User Specified | ID | ${MISMATCH}`),
        )
      }
    expect((await rest.ask('GET', '/Dialog/7', ADMIN)).statusCode).toBe(404)
  })

  it('answers 404 for an ended dialog to the users who had rights on it (dialog V105)', async () => {
    const status = async (id: string, as?: Asked) => [
      (await rest.ask('GET', `/Dialog/${id}`, as)).statusCode,
      (await act(id, '<requestedAction>ACCEPT</requestedAction>', as)).statusCode,
    ]
    expect(await status('9_1001_5002')).toEqual([404, 404])
    expect(await status('9_1001_5002', SUPERVISOR)).toEqual([404, 401])
    expect(await status('9_1001_5002', { as: '1002:secret' })).toEqual([401, 401])
  })

  it('lists voice dialogs by default, and others on request', async () => {
    const list = async (path: string, asked: Asked = {}) => (await rest.ask('GET', `/User/${path}`, asked)).body
    expect(await list('1001/Dialogs')).toBe(renderDialogs([callValue()]))
    expect(await list('1001/Dialogs?includeNonVoice=true')).toBe(renderDialogs([taskValue(), callValue()]))
    expect(await list('1001/Dialogs/Media')).toBe(renderDialogs([taskValue()]))
    expect(await list('1001/Media/5002/Dialogs')).toBe(renderDialogs([taskValue()]))
    expect(await list('1001/Media/5001/Dialogs')).toBe('<Dialogs/>')
    expect(await list('1001/Dialogs', SUPERVISOR)).toBe(renderDialogs([callValue()]))
    expect(await list('1001/Dialogs/Media', ADMIN)).toBe(renderDialogs([taskValue()]))
  })

  it('refuses lists of other users and of unknown MRDs', async () => {
    for (const path of ['/User/1004/Dialogs', '/User/1004/Dialogs/Media', '/User/1004/Media/5002/Dialogs']) {
      expect((await rest.ask('GET', path)).statusCode).toBe(401)
      expect((await rest.ask('GET', path, SUPERVISOR)).statusCode).toBe(401)
    }
    expect(errorOf(await rest.ask('GET', '/User/1001/Media/9/Dialogs'))).toContain('404 Not Found | 9')
  })
})

describe('acting on a dialog (media 9.1, dialog 4.4)', () => {
  it('passes actions on tasks to the engine', async () => {
    const response = await act('1001_5_1', '<requestedAction>ACCEPT</requestedAction>', { headers: { requestid: 'd' } })
    expect(response.statusCode).toBe(202)
    await act('1001_5_1', '<requestedAction>TRANSFER</requestedAction><target>chat_sales</target>')
    expect(rest.engine.commands).toEqual([
      { type: 'dialog.act', user: '1001', dialog: '1001_5_1', action: 'ACCEPT', side: 'A', requestId: 'd' },
      { type: 'dialog.act', user: '1001', dialog: '1001_5_1', action: 'TRANSFER', target: 'chat_sales', side: 'A' },
    ])
  })

  it('passes ANSWER and DROP on calls to the engine', async () => {
    const answer = '<targetMediaAddress>1001</targetMediaAddress><requestedAction>ANSWER</requestedAction>'
    expect((await act('14095381', answer)).statusCode).toBe(202)
    expect(rest.engine.commands).toEqual([
      {
        type: 'call.act',
        user: '1001',
        dialog: '14095381',
        action: 'ANSWER',
        targetMediaAddress: '1001',
        side: 'A',
      },
    ])
  })

  it.each([
    ['1001_5_1', '', '400 Parameter Missing | requestedAction | RequestedAction Parameter missing'],
    ['1001_5_1', '<requestedAction>X</requestedAction>', '400 Invalid Input | requestedAction'],
    ['1001_5_1', '<requestedAction>TRANSFER</requestedAction>', '400 Parameter Missing | target'],
    ['14095381', '<requestedAction>ANSWER</requestedAction>', '400 Parameter Missing | targetMediaAddress'],
    ['14095381', '<requestedAction>START_RECORDING</requestedAction>', '501 Not Implemented | START_RECORDING'],
    [
      '9_1001_5002',
      '<requestedAction>ACCEPT</requestedAction>',
      '404 Dialog Not Found | 9_1001_5002 | Invalid dialogId specified for dialog',
    ],
    ['1004_1_1', '<requestedAction>ACCEPT</requestedAction>', '401 Invalid Authorization User Specified | 1004_1_1'],
  ])('refuses for dialog %s the action %s with %s', async (id, content, expected) => {
    expect(errorOf(await act(id, content))).toContain(expected)
    expect(rest.engine.commands).toEqual([])
  })

  it('is for participants, not for supervisors and administrators', async () => {
    const accept = '<requestedAction>ACCEPT</requestedAction>'
    expect((await act('1001_5_1', accept, SUPERVISOR)).statusCode).toBe(401)
    expect(errorOf(await act('1001_5_1', accept, ADMIN))).toBe('401 Authorization Failure | admin | UNAUTHORIZED')
  })

  it('translates the refusals of the engine', async () => {
    rest.engine.answer = rejected('DIALOG_NOT_FOUND', '1001_5_1')
    const accept = '<requestedAction>ACCEPT</requestedAction>'
    expect(errorOf(await act('1001_5_1', accept))).toContain('404 Dialog Not Found | 1001_5_1')
    rest.engine.answer = rejected('NOT_A_PARTICIPANT', '1001_5_1')
    expect(errorOf(await act('1001_5_1', accept))).toContain('401 Invalid Authorization User Specified | 1001_5_1')
  })
})
