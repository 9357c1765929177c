/** A call with two agents: who is told about what, and when it is over for whom (`dialog 2.1`, 6; V100). */
import { describe, expect, it } from 'vitest'
import { type CallEvent, callMachine, callView, type Effect, isEffect, type LegAction } from '../../machines/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'

type Untimed<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

function line(effect: Effect): string {
  if (effect.type === 'leg.failed') return `failed for ${effect.user}: ${effect.detail}`
  if (effect.type !== 'leg') return effect.type
  const { user, change, leg, call, requestId } = effect
  const parties = call.legs.map(({ state }) => state).join('/')
  return `${user} ${change} ${leg} of ${call.state} ${parties}${requestId ? ` #${requestId}` : ''}`
}

/** 1001 and 1002 on a call of 555. The parties are told in this order: 1001, the caller, 1002. */
function two({ wrapUp = false }: { readonly wrapUp?: boolean } = {}) {
  const tree = actorTree(callMachine, 'call', { dialog: '77' }, isEffect)
  let at = 0
  const told = (event: Untimed<CallEvent>) => {
    at += 1000
    // An event is complete once it has its time.
    return tree.send({ ...event, at } as CallEvent).map(line)
  }
  const variables = [{ name: 'callVariable1', value: '' }]
  told({ type: 'ARRIVES', from: '555', to: '1001', user: '1001', variables, wrapUp, ringMs: 500 })
  told({ type: 'ANSWER', user: '1001', targetMediaAddress: '1001' })
  const joined = told({ type: 'JOINS', user: '1002', mediaAddress: '1002', wrapUp })
  const ask = (type: LegAction, user: string) => told({ type, user, targetMediaAddress: user, requestId: 'r' })
  const view = () => callView(tree.actor.getSnapshot())
  return { joined, told, ask, view, isOver: () => tree.actor.getSnapshot().status === 'done' }
}

describe('a call with two agents', () => {
  it('is new to the one who joins, and has changed for the other', () => {
    expect(two().joined).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/ACTIVE',
      '1002 ADDED ACTIVE of ACTIVE ACTIVE/ACTIVE/ACTIVE',
    ])
  })

  it('tells the others that one leaves, with it and without it, and the one who has left that it is over (V83)', () => {
    const on = two()
    expect(on.ask('DROP', '1001')).toEqual([
      '1001 REMOVED DROPPED of ACTIVE DROPPED/ACTIVE/ACTIVE #r',
      '1002 CHANGED ACTIVE of ACTIVE DROPPED/ACTIVE/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE',
    ])
    expect(on.ask('DROP', '1001')).toEqual(['failed for 1001: DROP on extension 1001'])
    expect(on.ask('DROP', '1002')).toEqual([
      '1002 CHANGED DROPPED of ACTIVE ACTIVE/DROPPED #r',
      '1002 CHANGED DROPPED of DROPPED DROPPED/DROPPED',
      '1002 REMOVED DROPPED of DROPPED DROPPED/DROPPED',
    ])
    expect(on.isOver()).toBe(true)
  })

  it('goes on without the caller', () => {
    const on = two()
    expect(on.told({ type: 'CALLER_HANGS_UP' })).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/DROPPED/ACTIVE',
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE ACTIVE/DROPPED/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE',
    ])
    expect(on.ask('DROP', '1002')).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/DROPPED',
      '1002 CHANGED DROPPED of ACTIVE ACTIVE/DROPPED #r',
      '1001 CHANGED DROPPED of DROPPED DROPPED/DROPPED',
      '1002 CHANGED DROPPED of DROPPED DROPPED/DROPPED',
      '1001 REMOVED DROPPED of DROPPED DROPPED/DROPPED',
      '1002 REMOVED DROPPED of DROPPED DROPPED/DROPPED',
    ])
    expect(on.isOver()).toBe(true)
  })

  it('has data that one agent changes and all are told, in wrap-up too (V100, V101, V102)', () => {
    const on = two({ wrapUp: true })
    const data = (value: string, wrapUpReason?: string) =>
      on.told({
        type: 'UPDATE_CALL_DATA',
        user: '1002',
        variables: [{ name: 'callVariable1', value }],
        ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
        fits: true,
        requestId: 'r',
      })
    const told = [
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/ACTIVE #r',
    ]
    expect(data('a')).toEqual(told)
    expect(data('a')).toEqual([])
    expect(data('a', 'sold')).toEqual(told)
    expect(data('', 'sold')).toEqual(told)
    on.ask('DROP', '1002')
    expect(data('b')).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/WRAP_UP',
      '1002 CHANGED WRAP_UP of ACTIVE ACTIVE/ACTIVE/WRAP_UP #r',
    ])
    expect(on.view()).toMatchObject({ variables: [{ name: 'callVariable1', value: 'b' }], wrapUpReason: 'sold' })
  })

  it('is held by one agent, and then by both (V40, V41, V42)', () => {
    const on = two()
    expect(on.ask('HOLD', '1001')).toEqual([
      '1001 CHANGED HELD of ACTIVE HELD/ACTIVE/ACTIVE #r',
      '1002 CHANGED ACTIVE of ACTIVE HELD/ACTIVE/ACTIVE',
    ])
    expect(on.ask('HOLD', '1002')).toEqual([
      '1001 CHANGED HELD of ACTIVE HELD/ACTIVE/HELD',
      '1002 CHANGED HELD of ACTIVE HELD/ACTIVE/HELD #r',
    ])
    expect(on.ask('HOLD', '1002')).toEqual(['failed for 1002: HOLD on extension 1002'])
    expect(on.ask('RETRIEVE', '1001')).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/HELD #r',
      '1002 CHANGED HELD of ACTIVE ACTIVE/ACTIVE/HELD',
    ])
  })

  it('lets an agent who talks elsewhere wait until that call is on hold (`dialog 6.3`)', () => {
    const on = two()
    on.ask('HOLD', '1002')
    const talks = { type: 'AGENT_TALKS', user: '1002', elsewhere: true } as const
    // The call on hold may be joined with the other one (V55).
    expect(on.told(talks)).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/HELD',
      '1002 CHANGED HELD of ACTIVE ACTIVE/ACTIVE/HELD',
    ])
    expect(on.told(talks)).toEqual([])
    expect(on.ask('RETRIEVE', '1002')).toEqual(['leg.takesLine'])
    expect(on.told({ type: 'LINE_IS_FREE', user: '1002', requestId: 'r' })).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/ACTIVE #r',
    ])
    expect(on.told({ type: 'HOLD_FOR_OTHER', user: '1001' })).toEqual([
      '1001 CHANGED HELD of ACTIVE HELD/ACTIVE/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE HELD/ACTIVE/ACTIVE',
    ])
  })

  it('is wrapped up by each agent alone', () => {
    const on = two({ wrapUp: true })
    expect(on.ask('DROP', '1001')).toEqual([
      '1001 CHANGED WRAP_UP of ACTIVE WRAP_UP/ACTIVE/ACTIVE #r',
      '1002 CHANGED ACTIVE of ACTIVE WRAP_UP/ACTIVE/ACTIVE',
    ])
    // Only two parties are left, so the call ends like any other (V85).
    expect(on.told({ type: 'CALLER_HANGS_UP' })).toEqual([
      '1001 CHANGED WRAP_UP of ACTIVE WRAP_UP/DROPPED/ACTIVE',
      '1002 CHANGED ACTIVE of ACTIVE WRAP_UP/DROPPED/ACTIVE',
      '1001 CHANGED WRAP_UP of ACTIVE WRAP_UP/DROPPED/WRAP_UP',
      '1002 CHANGED WRAP_UP of ACTIVE WRAP_UP/DROPPED/WRAP_UP',
    ])
    expect(on.told({ type: 'WRAP_UP_OVER', user: '1001' })).toEqual([
      '1002 CHANGED WRAP_UP of ACTIVE DROPPED/DROPPED/WRAP_UP',
      '1001 REMOVED DROPPED of ACTIVE DROPPED/DROPPED/WRAP_UP',
    ])
    expect(on.isOver()).toBe(false)
    expect(on.told({ type: 'WRAP_UP_OVER', user: '1002' })).toEqual([
      '1002 REMOVED DROPPED of DROPPED DROPPED/DROPPED/DROPPED',
    ])
    expect(on.isOver()).toBe(true)
  })

  it('wraps up for the agent who is not signed out (ruling 47)', () => {
    const on = two({ wrapUp: true })
    expect(on.told({ type: 'AGENT_SIGNED_OUT', user: '1002' })).toEqual([])
    on.told({ type: 'CALLER_HANGS_UP' })
    expect(on.ask('DROP', '1001').at(-1)).toBe('1002 REMOVED DROPPED of ACTIVE WRAP_UP/DROPPED')
  })

  it('forgets an agent who cannot be joined, and tells the other', () => {
    const on = two()
    expect(on.told({ type: 'LEG_REFUSED', user: '1002' })).toEqual([
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE/DROPPED',
      '1001 CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE',
    ])
  })
})
