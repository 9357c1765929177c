/** Whose absence is waited for, and who is signed out for it (`notifications 9.1`). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
import type { UserConfig } from '../../machines/index.ts'
import type { Side } from '../../machines/wire.ts'
import { agent, heard } from './agent.ts'

/** Does a grace period begin or end? */
const grace = (effects: readonly Effect[]) =>
  effects.flatMap(({ type, ...rest }) =>
    'name' in rest && rest.name === 'PRESENCE_GRACE_OVER' ? [type.replace('deadline.', '')] : [],
  )
const service = (on: ReturnType<typeof agent>, type: 'SERVICE_LOST' | 'SERVICE_BACK') => on.tell({ type, side: 'A' })

/** Nobody is there: a service that goes and comes back has nobody to miss. */
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
  it('is waited for when the last session goes, and signed out by force when the grace is over', () => {
    const on = signedIn('one', 'two')
    expect(grace(on.presence('one', false))).toEqual([])
    expect(grace(on.presence('one', false))).toEqual([])
    expect(grace(on.presence('two', false))).toEqual(['armed'])
    expect(heard(on.graceOver())).toHaveLength(1)
    expect(heard(on.graceOver())).toEqual([])
  })

  it('who comes back within the grace period is not waited for any more', () => {
    const on = signedIn('one')
    on.presence('one', false)
    expect(grace(on.presence('two', true))).toEqual(['cleared'])
    expect(grace(on.presence('one', false))).toEqual([])
    expect(grace(on.presence('two', false))).toEqual(['armed'])
  })

  it('who signs out is not waited for any more', () => {
    const on = signedIn('one')
    on.presence('one', false)
    expect(grace(on.signOut())).toEqual(['cleared'])
    expectNobody(on)
  })

  it('who signs out of the last medium is not waited for any more (ruling 30)', () => {
    const on = agent()
    on.signInToMedium()
    on.presence('one', true)
    expect(grace(on.presence('one', false))).toEqual(['armed'])
    expect(grace(on.medium('LOGOUT'))).toEqual(['cleared'])
  })

  it('whose media are signed out with the user is not waited for any more (ruling 30)', () => {
    const on = signedIn('one')
    on.signInToMedium()
    on.presence('one', false)
    expect(grace(on.signOut())).toEqual(['cleared'])
  })

  it('is not waited for while the side has no ACD link', () => {
    const on = signedIn('one')
    on.presence('one', false)
    expect(grace(on.tell({ type: 'LINK_LOST', side: 'A' }))).toEqual(['cleared'])
    on.tell({ type: 'LINK_BACK', side: 'A' })
    expectNobody(on)
    on.tell({ type: 'LINK_LOST', side: 'A' })
    on.presence('one', true)
    expect(grace(on.presence('one', false))).toEqual([])
  })

  it('gets a fresh grace period when the notification service is back', () => {
    const on = signedIn('one')
    expect(grace(service(on, 'SERVICE_LOST'))).toEqual([])
    expect(grace(service(on, 'SERVICE_BACK'))).toEqual(['armed'])
    expect(grace(service(on, 'SERVICE_LOST'))).toEqual(['cleared'])
    expect(grace(on.presence('one', true))).toEqual([])
    expect(grace(on.presence('one', false))).toEqual(['armed'])
  })

  it('who signed out while the service was gone is not waited for', () => {
    const on = signedIn('one')
    service(on, 'SERVICE_LOST')
    expect(grace(on.signOut())).toEqual([])
    expectNobody(on)
  })
})

describe('a user who is not signed in', () => {
  it('is not waited for', () => {
    const on = agent()
    on.presence('one', true)
    expect(grace(on.presence('one', false))).toEqual([])
  })

  it('and whose sessions are gone is nobody whom a service could miss', () => {
    const on = agent()
    on.presence('one', true)
    on.presence('one', false)
    expectNobody(on)
  })

  it('is there as long as one session is', () => {
    const on = agent()
    on.presence('one', true)
    on.presence('two', true)
    on.presence('one', false)
    on.signIn()
    expect(grace(on.presence('two', false))).toEqual(['armed'])
  })

  it('is not waited for after the notification service was gone', () => {
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

  it('who signs in without a session is waited for, and signed out by force when nobody comes', () => {
    const on = required()
    expect(grace(on.signIn())).toEqual(['armed'])
    expect(heard(on.graceOver())).toEqual(['user NOT_READY (50002)'])
    expect(on.presence('one', true)).toEqual([])
  })

  it('whoever comes in time is not waited for any more, and the first loss counts as ever', () => {
    const on = required()
    on.signIn()
    expect(grace(on.presence('one', true))).toEqual(['cleared'])
    expect(grace(on.presence('one', false))).toEqual(['armed'])
  })

  it('who has a session is not waited for', () => {
    const on = required()
    on.presence('one', true)
    expect(grace(on.signIn())).toEqual([])
    expect(grace(on.signInToMedium())).toEqual([])
  })

  it('and otherwise nobody without a session is', () => {
    const on = agent()
    expect(grace(on.signIn())).toEqual([])
    expect(grace(on.signInToMedium())).toEqual([])
  })

  it('a sign-in to a medium alone counts, and its sign-out ends the watch', () => {
    const on = required()
    expect(grace(on.signInToMedium())).toEqual(['armed'])
    expect(grace(on.medium('LOGOUT'))).toEqual(['cleared'])
    expect(grace(on.signInToMedium())).toEqual(['armed'])
    expect(heard(on.graceOver())).toEqual(['media LOGOUT'])
  })

  it('a sign-in that is refused does not', () => {
    const on = required()
    const { config } = on
    const mrds = Object.fromEntries(Object.entries(config.mrds).map(([id, mrd]) => [id, { ...mrd, member: false }]))
    const foreign = { type: 'SIGN_IN', side: 'A', extension: '9999', mobileAgent: null } as const
    expect(grace(on.tell(foreign))).toEqual([])
    expect(grace(required({ mrds }).signInToMedium())).toEqual([])
  })

  it('further sign-ins do not put off the end', () => {
    const on = required()
    on.signIn()
    expect(grace(on.signIn())).toEqual([])
    expect(grace(on.signInToMedium())).toEqual([])
  })

  it('who was signed out by force and signs in again is waited for anew', () => {
    const on = required()
    on.signIn()
    on.signInToMedium()
    on.graceOver()
    expect(on.user().state).toBe('NOT_READY')
    expect(grace(on.signIn())).toEqual(['armed'])
  })

  it('so does who signs in to a medium that knows of a sign-in (A2)', () => {
    const on = required({ userSignoutChannel: 'voice' })
    on.signInToMedium()
    on.graceOver()
    expect(grace(on.signInToMedium())).toEqual(['armed'])
  })

  it('a sign-out ends the watch', () => {
    const on = required()
    on.signIn()
    expect(grace(on.signOut())).toEqual(['cleared'])
  })

  it('the loss of the link ends it, and meanwhile nobody is put under watch', () => {
    const on = required()
    on.signIn()
    expect(grace(on.tell({ type: 'LINK_LOST', side: 'A' }))).toEqual(['cleared'])
    expect(grace(on.signIn())).toEqual([])
    on.tell({ type: 'LINK_BACK', side: 'A' })
    expect(grace(on.signIn())).toEqual(['armed'])
  })

  it('a grace period is fresh when the notification service is back', () => {
    const on = required()
    on.signIn()
    expect(grace(service(on, 'SERVICE_LOST'))).toEqual(['cleared'])
    expect(grace(on.signIn())).toEqual([])
    expect(grace(service(on, 'SERVICE_BACK'))).toEqual(['armed'])
  })

  it('turned on or off it counts from the next sign-in; a grace period that runs goes on', () => {
    const on = agent()
    on.signIn()
    expect(grace(on.tell({ type: 'CONFIGURED', config: { ...on.config, requiresPresence: true } }))).toEqual([])
    expect(grace(on.signIn())).toEqual(['armed'])
    expect(grace(on.tell({ type: 'CONFIGURED', config: on.config }))).toEqual([])
    on.graceOver()
    expect(grace(on.signIn())).toEqual([])
  })

  it('each side looks for presence on itself (9.4)', () => {
    const on = required({}, ['A', 'B'])
    on.presence('one', true)
    expect(grace(on.signIn('A'))).toEqual([])
    expect(grace(on.signIn('B'))).toEqual(['armed'])
    expect(grace(on.presence('two', true))).toEqual([])
    expect(grace(on.presence('three', true, 'B'))).toEqual(['cleared'])
  })

  it('a side that the user is not at signs nobody out where that is suppressed (9.4)', () => {
    for (const suppressed of [false, true]) {
      const on = required({ suppressesLateForcedSignOut: suppressed }, ['A', 'B'])
      on.presence('one', true)
      on.signIn('A')
      on.signIn('B')
      expect(heard(on.graceOver('B'))).toEqual(suppressed ? [] : ['user NOT_READY (50002)'])
    }
  })

  it('a medium that is signed in to again after a move is so on the new side (P6)', () => {
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
