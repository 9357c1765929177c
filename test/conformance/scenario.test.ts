/**
 * The scenario, over real sockets: agent 1001 of the sample directory, REST by fetch, notifications by a public XMPP
 * library. It checks only values that a client sees.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FinesseClient } from './finesse-client.ts'
import { type Site, site } from './server.ts'

const EMAIL = '5001'
const CHAT = '5002'

let on: Site
let agent: FinesseClient

beforeEach(async () => {
  on = await site()
  agent = await on.client('1001')
})
afterEach(() => on.close())

const signInToMedia = async (mrd: string, interruptAction = 'ACCEPT', more = '') => {
  const settings = `<maxDialogLimit>3</maxDialogLimit><interruptAction>${interruptAction}</interruptAction>${more}`
  await agent.media(mrd, `<state>LOGIN</state>${settings}`)
  await agent.media(mrd, '<state>READY</state>')
  expect(await agent.next(2)).toEqual(['User/1001/Media PUT Media NOT_READY', 'User/1001/Media PUT Media READY'])
}

const task = async (scriptSelector: string): Promise<{ id: string; dialog: string }> => {
  const { status, body } = await on.acd('POST', '/tasks', { scriptSelector, agentId: '1001' })
  expect(status).toBe(201)
  const { body: now } = await on.acd('GET', `/tasks/${body.id}`)
  return { id: String(body.id), dialog: String(now.dialogId) }
}

const startedTask = async (scriptSelector: string) => {
  const offered = await task(scriptSelector)
  await agent.dialog(offered.dialog, 'ACCEPT')
  await agent.dialog(offered.dialog, 'START')
  await agent.next(5)
  return offered
}

const stateOf = async (dialog: string) => (await agent.get(`Dialog/${dialog}`)).value('state')
const mediaState = async (mrd: string) => (await agent.get(`User/1001/Media/${mrd}`)).value('state')

it('sign-in: LOGIN is answered 202 and notified as NOT_READY, once, with its request id (notifications 15.1)', async () => {
  const answer = await agent.put('User/1001', '<User><state>LOGIN</state><extension>1001</extension></User>', 'login-1')
  expect(answer.status).toBe(202)
  expect(answer.body).toBe('')
  const user = await agent.one()
  expect(user).toMatchObject({
    node: '/finesse/api/User/1001',
    event: 'PUT',
    source: '/finesse/api/User/1001',
    requestId: 'login-1',
    kind: 'user',
  })
  expect(user.value('state')).toBe('NOT_READY')
  expect(user.value('reasonCodeId')).toBe('-1')
  expect(user.value('extension')).toBe('1001')
  expect(user.value('pendingState')).toBe('')
  expect(agent.rest).toEqual([])
})

describe('an e-mail, interrupted by a chat', () => {
  it('with ACCEPT: only a Media notification, GET shows INTERRUPTED, actions fail with 30, the end restores (I1, I7, D12, D13, D15)', async () => {
    await signInToMedia(EMAIL)
    await signInToMedia(CHAT)
    const email = await task('email_support')
    expect(await agent.next(2)).toEqual([
      'User/1001/Media PUT Media RESERVED',
      'User/1001/Dialogs/Media POST dialogs OFFERED',
    ])
    await agent.dialog(email.dialog, 'ACCEPT')
    expect(await agent.next(2)).toEqual([
      'User/1001/Dialogs/Media PUT dialog ACCEPTED',
      'User/1001/Media PUT Media ACTIVE',
    ])
    await agent.dialog(email.dialog, 'START')
    expect(await agent.next(1)).toEqual(['User/1001/Dialogs/Media PUT dialog ACTIVE'])

    const chat = await task('chat_sales')
    await agent.dialog(chat.dialog, 'ACCEPT')
    await agent.next(4)
    expect(await mediaState(EMAIL)).toBe('ACTIVE')
    await agent.dialog(chat.dialog, 'START')
    expect(await agent.next(1)).toEqual(['User/1001/Dialogs/Media PUT dialog ACTIVE'])
    const interrupted = await agent.one()
    expect(interrupted.value('state')).toBe('INTERRUPTED')
    expect(interrupted.source).toBe(`/finesse/api/User/1001/Media/${EMAIL}`)
    expect(await stateOf(email.dialog)).toBe('INTERRUPTED')
    expect(await mediaState(EMAIL)).toBe('INTERRUPTED')

    await agent.dialog(email.dialog, 'PAUSE', 'pause-1')
    const error = await agent.one()
    expect(error).toMatchObject({
      node: '/finesse/api/User/1001/Dialogs/Media',
      event: 'PUT',
      requestId: 'pause-1',
      kind: 'apiErrors',
      source: `/finesse/api/Dialog/${email.dialog}`,
    })
    expect([error.value('errorData'), error.value('errorMedia'), error.value('errorMessage')]).toEqual([
      '30',
      EMAIL,
      'E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT',
    ])

    await agent.dialog(chat.dialog, 'CLOSE')
    expect(await agent.next(3)).toEqual([
      'User/1001/Dialogs/Media DELETE dialogs CLOSED CD_NORMAL_END_TASK',
      'User/1001/Media PUT Media READY',
      'User/1001/Media PUT Media ACTIVE',
    ])
    expect(await stateOf(email.dialog)).toBe('ACTIVE')
    expect((await agent.get(`Dialog/${chat.dialog}`)).status).toBe(404)
    expect(agent.rest).toEqual([])
  })

  it('with IGNORE: the e-mail is not affected (I2)', async () => {
    await signInToMedia(EMAIL, 'IGNORE')
    await signInToMedia(CHAT)
    const email = await startedTask('email_support')
    const chat = await startedTask('chat_sales')
    expect(await mediaState(EMAIL)).toBe('ACTIVE')
    expect(await stateOf(email.dialog)).toBe('ACTIVE')
    await agent.dialog(chat.dialog, 'CLOSE')
    expect(await agent.next(2)).toEqual([
      'User/1001/Dialogs/Media DELETE dialogs CLOSED CD_NORMAL_END_TASK',
      'User/1001/Media PUT Media READY',
    ])
    expect(agent.rest).toEqual([])
  })
})

describe('an e-mail, interrupted by a call (ruling 8)', () => {
  it.each([
    ['ACCEPT', ['User/1001/Media PUT Media INTERRUPTED'], ['User/1001/Media PUT Media ACTIVE']],
    ['IGNORE', [], []],
  ])('%s', async (interruptAction, atAnswer, atEnd) => {
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    await agent.putUser('<state>READY</state>')
    await agent.next(2)
    await signInToMedia(EMAIL, interruptAction)
    await startedTask('email_support')
    const { status, body } = await on.acd('POST', '/calls', { from: '5550100', to: '1001' })
    expect(status).toBe(201)
    const call = String(body.id)
    expect(await agent.next(2)).toEqual(['User/1001 PUT user RESERVED', 'User/1001/Dialogs POST dialogs ALERTING'])
    await agent.dialog(call, 'ANSWER', 'answer-1', '<targetMediaAddress>1001</targetMediaAddress>')
    expect(await agent.next(2 + atAnswer.length)).toEqual([
      'User/1001 PUT user TALKING',
      'User/1001/Dialogs PUT dialog ACTIVE #answer-1',
      ...atAnswer,
    ])
    expect((await on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
    expect(await agent.next(4 + atEnd.length)).toEqual([
      'User/1001/Dialogs PUT dialog ACTIVE',
      'User/1001/Dialogs PUT dialog DROPPED',
      ...atEnd,
      'User/1001/Dialogs DELETE dialogs DROPPED',
      'User/1001 PUT user READY',
    ])
    expect(agent.rest).toEqual([])
  })
})

it('Start Timeout: CD_RING_NO_ANSWER, routable=false, the next eligible agent gets the task (12.4 R1-R6)', async () => {
  await signInToMedia(CHAT)
  const other = await on.client('1002')
  await on.clock.advance(1000)
  await other.media(
    CHAT,
    '<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
  )
  await other.media(CHAT, '<state>READY</state>')
  await other.next(2)
  const { body } = await on.acd('POST', '/tasks', {
    scriptSelector: 'chat_support',
    variables: { callVariable1: 'room 7' },
  })
  await agent.next(2)
  await on.clock.advance(30_000)
  const closed = await agent.one()
  expect([closed.event, closed.value('state'), closed.value('mediaProperties/dispositionCode')]).toEqual([
    'DELETE',
    'CLOSED',
    'CD_RING_NO_ANSWER',
  ])
  const media = await agent.one()
  expect([media.value('state'), media.value('routable')]).toEqual(['READY', 'false'])
  expect(await other.next(1)).toEqual(['User/1002/Media PUT Media RESERVED'])
  const offered = await other.one()
  expect(offered.value('mediaProperties/callvariables/CallVariable/value')).toBe('room 7')
  expect(offered.value('associatedDialogUri')).toMatch(/^\/finesse\/api\/Dialog\/\d+_1001_5002$/)
  const { body: first } = await on.acd('GET', `/tasks/${body.id}`)
  expect(first.state).toBe('resubmitted')
  const { body: second } = await on.acd('GET', `/tasks/${first.resubmittedAs}`)
  expect(second).toMatchObject({ state: 'reserved', agentId: '1002', scriptSelector: 'chat_support' })
})

it.each([
  ['CLOSE', 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'handled'],
  ['TRANSFER', 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitted'],
])('sign-out with dialogLogoutAction %s: dialogs end first (12.5)', async (action, code, state) => {
  await signInToMedia(EMAIL, 'ACCEPT', `<dialogLogoutAction>${action}</dialogLogoutAction>`)
  const email = await startedTask('email_support')
  await agent.media(EMAIL, '<state>LOGOUT</state>')
  expect(await agent.next(2)).toEqual([
    `User/1001/Dialogs/Media DELETE dialogs CLOSED ${code}`,
    'User/1001/Media PUT Media LOGOUT',
  ])
  expect((await on.acd('GET', `/tasks/${email.id}`)).body.state).toBe(state)
})

it('presence lost: after the grace period the forced sign-out of notifications 9', async () => {
  await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
  await agent.next(1)
  await signInToMedia(EMAIL)
  await agent.disconnect()
  // The loss of presence reaches the engine over two sockets. The grace period begins then, in virtual time.
  const seen = on.restOnly('1001')
  for (let minute = 0; minute < 10; minute += 1) {
    await on.clock.advance(60_000)
    if ((await seen.get(`User/1001/Media/${EMAIL}`)).value('state') === 'LOGOUT') break
  }
  const user = await seen.get('User/1001')
  expect([user.value('state'), user.value('reasonCode/code')]).toEqual(['NOT_READY', '50002'])
  expect((await seen.get(`User/1001/Media/${EMAIL}`)).value('state')).toBe('LOGOUT')
})
