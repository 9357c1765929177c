/** Statistics of queues: in which number an agent counts, and when queues are published. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { CallView, LegState, UserState } from '../../machines/index.ts'
import { type AgentAtWork, activityIn, directionOf } from '../../src/engine/statistics/activity.ts'
import type { Notification } from '../../src/engine/values.ts'
import { type Bench, bench } from './harness.ts'

interface Leg {
  readonly state: LegState
  readonly callType?: string
  readonly queue?: string
}

function agent(state: UserState, ...legs: readonly Leg[]): AgentAtWork {
  const callOf = ({ callType = 'PREROUTE_ACD_IN', queue }: Leg, index: number): CallView => ({
    ...{ dialog: String(index), fromAddress: '', toAddress: '', dnis: '', dialedNumber: '', callType },
    ...(queue === undefined ? {} : { queue: { number: queue, name: '', outcome: 'ANSWERED' } }),
    ...{ variables: [], state: 'ACTIVE', legs: [] },
  })
  return { state, legs: legs.map((leg, index) => ({ state: leg.state, call: callOf(leg, index) })) }
}

const talking = (callType: string, queue?: string) =>
  agent('TALKING', { state: 'ACTIVE', callType, ...(queue === undefined ? {} : { queue }) })
const onHold: Leg = { state: 'HELD', queue: '702' }

describe('the number in which an agent counts (dialog 8)', () => {
  it.each<[string, AgentAtWork, string | undefined]>([
    ['signed out', agent('LOGOUT'), undefined],
    ['READY', agent('READY'), 'agentsReady'],
    ['NOT_READY', agent('NOT_READY'), 'agentsNotReady'],
    ['a call of this queue rings', agent('RESERVED', { state: 'ALERTING', queue: '701' }), undefined],
    ['a call of another queue rings', agent('RESERVED', { state: 'ALERTING', queue: '702' }), 'agentsBusyOther'],
    ['talks on a call of this queue', talking('PREROUTE_ACD_IN', '701'), 'agentsTalkingInbound'],
    ['talks on a call of another queue', talking('PREROUTE_ACD_IN', '702'), 'agentsBusyOther'],
    ['talks on a call that came without a queue', talking('OTHER_IN'), 'agentsTalkingInbound'],
    ['called a number outside', talking('OUT'), 'agentsTalkingOutbound'],
    ['talks to another agent', talking('AGENT_INSIDE'), 'agentsTalkingInternal'],
    [
      'consults about a call of this queue',
      agent('TALKING', { state: 'HELD', queue: '701' }, { state: 'ACTIVE', callType: 'CONSULT' }),
      'agentsTalkingInternal',
    ],
    [
      'consults about a call of another queue',
      agent('TALKING', onHold, { state: 'ACTIVE', callType: 'CONSULT' }),
      'agentsBusyOther',
    ],
    [
      'called outside while a call of another queue is on hold',
      agent('TALKING', onHold, { state: 'ACTIVE', callType: 'OUT' }),
      'agentsTalkingOutbound',
    ],
    ['a call of this queue is on hold', agent('HOLD', { state: 'HELD', queue: '701' }), undefined],
    ['a call of another queue is on hold', agent('HOLD', onHold), 'agentsBusyOther'],
    ['wraps up, not ready then', agent('WORK', { state: 'WRAP_UP', queue: '701' }), 'agentsWrapUpNotReady'],
    ['wraps up, ready then', agent('WORK_READY', { state: 'WRAP_UP', queue: '701' }), 'agentsWrapUpReady'],
    ['wraps up a call of another queue', agent('WORK', { state: 'WRAP_UP', queue: '702' }), 'agentsBusyOther'],
    ['talks on a call that is not known', agent('TALKING'), undefined],
  ])('%s', (_, given, expected) => {
    expect(activityIn('701', given)).toBe(expected)
  })

  it('the direction of a call follows from its type alone (dialog 1.3)', () => {
    const types = {
      inbound: ['ACD_IN', 'PREROUTE_ACD_IN', 'OTHER_IN', 'OVERFLOW_IN', 'TRANSFER', 'CONFERENCE', 'NULL', ''],
      outbound: ['OUT', 'AUTO_OUT', 'AGENT_OUT', 'OUTBOUND', 'OUTBOUND_PREVIEW', 'OUTBOUND_CALLBACK'],
      internal: ['AGENT_INSIDE', 'CONSULT', 'CONSULT_OFFERED', 'ASSIST_CALL', 'EMERGENCY'],
    }
    for (const [direction, members] of Object.entries(types))
      expect(members.map(directionOf)).toEqual(members.map(() => direction))
  })
})

describe('publication', () => {
  let on: Bench
  beforeEach(async () => {
    on = await bench({ serves: [] })
  })
  const signIn = (user: string) => on.command({ type: 'user.signIn', user, extension: user })
  const shown = ({ node, event, value }: Notification) =>
    `${event} ${node.replace('/finesse/api/', '')} ${value.kind === 'queue' ? value.statistics?.agentsLoggedOn : ''}`

  it('sets no timer while there is nobody to tell', async () => {
    const before = on.clock.timers
    await signIn('1001')
    expect(on.clock.timers).toBe(before)
    on.engine.on('announcement', () => undefined)
    await signIn('1002')
    expect(on.clock.timers).toBe(before + 1)
  })

  it('listeners get each queue first, and then those that changed, at the full ten seconds', async () => {
    const heard: string[] = []
    on.engine.on('announcement', (said) => heard.push(`${on.clock.now() % 60_000} ${shown(said)}`))
    await on.clock.advance(3000)
    await signIn('1001')
    await on.clock.advance(10_000)
    expect(heard.splice(0)).toEqual(
      ['5001 0', '5002 0', '5003 0', '701 1', '702 0'].map((queue) => `10000 PUT Queue/${queue}`),
    )
    await signIn('1002')
    await signIn('1004')
    await on.clock.advance(10_000)
    expect(heard.splice(0)).toEqual(['20000 PUT Queue/701 2', '20000 PUT Queue/702 1'])
    await on.clock.advance(60_000)
    expect(heard).toEqual([])
  })

  it('a queue that a service did not accept is published again; a queue that is gone is not', async () => {
    const published: string[] = []
    let refuses = true
    on.engine.adapters.attach('A', {
      publish: async ({ notification }) => {
        if (notification.node.includes('Queue')) published.push(shown(notification))
        if (refuses) throw new Error('not now')
      },
    })
    await signIn('1001')
    await on.clock.advance(10_000)
    expect(published.splice(0)).toContain('PUT Queue/701 1')
    await on.clock.advance(10_000)
    expect(published.splice(0)).toContain('PUT Queue/701 1')
    refuses = false
    await on.engine.reload({ ...on.directory, queues: (on.directory.queues ?? []).filter(({ id }) => id !== '702') })
    published.length = 0
    await on.clock.advance(10_000)
    expect(published.splice(0)).toEqual(['5001 0', '5002 0', '5003 0', '701 1'].map((queue) => `PUT Queue/${queue}`))
    await on.clock.advance(20_000)
    expect(published).toEqual([])
  })

  it('a side without its link to the ACD gets nothing, and every queue when it is back', async () => {
    on = await bench({ sides: ['A', 'B'], serves: [] })
    const published: string[] = []
    on.engine.adapters.attach('A', {
      publish: async ({ notification }) => {
        if (notification.node.includes('Queue')) published.push(shown(notification))
      },
    })
    await signIn('1001')
    await on.clock.advance(10_000)
    published.length = 0
    await on.engine.fault({ type: 'acd-link', side: 'A', up: false })
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002', side: 'B' })
    await on.clock.advance(10_000)
    expect(published).toEqual([])
    await on.engine.fault({ type: 'acd-link', side: 'A', up: true })
    await on.clock.advance(10_000)
    expect(published.splice(0)).toEqual(
      ['5001 0', '5002 0', '5003 0', '701 2', '702 0'].map((queue) => `PUT Queue/${queue}`),
    )
    await on.clock.advance(10_000)
    expect(published).toEqual([])
  })
})
