/** Sign-outs by agents, by supervisors and by force, in every state (`user 5.5`, 5.7, `notifications 9.2`). */
import { describe, expect, it } from 'vitest'
import { agent, heard, toldToCalls } from './agent.ts'

const REASON = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const

function ready(more: Parameters<typeof agent>[0] = {}) {
  const on = agent(more)
  on.signIn()
  on.ready()
  return on
}

function onCall(more: Parameters<typeof agent>[0] = {}) {
  const on = ready(more)
  on.leg('ALERTING')
  on.leg('ACTIVE')
  return on
}

describe('a sign-out from READY', () => {
  it('by an agent is refused (ruling 33)', () => {
    const on = ready({ agentMayLeaveFromReady: false })
    expect(heard(on.signOut())).toEqual(['failed INVALID_USER_STATE'])
  })

  it('by an agent is accepted with agentMayLeaveFromReady', () => {
    const on = ready({ agentMayLeaveFromReady: true })
    expect(heard(on.signOut())).toEqual(['user LOGOUT'])
    expect(heard(on.ready())).toEqual(['failed INVALID_USER_STATE'])
  })

  it('by a supervisor is accepted', () => {
    const on = ready({ agentMayLeaveFromReady: false })
    expect(heard(on.signOut(true))).toEqual(['user LOGOUT'])
  })
})

describe('a sign-out on a call', () => {
  it('by an agent is refused', () => {
    expect(heard(onCall().signOut())).toEqual(['failed INVALID_USER_STATE'])
  })

  it('by a supervisor is pending, and takes effect when the call is over', () => {
    const on = onCall()
    expect(heard(on.signOut(true))).toEqual(['user TALKING -> LOGOUT'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user LOGOUT'])
    expect(heard(on.signIn())).toEqual(['user NOT_READY'])
  })
})

describe('a sign-out in wrap-up', () => {
  const inWrapUp = () => {
    const on = onCall()
    expect(heard(on.leg('WRAP_UP'))).toEqual(['user WORK_READY', 'call.changed'])
    return on
  }

  it('by an agent is refused', () => {
    expect(heard(inWrapUp().signOut())).toEqual(['failed INVALID_USER_STATE'])
  })

  it('by a supervisor takes effect at once, and ends the wrap-up', () => {
    const effects = inWrapUp().signOut(true)
    expect(heard(effects)).toEqual(['user LOGOUT'])
    expect(toldToCalls(effects)).toEqual(['77 signed out'])
  })
})

describe('a forced sign-out', () => {
  const forced = (on: ReturnType<typeof agent>) => heard(on.tell({ type: 'FORCED_SIGN_OUT', side: 'A' }))

  it('on a call is pending until the call is over', () => {
    const on = onCall({ logoutOnAgentDisconnect: 0 })
    expect(forced(on)).toEqual(['user TALKING -> NOT_READY'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (50002)'])
  })

  it('on a call takes effect at once with LOAD 1, and the call goes on', () => {
    const on = onCall({ logoutOnAgentDisconnect: 1 })
    expect(forced(on)).toEqual(['user LOGOUT (50002)'])
    expect(heard(on.callRemoved())).toEqual(['call.removed'])
  })

  it.each([
    ['RESERVED', 'ALERTING'],
    ['TALKING', 'ACTIVE'],
    ['HOLD', 'HELD'],
  ] as const)('in %s is pending until the call is over, or takes effect at once with LOAD 1', (state, leg) => {
    for (const load of [0, 1] as const) {
      const on = ready({ logoutOnAgentDisconnect: load })
      on.leg('ALERTING')
      if (leg !== 'ALERTING') on.leg(leg)
      expect(on.user().state).toBe(state)
      expect(forced(on)).toEqual([load === 0 ? `user ${state} -> NOT_READY` : 'user LOGOUT (50002)'])
      const over = load === 0 ? ['call.removed', 'user NOT_READY (50002)'] : ['call.removed']
      expect(heard(on.callRemoved())).toEqual(over)
    }
  })

  it.each([0, 1] as const)('on a call signs the user out of the media at once, with LOAD %i', (load) => {
    const on = onCall({ logoutOnAgentDisconnect: load })
    on.signInToMedium()
    const voice = load === 0 ? 'user TALKING -> NOT_READY' : 'user LOGOUT (50002)'
    expect(forced(on)).toEqual([voice, 'media LOGOUT'])
  })

  it('from READY leads to NOT_READY, and to LOGOUT with LOAD 1', () => {
    expect(forced(ready({ logoutOnAgentDisconnect: 0 }))).toEqual(['user NOT_READY (50002)'])
    expect(forced(ready({ logoutOnAgentDisconnect: 1 }))).toEqual(['user LOGOUT (50002)'])
  })
})

describe('the media of a user who signs out', () => {
  it.each([
    ['all', ['user LOGOUT', 'media LOGOUT']],
    ['voice', ['user LOGOUT']],
  ] as const)('are signed out or not with userSignoutChannel %s', (userSignoutChannel, told) => {
    const on = agent({ userSignoutChannel })
    on.signIn()
    on.signInToMedium()
    expect(heard(on.signOut()).map((line) => line.replace(' not routable', ''))).toEqual(told)
  })
})

describe('the reason in a medium', () => {
  const notReady = () => {
    const on = agent()
    on.signIn()
    on.signInToMedium()
    expect(heard(on.medium('NOT_READY', REASON))).toEqual(['media NOT_READY (42)'])
    return on
  }

  it('is that of its own sign-out (A21)', () => {
    const end = { ...REASON, code: 30, category: 'LOGOUT' } as const
    expect(heard(notReady().medium('LOGOUT', end))).toEqual(['media LOGOUT (30)'])
  })

  it('is removed when the user signs out (A22)', () => {
    expect(heard(notReady().signOut())).toEqual(['user LOGOUT', 'media LOGOUT'])
  })
})

describe('the reason of NOT_READY', () => {
  it('is published from READY and in NOT_READY', () => {
    const on = ready()
    expect(heard(on.notReady(REASON))).toEqual(['user NOT_READY (42)'])
    expect(heard(on.notReady({ ...REASON, code: 43 }))).toEqual(['user NOT_READY (43)'])
    expect(heard(on.notReady({ ...REASON, code: 44 }, true))).toEqual(['failed INVALID_USER_STATE'])
    expect(heard(on.notReady())).toEqual(['user NOT_READY'])
  })
})
