/** Two calls of an agent that are joined: who is told what, in which order (`dialog 6.5`, 6.7). */
import { describe, expect, it } from 'vitest'
import { type CallEvent, callMachine, callView, type Effect, isEffect, type JoinTerms } from '../../machines/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'

type Untimed<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

const TERMS: JoinTerms = { partiesMax: 4, dropParticipantFor: 'supervisor_only', supervisors: [] }

function line(effect: Effect): string {
  if (effect.type === 'rejected') return `rejected ${effect.rejection}`
  if (effect.type === 'leg.failed')
    return `${effect.user} failed ${effect.failure} in ${effect.dialog}: ${effect.detail}`
  if (effect.type === 'deadline.armed') return `armed ${effect.name} of ${effect.owner} at ${effect.due}`
  if (effect.type === 'deadline.cleared') return `cleared ${effect.name} of ${effect.owner}`
  if (effect.type !== 'leg') return effect.type
  const { user, change, leg, call, requestId, notAnswered, joined } = effect
  const parties = call.legs.map(({ mediaAddress, state, stateCause }) => `${mediaAddress} ${state}${stateCause}`)
  const words = `${user} ${change} ${leg} of ${call.dialog} ${call.state}: ${parties.join(', ')}`
  return `${words}${notAnswered ? ' (not answered)' : ''}${joined ? ' (joined)' : ''}${requestId ? ` #${requestId}` : ''}`
}

/** The calls 1 to 4, and the lines of their agents, which pass on what the agent asks for. */
function world() {
  let at = 0
  const calls = new Map(
    ['1', '2', '3', '4'].map((dialog) => [dialog, actorTree(callMachine, 'call', { dialog }, isEffect)] as const),
  )
  const told = (dialog: string, event: Untimed<CallEvent>): readonly string[] => {
    at += 1000
    // An event is complete once it has its time.
    const lines: string[] = []
    const queue = [{ dialog, event: { ...event, at } as CallEvent }]
    for (let next = queue.shift(); next; next = queue.shift())
      for (const effect of calls.get(next.dialog)?.send(next.event) ?? []) {
        const passedOn = messageOf(effect)
        if (passedOn) queue.push(passedOn)
        else lines.push(line(effect))
      }
    return lines
  }
  /** The active call of the agent, which the agent's line knows. */
  const lines = new Map<string, string>()
  function messageOf(effect: Effect): { readonly dialog: string; readonly event: CallEvent } | undefined {
    if (effect.type === 'leg.joins') {
      const { user, dialog: into, how, terms, requestId } = effect
      const dialog = lines.get(user) ?? ''
      return { dialog, event: { type: 'JOINS_INTO', into, user, how, terms, requestId, at } }
    }
    if (effect.type === 'call.sendsLegs') {
      const { into, joining, other, requestId } = effect
      return { dialog: into, event: { type: 'LEGS_COME', ...joining, ...other, requestId, at } }
    }
    if (effect.type === 'call.hasJoined')
      return { dialog: effect.dialog, event: { type: 'HAS_JOINED', ...effect.joining, at } }
    return undefined
  }
  const arrives = (dialog: string, from: string, user: string, wrapUp = false) => {
    told(dialog, { type: 'ARRIVES', from, to: user, user, variables: [], wrapUp, ringMs: 500 })
    told(dialog, { type: 'ANSWER', user, targetMediaAddress: user })
  }
  /** The agent holds call 1, and talks with 1002 on this call. */
  const consults = (dialog: string, wrapUp = false) => {
    arrives('1', '555', '1001', wrapUp)
    told('1', { type: 'HOLD', user: '1001', targetMediaAddress: '1001' })
    talksOn(dialog, '1002')
  }
  const talksOn = (dialog: string, other: string) => {
    arrives(dialog, '556', '1001')
    told(dialog, { type: 'JOINS', user: other, mediaAddress: other, wrapUp: false })
    told(dialog, { type: 'CALLER_HANGS_UP' })
    lines.set('1001', dialog)
    told('1', { type: 'AGENT_TALKS', user: '1001', elsewhere: true })
  }
  const ask = (dialog: string, type: 'TRANSFER' | 'CONFERENCE', user = '1001', terms = TERMS) =>
    told(dialog, { type, user, targetMediaAddress: user, terms, requestId: 'r' })
  const act = (dialog: string, type: 'HOLD' | 'DROP' | 'RETRIEVE', user: string) =>
    told(dialog, { type, user, targetMediaAddress: user, requestId: 'r' })
  const drop = (dialog: string, user: string, targetMediaAddress: string) =>
    told(dialog, { type: 'PARTICIPANT_DROP', user, targetMediaAddress, requestId: 'r' })
  const snapshot = (dialog: string) => {
    const call = calls.get(dialog)
    if (!call) throw new Error(`there is no call ${dialog}`)
    return call.actor.getSnapshot()
  }
  const view = (dialog: string) => callView(snapshot(dialog))
  const isOver = (dialog: string) => snapshot(dialog).status === 'done'
  return { told, arrives, consults, talksOn, lines, ask, act, drop, view, isOver, snapshot }
}

describe('TRANSFER', () => {
  it('tells the new agent in the order of V60, V61 and V62, then the old one (V63), then others (V64)', () => {
    const on = world()
    on.consults('2')
    on.told('1', { type: 'JOINS', user: '1003', mediaAddress: '1003', wrapUp: false })
    expect(on.ask('1', 'TRANSFER')).toEqual([
      '1002 ADDED ACTIVE of 1 ACTIVE: 1001 DROPPEDOTHER, 555 ACTIVE, 1003 ACTIVE, 1002 ACTIVE (joined)',
      '1001 REMOVED DROPPED of 2 DROPPED: 1001 DROPPEDOTHER, 1002 DROPPEDOTHER (joined)',
      '1002 REMOVED DROPPED of 2 DROPPED: 1001 DROPPEDOTHER, 1002 DROPPEDOTHER (joined)',
      '1001 REMOVED DROPPED of 1 ACTIVE: 1001 DROPPEDOTHER, 555 ACTIVE, 1003 ACTIVE, 1002 ACTIVE #r',
      '1002 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1003 ACTIVE, 1002 ACTIVE',
      '1003 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1003 ACTIVE, 1002 ACTIVE',
    ])
    expect(on.isOver('2')).toBe(true)
    expect(on.view('2')).toMatchObject({ state: 'DROPPED', callType: 'TRANSFER' })
    expect(on.view('1')).toMatchObject({
      secondaryId: '2',
      callType: 'TRANSFER',
      fromAddress: '555',
      toAddress: '1001',
    })
    // The call goes on between the others, and ends like any other.
    expect(on.act('1', 'HOLD', '1002').at(0)).toBe(
      '1003 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1003 ACTIVE, 1002 HELD',
    )
  })

  it('leaves the old agent in wrap-up, and the others are told when that is over', () => {
    const on = world()
    on.consults('2', true)
    expect(on.ask('1', 'TRANSFER')).toEqual([
      '1002 ADDED ACTIVE of 1 ACTIVE: 1001 WRAP_UP, 555 ACTIVE, 1002 ACTIVE (joined)',
      '1001 REMOVED DROPPED of 2 DROPPED: 1001 DROPPEDOTHER, 1002 DROPPEDOTHER (joined)',
      '1002 REMOVED DROPPED of 2 DROPPED: 1001 DROPPEDOTHER, 1002 DROPPEDOTHER (joined)',
      '1001 CHANGED WRAP_UP of 1 ACTIVE: 1001 WRAP_UP, 555 ACTIVE, 1002 ACTIVE #r',
    ])
    expect(on.told('1', { type: 'WRAP_UP_OVER', user: '1001' })).toEqual([
      '1001 REMOVED DROPPED of 1 ACTIVE: 1001 DROPPED, 555 ACTIVE, 1002 ACTIVE',
      '1002 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1002 ACTIVE',
    ])
  })

  it('keeps the times of the parties, and the end of the ringing (V65)', () => {
    const on = world()
    on.arrives('1', '555', '1001')
    on.act('1', 'HOLD', '1001')
    on.told('2', { type: 'ARRIVES', from: '556', to: '1002', user: '1002', variables: [], wrapUp: false, ringMs: 9000 })
    on.lines.set('1001', '2')
    on.told('1', { type: 'AGENT_TALKS', user: '1001', elsewhere: true })
    const [ring, ...told] = on.ask('1', 'TRANSFER')
    expect(ring).toBe('armed RING_TIMEOUT of 1#1002 at 13000')
    expect(told).toEqual([
      '1002 ADDED ALERTING of 1 ACTIVE: 1001 DROPPEDOTHER, 555 ACTIVE, 1002 ALERTING (joined)',
      '1002 REMOVED DROPPED of 2 DROPPED: 1002 DROPPEDOTHER, 556 DROPPEDOTHER (joined)',
      '1001 REMOVED DROPPED of 1 ACTIVE: 1001 DROPPEDOTHER, 555 ACTIVE, 1002 ALERTING #r',
      '1002 CHANGED ALERTING of 1 ACTIVE: 555 ACTIVE, 1002 ALERTING',
    ])
    const [caller, agent] = on.view('1').legs
    expect(agent).toMatchObject({ startTime: 4000, stateChangeTime: 4000 })
    expect(on.told('1', { type: 'ANSWER', user: '1002', targetMediaAddress: '1002' })).toEqual([
      'cleared RING_TIMEOUT of 1#1002',
      '1002 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1002 ACTIVE',
    ])
    expect(on.view('1').legs).toEqual([caller, { ...agent, state: 'ACTIVE', startTime: 7000, stateChangeTime: 7000 }])
  })

  it('ends the call if the new agent does not answer', () => {
    const on = world()
    on.arrives('1', '555', '1001')
    on.act('1', 'HOLD', '1001')
    on.told('2', { type: 'ARRIVES', from: '556', to: '1002', user: '1002', variables: [], wrapUp: false, ringMs: 9000 })
    on.lines.set('1001', '2')
    on.told('1', { type: 'AGENT_TALKS', user: '1001', elsewhere: true })
    on.ask('1', 'TRANSFER')
    expect(on.told('1', { type: 'RING_TIMEOUT' })).toEqual([
      'cleared RING_TIMEOUT of 1#1002',
      '1002 REMOVED DROPPED of 1 ACTIVE: 555 ACTIVE, 1002 DROPPED (not answered)',
    ])
    expect(on.isOver('1')).toBe(true)
  })
})

describe('CONFERENCE', () => {
  const inConference = (terms = TERMS) => {
    const on = world()
    on.consults('2')
    const told = on.ask('1', 'CONFERENCE', '1001', terms)
    return { ...on, told3: told }
  }

  it('tells the one who asked first, and the new one (V80)', () => {
    const on = inConference()
    expect(on.told3).toEqual([
      '1001 CHANGED ACTIVE of 1 ACTIVE: 1001 ACTIVE, 555 ACTIVE, 1002 ACTIVE #r',
      '1002 ADDED ACTIVE of 1 ACTIVE: 1001 ACTIVE, 555 ACTIVE, 1002 ACTIVE (joined)',
      '1001 REMOVED DROPPED of 2 DROPPED: 1001 DROPPEDOTHER, 1002 DROPPEDOTHER (joined)',
      '1002 REMOVED DROPPED of 2 DROPPED: 1001 DROPPEDOTHER, 1002 DROPPEDOTHER (joined)',
    ])
    expect(on.view('1')).toMatchObject({ secondaryId: '2', callType: 'CONFERENCE' })
  })

  it('grows by its controller only, and up to the limit (V82, V88)', () => {
    const on = inConference()
    on.act('1', 'HOLD', '1002')
    on.arrives('3', '557', '1002')
    on.lines.set('1002', '3')
    on.told('1', { type: 'AGENT_TALKS', user: '1002', elsewhere: true })
    expect(on.ask('1', 'CONFERENCE', '1002')).toEqual([
      '1002 failed NOT_CONFERENCE_CONTROLLER in 1: CONFERENCE on extension 1002',
    ])
    on.act('3', 'DROP', '1002')
    on.act('1', 'HOLD', '1001')
    on.talksOn('4', '1003')
    const full = { ...TERMS, partiesMax: 3 }
    expect(on.ask('1', 'CONFERENCE', '1001', full)).toEqual([
      '1001 failed TOO_MANY_PARTIES in 1: CONFERENCE on extension 1001',
    ])
    expect(on.isOver('4')).toBe(false)
    expect(on.ask('1', 'CONFERENCE').at(-1)).toMatch(/^1003 REMOVED/)
    expect(on.view('1').legs.map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE', 'HELD', 'ACTIVE'])
  })

  it('is not added to a call by an agent who does not control it (V82)', () => {
    const on = inConference()
    on.arrives('3', '557', '1002')
    on.act('3', 'HOLD', '1002')
    on.told('3', { type: 'AGENT_TALKS', user: '1002', elsewhere: true })
    on.lines.set('1002', '1')
    expect(on.ask('3', 'CONFERENCE', '1002')).toEqual([
      '1002 failed NOT_CONFERENCE_CONTROLLER in 3: CONFERENCE on extension 1002',
    ])
  })

  it('goes on when one of three leaves (V83), with two parties (V84) and without its controller (V87)', () => {
    const on = inConference()
    expect(on.act('1', 'DROP', '1001')).toEqual([
      '1001 REMOVED DROPPED of 1 ACTIVE: 1001 DROPPED, 555 ACTIVE, 1002 ACTIVE #r',
      '1002 CHANGED ACTIVE of 1 ACTIVE: 1001 DROPPED, 555 ACTIVE, 1002 ACTIVE',
      '1002 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1002 ACTIVE',
    ])
    expect(on.snapshot('1').context.conference?.controller).toBe('')
    // The last but one (V85).
    expect(on.act('1', 'DROP', '1002').at(-1)).toBe('1002 REMOVED DROPPED of 1 DROPPED: 555 DROPPED, 1002 DROPPED')
    expect(on.isOver('1')).toBe(true)
  })

  it('stays one when a party transfers the call to another agent', () => {
    const on = inConference()
    on.act('1', 'HOLD', '1001')
    on.talksOn('3', '1003')
    expect(on.ask('1', 'TRANSFER').at(-1)).toBe('1002 CHANGED ACTIVE of 1 ACTIVE: 555 ACTIVE, 1002 ACTIVE, 1003 ACTIVE')
    expect(on.view('1').callType).toBe('CONFERENCE')
    expect(on.snapshot('1').context.conference?.controller).toBe('')
  })
})

describe('PARTICIPANT_DROP (dialog 4.12, V86)', () => {
  const conference = (terms: Partial<JoinTerms>) => {
    const on = world()
    on.consults('2')
    on.ask('1', 'CONFERENCE', '1001', { ...TERMS, ...terms })
    const listed = on
      .view('1')
      .legs.filter(({ dropsOthers }) => dropsOthers === true)
      .map(({ user }) => user)
    return { ...on, listed }
  }

  it.each([
    ['supervisor_only', [], []],
    ['supervisor_only', ['1002'], ['1002']],
    ['conference_controller_and_supervisor', [], ['1001']],
    ['conference_controller_and_supervisor', ['1002'], ['1001', '1002']],
    ['all', [], ['1001', '1002']],
  ] as const)('%s, with the supervisors %j, is for %j', (dropParticipantFor, supervisors, allowed) => {
    const on = conference({ dropParticipantFor, supervisors })
    expect(on.listed).toEqual(allowed)
    for (const user of ['1001', '1002'].filter((each) => !allowed.some((one) => one === each)))
      expect(on.drop('1', user, '1001')).toEqual(['rejected MAY_NOT_DROP_OTHERS'])
  })

  it('drops another agent, and no other party', () => {
    const on = conference({ dropParticipantFor: 'all' })
    for (const target of ['1001', '555', '1009'])
      expect(on.drop('1', '1001', target)).toEqual(['rejected INVALID_DROP_TARGET'])
    expect(on.drop('1', '1001', '1002')).toEqual([
      '1001 CHANGED ACTIVE of 1 ACTIVE: 1001 ACTIVE, 555 ACTIVE, 1002 DROPPED #r',
      '1001 CHANGED ACTIVE of 1 ACTIVE: 1001 ACTIVE, 555 ACTIVE',
      '1002 REMOVED DROPPED of 1 ACTIVE: 1001 ACTIVE, 555 ACTIVE, 1002 DROPPED',
    ])
  })

  it('is refused in a call that is no conference', () => {
    const on = world()
    on.consults('2')
    expect(on.drop('2', '1001', '1002')).toEqual([
      '1001 failed INVALID_CALL_ACTION in 2: PARTICIPANT_DROP on extension 1002',
    ])
  })
})
