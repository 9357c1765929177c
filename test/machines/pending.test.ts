/** A state that is requested on a call is pending until the call is over (`user 5.5`). The state after a call. */
import { describe, expect, it } from 'vitest'
import { agent, heard, toldToCalls } from './agent.ts'

const LUNCH = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const

function rung() {
  const on = agent()
  on.signIn()
  on.ready()
  expect(heard(on.leg('ALERTING'))).toEqual(['user RESERVED', 'call.added'])
  return on
}

const STATES = [
  ['RESERVED', (_: ReturnType<typeof agent>) => []],
  ['TALKING', (on: ReturnType<typeof agent>) => [on.leg('ACTIVE')]],
  ['HOLD', (on: ReturnType<typeof agent>) => [on.leg('ACTIVE'), on.leg('HELD')]],
] as const

describe.each(STATES)('a request in %s', (state, come) => {
  const there = () => {
    const on = rung()
    come(on)
    return on
  }

  it('for NOT_READY is pending with its reason, and takes effect when the call is over', () => {
    const on = there()
    expect(heard(on.notReady(LUNCH))).toEqual([`user ${state} -> NOT_READY`])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
    expect(on.user().pendingState).toBe('')
  })

  it('replaces an earlier pending one', () => {
    const on = there()
    on.notReady(LUNCH)
    expect(heard(on.ready())).toEqual([`user ${state} -> READY`])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })

  it('by a supervisor may only be a sign-out, pending unless the call only rings (5.7, ruling 47)', () => {
    const on = there()
    expect(heard(on.notReady(LUNCH, true))).toEqual(['failed INVALID_USER_STATE'])
    expect(heard(on.signOut())).toEqual(['failed INVALID_USER_STATE'])
    const rings = state === 'RESERVED'
    const effects = on.signOut(true)
    expect(heard(effects)).toEqual([rings ? 'user LOGOUT' : `user ${state} -> LOGOUT`])
    expect(toldToCalls(effects)).toEqual([rings ? '77 signed out' : '77 leaves'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', ...(rings ? [] : ['user LOGOUT'])])
    on.signIn()
    expect(on.user().pendingState).toBe('')
  })

  it('for WORK is refused', () => {
    expect(heard(there().tell({ type: 'WORK' }))).toEqual(['failed INVALID_USER_STATE'])
  })
})

it('a call reserves an agent who is READY, and then the state follows its leg (U9, V1, U12, U21, U26)', () => {
  const on = agent()
  on.signIn()
  on.ready()
  const states = ([on.leg('ALERTING'), on.leg('ACTIVE'), on.leg('HELD'), on.leg('ACTIVE')] as const).map(heard)
  expect(states.map(([first]) => first)).toEqual(['user RESERVED', 'user TALKING', 'user HOLD', 'user TALKING'])
})

describe('when the call is over', () => {
  it('an agent who was READY is READY again (U13, U22, U23)', () => {
    const on = rung()
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.leg('HELD'))).toEqual(['user HOLD', 'call.changed'])
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })

  it('an agent who was READY and did not answer is NOT_READY with the reason for that (V10)', () => {
    const on = rung()
    expect(heard(on.callRemoved(true))).toEqual(['call.removed', 'user NOT_READY (32767)'])
    expect(heard(on.ready())).toEqual(['user READY'])
    expect(on.user().reason).toBeNull()
  })

  it('an agent who was NOT_READY and did not answer keeps state and reason (ruling 32)', () => {
    const on = agent()
    on.signIn()
    on.notReady(LUNCH)
    on.leg('ALERTING')
    expect(heard(on.callRemoved(true))).toEqual(['call.removed'])
    expect(on.user()).toMatchObject({ state: 'NOT_READY', reason: LUNCH })
  })

  it('a reason that is not shown while TALKING is shown again', () => {
    const on = agent()
    on.signIn()
    on.notReady(LUNCH)
    on.leg('ALERTING')
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
  })

  it('an agent who requested READY while a call rang in NOT_READY is READY, and RESERVED until then (ruling 32)', () => {
    const on = agent()
    on.signIn()
    on.leg('ALERTING')
    expect(heard(on.ready())).toEqual(['user READY', 'user RESERVED'])
    on.leg('ACTIVE')
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })

  it('the state changes when the call is removed, not when its leg is dropped (V5, V7)', () => {
    const on = rung()
    on.leg('ACTIVE')
    expect(heard(on.leg('DROPPED'))).toEqual(['call.changed'])
    expect(on.user().state).toBe('TALKING')
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })
})
