/** Whose absence is waited for, and who is signed out for it (`notifications.md` 9.1). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
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
