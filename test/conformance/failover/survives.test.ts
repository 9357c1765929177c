/**
 * What survives a failover: each row of the table `notifications 12.4`, over REST and XMPP. The column "CTI failover
 * (same node)" is the loss of the link to the ACD. In the other column a client moves to side B. This product has no
 * desktop chat, which is a row of the table.
 */
import { describe, expect, it } from 'vitest'
import { noted, OUTAGE } from '../finesse-client.ts'
import type { Client } from '../sequences/client.ts'
import {
  asks,
  dialogsOf,
  EMAIL,
  mediaOf,
  mediaSignIn,
  OWN_SETTINGS,
  settingsOf,
  shown,
  signsIn,
  signsInToEmail,
  twoSides,
} from './stage.ts'

const TEAM = '/finesse/api/Team/2001/Users'
const MOBILE = '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5550111</dialNumber></mobileAgent>'

describe('CTI failover, on the same node (notifications 12.4)', () => {
  const stage = twoSides()

  it('XMPP session, automatic and explicit subscriptions, agent state: kept, and published again on return', async () => {
    const agent = await stage.comes('1001')
    await signsIn(agent, 'READY')
    await signsInToEmail(agent)
    const supervisor = await stage.comes('1234')
    expect(await supervisor.subscribe(TEAM)).toBe('subscribed')
    await stage.told(agent)
    await stage.told(supervisor)
    await stage.loses()
    expect((await agent.me()).status).toBe(503)
    await stage.regains()
    expect(await stage.told(agent)).toEqual([
      ...OUTAGE,
      'User/1001/Media PUT Media WORK_NOT_READY',
      'User/1001 PUT user READY',
      'User/1001/Media PUT Media READY',
    ])
    expect(await stage.told(supervisor)).toEqual([...OUTAGE, 'Team/2001/Users PUT user READY'])
    expect(await shown(agent)).toEqual(['READY', undefined])
    await asks(agent, '<state>NOT_READY</state>')
    expect(await stage.told(supervisor)).toEqual(['Team/2001/Users PUT user NOT_READY'])
    // The failover gives no reason, to an agent who was READY or not.
    await stage.loses()
    await stage.regains()
    expect(await shown(agent)).toEqual(['NOT_READY', undefined])
  })

  it('live calls and variables: published again on return, and can be worked on; calls that ended during the outage have ended', async () => {
    const agent = await stage.comes('1002')
    await signsIn(agent, 'READY')
    const call = await stage.talks(agent, { callVariable1: 'gold' })
    await stage.loses()
    await stage.regains()
    expect(await agent.lines(3)).toEqual([...OUTAGE, 'User/1002 PUT user TALKING'])
    const again = await agent.next()
    expect(noted(again)).toBe('User/1002/Dialogs POST dialogs ACTIVE')
    expect([again.value('id'), again.text.includes('<value>gold</value>')]).toEqual([call, true])
    await stage.loses()
    await stage.hangsUp(call)
    await stage.regains()
    expect(await stage.told(agent)).toEqual([
      ...OUTAGE,
      'User/1002/Dialogs PUT dialog ACTIVE',
      'User/1002/Dialogs PUT dialog DROPPED',
      'User/1002/Dialogs DELETE dialogs DROPPED',
      'User/1002 PUT user READY',
      'User/1002 PUT user READY',
    ])
    expect(await shown(agent)).toEqual(['READY', undefined])
    expect((await agent.rest('GET', 'User/1002/Dialogs')).body).not.toContain('<Dialog>')
  })

  it('media state and dialogs: WORK_NOT_READY during the outage, as side B shows; then as before, and published again', async () => {
    const agent = await stage.comes('1003')
    await signsInToEmail(agent)
    const dialog = await stage.works(agent, 'ACCEPT', 'START', 'PAUSE')
    const onB = await stage.looksAtB('1003')
    await stage.loses()
    expect((await mediaOf(agent)).status).toBe(503)
    expect((await settingsOf(onB))[0]).toBe('WORK_NOT_READY')
    await stage.regains()
    expect(await stage.told(agent)).toEqual([
      ...OUTAGE,
      'User/1003/Media PUT Media WORK_NOT_READY',
      'User/1003/Media PUT Media PAUSED',
      'User/1003/Dialogs/Media POST dialogs PAUSED',
    ])
    expect(await dialogsOf(agent)).toEqual([{ id: dialog, state: 'PAUSED' }])
  })

  it('nonvoice dialogs: published again only on the side that is back', async () => {
    const older = await stage.comes('1005')
    const newer = await stage.comes('1005', 'B')
    await signsInToEmail(newer)
    await stage.works(newer, 'ACCEPT')
    await stage.told(older)
    await stage.loses()
    await stage.regains()
    expect(await stage.told(older)).toEqual([...OUTAGE, 'User/1005/Dialogs/Media POST dialogs ACCEPTED'])
    expect(await stage.told(newer)).toEqual([])
    // After an outage of the acting side its own clients get the dialogs again.
    await stage.fault({ type: 'acd-link' }, 'B', false)
    await stage.fault({ type: 'acd-link' }, 'B', true)
    expect(await stage.told(newer)).toEqual([
      ...OUTAGE,
      'User/1005/Media PUT Media WORK_NOT_READY',
      'User/1005/Media PUT Media ACTIVE',
      'User/1005/Dialogs/Media POST dialogs ACCEPTED',
    ])
    expect(await stage.told(older)).toEqual([
      'User/1005/Media PUT Media WORK_NOT_READY',
      'User/1005/Media PUT Media ACTIVE',
    ])
  })

  it('nonvoice dialogs: interrupted ones may come back as UNKNOWN with only CLOSE; after both gateways none is left', async () => {
    const agent = await stage.comes('1003')
    await signsIn(agent, 'READY')
    await signsInToEmail(agent)
    const dialog = await stage.works(agent, 'ACCEPT', 'START')
    const call = await stage.talks(agent)
    expect(await dialogsOf(agent)).toEqual([{ id: dialog, state: 'INTERRUPTED' }])
    await stage.fault({ type: 'peripheral-gateway', both: false }, 'A', false)
    await stage.fault({ type: 'peripheral-gateway', both: false }, 'A', true)
    await stage.hangsUp(call)
    await stage.hears(agent, 'User/1003/Dialogs/Media PUT dialog UNKNOWN')
    expect(await dialogsOf(agent)).toEqual([{ id: dialog, state: 'UNKNOWN' }])
    const { body } = await agent.rest('GET', `Dialog/${dialog}`)
    expect([...body.matchAll(/<action>(\w+)</g)].map(([, action]) => action)).toEqual(['CLOSE'])
    await stage.told(agent)
    await stage.fault({ type: 'peripheral-gateway', both: true }, 'A', false)
    await stage.fault({ type: 'peripheral-gateway', both: true }, 'B', true)
    expect(await stage.told(agent)).toEqual([
      ...OUTAGE,
      'User/1003/Media PUT Media WORK_NOT_READY',
      'User/1003/Dialogs/Media DELETE dialogs CLOSED CD_APPLICATION_DISCONNECTED',
      'User/1003 PUT user READY',
      'User/1003/Media PUT Media READY',
    ])
    expect(await dialogsOf(agent)).toEqual([])
  })
})

describe('move to the other node (notifications 12.4)', () => {
  const stage = twoSides()

  it('XMPP session new, automatic subscriptions there as well, explicit ones lost, agent state kept by LOGIN', async () => {
    const member = await stage.comes('1001')
    const before = await stage.comes('1234')
    expect(await before.subscribe(TEAM)).toBe('subscribed')
    await signsIn(before, 'READY')
    const agent = await stage.moves(before)
    expect(agent.jid).toBe('1234@b.localhost/sequence')
    expect(await shown(agent)).toEqual(['READY', undefined])
    await signsIn(member, 'NOT_READY')
    expect(await stage.told(agent)).toEqual([])
    await asks(agent, '<state>LOGIN</state><extension>1001001</extension>')
    expect(await stage.told(agent)).toEqual(['User/1234 PUT user READY'])
    expect(await agent.subscribe(TEAM)).toBe('subscribed')
    await asks(member, '<state>READY</state>')
    expect(await stage.told(agent)).toEqual(['Team/2001/Users PUT user READY'])
  })

  it('live calls and variables: by GET, and can be worked on there, with notifications', async () => {
    const before = await stage.comes('1002')
    await signsIn(before, 'READY')
    const call = await stage.talks(before, { callVariable1: 'gold' })
    const agent = await stage.moves(before)
    expect(await shown(agent)).toEqual(['TALKING', undefined])
    const { body } = await agent.rest('GET', 'User/1002/Dialogs')
    expect(body).toContain(`<id>${call}</id>`)
    expect(body).toContain('<value>gold</value>')
    expect(await agent.act(call, 'DROP')).toBe(202)
    expect(await stage.hears(agent, 'User/1002 PUT user READY')).toContain('User/1002/Dialogs DELETE dialogs DROPPED')
  })

  it('nonvoice dialogs: by GET, and can be worked on there after the sign-in to the medium', async () => {
    const before = await stage.comes('1003')
    await signsInToEmail(before)
    const first = await stage.works(before, 'ACCEPT', 'START')
    const second = await stage.works(before)
    const agent = await stage.moves(before)
    expect(await dialogsOf(agent)).toEqual([
      { id: first, state: 'ACTIVE' },
      { id: second, state: 'OFFERED' },
    ])
    expect(await agent.putMedia(EMAIL, mediaSignIn(2, 'ACCEPT', 'CLOSE'))).toBe(202)
    await stage.told(agent)
    expect(await agent.act(second, 'ACCEPT')).toBe(202)
    expect(await stage.told(agent)).toEqual(['User/1003/Dialogs/Media PUT dialog ACCEPTED'])
  })

  it('media state: WORK_NOT_READY until the sign-in there; then it follows from the tasks, NOT_READY without any', async () => {
    const before = await stage.comes('1004')
    await signsInToEmail(before)
    const agent = await stage.moves(before)
    expect((await settingsOf(agent))[0]).toBe('WORK_NOT_READY')
    expect(await agent.putMedia(EMAIL, OWN_SETTINGS)).toBe(202)
    expect(await settingsOf(agent)).toEqual(['NOT_READY', '4', 'IGNORE', 'TRANSFER'])
    const busy = await stage.comes('1005')
    await signsInToEmail(busy)
    await stage.works(busy, 'ACCEPT', 'START', 'WRAP_UP')
    const moved = await stage.moves(busy)
    expect((await settingsOf(moved))[0]).toBe('WORK_NOT_READY')
    expect(await moved.putMedia(EMAIL, mediaSignIn(2, 'ACCEPT', 'CLOSE'))).toBe(202)
    expect(await settingsOf(moved)).toEqual(['WORK_READY', '2', 'ACCEPT', 'CLOSE'])
  })

  it('media settings: lost; another sign-in is answered "already logged in", and sets them without changing the state', async () => {
    const before = await stage.comes('1006')
    await signsInToEmail(before, OWN_SETTINGS)
    const agent = await stage.moves(before)
    expect((await settingsOf(agent)).slice(1)).toEqual(['1', 'ACCEPT', 'CLOSE'])
    await signsInToEmail(agent)
    await stage.told(agent)
    expect(await agent.putMedia(EMAIL, OWN_SETTINGS)).toBe(202)
    const refusal = await agent.next()
    expect([refusal.kind, refusal.value('errorData')]).toEqual(['apiErrors', '1'])
    expect(await settingsOf(agent)).toEqual(['READY', '4', 'IGNORE', 'TRANSFER'])
    expect(await stage.told(agent)).toEqual([])
  })

  it('reason: 50002 at the next NOT_READY after READY, or at once in NOT_READY, once each', async () => {
    const before = await stage.comes('1001')
    await signsIn(before, 'READY')
    const agent = await stage.moves(before)
    await asks(agent, '<state>LOGIN</state><extension>1001</extension>')
    expect(await shown(agent)).toEqual(['READY', undefined])
    await asks(agent, '<state>NOT_READY</state>')
    expect(await shown(agent)).toEqual(['NOT_READY', '50002'])
    await asks(agent, '<state>READY</state>')
    await asks(agent, '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>')
    expect(await shown(agent)).toEqual(['NOT_READY', '10'])
    const idle = await stage.comes('1002')
    await signsIn(idle, 'NOT_READY')
    await asks(idle, '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>')
    const moved = await stage.moves(idle)
    expect(await shown(moved)).toEqual(['NOT_READY', '50002'])
    await asks(moved, '<state>LOGIN</state><extension>1002</extension>')
    expect(await shown(moved)).toEqual(['NOT_READY', '50002'])
  })

  it('reason: one that the agent gives replaces 50002, on a call as well (ruling 43)', async () => {
    const before = await stage.comes('1001')
    await signsIn(before, 'READY')
    const agent = await stage.moves(before)
    await asks(agent, '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>')
    expect(await stage.told(agent)).toEqual(['User/1001 PUT user NOT_READY'])
    expect(await shown(agent)).toEqual(['NOT_READY', '10'])
    await asks(agent, '<state>NOT_READY</state>')
    expect(await shown(agent)).toEqual(['NOT_READY', undefined])
    const busy = await stage.comes('1002')
    await signsIn(busy, 'READY')
    const call = await stage.talks(busy)
    const moved = await stage.moves(busy)
    await asks(moved, '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>')
    await stage.hangsUp(call)
    await stage.hears(moved, 'User/1002 PUT user NOT_READY')
    expect(await shown(moved)).toEqual(['NOT_READY', '10'])
  })
})

describe.each([
  ['finesse', { lost: true, word: 'lost' }],
  ['lossless', { lost: false, word: 'kept' }],
] as const)('with fidelity %s, data that only one node knows (notifications 12.4)', (fidelity, { lost, word }) => {
  const stage = twoSides({ fidelity })
  const pendingOf = async (agent: Client) => (await agent.me()).value('pendingState')
  const mobileOf = async (agent: Client) => {
    const { value } = await agent.me()
    return [value('mobileAgent/mode'), value('mobileAgent/dialNumber')]
  }
  const PHONE = ['CALL_BY_CALL', '5550111']
  const NO_PHONE = [undefined, undefined]

  it.each(['CTI failover', 'move'])(`pending state: ${word} by a %s`, async (what) => {
    const before = await stage.comes('1001')
    await signsIn(before, 'READY')
    const call = await stage.talks(before)
    await asks(before, '<state>NOT_READY</state>')
    expect(await pendingOf(before)).toBe('NOT_READY')
    if (what !== 'move') await stage.loses()
    if (what !== 'move') await stage.regains()
    const agent = what === 'move' ? await stage.moves(before) : before
    expect(await pendingOf(agent)).toBe(lost ? '' : 'NOT_READY')
    await stage.hangsUp(call)
    await stage.hears(agent, `User/1001 PUT user ${lost ? 'READY' : 'NOT_READY'}`)
  })

  it.each(['CTI failover', 'move'])(`mobile-agent mode and dial number: ${word} by a %s`, async (what) => {
    const before = await stage.comes('1006')
    await signsIn(before, 'READY', MOBILE)
    expect(await mobileOf(before)).toEqual(PHONE)
    if (what !== 'move') await stage.loses()
    if (what !== 'move') await stage.regains()
    const agent = what === 'move' ? await stage.moves(before) : before
    expect(await mobileOf(agent)).toEqual(lost ? NO_PHONE : PHONE)
    await asks(agent, `<state>LOGIN</state><extension>1006</extension>${MOBILE}`)
    expect(await mobileOf(agent)).toEqual(PHONE)
    // Repeated without the data, it keeps them (`user 7`).
    await asks(agent, '<state>LOGIN</state><extension>1006</extension>')
    expect(await mobileOf(agent)).toEqual(PHONE)
    expect((await shown(agent))[0]).toBe('READY')
  })

  it(`media settings and state: ${word} by a move`, async () => {
    const before = await stage.comes('1002')
    await signsInToEmail(before, OWN_SETTINGS)
    const agent = await stage.moves(before)
    expect(await settingsOf(agent)).toEqual(
      lost ? ['WORK_NOT_READY', '1', 'ACCEPT', 'CLOSE'] : ['READY', '4', 'IGNORE', 'TRANSFER'],
    )
  })

  it('media settings and state: as before after a move and a move back', async () => {
    const first = await stage.comes('1002')
    await signsInToEmail(first, OWN_SETTINGS)
    const onB = await stage.comes('1002', 'B')
    expect((await settingsOf(onB))[1]).toBe(lost ? '1' : '4')
    await stage.leaves(onB)
    expect(await settingsOf(first)).toEqual(['READY', '4', 'IGNORE', 'TRANSFER'])
  })

  it(`media settings and state: kept by a CTI failover`, async () => {
    const agent = await stage.comes('1003')
    await signsInToEmail(agent, OWN_SETTINGS)
    await stage.loses()
    await stage.regains()
    expect(await settingsOf(agent)).toEqual(['READY', '4', 'IGNORE', 'TRANSFER'])
  })

  it(`reason after a move: ${lost ? '50002' : 'none'}`, async () => {
    const before = await stage.comes('1004')
    await signsIn(before, 'NOT_READY')
    const agent = await stage.moves(before)
    expect(await shown(agent)).toEqual(['NOT_READY', lost ? '50002' : undefined])
  })
})
