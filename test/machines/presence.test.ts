/** The grace period for users without presence, and the forced sign-out at its end (`notifications 9.1`). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
import type { UserConfig } from '../../machines/index.ts'
import type { Side } from '../../machines/wire.ts'
import { agent, heard } from './agent.ts'

/** `armed` for each grace period that begins, `cleared` for each that is cancelled. */
const grace = (effects: readonly Effect[]) =>
  effects.flatMap(({ type, ...rest }) =>
    'name' in rest && rest.name === 'PRESENCE_GRACE_OVER' ? [type.replace('deadline.', '')] : [],
  )
const service = (on: ReturnType<typeof agent>, type: 'SERVICE_LOST' | 'SERVICE_BACK') => on.tell({ type, side: 'A' })

/** Checks that the side knows no session: the loss of the service and its return begin no grace period. */
function expectNobody(on: ReturnType<typeof agent>) {
  on.signIn()
  expect(grace(service(on, 'SERVICE_BACK'))).toEqual([])
  expect(grace(service(on, 'SERVICE_LOST'))).toEqual([])
  expect(grace(service(on, 'SERVICE_BACK'))).toEqual([])
}

function signedIn(...sessions: readonly string[]) {
  const on = agent()
  on.signIn()
  for (const session of sessions) on.presence(session, true)
  return on
}

describe('a signed-in user', () => {
  it('has a grace period when the last session ends, and is signed out by force at its end', () => {
    const on = signedIn('one', 'two')
    expect(grace(on.presence('one', false))).toEqual([])
    expect(grace(on.presence('one', false))).toEqual([])
    expect(grace(on.presence('two', false))).toEqual(['armed'])
    expect(heard(on.graceOver())).toHaveLength(1)
    expect(heard(on.graceOver())).toEqual([])
  })

  it('cancels the grace period by another session', () => {
    const on = signedIn('one')
    on.presence('one', false)
    expect(grace(on.presence('two', true))).toEqual(['cleared'])
    expect(grace(on.presence('one', false))).toEqual([])
    expect(grace(on.presence('two', false))).toEqual(['armed'])
  })

  it('cancels the grace period by a sign-out', () => {
    const on = signedIn('one')
    on.presence('one', false)
    expect(grace(on.signOut())).toEqual(['cleared'])
    expectNobody(on)
  })

  it('cancels the grace period by the sign-out from the last medium (ruling 30)', () => {
    const on = agent()
    on.signInToMedium()
    on.presence('one', true)
    expect(grace(on.presence('one', false))).toEqual(['armed'])
    expect(grace(on.medium('LOGOUT'))).toEqual(['cleared'])
  })

  it('cancels the grace period by a sign-out that includes the media (ruling 30)', () => {
    const on = signedIn('one')
    on.signInToMedium()
    on.presence('one', false)
    expect(grace(on.signOut())).toEqual(['cleared'])
  })

  it('has no grace period while the side has no ACD link', () => {
    const on = signedIn('one')
    on.presence('one', false)
    expect(grace(on.tell({ type: 'LINK_LOST', side: 'A' }))).toEqual(['cleared'])
    on.tell({ type: 'LINK_BACK', side: 'A' })
    expectNobody(on)
    on.tell({ type: 'LINK_LOST', side: 'A' })
    on.presence('one', true)
    expect(grace(on.presence('one', false))).toEqual([])
  })

  it('has a new grace period when the notification service is back', () => {
    const on = signedIn('one')
    expect(grace(service(on, 'SERVICE_LOST'))).toEqual([])
    expect(grace(service(on, 'SERVICE_BACK'))).toEqual(['armed'])
    expect(grace(service(on, 'SERVICE_LOST'))).toEqual(['cleared'])
    expect(grace(on.presence('one', true))).toEqual([])
    expect(grace(on.presence('one', false))).toEqual(['armed'])
  })

  it('has no grace period after a sign-out while the service was lost', () => {
    const on = signedIn('one')
    service(on, 'SERVICE_LOST')
    expect(grace(on.signOut())).toEqual([])
    expectNobody(on)
  })
})

describe('a user who is not signed in', () => {
  it('has no grace period', () => {
    const on = agent()
    on.presence('one', true)
    expect(grace(on.presence('one', false))).toEqual([])
  })

  it('has no grace period after the sessions have ended and the service was lost', () => {
    const on = agent()
    on.presence('one', true)
    on.presence('one', false)
    expectNobody(on)
  })

  it('is present while one session is left', () => {
    const on = agent()
    on.presence('one', true)
    on.presence('two', true)
    on.presence('one', false)
    on.signIn()
    expect(grace(on.presence('two', false))).toEqual(['armed'])
  })

  it('has no grace period when the notification service is back', () => {
    const on = agent()
    on.presence('one', true)
    service(on, 'SERVICE_LOST')
    expect(grace(service(on, 'SERVICE_BACK'))).toEqual([])
    expectNobody(on)
  })
})

describe('where presence is required after a sign-in (9.1)', () => {
  const required = (more: Partial<UserConfig> = {}, sides: readonly Side[] = ['A']) =>
    agent({ requiresPresence: true, ...more }, sides)

  it('a sign-in without a session begins a grace period, at whose end the user is signed out by force', () => {
    const on = required()
    expect(grace(on.signIn())).toEqual(['armed'])
    expect(heard(on.graceOver())).toEqual(['user NOT_READY (50002)'])
    expect(on.presence('one', true)).toEqual([])
  })

  it('a session within the grace period cancels it, and the loss of that session begins another', () => {
    const on = required()
    on.signIn()
    expect(grace(on.presence('one', true))).toEqual(['cleared'])
    expect(grace(on.presence('one', false))).toEqual(['armed'])
  })

  it('a sign-in with a session begins no grace period', () => {
    const on = required()
    on.presence('one', true)
    expect(grace(on.signIn())).toEqual([])
    expect(grace(on.signInToMedium())).toEqual([])
  })

  it('if it is not required, a sign-in without a session begins no grace period', () => {
    const on = agent()
    expect(grace(on.signIn())).toEqual([])
    expect(grace(on.signInToMedium())).toEqual([])
  })

  it('a sign-in to a medium alone begins a grace period, and the sign-out from it cancels it', () => {
    const on = required()
    expect(grace(on.signInToMedium())).toEqual(['armed'])
    expect(grace(on.medium('LOGOUT'))).toEqual(['cleared'])
    expect(grace(on.signInToMedium())).toEqual(['armed'])
    expect(heard(on.graceOver())).toEqual(['media LOGOUT'])
  })

  it('a sign-in that is refused begins no grace period', () => {
    const on = required()
    const { config } = on
    const mrds = Object.fromEntries(Object.entries(config.mrds).map(([id, mrd]) => [id, { ...mrd, member: false }]))
    const foreign = { type: 'SIGN_IN', side: 'A', extension: '9999', mobileAgent: null } as const
    expect(grace(on.tell(foreign))).toEqual([])
    expect(grace(required({ mrds }).signInToMedium())).toEqual([])
  })

  it('further sign-ins do not prolong a grace period', () => {
    const on = required()
    on.signIn()
    expect(grace(on.signIn())).toEqual([])
    expect(grace(on.signInToMedium())).toEqual([])
  })

  it('a sign-in after a forced sign-out begins another grace period', () => {
    const on = required()
    on.signIn()
    on.signInToMedium()
    on.graceOver()
    expect(on.user().state).toBe('NOT_READY')
    expect(grace(on.signIn())).toEqual(['armed'])
  })

  it('so does a repeated sign-in to a medium that stayed signed in (A2)', () => {
    const on = required({ userSignoutChannel: 'voice' })
    on.signInToMedium()
    on.graceOver()
    expect(grace(on.signInToMedium())).toEqual(['armed'])
  })

  it('a sign-out cancels the grace period', () => {
    const on = required()
    on.signIn()
    expect(grace(on.signOut())).toEqual(['cleared'])
  })

  it('the loss of the link cancels it, and none begins while the link is down', () => {
    const on = required()
    on.signIn()
    expect(grace(on.tell({ type: 'LINK_LOST', side: 'A' }))).toEqual(['cleared'])
    expect(grace(on.signIn())).toEqual([])
    on.tell({ type: 'LINK_BACK', side: 'A' })
    expect(grace(on.signIn())).toEqual(['armed'])
  })

  it('there is a new grace period when the notification service is back', () => {
    const on = required()
    on.signIn()
    expect(grace(service(on, 'SERVICE_LOST'))).toEqual(['cleared'])
    expect(grace(on.signIn())).toEqual([])
    expect(grace(service(on, 'SERVICE_BACK'))).toEqual(['armed'])
  })

  it('a change of the setting applies from the next sign-in, and does not cancel a grace period', () => {
    const on = agent()
    on.signIn()
    expect(grace(on.tell({ type: 'CONFIGURED', config: { ...on.config, requiresPresence: true } }))).toEqual([])
    expect(grace(on.signIn())).toEqual(['armed'])
    expect(grace(on.tell({ type: 'CONFIGURED', config: on.config }))).toEqual([])
    on.graceOver()
    expect(grace(on.signIn())).toEqual([])
  })

  it('each side counts only its own presence (9.4)', () => {
    const on = required({}, ['A', 'B'])
    on.presence('one', true)
    expect(grace(on.signIn('A'))).toEqual([])
    expect(grace(on.signIn('B'))).toEqual(['armed'])
    expect(grace(on.presence('two', true))).toEqual([])
    expect(grace(on.presence('three', true, 'B'))).toEqual(['cleared'])
  })

  it('with suppressesLateForcedSignOut a side that does not act does not sign the user out (9.4)', () => {
    for (const suppressed of [false, true]) {
      const on = required({ suppressesLateForcedSignOut: suppressed }, ['A', 'B'])
      on.presence('one', true)
      on.signIn('A')
      on.signIn('B')
      expect(heard(on.graceOver('B'))).toEqual(suppressed ? [] : ['user NOT_READY (50002)'])
    }
  })

  it('a sign-in to a medium after a move begins a grace period on the new side (P6)', () => {
    const on = required({ userSignoutChannel: 'voice' }, ['A', 'B'])
    on.presence('one', true)
    on.signInToMedium()
    on.presence('one', false)
    on.presence('two', true, 'B')
    on.presence('two', false, 'B')
    on.graceOver('B')
    expect(on.view().state).toBe('WORK_NOT_READY')
    const effects = on.signInToMedium('CLOSE', 'B')
    expect(heard(effects)).toEqual(['media NOT_READY'])
    expect(grace(effects)).toEqual(['armed'])
  })
})
