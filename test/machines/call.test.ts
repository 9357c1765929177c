/** One call from its arrival to its end, with the events for its agent (`dialog 6`); and the dependencies of a side. */
import { describe, expect, it } from 'vitest'
import { type Effect, isEffect } from '../../machines/effects.ts'
import {
  type CallEvent,
  callMachine,
  callState,
  type Dependency,
  legActions,
  sideMachine,
} from '../../machines/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'

const isAny = (_emitted: { readonly type: string }): _emitted is { readonly type: string; readonly status?: string } =>
  true

function line(effect: Effect): string {
  switch (effect.type) {
    case 'leg': {
      const parties = effect.call.legs.map(({ state }) => state).join('/')
      const flags = `${effect.notAnswered ? ' not answered' : ''}${effect.requestId ? ` #${effect.requestId}` : ''}`
      return `${effect.change} ${effect.leg} of ${effect.call.state} ${parties}${flags}`
    }
    case 'deadline.armed':
      return `armed ${effect.name} ${effect.due}`
    case 'deadline.cleared':
      return `cleared ${effect.name}`
    case 'leg.failed':
      return `failed for ${effect.user}: ${effect.detail}`
    default:
      return effect.type
  }
}

type Untimed<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

/** A call that rings at extension 1001. */
function ringing(wrapUp = false) {
  const tree = actorTree(callMachine, 'call', { dialog: '77' }, isEffect)
  let at = 0
  const told = (event: Untimed<CallEvent>) => {
    at += 1000
    // With its time the event is complete.
    return tree.send({ ...event, at } as CallEvent).map(line)
  }
  const arrived = told({ type: 'ARRIVES', from: '555', to: '1001', user: '1001', variables: [], wrapUp, ringMs: 500 })
  const ask = (type: 'ANSWER' | 'DROP', user = '1001') =>
    told({ type, user, targetMediaAddress: '1001', requestId: 'r' })
  const state = () => callState(tree.actor.getSnapshot())
  const isOver = () => tree.actor.getSnapshot().status === 'done'
  const legs = () => Object.values(tree.actor.getSnapshot().context.legs)
  return { arrived, told, ask, state, isOver, legs }
}

function active(wrapUp = false) {
  const on = ringing(wrapUp)
  on.ask('ANSWER')
  return on
}

const REFUSED = ['failed for 1001: DROP on extension 1001']

describe('a call that rings', () => {
  it('is added, and arms its ring timeout', () => {
    expect(ringing().arrived).toEqual(['armed RING_TIMEOUT 1500', 'ADDED ALERTING of ALERTING ALERTING/INITIATED'])
  })

  it('can be answered only by its agent, and only once (V3)', () => {
    const on = ringing()
    expect(on.ask('ANSWER', '1002')).toEqual(['failed for 1002: ANSWER on extension 1001'])
    expect(on.ask('DROP')).toEqual(REFUSED)
    expect(on.ask('ANSWER')).toEqual(['cleared RING_TIMEOUT', 'CHANGED ACTIVE of ACTIVE ACTIVE/ACTIVE #r'])
    expect(on.ask('ANSWER')).toEqual(['failed for 1001: ANSWER on extension 1001'])
  })

  it.each([
    ['RING_TIMEOUT', ['cleared RING_TIMEOUT', 'REMOVED DROPPED of ALERTING DROPPED/INITIATED not answered']],
    ['CALLER_HANGS_UP', ['cleared RING_TIMEOUT', 'REMOVED DROPPED of ALERTING DROPPED/DROPPED']],
  ] as const)('is removed at %s, and its actor ends (V10, V11)', (type, lines) => {
    const on = ringing()
    expect(on.told({ type })).toEqual(lines)
    expect(on.isOver()).toBe(true)
  })

  it('that is refused for its agent ends without an event for the agent', () => {
    const on = ringing()
    expect(on.told({ type: 'LEG_REFUSED', user: '1001' })).toEqual(['cleared RING_TIMEOUT'])
    expect(on.isOver()).toBe(true)
    expect(on.state()).toBe('FAILED')
  })
})

describe('the legs of a call', () => {
  const legs = (on: ReturnType<typeof ringing>) =>
    on.legs().map(({ user = 'caller', state, startTime, stateChangeTime }) => [user, state, startTime, stateChangeTime])

  it('have a new start time when they are connected, and keep it to the end (`dialog 1.2`)', () => {
    const on = ringing(true)
    expect(legs(on)).toEqual([
      ['1001', 'ALERTING', 1000, 1000],
      ['caller', 'INITIATED', 1000, 1000],
    ])
    on.ask('ANSWER')
    expect(legs(on)).toEqual([
      ['1001', 'ACTIVE', 2000, 2000],
      ['caller', 'ACTIVE', 2000, 2000],
    ])
    on.told({ type: 'CALLER_HANGS_UP' })
    on.told({ type: 'WRAP_UP_OVER', user: '1001' })
    expect(legs(on)).toEqual([
      ['1001', 'DROPPED', 2000, 4000],
      ['caller', 'DROPPED', 2000, 3000],
    ])
  })

  it('show their allowed actions (`dialog 3`)', () => {
    const on = ringing()
    const actions = () => on.legs().map(legActions)
    expect(actions()).toEqual([['ANSWER'], ['UPDATE_CALL_DATA', 'DROP']])
    on.ask('ANSWER')
    expect(actions()).toEqual([
      ['TRANSFER_SST', 'CONSULT_CALL', 'HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP'],
      ['TRANSFER_SST', 'CONSULT_CALL', 'HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP'],
    ])
    on.ask('DROP')
    expect(actions()).toEqual([[], []])
  })
})

describe('the end of a call', () => {
  it('has three steps when the caller hangs up (V4, V5, V7)', () => {
    const on = active()
    expect(on.told({ type: 'CALLER_HANGS_UP' })).toEqual([
      'CHANGED ACTIVE of ACTIVE ACTIVE/DROPPED',
      'CHANGED DROPPED of DROPPED DROPPED/DROPPED',
      'REMOVED DROPPED of DROPPED DROPPED/DROPPED',
    ])
    expect(on.isOver()).toBe(true)
  })

  it('has three steps when the agent drops the call, and only the first has the request id', () => {
    const on = active()
    expect(on.ask('DROP', '1002')).toEqual(['failed for 1002: DROP on extension 1001'])
    expect(on.ask('DROP')).toEqual([
      'CHANGED DROPPED of ACTIVE DROPPED/ACTIVE #r',
      'CHANGED DROPPED of DROPPED DROPPED/DROPPED',
      'REMOVED DROPPED of DROPPED DROPPED/DROPPED',
    ])
    expect(on.isOver()).toBe(true)
  })
})

describe('a call with wrap-up', () => {
  const over = ['REMOVED DROPPED of DROPPED DROPPED/DROPPED']

  it('stays with the agent when the caller hangs up, until the wrap-up is over (V4, V6, V8)', () => {
    const on = active(true)
    expect(on.told({ type: 'WRAP_UP_OVER', user: '1001' })).toEqual([])
    expect(on.told({ type: 'CALLER_HANGS_UP' })).toEqual([
      'CHANGED ACTIVE of ACTIVE ACTIVE/DROPPED',
      'CHANGED WRAP_UP of ACTIVE WRAP_UP/DROPPED',
    ])
    expect(on.told({ type: 'CALLER_HANGS_UP' })).toEqual([])
    expect(on.ask('DROP')).toEqual(REFUSED)
    expect(on.isOver()).toBe(false)
    expect(on.told({ type: 'WRAP_UP_OVER', user: '1001' })).toEqual(over)
    expect(on.isOver()).toBe(true)
  })

  it('stays with the agent who drops it', () => {
    const on = active(true)
    expect(on.ask('DROP')).toEqual([
      'CHANGED WRAP_UP of ACTIVE WRAP_UP/ACTIVE #r',
      'CHANGED WRAP_UP of ACTIVE WRAP_UP/DROPPED',
    ])
    expect(on.told({ type: 'WRAP_UP_OVER', user: '1001' })).toEqual(over)
  })
})

describe('a side', () => {
  function side() {
    const tree = actorTree(sideMachine, 'side', undefined, isAny)
    const told = (type: 'LOST' | 'BACK') => (dependency: Dependency) =>
      tree.send({ type, dependency, at: 1 }).map(({ status }) => status)
    return { lost: told('LOST'), back: told('BACK') }
  }

  it('is in service again when all its dependencies are back', () => {
    const { lost, back } = side()
    expect(lost('acd-link')).toEqual(['OUT_OF_SERVICE'])
    expect(lost('notification-service')).toEqual([])
    expect(lost('notification-service')).toEqual([])
    expect(back('peripheral-gateway')).toEqual([])
    expect(back('acd-link')).toEqual([])
    expect(back('acd-link')).toEqual([])
    expect(back('notification-service')).toEqual(['IN_SERVICE'])
    expect(back('notification-service')).toEqual([])
    expect(lost('acd-link')).toEqual(['OUT_OF_SERVICE'])
    expect(back('acd-link')).toEqual(['IN_SERVICE'])
  })
})
