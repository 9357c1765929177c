/**
 * The complete notifications on each of two sides, in order: node, event, source, shape, request id and value
 * (`notifications 8`, `media 13`).
 */
import { describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { FaultInput } from '../../src/engine/api.ts'
import type { MediaStatus, Notification, UserValue } from '../../src/engine/values.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import {
  api,
  both,
  CHAT,
  call,
  collection,
  item,
  leg,
  MEETING,
  media,
  onB,
  SETTINGS_ON_A,
  SETTINGS_ON_B,
  system,
  task,
  twoSides,
  USER,
  user,
  userAndTeam,
} from './published-story.ts'

describe('of a user', () => {
  it('a mobile sign-in is shown as such on its side only (user 7)', async () => {
    const on = await twoSides()
    await on.said()
    const mobileAgent = { mode: 'CALL_BY_CALL', dialNumber: '5550100' } as const
    await on.command({ type: 'user.signIn', user: USER, extension: USER, mobileAgent, requestId: 'r1', side: 'B' })
    const shown = user(on.began)
    expect(await on.said()).toEqual({
      A: userAndTeam(shown, 'r1'),
      B: userAndTeam({ ...shown, mobileAgent }, 'r1'),
    })
  })

  it('a reason is shown with NOT_READY, and none with READY (ruling 5)', async () => {
    const on = await onB()
    await on.clock.advance(1000)
    await on.command({ type: 'user.setState', user: USER, state: 'READY', requestId: 'r2' })
    expect(await on.said()).toEqual(
      both(...userAndTeam(user(on.began + 1000, { state: 'READY', reasonCodeId: null }), 'r2')),
    )
    await on.command({ type: 'user.setState', user: USER, state: 'NOT_READY', reasonCodeId: '16' })
    const now = user(on.began + 1000, { reason: MEETING, reasonCodeId: '16' })
    expect(await on.said()).toEqual(both(...userAndTeam(now)))
  })

  it('the error of a refused request is on the node of the user', async () => {
    const on = await onB()
    await on.command({ type: 'user.setState', user: USER, state: 'WORK', requestId: 'r3' })
    const failure = { kind: 'failure', failure: 'INVALID_USER_STATE', detail: '' } as const
    expect(await on.said()).toEqual(both(item('User/1006', 'User/1006', failure, 'r3')))
  })

  it('a new name is published to user and team, changed queues to the user, a removed user as DELETE (8.1, 8.9, 8.11)', async () => {
    const on = await twoSides()
    await on.said()
    const named = { firstName: 'Fumika' }
    const changed = { firstName: 'Fumi', mediaRoutingDomains: [CHAT, '5003'] }
    const { users } = on.directory
    await on.engine.reload({
      ...on.directory,
      users: users.map((one) => (one.id === USER ? { ...one, ...named } : one)),
    })
    const never = { state: 'LOGOUT', stateChangeTime: null, extension: '' } as const
    // Queues that stay are not published.
    expect(await on.said()).toEqual(both(...userAndTeam(user(0, { ...never, ...named }))))
    await on.engine.reload({
      ...on.directory,
      users: users.filter(({ id }) => id !== '1005').map((one) => (one.id === USER ? { ...one, ...changed } : one)),
    })
    const gone = user(0, {
      ...never,
      id: '1005',
      loginId: '1005',
      loginName: 'elind',
      firstName: 'Eva',
      lastName: 'Lind',
    })
    const node = 'User/1006/Queues'
    const queues = (id: string, name: string) => ({ kind: 'queues', user: USER, queues: [{ id, name }] }) as const
    const deleted: UserValue = { ...gone, teamId: '2002', teamName: 'Second Line Support' }
    expect(await on.said()).toEqual(
      both(
        { ...item('User/1005', 'User/1005', deleted), event: 'DELETE' },
        ...userAndTeam(user(0, { ...never, firstName: 'Fumi' })),
        collection(node, 'DELETE', node, queues('5001', 'Email')),
        collection(node, 'POST', node, queues('5003', 'Social')),
      ),
    )
  })
})

describe('of a medium and its dialogs', () => {
  it('the settings of a sign-in are shown on its side only (media 3.3)', async () => {
    const on = await twoSides()
    await on.said()
    const asked = { user: USER, mrd: CHAT, requestId: 'm1', side: 'B' } as const
    await on.command({ type: 'media.signIn', ...asked, ...SETTINGS_ON_B })
    const now = { state: 'NOT_READY', reasonCodeId: '-1' } as const
    expect(await on.said()).toEqual({
      A: [media(on.began, { ...now, ...SETTINGS_ON_A })],
      B: [media(on.began, now)],
    })
    const chosen = { reason: MEETING, reasonCodeId: '16' } as const
    await on.command({ type: 'media.setState', ...asked, state: 'NOT_READY', reasonCodeId: '16' })
    expect(await on.said()).toEqual({
      A: [media(on.began, { ...now, ...chosen, ...SETTINGS_ON_A })],
      B: [media(on.began, { ...now, ...chosen })],
    })
  })

  it('with lossless fidelity both sides show the settings, even after the sign-out', async () => {
    const { directory } = await loadDirectory()
    const { settings } = directory
    const on = await onB({ directory: { ...directory, settings: { ...settings, fidelity: 'lossless' } } })
    const chat = { user: USER, mrd: CHAT, side: 'B' } as const
    await on.command({ type: 'media.setState', ...chat, state: 'NOT_READY', reasonCodeId: '16' })
    const chosen = { state: 'NOT_READY', reason: MEETING, reasonCodeId: '16' } as const
    expect(await on.said()).toEqual(both(media(on.began, chosen)))
    await on.command({ type: 'media.setState', ...chat, state: 'LOGOUT' })
    expect(await on.said()).toEqual(both(media(on.began, { state: 'LOGOUT', reasonCodeId: '-1' })))
  })

  it('once nothing is forgotten any more, the side that acts next takes over a sign-in unknown there, and its link counts (media 13, A23)', async () => {
    const store = memoryStore({ id: 'test' })
    const before = await onB({ store })
    const { directory, clock } = before
    const lossless = { ...directory, settings: { ...directory.settings, fidelity: 'lossless' } } as const
    const on = await twoSides({ store, clock, directory: lossless })
    await on.engine.adapters.presence({ user: USER, side: 'A', session: 'a', available: true })
    await on.said()
    const now = media(before.began, {})
    expect(on.engine.get.media(USER, CHAT, 'A')).toEqual(now.value)
    await on.engine.fault({ type: 'acd-link', side: 'B', up: false })
    await on.engine.fault({ type: 'acd-link', side: 'B', up: true })
    expect(on.engine.get.media(USER, CHAT, 'A')).toEqual(now.value)
    await on.engine.fault({ type: 'acd-link', side: 'A', up: false })
    expect(on.engine.get.media(USER, CHAT, 'B')).toMatchObject({ status: { state: 'WORK_NOT_READY', routable: false } })
  })

  it('a user outside the MRD has the short form (media 3.2); a side without its link says so (A23)', async () => {
    const on = await onB()
    const about = (id: string, name: string, interruptible: boolean) =>
      ({ kind: 'media', user: USER, id, name, description: name, interruptible }) as const
    expect(on.engine.get.mediaList(USER, 'A')).toEqual([
      {
        ...about('5001', 'Email', true),
        status: {
          ...{ state: 'LOGOUT', stateChangeTime: null, routable: false, reasonCodeId: '-1', mediaConnected: true },
          ...SETTINGS_ON_A,
        },
      },
      media(on.began, SETTINGS_ON_A).value,
      about('5003', 'Social', true),
    ])
    await on.engine.fault({ type: 'acd-link', side: 'A', up: false })
    const status = { ...SETTINGS_ON_A, mediaConnected: false }
    expect([on.engine.get.media(USER, CHAT, 'A'), on.engine.get.media(USER, CHAT, 'B')]).toEqual([
      media(on.began, status).value,
      media(on.began, {}).value,
    ])
  })

  it('a task: the medium first, then the dialog is added, changed and deleted (A10, D1, D2, D9)', async () => {
    const on = await onB()
    const node = 'User/1006/Dialogs/Media'
    const source = 'User/1006/Media/5002/Dialogs'
    const variables = [{ name: 'callVariable1', value: 'gold' }]
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: USER, variables })
    const offered = collection(node, 'POST', source, task(on.began))
    expect(await on.said()).toEqual({
      A: [media(on.began, { state: 'RESERVED', ...SETTINGS_ON_A }), offered],
      B: [media(on.began, { state: 'RESERVED' }), offered],
    })
    await on.clock.advance(1000)
    const at = on.began + 1000
    const act = { type: 'dialog.act', user: USER, dialog: '1000_1006_5002', side: 'B' } as const
    await on.command({ ...act, action: 'ACCEPT', requestId: 'd1' })
    const accepted = task(on.began, {
      ...{ state: 'ACCEPTED', actions: ['START', 'TRANSFER', 'CLOSE'], stateChangeTime: at },
    })
    const changed = item(node, 'Dialog/1000_1006_5002', accepted)
    expect(await on.said()).toEqual({
      A: [changed, media(at, { state: 'ACTIVE', ...SETTINGS_ON_A })],
      B: [changed, media(at, { state: 'ACTIVE' })],
    })
    await on.command({ ...act, action: 'CLOSE' })
    const closed = { ...accepted, state: 'CLOSED', dispositionCode: 'CD_NORMAL_END_TASK', actions: [] } as const
    const went = collection(node, 'DELETE', source, closed)
    expect(await on.said()).toEqual({ A: [went, media(at, SETTINGS_ON_A)], B: [went, media(at, {})] })
  })

  it('the id of a request is repeated if the directory says so (ruling 7)', async () => {
    const { directory } = await loadDirectory()
    const on = await onB({ directory: { ...directory, settings: { ...directory.settings, echoMediaRequestId: true } } })
    const asked = { user: USER, mrd: CHAT, side: 'B' } as const
    const chosen = { state: 'NOT_READY', routable: true, reason: MEETING, reasonCodeId: '16' } as const
    await on.command({ type: 'media.setState', ...asked, state: 'NOT_READY', reasonCodeId: '16', requestId: 'm3' })
    const told = (status: Partial<MediaStatus>) => ({ ...media(on.began, status), requestId: 'm3' })
    expect(await on.said()).toEqual({ A: [told({ ...chosen, ...SETTINGS_ON_A })], B: [told(chosen)] })
    await on.command({ type: 'media.setState', ...asked, state: 'READY' })
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: USER })
    await on.said()
    const act = { type: 'dialog.act', user: USER, dialog: '1000_1006_5002', side: 'B' } as const
    await on.command({ ...act, action: 'ACCEPT', requestId: 'd2' })
    const accepted = task(on.began, { variables: [], state: 'ACCEPTED', actions: ['START', 'TRANSFER', 'CLOSE'] })
    const { A, B } = await on.said()
    const changed = item('User/1006/Dialogs/Media', 'Dialog/1000_1006_5002', accepted, 'd2')
    expect([A[0], B[0]]).toEqual([changed, changed])
  })

  it('the error of a refused request is on the node of the medium, or of the dialogs', async () => {
    const on = await onB()
    const asked = { user: USER, requestId: 'm2', side: 'B' } as const
    await on.command({ type: 'media.signIn', ...asked, mrd: '1', ...SETTINGS_ON_B })
    const about = { kind: 'failure', detail: '' } as const
    expect(await on.said()).toEqual(
      both(item('User/1006/Media', 'User/1006/Media/1', { ...about, failure: 'VOICE_IS_NOT_A_MEDIA', mrd: '1' }, 'm2')),
    )
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: USER })
    await on.said()
    await on.command({ type: 'dialog.act', ...asked, dialog: '1000_1006_5002', action: 'RESUME' })
    const refused = { ...about, failure: 'ACTION_OUT_OF_SEQUENCE', detail: '1000_1006_5002', mrd: CHAT } as const
    expect(await on.said()).toEqual(both(item('User/1006/Dialogs/Media', 'Dialog/1000_1006_5002', refused, 'm2')))
  })
})

describe('of a call', () => {
  it('it is added, an action on it is refused, it is changed and deleted (notifications 8.2, 8.3, 8.4)', async () => {
    const on = await onB()
    const node = 'User/1006/Dialogs'
    const at = on.began
    await on.engine.acd?.submitCall({
      from: '5550177',
      to: USER,
      variables: [{ name: 'callVariable2', value: 'blue' }],
    })
    const ringing = await on.said()
    const alerting = leg(USER, at, { state: 'ALERTING', actions: ['ANSWER'] })
    const calling = leg('5550177', at, { state: 'INITIATED' })
    expect(ringing.A).toEqual(ringing.B)
    expect(ringing.A).toContainEqual(collection(node, 'POST', node, call('ALERTING', alerting, calling)))
    const asked = { type: 'call.act', user: USER, dialog: '16777217', targetMediaAddress: USER, side: 'B' } as const
    await on.command({ ...asked, action: 'DROP', requestId: 'c1' })
    const failure = 'INVALID_CALL_ACTION'
    const refused = { kind: 'failure', failure, detail: `DROP on extension ${USER}` } as const
    expect(await on.said()).toEqual(both(item(node, 'Dialog/16777217', refused, 'c1')))
    await on.command({ ...asked, action: 'ANSWER', requestId: 'c2' })
    const talking = call('ACTIVE', leg(USER, at, {}), leg('5550177', at, {}))
    const answered = await on.said()
    expect(answered.A).toEqual(answered.B)
    expect(answered.A).toContainEqual(item(node, 'Dialog/16777217', talking, 'c2'))
    await on.engine.acd?.hangUp('16777217')
    const over = { state: 'DROPPED', actions: [] } as const
    const ended = call('DROPPED', leg(USER, at, over), leg('5550177', at, over))
    const { A } = await on.said()
    expect(A).toContainEqual(collection(node, 'DELETE', node, ended))
  })
})

describe('of a side', () => {
  it('a side that is cut off publishes only that, and on its return what it missed (ruling 29)', async () => {
    const on = await onB()
    const fault = (up: boolean): FaultInput => ({ type: 'acd-link', side: 'B', up })
    await on.clock.advance(1000)
    const lost = on.began + 1000
    await on.engine.fault(fault(false))
    await on.command({ type: 'user.setState', user: USER, state: 'READY', side: 'A' })
    const down = {
      status: 'OUT_OF_SERVICE',
      statusReason: 'The link to the ACD is down',
      lastCtiHeartbeatStatus: 'failure',
    } as const
    const meanwhile = await on.said()
    expect(meanwhile.B).toEqual([system('B', lost, down)])
    expect(meanwhile.A.map(({ node, value }) => [node, value.kind])).toContainEqual([api('User/1006'), 'user'])
    await on.clock.advance(2000)
    expect((await on.said()).B).toEqual([])
    await on.engine.fault(fault(true))
    const { A, B } = await on.said()
    // Side A has published the user before.
    expect(A.filter(({ value }) => value.kind === 'user')).toEqual([])
    expect(B[0]).toEqual(system('B', lost + 2000))
    expect(B).toContainEqual(item('User/1006', 'User/1006', user(lost, { state: 'READY', reasonCodeId: null })))
  })

  it('the dialogs that it publishes again on its return are not published on the other side (P7, A23)', async () => {
    const on = await onB()
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: USER })
    await on.engine.acd?.submitCall({ from: '5550177', to: USER })
    await on.command({ type: 'dialog.act', user: USER, dialog: '1000_1006_5002', side: 'B', action: 'ACCEPT' })
    await on.engine.fault({ type: 'acd-link', side: 'B', up: false })
    await on.said()
    await on.engine.fault({ type: 'acd-link', side: 'B', up: true })
    const { A, B } = await on.said()
    const isDialog = ({ value }: Notification) => value.kind === 'task' || value.kind === 'call'
    const at = on.began
    const accepted = task(at, { variables: [], state: 'ACCEPTED', actions: ['START', 'TRANSFER', 'CLOSE'] })
    const alerting = leg(USER, at, { state: 'ALERTING', actions: ['ANSWER'] })
    const rings = { ...call('ALERTING', alerting, leg('5550177', at, { state: 'INITIATED' })), variables: [] }
    expect([A.filter(isDialog), B.filter(isDialog)]).toEqual([
      [],
      [
        collection('User/1006/Dialogs', 'POST', 'User/1006/Dialogs', rings),
        collection('User/1006/Dialogs/Media', 'POST', 'User/1006/Media/5002/Dialogs', accepted),
      ],
    ])
  })

  it('its status is published on its own side only (notifications 8.12)', async () => {
    const on = await twoSides()
    const { A } = await on.said()
    const missing = 'The notification service is not connected'
    expect(A).toEqual([
      system('A', on.began, { status: 'OUT_OF_SERVICE', statusReason: missing }),
      system('A', on.began),
    ])
    await on.engine.fault({ type: 'peripheral-gateway', side: 'A', both: true, up: false })
    const statusReason = 'Both peripheral gateways are down'
    const both = { status: 'OUT_OF_SERVICE', statusReason, lastCtiHeartbeatStatus: 'failure' } as const
    expect(await on.said()).toEqual({ A: [system('A', on.began, both)], B: [system('B', on.began, both)] })
  })
})
