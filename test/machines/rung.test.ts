/** A call that rings during another call of an agent who was NOT_READY (`dialog V10`, V13, ruling 32). */
import { describe, expect, it } from 'vitest'
import { agent, heard, toldToCalls } from './agent.ts'

const REASON = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const

/** An agent who was NOT_READY with a reason is on a call, and a second call rings. */
function rungOnACall() {
  const on = agent()
  on.signIn()
  on.notReady(REASON)
  on.leg('ALERTING')
  on.leg('ACTIVE')
  expect(heard(on.leg('ALERTING', '78'))).toEqual(['call.added'])
  return on
}

describe('when the first call ends while the second one rings', () => {
  it('the agent is NOT_READY with the old reason', () => {
    const on = rungOnACall()
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
    expect(heard(on.callRemoved(true, '78'))).toEqual(['call.removed'])
  })

  it('a pending sign-out by a supervisor takes effect, and the second call is taken back (ruling 47)', () => {
    const on = rungOnACall()
    expect(heard(on.signOut(true))).toEqual(['user TALKING -> LOGOUT'])
    const effects = on.callRemoved()
    expect(heard(effects)).toEqual(['call.removed', 'user LOGOUT'])
    expect(toldToCalls(effects)).toEqual(['78 signed out'])
    expect(heard(on.callRemoved(true, '78'))).toEqual(['call.removed'])
  })

  it('a pending READY waits until the second call is over', () => {
    const on = rungOnACall()
    on.ready()
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY -> READY (42)'])
    expect(heard(on.callRemoved(true, '78'))).toEqual(['call.removed', 'user READY'])
  })
})
