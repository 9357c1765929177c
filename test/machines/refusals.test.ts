/** Refused sign-ins, and a call to an agent who is NOT_READY. */
import { describe, expect, it } from 'vitest'
import { agent, heard, MRD } from './agent.ts'

const REASON = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const
const MOBILE = { mode: 'CALL_BY_CALL', dialNumber: '555' } as const

describe('a sign-in', () => {
  it('at an extension of another user is refused', () => {
    const on = agent({ extensions: ['1001'] })
    const at = (extension: string) => heard(on.tell({ type: 'SIGN_IN', side: 'A', extension, mobileAgent: null }))
    expect(at('1002')).toEqual(['failed INVALID_DEVICE'])
    expect(at('1001')).toEqual(['user NOT_READY'])
    expect(at('1002')).toEqual(['failed INVALID_DEVICE'])
  })

  it.each([
    [false, ['failed MOBILE_MODE_NOT_ALLOWED']],
    [true, ['user NOT_READY']],
  ])('of a mobile agent, with mobileAgentAllowed %s', (mobileAgentAllowed, told) => {
    const on = agent({ mobileAgentAllowed })
    expect(heard(on.tell({ type: 'SIGN_IN', side: 'A', extension: '1001', mobileAgent: MOBILE }))).toEqual(told)
  })

  it('to an MRD of which the user is not a member is refused, and so is every request to the MRD of voice', () => {
    const { config } = agent()
    const settings = config.mrds[MRD]?.settings
    if (!settings) throw new Error(`there is no MRD ${MRD}`)
    const on = agent({ mrds: { [MRD]: { member: false, settings } } })
    expect(heard(on.signInToMedium())).toEqual(['failed NOT_A_MEMBER_OF_MEDIA'])
    expect(heard(on.tell({ type: 'MEDIA_ROUTABLE', mrd: '1', routable: true }))).toEqual([
      'failed VOICE_IS_NOT_A_MEDIA',
    ])
  })
})

describe('a call to an agent who is NOT_READY', () => {
  it('does not change the state until it is answered, and the reason is shown again after it (ruling 32)', () => {
    const on = agent()
    on.signIn()
    on.notReady(REASON)
    expect(heard(on.leg('ALERTING'))).toEqual(['call.added'])
    expect(heard(on.leg('ACTIVE'))).toEqual(['user TALKING', 'call.changed'])
    expect(heard(on.callRemoved())).toEqual(['call.removed', 'user NOT_READY (42)'])
  })
})
