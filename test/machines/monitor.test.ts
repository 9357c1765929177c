/** A call into which a supervisor barges, and one that has changed meanwhile (`dialog 4.10`). */
import { describe, expect, it } from 'vitest'
import { type CallEvent, callMachine, callView, type Effect, isEffect, type JoinTerms } from '../../machines/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'

type Untimed<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

const TERMS: JoinTerms = { partiesMax: 4, dropParticipantFor: 'supervisor_only', supervisors: ['9'] }
const MONITOR = { supervisor: '9', agent: '1', of: 'a' } as const

/** Agent 1 talks on call `a`, and supervisor 9 listens by call `m`. */
function heard() {
  let at = 0
  const calls = { a: call('a'), m: call('m') }
  const tell = (dialog: 'a' | 'm', event: Untimed<CallEvent>): readonly Effect[] => {
    at += 1000
    // An event is complete once it has its time.
    return calls[dialog].send({ ...event, at } as CallEvent)
  }
  tell('a', { type: 'ARRIVES', from: '55', to: '1', user: '1', variables: [], wrapUp: false, ringMs: 500 })
  tell('a', { type: 'ANSWER', user: '1', targetMediaAddress: '1' })
  tell('m', { type: 'MONITORS', monitor: MONITOR, extension: '9', agentExtension: '1' })
  const barge = (terms: JoinTerms = TERMS): readonly Effect[] => {
    const last = callView(calls.m.actor.getSnapshot())
    return tell('a', { type: 'BARGES_IN', supervisor: '9', extension: '9', agent: '1', terms, last, requestId: 'b' })
  }
  return { tell, barge, legs: () => callView(calls.a.actor.getSnapshot()).legs.map(({ user, state }) => [user, state]) }
}

const call = (dialog: string) => actorTree(callMachine, 'call', { dialog }, isEffect)

const FAILED = {
  type: 'leg.failed',
  user: '9',
  dialog: 'a',
  failure: 'CALL_OPERATION_FAILED',
  detail: 'BARGE_CALL on extension ',
  requestId: 'b',
}

describe('a barge', () => {
  it('tells the agent of the end, then the supervisor of the call, then the agent', () => {
    const on = heard()
    const told = on
      .barge()
      .map((effect) =>
        effect.type === 'leg' ? [effect.user, effect.change, effect.call.dialog, effect.requestId] : [effect.type],
      )
    expect(told).toEqual([
      ['1', 'REMOVED', 'm', ''],
      ['9', 'ADDED', 'a', 'b'],
      ['1', 'CHANGED', 'a', ''],
      ['call.hasBargedIn'],
    ])
    expect(on.legs()).toEqual([
      ['1', 'ACTIVE'],
      [undefined, 'ACTIVE'],
      ['9', 'ACTIVE'],
    ])
  })

  it('fails if the agent has put the call on hold meanwhile, if there is no room, or for a second time', () => {
    const held = heard()
    held.tell('a', { type: 'HOLD', user: '1', targetMediaAddress: '1' })
    expect(held.barge()).toEqual([FAILED])
    expect(heard().barge({ ...TERMS, partiesMax: 2 })).toEqual([FAILED])
    const twice = heard()
    twice.barge()
    expect(twice.barge()).toMatchObject([{ type: 'leg.failed', failure: 'CALL_OPERATION_FAILED' }])
  })
})

describe('a monitor call', () => {
  const actions = (effects: readonly Effect[]) =>
    effects.map((effect) =>
      effect.type === 'leg' ? [effect.user, effect.change, effect.isMonitored ?? false] : effect.type,
    )

  it('ends for both, whoever leaves first, and nobody can do anything else on it', () => {
    for (const user of ['1', '9']) {
      const on = heard()
      expect(actions(on.tell('m', { type: 'HOLD', user: '9', targetMediaAddress: '9' }))).toEqual(['leg.failed'])
      expect(actions(on.tell('m', { type: 'MONITORING_ENDS', user }))).toEqual([
        ['9', 'CHANGED', false],
        ['1', 'CHANGED', true],
        ['9', 'CHANGED', false],
        ['1', 'CHANGED', true],
        ['9', 'REMOVED', false],
        ['1', 'REMOVED', true],
      ])
    }
  })
})
