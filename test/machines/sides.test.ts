/** Two sides: which one acts for a user, and what a move to the other loses (`media 13`, `notifications 9.4`, 12.4). */
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

/** A user with presence on side A, READY in voice and in the medium. */
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

  it('is that of the newest session, and repeated presence of an older session does not change it', () => {
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

  it('is not that of an older session that is reported again after its service was lost', () => {
    const on = onTwoSides()
    on.presence('a', true)
    on.presence('b', true, 'B')
    on.tell({ type: 'SERVICE_LOST', side: 'A' })
    on.presence('a', true)
    expect(acting(on)).toBe('B')
  })

  it('is that of a session that connected after a grace period and a loss of the service', () => {
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

  it('is the other one again when the newer session ends', () => {
    const on = onTwoSides()
    on.presence('a', true)
    on.presence('b', true, 'B')
    on.presence('b', false, 'B')
    expect(acting(on)).toBe('A')
    on.presence('a', false)
    expect(acting(on)).toBe('A')
  })

  it.each(['voice', 'media'])('is that of the last sign-in to %s if there is no presence', (what) => {
    const on = onTwoSides()
    const signIn = (side: Side) => (what === 'voice' ? on.signIn(side) : on.signInToMedium('CLOSE', side))
    signIn('B')
    expect(acting(on)).toBe('B')
    signIn('A')
    expect(acting(on)).toBe('A')
  })

  it('is not changed by a sign-in that is refused', () => {
    const on = onTwoSides({ mrds: {} })
    on.signInToMedium('CLOSE', 'B')
    on.tell({ type: 'SIGN_IN', side: 'B', extension: 'none', mobileAgent: null })
    expect(acting(on)).toBe('A')
  })

  it('is not changed by a sign-in on a side without presence while the other side has presence', () => {
    const on = atWork()
    on.signIn('B')
    on.signInToMedium('CLOSE', 'B')
    expect([acting(on), on.state().signedInOn]).toEqual(['A', 'A'])
  })

  it('is the first one again if the user connects there within its grace period', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    on.presence('a', false)
    on.presence('a2', true)
    expect(acting(on)).toBe('A')
  })

  it('stays while presence is unknown, and changes when a service is back without the session', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    for (const side of ['A', 'B'] as const) on.tell({ type: 'SERVICE_LOST', side })
    expect(acting(on)).toBe('B')
    on.presence('a', true)
    expect(acting(on)).toBe('B')
    on.tell({ type: 'SERVICE_BACK', side: 'B' })
    expect(acting(on)).toBe('A')
  })

  it.each(['ABSENT', 'GRACE', 'UNKNOWN'])('is not a side that has lost its sessions: presence %s', (before) => {
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

  it('is not a side whose service came back without a session, or was lost before the user signed out', () => {
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

describe('dialogs that are published again when a link is back (notifications 12.3)', () => {
  it.each(['A', 'B'] as const)('are sent only to the side that had lost it: %s', (side) => {
    const on = atWork()
    on.offer()
    link(on, side, false)
    const told = link(on, side, true).filter(({ type }) => type === 'task.added')
    expect(told).toMatchObject([{ type: 'task.added', only: side }])
  })

  it('come after the state of the medium', () => {
    const on = atWork()
    on.offer()
    link(on, 'A', false)
    const types = link(on, 'A', true).map(({ type }) => type)
    expect(types.indexOf('task.added')).toBeGreaterThan(types.indexOf('media.changed'))
  })

  it('are not published again by a move', () => {
    const on = atWork(LOSSLESS)
    on.offer()
    link(on, 'A', false)
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media RESERVED'])
  })
})

describe('a move', () => {
  it('leaves the medium in WORK_NOT_READY, without its settings, until the sign-in on the new side', () => {
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

  it('with dialogs: the sign-in restores the state (P6), and a sign-out before it ends the tasks by CLOSE', () => {
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

  it('keeps a requested NOT_READY, also with dialogs', () => {
    const on = atWork()
    on.offer()
    on.act(0, 'ACCEPT')
    on.medium('NOT_READY')
    on.presence('b', true, 'B')
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['media NOT_READY'])
  })

  it('to a side where the user had signed in to the medium does not change it', () => {
    const on = atWork()
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['failed ALREADY_SIGNED_IN_TO_MEDIA'])
    expect(heard(on.presence('b', true, 'B'))).toEqual([])
    expect(medium(on)).toMatchObject({ dialogLogoutAction: 'CLOSE', state: 'READY' })
  })

  it('to a side where the user had signed in to voice, or by that sign-in, does not change voice', () => {
    const before = onTwoSides()
    before.presence('a', true)
    expect(heard(before.signIn('B'))).toEqual(['user NOT_READY'])
    expect(heard(before.presence('b', true, 'B'))).toEqual([])
    const alone = onTwoSides()
    expect(heard(alone.signIn('B'))).toEqual(['user NOT_READY'])
    expect(alone.state()).toMatchObject({ actingSide: 'B', signedInOn: 'B', reason: null })
  })

  it('of a user who is signed out has no effect', () => {
    const on = onTwoSides()
    on.presence('a', true)
    expect(heard(on.presence('b', true, 'B'))).toEqual([])
    expect(heard(on.signIn('B'))).toEqual(['user NOT_READY'])
    expect(heard(on.signInToMedium('CLOSE', 'B'))).toEqual(['media NOT_READY'])
  })

  it.each([false, true])(
    'back restores the settings of the first side and the state; sign-in on the other side: %s',
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

  it('back without autoWorkModeStateChange leaves WORK_NOT_READY only at a request (5.5)', () => {
    const on = atWork({ autoWorkModeStateChange: false })
    on.presence('b', true, 'B')
    expect(heard(on.presence('a2', true))).toEqual([])
    expect(heard(on.medium('ACTIVE'))).toEqual(['media READY'])
  })

  it('back to a side that has lost its link leaves WORK_NOT_READY when the link is back', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    link(on, 'A', false)
    expect(heard(on.presence('a2', true))).toEqual([])
    expect(heard(link(on, 'A', true))).toEqual(['user READY', 'media READY'])
  })

  it('does not count sign-ins before the last sign-out', () => {
    const on = atWork()
    on.signInToMedium('CLOSE', 'B')
    on.medium('LOGOUT')
    on.signInToMedium('TRANSFER')
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media WORK_NOT_READY not routable'])
  })

  it('from a side that has lost its link is not affected when that link is back', () => {
    const on = atWork()
    link(on, 'A', false)
    on.presence('b', true, 'B')
    expect(medium(on)).toEqual({ ...UNKNOWN_AT_B, state: 'WORK_NOT_READY' })
    expect(heard(link(on, 'A', true))).toEqual(['user READY'])
  })

  it('loses nothing if `forgets` is false', () => {
    const on = atWork(LOSSLESS)
    expect(heard(on.presence('b', true, 'B'))).toEqual([])
    const kept = { actingSide: 'B', maxDialogLimit: 2, dialogLogoutAction: 'TRANSFER', routable: true, connected: true }
    expect(medium(on)).toEqual({ ...kept, state: 'READY' })
    expect(on.state().signedInOn).toBe('B')
    expect(heard(link(on, 'A', false))).toEqual([])
    expect(heard(link(on, 'B', false))).toEqual(['media WORK_NOT_READY not routable'])
  })

  it('from a side without its link ends WORK_NOT_READY if `forgets` is false', () => {
    const on = atWork(LOSSLESS)
    link(on, 'A', false)
    expect(heard(on.presence('b', true, 'B'))).toEqual(['media READY'])
    expect(medium(on)).toMatchObject({ actingSide: 'B', connected: true })
  })

  it('to a side without its link leads to WORK_NOT_READY, or stays in it, until that link is back', () => {
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

describe('a move of a user in voice, with reason 50002 (notifications 12.4)', () => {
  it('the reason is shown at once in NOT_READY, or at the next NOT_READY after READY, and only once', () => {
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

  it('the next sign-in does not change the state', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    expect(heard(on.signIn('B'))).toEqual(['user READY'])
  })

  it('the reason is not shown after a sign-out', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    on.signOut(true)
    on.signIn('B')
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it.each(FORGETS)('the pending state is lost, which is published, if `forgets` is %s', (forgets) => {
    const on = atWork({ forgets })
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.notReady()
    const told = heard(on.presence('b', true, 'B')).filter((line) => line.startsWith('user'))
    expect(told).toEqual(forgets ? ['user TALKING'] : [])
    expect(heard(on.callRemoved())).toContain(forgets ? 'user READY' : 'user NOT_READY')
    if (forgets) expect(heard(on.notReady())).toEqual(['user NOT_READY (50002)'])
  })

  it('the reason is shown after the call of an agent who was NOT_READY', () => {
    const on = atWork()
    on.notReady()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.presence('b', true, 'B')
    expect(heard(on.callRemoved())).toContain('user NOT_READY (50002)')
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it('the reason is shown with a NOT_READY that was requested on the call after the move', () => {
    const on = atWork()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.presence('b', true, 'B')
    on.notReady()
    expect(heard(on.callRemoved())).toContain('user NOT_READY (50002)')
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  it('the reason is replaced by one that the agent gives, and not shown later (ruling 43)', () => {
    const on = atWork()
    on.presence('b', true, 'B')
    expect(heard(on.notReady(LUNCH))).toEqual(['user NOT_READY (10)'])
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
    on.ready()
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })

  describe.each(['READY', 'NOT_READY'] as const)('on a call of an agent who was %s before it (ruling 43)', (before) => {
    const onCall = () => {
      const on = atWork()
      if (before === 'NOT_READY') on.notReady()
      on.leg('ALERTING')
      on.leg('ACTIVE')
      on.presence('b', true, 'B')
      return on
    }

    it('the reason is replaced by that of a request on the call', () => {
      const on = onCall()
      on.notReady(LUNCH)
      expect(heard(on.callRemoved())).toContain('user NOT_READY (10)')
      expect(heard(on.notReady())).toEqual(['user NOT_READY'])
    })

    it('the reason is shown after a request on the call without one', () => {
      const on = onCall()
      on.notReady()
      expect(heard(on.callRemoved())).toContain('user NOT_READY (50002)')
      expect(heard(on.notReady())).toEqual(['user NOT_READY'])
    })

    it.each([
      ['the reason is replaced by that of a request', LUNCH, 'user NOT_READY (10)'],
      ['the reason is shown after a request without one', null, 'user NOT_READY (50002)'],
    ] as const)('%s in wrap-up', (_what, reason, told) => {
      const on = onCall()
      on.leg('WRAP_UP')
      on.notReady(reason)
      expect(heard(on.callRemoved())).toContain(told)
      expect(heard(on.notReady())).toEqual(['user NOT_READY'])
    })

    it('the reason is shown at the next NOT_READY if the agent requests READY on the call', () => {
      const on = onCall()
      on.ready()
      expect(heard(on.callRemoved())).toContain('user READY')
      expect(heard(on.notReady())).toEqual(['user NOT_READY (50002)'])
    })
  })

  it.each(FORGETS)('the mobile data are lost if `forgets` is %s', (forgets) => {
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

  it('a sign-in on the same side, or on one that does not act, is not a move: the mobile data stay (user 7)', () => {
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

  it('a move by a sign-in without presence loses the mobile data of the other side (ruling 28)', () => {
    const on = onTwoSides()
    mobileSignIn(on, 'A')
    on.signIn('B')
    expect(on.state()).toMatchObject({ mobileAgent: null, mobileSide: null })
  })

  it('a move by a sign-in without presence keeps the mobile data of that sign-in', () => {
    const on = onTwoSides()
    mobileSignIn(on, 'A')
    mobileSignIn(on, 'B')
    expect(on.state()).toMatchObject({ mobileAgent: MOBILE, mobileSide: 'B', signedInOn: 'B', actingSide: 'B' })
  })

  it('the loss of a link loses the mobile data and the pending state of that side only', () => {
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
  it('leads to WORK_NOT_READY only on the acting side', () => {
    const on = atWork()
    expect(heard(link(on, 'B', false))).toEqual([])
    expect(heard(link(on, 'B', true))).toEqual(['user READY'])
    expect(heard(link(on, 'A', false))).toEqual(['media WORK_NOT_READY not routable'])
    expect(heard(link(on, 'B', true))).toEqual(['user READY'])
    expect(heard(link(on, 'A', true))).toEqual(['user READY', 'media READY'])
  })

  it('that is back publishes user and calls again on its own side only', () => {
    const on = atWork()
    on.leg('ALERTING')
    link(on, 'B', false)
    const told = link(on, 'B', true).flatMap((effect) => ('only' in effect ? [`${effect.type} ${effect.only}`] : []))
    expect(told).toEqual(['user.changed B', 'call.added B'])
  })

  it('of the acting side loses a resubmission (P5, RV4), which the other side makes after a move (RV3)', () => {
    const moved = (to: Side) => {
      const on = atWork()
      on.offer()
      link(on, 'A', false)
      if (to === 'B') on.presence('b', true, 'B')
      return asks(on.toDialog(0, 'START_TIMEOUT'))
    }
    expect([moved('A'), moved('B')]).toEqual([['ended'], ['resubmit']])
  })

  it.each(['before', 'after'])(
    'of the acting side stops tasks, also with a sign-in on the other side %s it',
    (when) => {
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
    },
  )
})

describe('the forced sign-out by a side that the user has left (notifications 9.4)', () => {
  const moved = (suppressesLateForcedSignOut: boolean, more: Partial<UserConfig> = {}) => {
    const on = atWork({ suppressesLateForcedSignOut, ...more })
    on.presence('a', false)
    on.presence('b', true, 'B')
    return on
  }

  it.each([
    ['READY', () => undefined],
    ['TALKING', (on: On) => [on.leg('ALERTING'), on.leg('ACTIVE')]],
  ] as const)('signs a user out who is %s, unless it is suppressed', (state, prepare) => {
    for (const suppressed of FORGETS) {
      const on = moved(suppressed)
      prepare(on)
      expect(heard(on.graceOver()).length > 0).toBe(!suppressed)
      expect(medium(on).state).toBe(suppressed ? 'WORK_NOT_READY' : 'LOGOUT')
      expect(on.user().state).toBe(suppressed || state === 'TALKING' ? state : 'NOT_READY')
    }
  })

  it.each(FORGETS)('signs the media out also of a user who is signed out of voice; suppressed: %s', (suppressed) => {
    const on = onTwoSides({ suppressesLateForcedSignOut: suppressed })
    on.presence('a', true)
    on.signInToMedium()
    on.presence('a', false)
    on.presence('b', true, 'B')
    on.graceOver()
    expect(medium(on).state).toBe(suppressed ? 'WORK_NOT_READY' : 'LOGOUT')
  })

  it('is never suppressed if that side is still the acting one', () => {
    const on = atWork({ suppressesLateForcedSignOut: true })
    on.presence('a', false)
    expect(heard(on.graceOver())).not.toEqual([])
  })
})
