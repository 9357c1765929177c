/** A user with calls and media: sign-in and sign-out, two sides, the mobile agent, the ACD link. */
import { describe, expect, it } from 'vitest'
import { agent, CALL, CHAT, heard, MRD } from './agent.ts'

const LUNCH = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const
const MOBILE = { mode: 'CALL_BY_CALL', dialNumber: '555' } as const

type Agent = ReturnType<typeof agent>
const link = (on: Agent, type: 'LINK_LOST' | 'LINK_BACK') => on.tell({ type, side: 'A' })
const mobile = (on: Agent) => on.tell({ type: 'SIGN_IN', side: 'A', extension: '1001', mobileAgent: MOBILE })

describe('a user who is signed out', () => {
  it.each<readonly [string, (on: Agent) => ReturnType<Agent['tell']>, string]>([
    ['READY', (on) => on.ready(), 'INVALID_USER_STATE'],
    ['NOT_READY', (on) => on.notReady(), 'NOT_READY_WHILE_SIGNED_OUT'],
    ['WORK', (on) => on.tell({ type: 'WORK' }), 'INVALID_USER_STATE'],
  ])('may not request %s (5.4)', (_, ask, failure) => {
    expect(heard(ask(agent()))).toEqual([`failed ${failure}`])
  })

  it('gets a rejection of a sign-out (ruling 34)', () => {
    expect(agent().signOut()).toEqual([{ type: 'rejected', rejection: 'ALREADY_SIGNED_OUT' }])
  })

  it('refuses a call', () => {
    const effects = agent().leg('ALERTING')
    expect(effects).toEqual([{ type: 'call.legRefused', dialog: '77' }])
  })

  it('is signed out of the media by force, too (P2)', () => {
    const on = agent()
    on.signInToMedium()
    expect(heard(on.tell({ type: 'FORCED_SIGN_OUT', side: 'A' }))).toEqual(['media LOGOUT'])
  })

  it('has no reason after the next sign-in (U2)', () => {
    const on = agent()
    on.signIn()
    on.notReady(LUNCH)
    expect(heard(on.tell({ type: 'SIGN_OUT', supervisor: false, reason: LUNCH }))).toEqual(['user LOGOUT (42)'])
    expect(heard(on.signIn())).toEqual(['user NOT_READY'])
  })

  it('gets the changes and the end of a call that goes on after the sign-out', () => {
    const on = agent({ logoutOnAgentDisconnect: 1 })
    on.signIn()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.signInToMedium()
    on.tell({ type: 'FORCED_SIGN_OUT', side: 'A' })
    expect(heard(on.leg('HELD'))).toEqual(['call.changed'])
    expect(heard(on.callRemoved())).toEqual(['call.removed'])
    on.signIn()
    on.ready()
    on.signInToMedium()
    on.medium('READY')
    // The call does not interrupt any more.
    expect(heard(on.offer())).toEqual(['media RESERVED', 'task.added 1000 OFFERED'])
  })
})

describe('a user who is signed in', () => {
  it('and signs in again keeps the state and gets the new extension (4.1)', () => {
    const on = agent({ extensions: ['1001', '1002'] })
    on.signIn()
    on.ready()
    const effects = on.tell({ type: 'SIGN_IN', side: 'A', extension: '1002', mobileAgent: null })
    expect(heard(effects)).toEqual(['user READY'])
    expect(on.user().extension).toBe('1002')
  })

  it('has no extension and no mobile data after a sign-out', () => {
    const on = agent({ mobileAgentAllowed: true })
    mobile(on)
    expect(on.user()).toMatchObject({ extension: '1001', mobileAgent: MOBILE, mobileSide: 'A' })
    on.signOut()
    expect(on.user()).toMatchObject({ extension: '', mobileAgent: null, mobileSide: null })
  })

  it('who is READY and requests READY gets no notification (user 5.2)', () => {
    const on = agent()
    on.signIn()
    on.ready()
    expect(on.ready()).toEqual([])
  })

  it('gets the failure of a request on a call (dialog 4.1)', () => {
    const on = agent()
    on.signIn()
    const failed = { dialog: '77', failure: 'INVALID_CALL_ACTION', detail: 'why', requestId: 'r' } as const
    expect(on.tell({ type: 'CALL_FAILED', ...failed })).toEqual([
      {
        type: 'failed',
        subject: { kind: 'call', dialog: '77' },
        failure: 'INVALID_CALL_ACTION',
        detail: 'why',
        requestId: 'r',
      },
    ])
  })

  it('is NOT_READY after a forced sign-out in wrap-up, which ends the wrap-up (9.2)', () => {
    const on = agent({ logoutOnAgentDisconnect: 0 })
    on.signIn()
    on.ready()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.leg('WRAP_UP')
    const effects = on.tell({ type: 'FORCED_SIGN_OUT', side: 'A' })
    expect(heard(effects)).toEqual(['user NOT_READY (50002)'])
    expect(effects).toContainEqual({ type: 'call.wrapUpOver', dialog: '77' })
  })

  it('and is NOT_READY gets a new time and the reason of a forced sign-out (9.2)', () => {
    const on = agent({ logoutOnAgentDisconnect: 0 })
    on.signIn()
    on.signInToMedium()
    expect(heard(on.tell({ type: 'FORCED_SIGN_OUT', side: 'A' }))).toEqual(['user NOT_READY (50002)', 'media LOGOUT'])
    expect(on.user().stateChangeTime).toBe(on.now())
  })
})

describe('the ACD link', () => {
  it('that is back publishes user and calls again (P7, `notifications 12.3`)', () => {
    const on = agent()
    on.signIn()
    on.leg('ALERTING')
    expect(heard(link(on, 'LINK_LOST'))).toEqual([])
    expect(heard(link(on, 'LINK_BACK'))).toEqual(['user NOT_READY', 'call.added'])
  })

  it('that is back publishes nothing about a user who is signed out', () => {
    const on = agent()
    link(on, 'LINK_LOST')
    expect(heard(link(on, 'LINK_BACK'))).toEqual([])
  })

  it.each([
    [true, null, ''],
    [false, MOBILE, 'NOT_READY'],
  ])('that is lost loses mobile data and pending state only if `forgets`: %s (ruling 28)', (forgets, data, pending) => {
    const on = agent({ forgets, mobileAgentAllowed: true })
    mobile(on)
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.notReady()
    link(on, 'LINK_LOST')
    expect(on.user()).toMatchObject({ mobileAgent: data, mobileSide: data && 'A', pendingState: pending })
  })
})

describe('two sides', () => {
  const isGrace = (effects: ReturnType<Agent['tell']>) =>
    effects.flatMap((effect) => (effect.type === 'deadline.armed' ? [`${effect.owner} ${effect.name}`] : []))

  it('the loss of the link of one does not cancel a grace period on the other (`notifications 9.1`)', () => {
    const on = agent({}, ['A', 'B'])
    on.signIn('A')
    on.presence('one', true)
    on.presence('one', false)
    expect(on.tell({ type: 'LINK_LOST', side: 'B' }).filter(({ type }) => type === 'deadline.cleared')).toEqual([])
    on.presence('one', true)
    expect(isGrace(on.presence('one', false))).toEqual(['presence:A PRESENCE_GRACE_OVER'])
  })

  it('when one of two lost links is back, only its side begins grace periods', () => {
    const on = agent({}, ['A', 'B'])
    on.signIn('A')
    on.presence('one', true)
    on.tell({ type: 'PRESENCE', side: 'B', session: 'two', available: true })
    for (const side of ['A', 'B'] as const) on.tell({ type: 'LINK_LOST', side })
    on.tell({ type: 'LINK_BACK', side: 'B' })
    expect(isGrace(on.presence('one', false))).toEqual([])
    expect(isGrace(on.tell({ type: 'PRESENCE', side: 'B', session: 'two', available: false }))).toEqual([
      'presence:B PRESENCE_GRACE_OVER',
    ])
  })
})

describe('the id of a request', () => {
  const requests = (effects: ReturnType<Agent['tell']>) =>
    effects.flatMap((effect) => ('requestId' in effect ? [`${effect.type} #${effect.requestId}`] : []))
  const r = { requestId: 'r' } as const

  it('is in the effect that answers the request, and in no other (ruling 7)', () => {
    const on = agent()
    const signIn = { type: 'SIGN_IN', side: 'A', extension: '1001', mobileAgent: null, ...r } as const
    expect(requests(on.tell(signIn))).toEqual(['user.changed #r'])
    expect(requests(on.tell(signIn))).toEqual(['user.changed #r'])
    expect(requests(on.tell({ type: 'READY', supervisor: false, ...r }))).toEqual(['user.changed #r'])
    expect(requests(on.tell({ type: 'NOT_READY', supervisor: false, reason: null, ...r }))).toEqual(['user.changed #r'])
    expect(requests(on.tell({ type: 'WORK', ...r }))).toEqual(['failed #r'])
    expect(requests(on.tell({ type: 'SIGN_OUT', supervisor: false, reason: null, ...r }))).toEqual(['user.changed #r'])
  })

  it('of a request on a call is with the call, not with the state that follows', () => {
    const on = agent()
    on.signIn()
    on.ready()
    on.leg('ALERTING')
    const change = { leg: 'ACTIVE', notAnswered: false, call: CALL, ...r } as const
    expect(requests(on.tell({ type: 'CALL_CHANGED', ...change }))).toEqual(['user.changed #', 'call.changed #r'])
    expect(requests(on.tell({ type: 'CALL_REMOVED', ...change }))).toEqual(['call.removed #r', 'user.changed #'])
  })

  it('of a request for a pending state is with the pending state, not with the later change', () => {
    const on = agent()
    on.signIn()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    expect(requests(on.tell({ type: 'READY', supervisor: false, ...r }))).toEqual(['user.changed #r'])
    expect(requests(on.callRemoved())).toEqual(['call.removed #', 'user.changed #'])
  })

  it('of a failed request is with the failure, which names the dialog or the medium', () => {
    const on = agent()
    on.signInToMedium()
    const action = { mrd: MRD, dialog: 'x', action: 'ACCEPT', target: '', targetKnown: false, ...r } as const
    expect(on.tell({ type: 'DIALOG_ACTION', ...action })).toEqual([
      {
        type: 'failed',
        subject: { kind: 'task', mrd: MRD, dialog: 'x' },
        failure: 'DIALOG_VANISHED',
        detail: 'x',
        requestId: 'r',
      },
    ])
    expect(on.tell({ type: 'MEDIA_ROUTABLE', mrd: MRD, routable: true, ...r })).toEqual([
      {
        type: 'failed',
        subject: { kind: 'media', mrd: MRD },
        failure: 'ALREADY_IN_REQUESTED_MODE',
        detail: '',
        requestId: 'r',
      },
    ])
  })
})

describe('a request to a medium', () => {
  it.each<readonly [string, (voice: ReturnType<Agent['in']>) => ReturnType<Agent['tell']>]>([
    ['a sign-in', (voice) => voice.signInToMedium()],
    ['a state', (voice) => voice.medium('READY')],
    ['a mode', (voice) => voice.mode(true)],
  ])('of voice is refused: %s', (_, ask) => {
    expect(heard(ask(agent().in('1')))).toEqual(['failed VOICE_IS_NOT_A_MEDIA'])
  })

  it('of voice is refused with the id of the request', () => {
    const effects = agent().tell({ type: 'MEDIA_ROUTABLE', mrd: '1', routable: true, requestId: 'r' })
    expect(effects).toEqual([
      expect.objectContaining({ type: 'failed', subject: { kind: 'media', mrd: '1' }, requestId: 'r' }),
    ])
  })

  it('does not change other media', () => {
    const on = agent()
    on.signInToMedium()
    on.in(CHAT).signInToMedium()
    on.medium('READY')
    expect(on.view().state).toBe('READY')
    expect(on.in(CHAT).view().state).toBe('NOT_READY')
    expect(heard(on.tell({ type: 'MEDIA_STATE', mrd: '9999', state: 'READY', reason: null }))).toEqual([])
  })

  it('is answered by an effect with its id', () => {
    const on = agent()
    on.signInToMedium()
    const ready = on.tell({ type: 'MEDIA_STATE', mrd: MRD, state: 'READY', reason: null, requestId: 'r' })
    expect(ready).toContainEqual(expect.objectContaining({ type: 'media.changed', requestId: 'r' }))
  })
})
