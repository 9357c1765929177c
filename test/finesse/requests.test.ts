import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Read,
  readCallRequest,
  readClientLog,
  readMediaRequest,
  readTaskRequest,
  readTeamMessageRequest,
  readUserRequest,
} from '../../src/finesse/index.ts'

/** `KEY about` of a refusal, otherwise the value. */
function outcome<T>(read: Read<T>): T | string {
  return read.ok ? read.value : `${read.refused.key} ${read.refused.about}`
}

const user = (content: string, platform: 'CCE' | 'CCX' = 'CCE') =>
  outcome(readUserRequest(`<User>${content}</User>`, platform))
const media = (content: string) => outcome(readMediaRequest(`<Media>${content}</Media>`))
const task = (content: string) => outcome(readTaskRequest(`<Dialog>${content}</Dialog>`))
const call = (content: string) => outcome(readCallRequest(`<Dialog>${content}</Dialog>`))

describe('the decision about a preview', () => {
  const isNotThere = (action: string) => `NOT_IMPLEMENTED ${action}`
  it.each([
    ['CCE', 'OUTBOUND_PREVIEW', 'OUTBOUND_DIRECT_PREVIEW'],
    ['CCE', 'OUTBOUND_CALLBACK_PREVIEW', 'OUTBOUND_DIRECT_PREVIEW'],
    ['CCX', 'OUTBOUND_DIRECT_PREVIEW', 'OUTBOUND_PREVIEW'],
    ['CCX', 'OUTBOUND_DIRECT_PREVIEW', 'OUTBOUND_CALLBACK_PREVIEW'],
  ] as const)('on %s is for %s, and not there for %s (dialog 5.1)', (platform, own, other) => {
    for (const action of ['ACCEPT', 'CLOSE', 'REJECT'] as const) {
      const body = `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>1</targetMediaAddress></Dialog>`
      expect(outcome(readCallRequest(body, platform, own))).toEqual({ action, targetMediaAddress: '1' })
      expect(outcome(readCallRequest(body, platform, other))).toBe(isNotThere(action))
    }
    const body = '<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>1</targetMediaAddress></Dialog>'
    expect(readCallRequest(body, platform, other)).toHaveProperty('ok', true)
  })
})

describe('PUT User', () => {
  it('reads a sign-in and keeps leading zeros (user 4.1)', () => {
    expect(user('<state>LOGIN</state><extension>0012</extension>')).toEqual({ type: 'signIn', extension: '0012' })
  })

  it('reads a mobile sign-in (user 4.2)', () => {
    const mobile = '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5550100</dialNumber></mobileAgent>'
    expect(user(`<state>LOGIN</state><extension>1001</extension>${mobile}`)).toEqual({
      type: 'signIn',
      extension: '1001',
      mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '5550100' },
    })
  })

  it('reads a state change with and without reason (user 4.8, 4.9)', () => {
    expect(user('<state>READY</state>')).toEqual({ type: 'setState', state: 'READY' })
    expect(user('<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>')).toEqual({
      type: 'setState',
      state: 'NOT_READY',
      reasonCodeId: '16',
    })
    expect(user('<state>LOGOUT</state><reasonCodeId></reasonCodeId>')).toEqual({ type: 'setState', state: 'LOGOUT' })
  })

  it('ignores unknown elements (ruling 23, user 4.3)', () => {
    expect(user('<id>1001</id><id>1</id><logoutAllMedia>true</logoutAllMedia><state>LOGOUT</state>')).toEqual({
      type: 'setState',
      state: 'LOGOUT',
    })
  })

  it.each([
    ['', 'PARAMETER_MISSING state'],
    ['<state/>', 'PARAMETER_MISSING state'],
    ['<State>READY</State>', 'PARAMETER_MISSING state'],
    ['<state>ready</state>', 'INVALID_USER_STATE_VALUE state'],
    ['<state>TALKING</state>', 'INVALID_USER_STATE_VALUE state'],
    ['<state>READY</state><state>LOGOUT</state>', 'BAD_REQUEST state'],
    ['<state><b>READY</b></state>', 'BAD_REQUEST state'],
    [`<state>${'R'.repeat(300)}</state>`, 'BAD_REQUEST state'],
    ['x<state>READY</state>', 'BAD_REQUEST User'],
    ['<state>WORK</state><reasonCodeId>16</reasonCodeId>', 'INVALID_INPUT reasonCodeId'],
    ['<state>LOGIN</state>', 'PARAMETER_MISSING extension'],
    ['<state>LOGIN</state><extension>+4912</extension>', 'BAD_REQUEST extension'],
    ['<state>LOGIN</state><extension>12 a</extension>', 'BAD_REQUEST extension'],
    ['<state>LOGIN</state><extension>1</extension><mobileAgent/>', 'PARAMETER_MISSING mode'],
    ['<state>LOGIN</state><extension>1</extension><mobileAgent>x</mobileAgent>', 'BAD_REQUEST mobileAgent'],
    ['<state>LOGIN</state><extension>1</extension><mobileAgent><mode>OTHER</mode></mobileAgent>', 'INVALID_INPUT mode'],
    [
      '<state>LOGIN</state><extension>1</extension><mobileAgent><mode>NAILED_CONNECTION</mode></mobileAgent>',
      'PARAMETER_MISSING dialNumber',
    ],
    [
      '<state>LOGIN</state><extension>1</extension><mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>a</dialNumber></mobileAgent>',
      'INVALID_INPUT dialNumber',
    ],
  ])('refuses %s with %s (user 4.13)', (content, expected) => {
    expect(user(content)).toBe(expected)
  })

  it('accepts an E.164 extension on CCX only (user 4.1)', () => {
    expect(user('<state>LOGIN</state><extension>+4912</extension>', 'CCX')).toMatchObject({ extension: '+4912' })
    expect(user(`<state>LOGIN</state><extension>+${'1'.repeat(15)}</extension>`, 'CCX')).toBe('BAD_REQUEST extension')
  })

  it('refuses no body, another root and malformed XML (ruling 23)', () => {
    expect(outcome(readUserRequest(undefined, 'CCE'))).toBe('BAD_REQUEST User')
    expect(outcome(readUserRequest('<Media><state>READY</state></Media>', 'CCE'))).toBe('BAD_REQUEST User')
    expect(outcome(readUserRequest('<user><state>READY</state></user>', 'CCE'))).toBe('BAD_REQUEST User')
    expect(outcome(readUserRequest('<User><state>READY</User>', 'CCE'))).toBe('BAD_REQUEST User')
  })
})

describe('PUT Media', () => {
  const complete = '<maxDialogLimit>4</maxDialogLimit><state>LOGIN</state><interruptAction>ACCEPT</interruptAction>'

  it('reads a sign-in (media 5.1)', () => {
    expect(media(complete)).toEqual({ type: 'signIn', maxDialogLimit: 4, interruptAction: 'ACCEPT' })
    expect(media(`${complete}<dialogLogoutAction>TRANSFER</dialogLogoutAction>`)).toMatchObject({
      dialogLogoutAction: 'TRANSFER',
    })
  })

  it('reads state, reason and routable (media 5.2 to 5.5, ruling 17)', () => {
    expect(media('<state>READY</state>')).toEqual({ type: 'setState', state: 'READY' })
    expect(media('<state>ACTIVE</state>')).toEqual({ type: 'setState', state: 'ACTIVE' })
    expect(media('<state>LOGOUT</state><reasonCodeId>18</reasonCodeId>')).toEqual({
      type: 'setState',
      state: 'LOGOUT',
      reasonCodeId: '18',
    })
    expect(media('<routable>false</routable>')).toEqual({ type: 'setRoutable', routable: false })
  })

  it.each([
    ['', 'PARAMETER_MISSING state'],
    ['<state>WORK_NOT_READY</state>', 'INVALID_INPUT state'],
    ['<state>ACTIVE</state><reasonCodeId>16</reasonCodeId>', 'INVALID_INPUT reasonCodeId'],
    ['<state>READY</state><routable>true</routable>', 'INVALID_INPUT routable'],
    ['<routable>yes</routable>', 'BAD_REQUEST routable'],
    ['<state>LOGIN</state><interruptAction>ACCEPT</interruptAction>', 'PARAMETER_MISSING maxDialogLimit'],
    ['<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit>', 'PARAMETER_MISSING interruptAction'],
    [complete.replace('4', '0'), 'INVALID_LIMIT maxDialogLimit'],
    [complete.replace('4', '11'), 'INVALID_LIMIT maxDialogLimit'],
    [complete.replace('4', '1.5'), 'INVALID_LIMIT maxDialogLimit'],
    [complete.replace('4', '-1'), 'INVALID_LIMIT maxDialogLimit'],
    [complete.replace('4', '1e1'), 'INVALID_LIMIT maxDialogLimit'],
    [complete.replace('ACCEPT', 'MAYBE'), 'INVALID_INPUT interruptAction'],
    [`${complete}<dialogLogoutAction>KEEP</dialogLogoutAction>`, 'INVALID_INPUT dialogLogoutAction'],
  ])('refuses %s with %s (media 5, 6.1)', (content, expected) => {
    expect(media(content)).toBe(expected)
  })
})

describe('PUT Dialog', () => {
  it('reads actions on a task (media 9.1)', () => {
    for (const action of ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE']) {
      expect(task(`<targetMediaAddress>1</targetMediaAddress><requestedAction>${action}</requestedAction>`)).toEqual({
        action,
      })
    }
    expect(task('<requestedAction>TRANSFER</requestedAction><target>chat_sales</target>')).toEqual({
      action: 'TRANSFER',
      target: 'chat_sales',
    })
  })

  it('reads actions on a call (dialog 4.4)', () => {
    expect(call('<targetMediaAddress>0012</targetMediaAddress><requestedAction>ANSWER</requestedAction>')).toEqual({
      action: 'ANSWER',
      targetMediaAddress: '0012',
    })
  })

  it.each([
    [task, '', 'PARAMETER_MISSING requestedAction'],
    [task, '<requestedAction>ANSWER</requestedAction>', 'INVALID_INPUT requestedAction'],
    [task, '<requestedAction>TRANSFER</requestedAction>', 'PARAMETER_MISSING target'],
    [call, '', 'PARAMETER_MISSING requestedAction'],
    [call, '<requestedAction>SING</requestedAction>', 'INVALID_INPUT requestedAction'],
    [call, '<requestedAction>RECLASSIFY</requestedAction>', 'PARAMETER_MISSING targetMediaAddress'],
    [call, '<requestedAction>DROP</requestedAction>', 'PARAMETER_MISSING targetMediaAddress'],
    [
      call,
      '<requestedAction>DROP</requestedAction><targetMediaAddress>a b</targetMediaAddress>',
      'INVALID_INPUT targetMediaAddress',
    ],
  ])('refuses a request that is incomplete or invalid', (read, content, expected) => {
    expect(read(content)).toBe(expected)
  })
})

it('never throws, whatever the elements are (ruling 23)', () => {
  const name = fc.constantFrom(
    ...['User', 'Media', 'Dialog', 'state', 'extension', 'mobileAgent', 'mode', 'routable', 'x'],
    ...['TeamMessage', 'duration', 'content', 'teams', 'team', 'ClientLog', 'logData'],
  )
  const text = fc.constantFrom('', 'LOGIN', 'READY', 'true', '4', 'ACCEPT', 'TRANSFER', '&amp;', '<![CDATA[ ]]>')
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.tuple(name, fc.array(tie('tree'), { maxLength: 4 })).map(([n, inner]) => `<${n}>${inner.join('')}</${n}>`),
    ),
  }))
  fc.assert(
    fc.property(tree, (xml) => {
      for (const read of [readMediaRequest, readTaskRequest, readCallRequest]) expect(read(xml)).toHaveProperty('ok')
      expect(readUserRequest(xml, 'CCE')).toHaveProperty('ok')
      for (const body of [xml, `<TeamMessage>${xml}</TeamMessage>`])
        expect(readTeamMessageRequest(body)).toHaveProperty('ok')
      for (const root of ['ClientLog', 'CompressedClientLog'] as const)
        expect(readClientLog(`<${root}>${xml}</${root}>`, root)).toHaveProperty('ok')
    }),
    { numRuns: 1000 },
  )
})
