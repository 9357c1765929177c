/** An agent who is rung beside other calls, or while NOT_READY (`dialog V10`, V13, ruling 32). */
import { describe, expect, it } from 'vitest'
import { agent, heard, toldToCalls } from './agent.ts'

const REASON = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const

/** NOT_READY with a reason, on a call, and rung by a second one. */
function rungOnACall() {
  const on = agent()
  on.signIn()
  on.notReady(REASON)
  on.leg('ALERTING')
  on.leg('ACTIVE')
  expect(heard(on.leg('ALERTING', '78'))).toEqual(['call.added'])
  return on
}

describe('an agent who was NOT_READY and is rung when a call ends', () => {
  it('is NOT_READY with the reason of before until the second call is over', () => {
    const on = rungOnACall()
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
    expect(heard(on.callRemoved(true, '78'))).toEqual(['call.removed'])
  })

  it('is signed out by the supervisor then, and the second call is taken back (ruling 47)', () => {
    const on = rungOnACall()
    expect(heard(on.signOut(true))).toEqual(['user TALKING -> LOGOUT'])
    const effects = on.callRemoved()
    expect(heard(effects)).toEqual(['call.removed', 'user LOGOUT'])
    expect(toldToCalls(effects)).toEqual(['78 signed out'])
    expect(heard(on.callRemoved(true, '78'))).toEqual(['call.removed'])
  })

  it('who has asked to be READY is so when the second call is over', () => {
    const on = rungOnACall()
    on.ready()
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY -> READY (42)'])
    expect(heard(on.callRemoved(true, '78'))).toEqual(['call.removed', 'user READY'])
  })
})
