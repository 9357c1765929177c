/** What is asked for on a call waits until the call is over (`user 5.5`), and what a call leaves behind. */
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

describe.each(STATES)('in %s', (state, come) => {
  const there = () => {
    const on = rung()
    come(on)
    return on
  }

  it('NOT_READY is pending with its reason, and holds when the call is over', () => {
    const on = there()
    expect(heard(on.notReady(LUNCH))).toEqual([`user ${state} -> NOT_READY`])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
    expect(on.user().pendingState).toBe('')
  })

  it('what was asked for last counts', () => {
    const on = there()
    on.notReady(LUNCH)
    expect(heard(on.ready())).toEqual([`user ${state} -> READY`])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })

  it('a supervisor may sign the agent out when nobody is talked to any more, and no more (5.7, ruling 47)', () => {
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

  it('nobody may ask for WORK', () => {
    expect(heard(there().tell({ type: 'WORK' }))).toEqual(['failed INVALID_USER_STATE'])
  })
})

it('a call reserves who is READY, and its leg decides from then on (U9, V1, U12, U21, U26)', () => {
  const on = agent()
  on.signIn()
  on.ready()
  const states = ([on.leg('ALERTING'), on.leg('ACTIVE'), on.leg('HELD'), on.leg('ACTIVE')] as const).map(heard)
  expect(states.map(([first]) => first)).toEqual(['user RESERVED', 'user TALKING', 'user HOLD', 'user TALKING'])
})

describe('when the call is over', () => {
  it('the state of before is back, without a reason that was asked for in between (U13, U22, U23)', () => {
    const on = rung()
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.leg('HELD'))).toEqual(['user HOLD', 'call.changed'])
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })

  it('a call that was not answered leaves READY for NOT_READY with its own reason (V10)', () => {
    const on = rung()
    expect(heard(on.callRemoved(true))).toEqual(['call.removed', 'user NOT_READY (32767)'])
    expect(heard(on.ready())).toEqual(['user READY'])
    expect(on.user().reason).toBeNull()
  })

  it('a call that was not answered changes nothing for an agent who was NOT_READY (ruling 32)', () => {
    const on = agent()
    on.signIn()
    on.notReady(LUNCH)
    on.leg('ALERTING')
    expect(heard(on.callRemoved(true))).toEqual(['call.removed'])
    expect(on.user()).toMatchObject({ state: 'NOT_READY', reason: LUNCH })
  })

  it('a reason is not shown while talking, and is back afterwards', () => {
    const on = agent()
    on.signIn()
    on.notReady(LUNCH)
    on.leg('ALERTING')
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
  })

  it('READY that was asked for while rung in NOT_READY counts', () => {
    const on = agent()
    on.signIn()
    on.leg('ALERTING')
    expect(heard(on.ready())).toEqual(['user READY'])
    on.leg('ACTIVE')
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })

  it('a leg that is dropped changes nothing until the call leaves (V5, V7)', () => {
    const on = rung()
    on.leg('ACTIVE')
    expect(heard(on.leg('DROPPED'))).toEqual(['call.changed'])
    expect(on.user().state).toBe('TALKING')
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user READY'])
  })
})
