/** Two sides: which one acts for the user, and what a move to the other loses (`media 13`, `notifications 9.4`, 12.4). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
import type { UserConfig } from '../../machines/index.ts'
import type { Reason, Side } from '../../machines/wire.ts'
import { agent, heard } from './agent.ts'

const onTwoSides = (more: Partial<UserConfig> = {}) => agent({ mobileAgentAllowed: true, ...more }, ['A', 'B'])
type On = ReturnType<typeof onTwoSides>

const LOSSLESS = { forgets: false }
const FORGETS = [true, false] as const
const LUNCH: Reason = { id: '16', category: 'NOT_READY', code: 10, label: 'Lunch', forAll: true, systemCode: false }
const MOBILE = { mode: 'CALL_BY_CALL', dialNumber: '5550100' } as const

const mobileSignIn = (on: On, side: Side) => on.tell({ type: 'SIGN_IN', side, extension: '1001', mobileAgent: MOBILE })

const link = (on: On, side: Side, up: boolean) => on.tell({ type: up ? 'LINK_BACK' : 'LINK_LOST', side })

/** At A with presence, READY in voice and in the medium. */
function atWork(more: Partial<UserConfig> = {}): On {
  const on = onTwoSides(more)
  on.presence('a', true)
  on.signIn()
  on.ready()
  on.signInToMedium('TRANSFER')
  on.medium('READY')
  return on
}

const medium = (on: On) => {
  const { actingSide, maxDialogLimit, dialogLogoutAction, routable, connected, state } = on.view()
  return { actingSide, maxDialogLimit, dialogLogoutAction, routable, connected, state }
}

const UNKNOWN_AT_B = {
  actingSide: 'B',
  maxDialogLimit: 1,
  dialogLogoutAction: 'CLOSE',
  routable: false,
  connected: true,
}
const asks = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'acd' ? [effect.notice.ask] : []))

describe('the acting side (ruling 37)', () => {
  const acting = (on: On) => on.state().actingSide

  it('is that of the newest presence, whatever the older one does', () => {
    const on = onTwoSides()
    on.presence('a', true)
    on.signIn()
    expect(acting(on)).toBe('A')
    on.presence('b', true, 'B')
    expect(acting(on)).toBe('B')
    on.presence('a', true)
    expect(acting(on)).toBe('B')
    on.presence('a2', true)
    expect(acting(on)).toBe('A')
  })

  it('is not that of a presence that is there again after its service was gone: it is no newer', () => {
    const on = onTwoSides()
    on.presence('a', true)
    on.presence('b', true, 'B')
    on.tell({ type: 'SERVICE_LOST', side: 'A' })
    on.presence('a', true)
    expect(acting(on)).toBe('B')
  })

  it('is that of who was waited for when the service went, and has come since', () => {
    const on = onTwoSides()
    on.signIn()
    on.presence('a', true)
    on.presence('a', false)
    on.tell({ type: 'SERVICE_LOST', side: 'A' })
    on.presence('b', true, 'B')
    expect(acting(on)).toBe('B')
    on.presence('a', true)
    expect(acting(on)).toBe('A')
    on.signIn('B')
    expect(acting(on)).toBe('A')
  })

  it('is the other one again when the newer presence ends', () => {
    const on = onTwoSides()
    on.presence('a', true)
    on.presence('b', true, 'B')
    on.presence('b', false, 'B')
    expect(acting(on)).toBe('A')
    on.presence('a', false)
    expect(acting(on)).toBe('A')
  })

  it.each(['voice', 'media'])('is without any presence that of the last sign-in to %s', (what) => {
    const on = onTwoSides()
    const signIn = (side: Side) => (what === 'voice' ? on.signIn(side) : on.signInToMedium('CLOSE', side))
    signIn('B')
    expect(acting(on)).toBe('B')
    signIn('A')
    expect(acting(on)).toBe('A')
  })

  it('does not follow a sign-in that is refused', () => {
    const on = onTwoSides({ mrds: {} })
    on.signInToMedium('CLOSE', 'B')
    on.tell({ type: 'SIGN_IN', side: 'B', extension: 'none', mobileAgent: null })
    expect(acting(on)).toBe('A')
  })

  it('does not follow a sign-in while there is presence elsewhere', () => {
    const on = atWork()
    on.signIn('B')
    on.signInToMedium('CLOSE', 'B')
    expect([acting(on), on.state().signedInOn]).toEqual(['A', 'A'])
  })

  it('follows presence back within the grace period', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    on.presence('a', false)
    on.presence('a2', true)
    expect(acting(on)).toBe('A')
  })

  it('stays while nobody knows who is there, and when those who were come back', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    for (const side of ['A', 'B'] as const) on.tell({ type: 'SERVICE_LOST', side })
    expect(acting(on)).toBe('B')
    on.presence('a', true)
    expect(acting(on)).toBe('B')
    on.tell({ type: 'SERVICE_BACK', side: 'B' })
    expect(acting(on)).toBe('A')
  })

  it.each(['ABSENT', 'GRACE', 'UNKNOWN'])('is nowhere that is lost: presence %s', (before) => {
    const on = atWork()
    on.presence('b', true, 'B')
    if (before === 'ABSENT') on.tell({ type: 'SESSIONS_LOST', side: 'B' })
    if (before === 'GRACE') on.presence('b', false, 'B')
    if (before === 'UNKNOWN') on.tell({ type: 'SERVICE_LOST', side: 'B' })
    const heardOf = on.tell({ type: 'SESSIONS_LOST', side: 'B' })
    expect(heardOf.some(({ type }) => type === 'deadline.armed')).toBe(false)
    expect([acting(on), on.state().presence.B?.getSnapshot().value]).toEqual(['A', 'ABSENT'])
    expect(on.graceOver('B')).toEqual([])
  })

  it('forgets presence of a side whose service came back without anybody, or whose user has signed out', () => {
    const on = onTwoSides()
    on.presence('b', true, 'B')
    on.presence('a', true)
    on.tell({ type: 'SERVICE_LOST', side: 'A' })
    on.tell({ type: 'SERVICE_BACK', side: 'A' })
    expect(acting(on)).toBe('B')
    on.presence('a', true)
    on.signIn()
    on.tell({ type: 'SERVICE_LOST', side: 'A' })
    on.signOut()
    expect(acting(on)).toBe('B')
  })
})

describe('dialogs told again when a link is back (notifications 12.3)', () => {
  it.each(['A', 'B'] as const)('go to side %s, which was cut off, and to no other', (side) => {
    const on = atWork()
    on.offer()
    link(on, side, false)
    const told = link(on, side, true).filter(({ type }) => type === 'task.added')
    expect(told).toMatchObject([{ type: 'task.added', only: side }])
  })

  it('follow the state of the medium', () => {
    const on = atWork()
    on.offer()
    link(on, 'A', false)
    const types = link(on, 'A', true).map(({ type }) => type)
    expect(types.indexOf('task.added')).toBeGreaterThan(types.indexOf('media.changed'))
  })

  it('are not told again by a move', () => {
    const on = atWork(LOSSLESS)
    on.offer()
    link(on, 'A', false)
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media RESERVED'])
  })
})

describe('a move', () => {
  it('leaves the medium in the work state, without its settings, until the sign-in on the new side', () => {
    const on = atWork()
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media WORK_NOT_READY not routable'])
    expect(medium(on)).toEqual({ ...UNKNOWN_AT_B, state: 'WORK_NOT_READY' })
    expect(heard(on.medium('ACTIVE'))).toEqual(['failed ACTION_OUT_OF_SEQUENCE'])
    for (const side of ['A', 'B'] as const) {
      link(on, side, false)
      link(on, side, true)
    }
    expect(medium(on).state).toBe('WORK_NOT_READY')
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['media NOT_READY'])
    expect(medium(on)).toMatchObject({ maxDialogLimit: 2, dialogLogoutAction: 'CLOSE', routable: true })
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['failed ALREADY_SIGNED_IN_TO_MEDIA'])
  })

  it('gives the state of before where there is work (P6), and ends the tasks by CLOSE at a sign-out before that', () => {
    const on = atWork()
    on.offer()
    on.act(0, 'ACCEPT', 'START', 'PAUSE')
    on.presence('b', true, 'B')
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['media PAUSED'])
    const before = atWork()
    before.offer()
    before.presence('b', true, 'B')
    expect(asks(before.medium('LOGOUT'))).toEqual(['handled'])
  })

  it('keeps a NOT_READY that was asked for, although there is work', () => {
    const on = atWork()
    on.offer()
    on.act(0, 'ACCEPT')
    on.medium('NOT_READY')
    on.presence('b', true, 'B')
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['media NOT_READY'])
  })

  it('to where the medium was signed in already changes nothing of it', () => {
    const on = atWork()
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['failed ALREADY_SIGNED_IN_TO_MEDIA'])
    expect(heard(on.presence('b', true, 'B'))).toEqual([])
    expect(medium(on)).toMatchObject({ dialogLogoutAction: 'CLOSE', state: 'READY' })
  })

  it('to where the user signed in to voice already, or by that sign-in, changes nothing of it', () => {
    const before = onTwoSides()
    before.presence('a', true)
    expect(heard(before.signIn('B'))).toEqual(['user NOT_READY'])
    expect(heard(before.presence('b', true, 'B'))).toEqual([])
    const alone = onTwoSides()
    expect(heard(alone.signIn('B'))).toEqual(['user NOT_READY'])
    expect(alone.state()).toMatchObject({ actingSide: 'B', signedInOn: 'B', reason: null })
  })

  it('of somebody who is signed out is none', () => {
    const on = onTwoSides()
    on.presence('a', true)
    expect(heard(on.presence('b', true, 'B'))).toEqual([])
    expect(heard(on.signIn('B'))).toEqual(['user NOT_READY'])
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['media NOT_READY'])
  })

  it.each([false, true])(
    'back finds the settings of the first side, and the state, if the other was signed in to: %s',
    (signsIn) => {
      const on = atWork()
      const before = medium(on)
      on.presence('b', true, 'B')
      if (signsIn) {
        on.signInToMedium('CLOSE', 'B')
        on.medium('READY')
      }
      expect(heard(on.presence('a2', true))).toEqual(signsIn ? [] : ['media READY'])
      expect(medium(on)).toEqual(before)
      expect(heard(on.signInToMedium())).toEqual(['failed ALREADY_SIGNED_IN_TO_MEDIA'])
    },
  )

  it('back leaves the work state only when the agent asks, where it does not end by itself (5.5)', () => {
    const on = atWork({ autoWorkModeStateChange: false })
    on.presence('b', true, 'B')
    expect(heard(on.presence('a2', true))).toEqual([])
    expect(heard(on.medium('ACTIVE'))).toEqual(['media READY'])
  })

  it('back to a side that has lost its link meanwhile waits for the link', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    link(on, 'A', false)
    expect(heard(on.presence('a2', true))).toEqual([])
    expect(heard(link(on, 'A', true))).toEqual(['user READY', 'media READY'])
  })

  it('knows nothing of sign-ins of before the last sign-out', () => {
    const on = atWork()
    on.signInToMedium('CLOSE', 'B')
    on.medium('LOGOUT')
    on.signInToMedium('TRANSFER')
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media WORK_NOT_READY not routable'])
  })

  it('from a side without its link keeps nothing of that: neither the mode nor the connection', () => {
    const on = atWork()
    link(on, 'A', false)
    on.presence('b', true, 'B')
    expect(medium(on)).toEqual({ ...UNKNOWN_AT_B, state: 'WORK_NOT_READY' })
    expect(heard(link(on, 'A', true))).toEqual(['user READY'])
  })

  it('loses nothing where nothing is forgotten', () => {
    const on = atWork(LOSSLESS)
    expect(heard(on.presence('b', true, 'B'))).toEqual([])
    const kept = { actingSide: 'B', maxDialogLimit: 2, dialogLogoutAction: 'TRANSFER', routable: true, connected: true }
    expect(medium(on)).toEqual({ ...kept, state: 'READY' })
    expect(on.state().signedInOn).toBe('B')
    expect(heard(link(on, 'A', false))).toEqual([])
    expect(heard(link(on, 'B', false))).toEqual(['media WORK_NOT_READY not routable'])
  })

  it('ends the work state by itself where nothing is forgotten', () => {
    const on = atWork(LOSSLESS)
    link(on, 'A', false)
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media READY'])
    expect(medium(on)).toMatchObject({ actingSide: 'B', connected: true })
  })

  it('to a side without its link ends the service for the medium, or does not begin it', () => {
    const on = atWork(LOSSLESS)
    link(on, 'B', false)
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media WORK_NOT_READY not routable'])
    link(on, 'A', false)
    expect(heard(on.presence('a2', true))).toEqual([])
    expect(medium(on)).toMatchObject({ actingSide: 'A', state: 'WORK_NOT_READY' })
    expect(heard(link(on, 'B', true))).toEqual(['user READY'])
    expect(heard(link(on, 'A', true))).toEqual(['user READY', 'media READY'])
  })
})

describe('a move of a user in voice (notifications 12.4)', () => {
  it('shows at once for somebody NOT_READY, at the next NOT_READY for somebody READY, and once only', () => {
    const on = onTwoSides()
    on.presence('a', true)
    on.signIn()
    expect(heard(on.presence('b', true, 'B'))).toEqual(['user NOT_READY (50002)'])
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
    on.ready()
    expect(heard(on.presence('a2', true))).toEqual([])
    expect(heard(on.notReady())).toEqual(['user NOT_READY (50002)'])
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it('keeps the state at the sign-in that follows', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    expect(heard(on.signIn('B'))).toEqual(['user READY'])
  })

  it('forgets the move with the sign-out', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    on.signOut(true)
    on.signIn('B')
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it.each(FORGETS)('loses the pending state, and tells so, if forgetting is %s', (forgets) => {
    const on = atWork({ forgets })
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.notReady()
    const told = heard(on.presence('b', true, 'B')).filter((line) => line.startsWith('user'))
    expect(told).toEqual(forgets ? ['user TALKING'] : [])
    expect(heard(on.callRemoved())).toContain(forgets ? 'user READY' : 'user NOT_READY')
    if (forgets) expect(heard(on.notReady())).toEqual(['user NOT_READY (50002)'])
  })

  it('on a call shows afterwards for somebody who was NOT_READY', () => {
    const on = atWork()
    on.notReady()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.presence('b', true, 'B')
    expect(heard(on.callRemoved())).toContain('user NOT_READY (50002)')
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it('shows at what was asked for on the call after the move', () => {
    const on = atWork()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.presence('b', true, 'B')
    on.notReady()
    expect(heard(on.callRemoved())).toContain('user NOT_READY (50002)')
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it('gives way to the reason that the agent gives, and is seen then (ruling 43)', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    expect(heard(on.notReady(LUNCH))).toEqual(['user NOT_READY (10)'])
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  describe.each(['READY', 'NOT_READY'] as const)(
    'on a call, of somebody who was %s before it (ruling 43)',
    (before) => {
      const onCall = () => {
        const on = atWork()
        if (before === 'NOT_READY') on.notReady()
        on.leg('ALERTING')
        on.leg('ACTIVE')
        on.presence('b', true, 'B')
        return on
      }

      it('gives way to the reason of what is asked for meanwhile', () => {
        const on = onCall()
        on.notReady(LUNCH)
        expect(heard(on.callRemoved())).toContain('user NOT_READY (10)')
        expect(heard(on.notReady())).toEqual(['user NOT_READY'])
      })

      it('shows at what is asked for meanwhile without a reason', () => {
        const on = onCall()
        on.notReady()
        expect(heard(on.callRemoved())).toContain('user NOT_READY (50002)')
        expect(heard(on.notReady())).toEqual(['user NOT_READY'])
      })

      it.each([
        ['gives way to the reason of', LUNCH, 'user NOT_READY (10)'],
        ['shows without a reason of', null, 'user NOT_READY (50002)'],
      ] as const)('%s what is asked for in wrap-up', (_what, reason, told) => {
        const on = onCall()
        on.leg('WRAP_UP')
        on.notReady(reason)
        expect(heard(on.callRemoved())).toContain(told)
        expect(heard(on.notReady())).toEqual(['user NOT_READY'])
      })

      it('waits for the next NOT_READY of somebody who asks to be READY', () => {
        const on = onCall()
        on.ready()
        expect(heard(on.callRemoved())).toContain('user READY')
        expect(heard(on.notReady())).toEqual(['user NOT_READY (50002)'])
      })
    },
  )

  it.each(FORGETS)('takes the mobile data along unless it is forgotten: %s', (forgets) => {
    const on = onTwoSides({ forgets })
    on.presence('a', true)
    mobileSignIn(on, 'A')
    on.ready()
    expect(heard(on.presence('b', true, 'B'))).toEqual(forgets ? ['user READY'] : [])
    const { mobileAgent, mobileSide } = on.state()
    expect([mobileAgent, mobileSide]).toEqual(forgets ? [null, null] : [MOBILE, 'B'])
    mobileSignIn(on, 'B')
    expect(on.state()).toMatchObject({ mobileAgent: MOBILE, mobileSide: 'B' })
  })

  it('is none by a sign-in on the same side, or on one that does not act: the mobile data stay (user 7)', () => {
    const on = onTwoSides()
    on.presence('a', true)
    mobileSignIn(on, 'A')
    for (const side of ['A', 'B'] as const) {
      on.signIn(side)
      expect(on.state()).toMatchObject({ mobileAgent: MOBILE, mobileSide: 'A' })
    }
    on.signOut()
    on.signIn()
    expect(on.state()).toMatchObject({ mobileAgent: null, mobileSide: null })
  })

  it('by a sign-in without presence loses the mobile data of the other side (ruling 28)', () => {
    const on = onTwoSides()
    mobileSignIn(on, 'A')
    on.signIn('B')
    expect(on.state()).toMatchObject({ mobileAgent: null, mobileSide: null })
  })

  it('by a sign-in without presence keeps the mobile data of that sign-in', () => {
    const on = onTwoSides()
    mobileSignIn(on, 'A')
    mobileSignIn(on, 'B')
    expect(on.state()).toMatchObject({ mobileAgent: MOBILE, mobileSide: 'B', signedInOn: 'B', actingSide: 'B' })
  })

  it('loses by the link of a side what that side knew and no more', () => {
    const on = onTwoSides()
    on.presence('a', true)
    mobileSignIn(on, 'A')
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.notReady()
    link(on, 'B', false)
    expect(on.state()).toMatchObject({ mobileAgent: MOBILE, pending: { state: 'NOT_READY' } })
    link(on, 'A', false)
    expect(on.state()).toMatchObject({ mobileAgent: null, pending: { state: '' } })
  })
})

describe('a lost link', () => {
  it('is that of the acting side', () => {
    const on = atWork()
    expect(heard(link(on, 'B', false))).toEqual([])
    expect(heard(link(on, 'B', true))).toEqual(['user READY'])
    expect(heard(link(on, 'A', false))).toEqual(['media WORK_NOT_READY not routable'])
    expect(heard(link(on, 'B', true))).toEqual(['user READY'])
    expect(heard(link(on, 'A', true))).toEqual(['user READY', 'media READY'])
  })

  it('is told again on its own side only', () => {
    const on = atWork()
    on.leg('ALERTING')
    link(on, 'B', false)
    const told = link(on, 'B', true).flatMap((effect) => ('only' in effect ? [`${effect.type} ${effect.only}`] : []))
    expect(told).toEqual(['user.changed B', 'call.added B'])
  })

  it('of the acting side loses the resubmission (P5, RV4), which the other side does after a move (RV3)', () => {
    const moved = (to: Side) => {
      const on = atWork()
      on.offer()
      link(on, 'A', false)
      if (to === 'B') on.presence('b', true, 'B')
      return asks(on.toDialog(0, 'START_TIMEOUT'))
    }
    expect([moved('A'), moved('B')]).toEqual([['ended'], ['resubmit']])
  })

  it.each(['before', 'after'])('of the acting side stops the tasks, also of a sign-in on the other %s', (when) => {
    const on = onTwoSides()
    on.presence('a', true)
    if (when === 'after') link(on, 'A', false)
    on.signInToMedium('CLOSE', 'B')
    if (when === 'before') link(on, 'A', false)
    expect(on.view()).toMatchObject({ state: 'WORK_NOT_READY', connected: false })
    expect(heard(on.medium('ACTIVE'))).toEqual(['failed ACTION_OUT_OF_SEQUENCE'])
    expect(asks(on.offer())).toEqual(['refused'])
    expect(heard(link(on, 'A', true))).toEqual(['media NOT_READY'])
    on.medium('READY')
    on.offer()
    expect(asks(on.toDialog(0, 'START_TIMEOUT'))).toEqual(['resubmit'])
  })
})

describe('the forced sign-out of a side that was left (notifications 9.4)', () => {
  const moved = (suppressesLateForcedSignOut: boolean, more: Partial<UserConfig> = {}) => {
    const on = atWork({ suppressesLateForcedSignOut, ...more })
    on.presence('a', false)
    on.presence('b', true, 'B')
    return on
  }

  it.each([
    ['READY', () => undefined],
    ['TALKING', (on: On) => [on.leg('ALERTING'), on.leg('ACTIVE')]],
  ] as const)('hits somebody %s, unless that is switched off', (state, prepare) => {
    for (const suppressed of FORGETS) {
      const on = moved(suppressed)
      prepare(on)
      expect(heard(on.graceOver()).length > 0).toBe(!suppressed)
      expect(medium(on).state).toBe(suppressed ? 'WORK_NOT_READY' : 'LOGOUT')
      expect(on.user().state).toBe(suppressed || state === 'TALKING' ? state : 'NOT_READY')
    }
  })

  it.each(FORGETS)('reaches the media of somebody who is signed out of voice: switched off %s', (suppressed) => {
    const on = onTwoSides({ suppressesLateForcedSignOut: suppressed })
    on.presence('a', true)
    on.signInToMedium()
    on.presence('a', false)
    on.presence('b', true, 'B')
    on.graceOver()
    expect(medium(on).state).toBe(suppressed ? 'WORK_NOT_READY' : 'LOGOUT')
  })

  it('of the acting side is never late', () => {
    const on = atWork({ suppressesLateForcedSignOut: true })
    on.presence('a', false)
    expect(heard(on.graceOver())).not.toEqual([])
  })
})
