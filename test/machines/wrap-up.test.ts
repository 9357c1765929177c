/** A wrap-up that needs a reason of the call (`user 5.6`): who needs it, and for which calls. */
import { describe, expect, it } from 'vitest'
import type { CallView } from '../../machines/effects.ts'
import { legView, type WrapUp } from '../../machines/index.ts'
import { agent, CALL, heard, toldToCalls } from './agent.ts'

const REFUSED = ['failed WRAP_UP_DATA_REQUIRED']

/** Agents who talked on a call, which is over for both. One has to give a reason. */
const call = (dialog: string, needs: string, wrapUpReason?: string): CallView => ({
  ...CALL,
  dialog,
  ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
  legs: ['1001', '1002'].map((user) => ({
    ...{ mediaAddress: user, user, state: 'WRAP_UP', stateCause: '', startTime: 0, stateChangeTime: 0 },
    ...(user === needs ? { needsReason: true } : {}),
  })),
})

function wrapping(...calls: readonly CallView[]) {
  const on = agent()
  on.signIn()
  on.ready()
  const wrapUp = (given: CallView) => on.tell({ type: 'CALL_CHANGED', leg: 'WRAP_UP', notAnswered: false, call: given })
  for (const each of calls) on.leg('ALERTING', each.dialog)
  for (const each of calls) wrapUp(each)
  return { ...on, wrapUp }
}

describe('a state that is chosen in wrap-up', () => {
  it('is refused until the call has a reason, which may come from another agent', () => {
    const on = wrapping(call('77', '1001'))
    expect(heard(on.ready())).toEqual(REFUSED)
    expect(heard(on.notReady())).toEqual(REFUSED)
    expect(on.user().pendingState).toBe('')
    on.wrapUp(call('77', '1001', ''))
    expect(heard(on.ready())).toEqual(REFUSED)
    on.wrapUp(call('77', '1001', 'Sold'))
    expect(toldToCalls(on.ready())).toEqual(['77 wrap-up over'])
  })

  it('needs no reason of a call that only another agent has to give one for', () => {
    expect(toldToCalls(wrapping(call('77', '1002')).ready())).toEqual(['77 wrap-up over'])
  })

  it('needs the reasons of all calls in wrap-up', () => {
    const on = wrapping(call('77', '1001', 'Sold'), call('78', '1001'))
    expect(heard(on.ready())).toEqual(REFUSED)
    on.wrapUp(call('78', '1001', 'Sold'))
    expect(toldToCalls(on.ready())).toEqual(['77 wrap-up over', '78 wrap-up over'])
  })

  it('is never refused to a supervisor, and the time ends the wrap-up', () => {
    expect(toldToCalls(wrapping(call('77', '1001')).notReady(null, true))).toEqual(['77 wrap-up over'])
    const on = wrapping(call('77', '1001'))
    expect(toldToCalls(on.wrapUpIsOver(on.config.wrapUpMs))).toEqual(['77 wrap-up over'])
  })
})

it.each([
  [false, undefined],
  [true, undefined],
  ['WITH_REASON', true],
] as const)('a leg with the wrap-up %s says that it needs a reason: %s', (wrapUp: WrapUp, needsReason) => {
  const facts = { dialog: '77', leg: '77#1001', begins: 'ACTIVE', mediaAddress: '1001', user: '1001', wrapUp } as const
  const times = { startTime: 0, stateChangeTime: 0 }
  const context = { ...facts, ringMs: null, leaves: false, talksElsewhere: false, stateCause: '', ...times } as const
  expect(legView({ value: 'ACTIVE', context }).needsReason).toBe(needsReason)
})
