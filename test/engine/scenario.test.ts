/** The interrupt story in typed values: machines and engine in memory, without REST and XMPP. */

import { describe, expect, it } from 'vitest'
import { DONE } from '../../src/engine/answers/answer.ts'
import { errorText } from '../../src/errors/index.ts'
import { bench, startTask } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'

describe('sign-in', () => {
  it('U2, U3: LOGIN gives NOT_READY, once, with the request id', async () => {
    const on = await bench()
    expect(await on.command({ type: 'user.signIn', user: '1001', extension: '1001', requestId: 'r1' })).toEqual(DONE)
    expect(on.news()).toEqual(['user 1001 NOT_READY #r1'])
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'NOT_READY', reasonCodeId: '-1', extension: '1001' })
  })

  it('A1, A3: media sign-in gives NOT_READY, then READY, without echoing the request id (ruling 7)', async () => {
    const on = await bench()
    await on.command({
      type: 'media.signIn',
      user: '1001',
      mrd: EMAIL,
      maxDialogLimit: 3,
      interruptAction: 'ACCEPT',
      requestId: 'm1',
    })
    await on.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'READY', requestId: 'm2' })
    await on.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'READY', requestId: 'm3' })
    expect(on.news()).toEqual(['media 1001 5001 NOT_READY', 'media 1001 5001 READY'])
  })

  it('A2: a second media sign-in replaces the settings and fails with "already signed in"', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL)
    const again = {
      type: 'media.signIn',
      user: '1001',
      mrd: EMAIL,
      maxDialogLimit: 2,
      interruptAction: 'IGNORE',
      requestId: 'x',
    } as const
    expect(await on.command(again)).toEqual({
      accepted: true,
      outcome: 'REFUSED',
      code: 'ALREADY_SIGNED_IN_TO_MEDIA',
      message: `${errorText('ALREADY_SIGNED_IN_TO_MEDIA')} LOGIN was requested in READY, which allows READY, NOT_READY, LOGOUT, NOT_ROUTABLE.`,
      about: '',
      state: 'READY',
      allowed: ['READY', 'NOT_READY', 'LOGOUT', 'NOT_ROUTABLE'],
    })
    expect(on.news()).toEqual(['error ALREADY_SIGNED_IN_TO_MEDIA on User/1001/Media #x'])
    expect(on.engine.get.media('1001', EMAIL).status).toMatchObject({
      state: 'READY',
      maxDialogLimit: 2,
      interruptAction: 'IGNORE',
    })
  })

  it('ruling 35: a user outside the MRD is refused asynchronously, and has the short Media object', async () => {
    const on = await bench()
    await on.command({ type: 'media.signIn', user: '1006', mrd: '5003', maxDialogLimit: 1, interruptAction: 'ACCEPT' })
    expect(on.news()).toEqual(['error NOT_A_MEMBER_OF_MEDIA on User/1006/Media'])
    expect(on.engine.get.media('1006', '5003').status).toBeUndefined()
  })
})

describe('the interrupt story (media 12.3)', () => {
  it('I1, I7: a started chat interrupts an e-mail, and its end restores it, with Media notifications only', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    const email = await startTask(on, '1001', EMAIL, 'email_support')
    const offered = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    const chat = offered?.dialogId ?? ''
    expect(on.news()).toEqual([`media 1001 ${CHAT} RESERVED`, `POST task ${chat} OFFERED`])
    await on.act(chat, 'ACCEPT')
    expect(on.news()).toEqual([`PUT task ${chat} ACCEPTED`, `media 1001 ${CHAT} ACTIVE`])
    await on.act(chat, 'START')
    expect(on.news()).toEqual([`PUT task ${chat} ACTIVE`, `media 1001 ${EMAIL} INTERRUPTED`])
    expect(on.engine.get.dialog(email)).toMatchObject({ state: 'INTERRUPTED' })

    await on.command({ type: 'dialog.act', user: '1001', dialog: email, action: 'PAUSE', requestId: 'p' })
    expect(on.news()).toEqual(['error DIALOG_INTERRUPTED on User/1001/Dialogs/Media #p'])

    await on.act(chat, 'CLOSE')
    expect(on.news()).toEqual([
      `DELETE task ${chat} CLOSED CD_NORMAL_END_TASK`,
      `media 1001 ${CHAT} READY`,
      `media 1001 ${EMAIL} ACTIVE`,
    ])
    expect(on.engine.get.dialog(email)).toMatchObject({
      state: 'ACTIVE',
      actions: ['PAUSE', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
    })
  })

  it('I2: with IGNORE the e-mail stays ACTIVE and nothing is sent', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL, { interruptAction: 'IGNORE' })
    await on.ready('1001', CHAT)
    const email = await startTask(on, '1001', EMAIL, 'email_support')
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    expect(on.engine.get.media('1001', EMAIL).status?.state).toBe('ACTIVE')
    await on.act(email, 'PAUSE')
    expect(on.news()).toEqual([`PUT task ${email} PAUSED`, `media 1001 ${EMAIL} PAUSED`])
    await on.act(chat, 'CLOSE')
    expect(on.news()).toEqual([`DELETE task ${chat} CLOSED CD_NORMAL_END_TASK`, `media 1001 ${CHAT} READY`])
  })

  it('ruling 8: an answered call interrupts, and its end restores; the user is sent before the dialog, at the end after it', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await on.ready('1001', EMAIL)
    await startTask(on, '1001', EMAIL, 'email_support')
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    const id = call?.id ?? ''
    expect(on.news()).toEqual(['user 1001 RESERVED', `POST call ${id} ALERTING ALERTING/INITIATED`])
    await on.command({
      type: 'call.act',
      user: '1001',
      dialog: id,
      action: 'ANSWER',
      targetMediaAddress: '1001',
      requestId: 'a',
    })
    expect(on.news()).toEqual([
      'user 1001 TALKING',
      `PUT call ${id} ACTIVE #a ACTIVE/ACTIVE`,
      `media 1001 ${EMAIL} INTERRUPTED`,
    ])
    await on.command({
      type: 'call.act',
      user: '1001',
      dialog: id,
      action: 'DROP',
      targetMediaAddress: '1001',
      requestId: 'd',
    })
    expect(on.news()).toEqual([
      `PUT call ${id} ACTIVE #d DROPPED/ACTIVE`,
      `media 1001 ${EMAIL} ACTIVE`,
      `PUT call ${id} DROPPED DROPPED/DROPPED`,
      `DELETE call ${id} DROPPED DROPPED/DROPPED`,
      'user 1001 READY',
    ])
  })

  it('I5, I6: the e-mail is restored only after the last of two interrupting dialogs', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    await startTask(on, '1001', EMAIL, 'email_support')
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    await on.command({
      type: 'call.act',
      user: '1001',
      dialog: call?.id ?? '',
      action: 'ANSWER',
      targetMediaAddress: '1001',
    })
    on.news()
    await on.act(chat, 'CLOSE')
    expect(on.news()).not.toContain(`media 1001 ${EMAIL} ACTIVE`)
    await on.engine.acd?.hangUp(call?.id ?? '')
    expect(on.news()).toContain(`media 1001 ${EMAIL} ACTIVE`)
  })
})

describe('Start Timeout (media 12.4)', () => {
  it('R2-R5: the dialog is closed, the agent is not routable, the task goes to the next eligible agent', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    await on.clock.advance(1000)
    await on.ready('1002', CHAT)
    const task = await on.engine.acd?.submitTask({
      mrd: CHAT,
      scriptSelector: 'chat_sales',
      variables: [{ name: 'callVariable1', value: 'room 7' }],
    })
    expect(task).toMatchObject({ state: 'reserved', agentId: '1001' })
    on.news()
    await on.clock.advance(29_999)
    expect(on.news()).toEqual([])
    await on.clock.advance(1)
    const second = on.engine.acd?.tasks().find((each) => each.state === 'reserved')
    expect(on.news()).toEqual([
      `DELETE task ${task?.dialogId} CLOSED CD_RING_NO_ANSWER`,
      `media 1001 ${CHAT} READY not routable`,
      `media 1002 ${CHAT} RESERVED`,
      `POST task ${second?.dialogId} OFFERED`,
    ])
    expect(second).toMatchObject({
      agentId: '1002',
      scriptSelector: 'chat_sales',
      variables: [{ name: 'callVariable1', value: 'room 7' }],
    })
    expect(on.engine.acd?.task(task?.id ?? '')).toMatchObject({ state: 'resubmitted', resubmittedAs: second?.id })
    expect(on.engine.get.dialog(second?.dialogId ?? '')).toMatchObject({ associatedDialog: task?.dialogId })
  })

  it('R6: READY does not make the agent routable again, routable=true does', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await on.clock.advance(30_000)
    on.news()
    await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    expect(on.news()).toEqual([])
    await on.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: true })
    expect(on.news()[0]).toBe(`media 1001 ${CHAT} READY`)
    expect(on.engine.get.media('1001', CHAT).status?.state).toBe('RESERVED')
  })
})

describe('sign-out (media 12.5)', () => {
  it.each([
    ['CLOSE', 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'handled'],
    ['TRANSFER', 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitted'],
  ] as const)('S1-S5: %s ends the dialogs first, with %s', async (dialogLogoutAction, code, state) => {
    const on = await bench()
    await on.ready('1001', EMAIL, { dialogLogoutAction })
    const dialog = await startTask(on, '1001', EMAIL, 'email_support')
    await on.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'LOGOUT' })
    expect(on.news()).toEqual([`DELETE task ${dialog} CLOSED ${code}`, `media 1001 ${EMAIL} LOGOUT`])
    expect(on.engine.acd?.tasks()[0]?.state).toBe(state)
  })

  it('ruling 16: the user sign-out takes the media along; ruling 33: only from NOT_READY; ruling 34: LOGOUT twice is refused', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL)
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    on.news()
    await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT', requestId: 'q' })
    expect(on.news()).toEqual(['error INVALID_USER_STATE on User/1001 #q'])
    await on.command({ type: 'user.setState', user: '1001', state: 'NOT_READY', reasonCodeId: '17' })
    await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT', reasonCodeId: '18' })
    expect(on.news()).toEqual(['user 1001 NOT_READY (20)', 'user 1001 LOGOUT (30)', `media 1001 ${EMAIL} LOGOUT`])
    expect(await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT' })).toMatchObject({
      outcome: 'REJECTED',
      code: 'ALREADY_SIGNED_OUT',
    })
  })
})

describe('presence (notifications 9)', () => {
  it('P1: a session connects within the grace period: nothing changes', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    on.news()
    const presence = { user: '1001', side: 'A', session: '1001@localhost/a' } as const
    await on.engine.adapters.presence({ ...presence, available: true })
    await on.engine.adapters.presence({ ...presence, available: false })
    await on.clock.advance(59_000)
    await on.engine.adapters.presence({ ...presence, available: true })
    await on.clock.advance(600_000)
    expect(on.news()).toEqual([])
  })

  it('P2: no session for 60 s: NOT_READY 50002 for voice (LOAD 0), the media are signed out', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL, { dialogLogoutAction: 'TRANSFER' })
    const dialog = await startTask(on, '1001', EMAIL, 'email_support')
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/a', available: true })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/a', available: false })
    await on.clock.advance(60_000)
    expect(on.news()).toEqual([
      'user 1001 NOT_READY (50002)',
      `DELETE task ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`,
      `media 1001 ${EMAIL} LOGOUT`,
    ])
  })

  it('an unavailable presence of an older session changes nothing', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 'old', available: true })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 'new', available: true })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 'old', available: false })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 'old', available: false })
    on.news()
    await on.clock.advance(600_000)
    expect(on.news()).toEqual([])
  })

  it('a user without any session is never signed out by force', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    on.news()
    await on.clock.advance(3_600_000)
    expect(on.news()).toEqual([])
  })
})
