/** Calls of agents to queues, in a whole engine: races, reloads, restarts, drains, and what other parts show of them. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { QueueOutcome } from '../../machines/effects.ts'
import type { Directory } from '../../src/directory/model.ts'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { replay } from '../../src/history/replay.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { scriptedAcd } from '../../src/testing/index.ts'
import { every } from '../store/rows.ts'
import { type Bench, bench } from './harness.ts'

const CUSTOMER = '5550100'
const QUEUE = '8000'
const RING = 15_000
const FIRST = '16777217'
const SECOND = '16777218'

let on: Bench
beforeEach(async () => {
  on = await bench()
})

/** Signs agents in, NOT_READY. */
async function signIn(...users: readonly string[]): Promise<void> {
  for (const user of users) await on.command({ type: 'user.signIn', user, extension: user })
  on.news()
}
const ask = (user: string, state: 'READY' | 'NOT_READY') => on.command({ type: 'user.setState', user, state })
const call = (user = '1001', toAddress = QUEUE) => on.command({ type: 'call.make', user, fromAddress: user, toAddress })
const act = (id: string, user: string, action: 'ANSWER' | 'DROP' | 'RETRIEVE') =>
  on.command({ type: 'call.act', user, dialog: id, action, targetMediaAddress: user })
const consult = (id: string, user = '1001', toAddress = QUEUE) =>
  on.command({ type: 'call.consult', user, dialog: id, targetMediaAddress: user, toAddress })
const join = (id: string, action: 'TRANSFER' | 'CONFERENCE', user = '1001') =>
  on.command({ type: 'call.join', user, dialog: id, action, targetMediaAddress: user })
const transferTo = (id: string, user = '1001', toAddress = QUEUE) =>
  on.command({ type: 'call.transferTo', user, dialog: id, targetMediaAddress: user, toAddress })
const hangUp = (id: string) => on.engine.acd?.hangUp(id)
const value = (id: string): CallDialogValue | undefined => on.engine.acd?.call(id)
const outcome = (id: string): QueueOutcome | undefined => value(id)?.queue?.outcome
const stateOf = (user: string) => on.engine.get.user(user)?.state
const figures = (queue = '701') => on.engine.get.voiceQueues().find(({ id }) => id === queue)
/** Who is on the call, with their states. */
const partiesOf = (id: string) =>
  (value(id)?.participants ?? []).map(({ mediaAddress, state }) => `${mediaAddress} ${state}`).join(', ')

/** Agent 1001 talks with a customer on the first call. */
async function talks(): Promise<void> {
  await on.engine.acd?.submitCall({ from: CUSTOMER, to: '1001' })
  await act(FIRST, '1001', 'ANSWER')
  on.news()
}

const withoutQueue = (): Directory => ({
  ...on.directory,
  queues: (on.directory.queues ?? []).filter(({ id }) => id !== '701'),
})

describe('requests in the same tick', () => {
  it('TRANSFER of a waiting call, and an agent who becomes READY: in both orders it rings there for the customer', async () => {
    for (const order of ['transfer first', 'ready first']) {
      on = await bench()
      await signIn('1001', '1002')
      await talks()
      await consult(FIRST)
      const steps = [() => join(FIRST, 'TRANSFER'), () => ask('1002', 'READY')]
      await Promise.all((order === 'ready first' ? steps.reverse() : steps).map((step) => step()))
      expect(partiesOf(FIRST), order).toBe(`${CUSTOMER} ACTIVE, 1002 ALERTING`)
      expect([stateOf('1001'), stateOf('1002')], order).toEqual(['NOT_READY', 'RESERVED'])
      expect(figures(), order).toMatchObject({ waiting: 0, ringing: 1 })
      await act(FIRST, '1002', 'ANSWER')
      expect([outcome(FIRST), outcome(SECOND)], order).toEqual(['ANSWERED', 'TRANSFERRED'])
      await hangUp(FIRST)
      expect(on.engine.acd?.calls(), order).toEqual([])
    }
  })

  it('the answer, and the caller who hangs up: the first one counts', async () => {
    await signIn('1001', '1002')
    await ask('1002', 'READY')
    await call()
    await Promise.all([act(FIRST, '1002', 'ANSWER'), act(FIRST, '1001', 'DROP')])
    expect([outcome(FIRST), stateOf('1001'), stateOf('1002')]).toEqual(['ANSWERED', 'NOT_READY', 'READY'])
    await call()
    const [, answer] = await Promise.all([act(SECOND, '1001', 'DROP'), act(SECOND, '1002', 'ANSWER')])
    expect(answer).toMatchObject({ outcome: 'REFUSED', code: 'INVALID_CALL_ACTION' })
    expect([outcome(SECOND), stateOf('1001'), stateOf('1002')]).toEqual(['ABANDONED', 'NOT_READY', 'READY'])
  })

  it('the caller hangs up while the queue selects an agent', async () => {
    await signIn('1001', '1002')
    await call()
    await Promise.all([ask('1002', 'READY'), act(FIRST, '1001', 'DROP')])
    expect([outcome(FIRST), stateOf('1002')]).toEqual(['ABANDONED', 'READY'])
    await call()
    expect(partiesOf(SECOND)).toBe('1001 INITIATED, 1002 ALERTING')
  })

  it('TRANSFER_SST and the customer who hangs up: nothing waits', async () => {
    await signIn('1001', '1002')
    await talks()
    await Promise.all([transferTo(FIRST), hangUp(FIRST)])
    expect(outcome(FIRST)).toBe('ABANDONED')
    expect(figures()).toMatchObject({ waiting: 0, ringing: 0 })
    expect(stateOf('1001')).toBe('NOT_READY')
  })

  it('two agents call the queue, and a third one becomes READY: one call rings, the other waits', async () => {
    await signIn('1001', '1002', '1003')
    await Promise.all([call('1001'), call('1002'), ask('1003', 'READY')])
    expect([outcome(FIRST), outcome(SECOND)]).toEqual(['RINGING', 'WAITING'])
    await act(FIRST, '1001', 'DROP')
    expect([outcome(FIRST), outcome(SECOND)]).toEqual(['ABANDONED', 'RINGING'])
  })
})

describe('a call that waits', () => {
  it('fails when a reload removes the queue', async () => {
    await signIn('1001')
    await call()
    on.news()
    await on.engine.reload(withoutQueue())
    expect(on.news()).toContain(`PUT call ${FIRST} FAILED FAILED`)
    expect(value(FIRST)?.participants).toMatchObject([{ state: 'FAILED', stateCause: 'BAD_DESTINATION' }])
    await on.clock.advance(30_000)
    expect(stateOf('1001')).toBe('NOT_READY')
    expect(outcome(FIRST)).toBe('QUEUE_REMOVED')
  })

  it('that was transferred ends when a reload removes the queue, and otherwise at its time-out', async () => {
    for (const end of ['QUEUE_REMOVED', 'TIMED_OUT'] as const) {
      on = await bench()
      await signIn('1001')
      await talks()
      await transferTo(FIRST)
      if (end === 'QUEUE_REMOVED') await on.engine.reload(withoutQueue())
      else await on.clock.advance(600_000)
      expect(outcome(FIRST)).toBe(end)
      expect(on.engine.acd?.calls()).toEqual([])
    }
  })

  it('with a customer and the agent goes on without the queue after the time-out', async () => {
    await signIn('1001')
    await talks()
    await consult(FIRST)
    await join(FIRST, 'CONFERENCE')
    await on.clock.advance(600_000)
    expect([outcome(FIRST), partiesOf(FIRST)]).toEqual(['TIMED_OUT', `1001 ACTIVE, ${CUSTOMER} ACTIVE`])
    expect(stateOf('1001')).toBe('TALKING')
    await transferTo(FIRST)
    expect(outcome(FIRST)).toBe('WAITING')
  })

  it('keeps its time-out when another call takes its place', async () => {
    await signIn('1001')
    await talks()
    await consult(FIRST)
    await on.clock.advance(500_000)
    await join(FIRST, 'TRANSFER')
    await on.clock.advance(99_999)
    expect(outcome(FIRST)).toBe('WAITING')
    await on.clock.advance(1)
    expect(outcome(FIRST)).toBe('TIMED_OUT')
  })

  it('ends with the sign-out of the caller', async () => {
    await signIn('1001', '1002')
    await call()
    await ask('1002', 'READY')
    await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT', by: 'supervisor' })
    expect(stateOf('1001')).toBe('TALKING') // when the call is over
    await act(FIRST, '1001', 'DROP')
    expect([stateOf('1001'), stateOf('1002'), outcome(FIRST)]).toEqual(['LOGOUT', 'READY', 'ABANDONED'])
  })

  it('ends when the agent who calls is removed from the directory', async () => {
    await signIn('1001', '1002')
    await call()
    const users = on.directory.users.filter(({ id }) => id !== '1001')
    const queues = (on.directory.queues ?? []).map((queue) =>
      queue.id === '701' ? { ...queue, agents: ['1002', '1003'] } : queue,
    )
    await on.engine.reload({ ...on.directory, users, queues })
    expect([outcome(FIRST), on.engine.acd?.calls()]).toEqual(['ABANDONED', []])
    await ask('1002', 'READY')
    expect(stateOf('1002')).toBe('READY')
  })

  it('cannot be joined with another one that waits', async () => {
    await signIn('1001')
    await talks()
    await consult(FIRST)
    await join(FIRST, 'CONFERENCE')
    await consult(FIRST, '1001', '8001')
    const refused = await join(FIRST, 'TRANSFER')
    expect(refused).toMatchObject({ outcome: 'REFUSED', code: 'CALL_OPERATION_FAILED' })
    expect([figures('701'), figures('702')]).toMatchObject([{ waiting: 1 }, { waiting: 1 }])
    await hangUp(FIRST)
    await act('16777219', '1001', 'DROP')
    await act(FIRST, '1001', 'DROP')
    expect(on.engine.acd?.calls()).toEqual([])
    expect([figures('701'), figures('702')]).toMatchObject([{ waiting: 0 }, { waiting: 0 }])
  })

  it('of an agent who wraps up ends when the customer has gone, and the agent still wraps up', async () => {
    const users = on.directory.users.map((user) =>
      user.id === '1001' ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
    )
    await on.engine.reload({ ...on.directory, users })
    await signIn('1001', '1002')
    await talks()
    await transferTo(FIRST)
    expect(stateOf('1001')).toBe('WORK')
    await hangUp(FIRST)
    expect([outcome(FIRST), stateOf('1001'), figures()]).toMatchObject(['ABANDONED', 'WORK', { waiting: 0 }])
    await ask('1002', 'READY')
    expect(stateOf('1002')).toBe('READY')
    await ask('1001', 'NOT_READY')
    expect(on.engine.acd?.calls()).toEqual([])
  })
})

describe('a drain', () => {
  it('refuses new calls to queues, and lets those under way be transferred to them and served', async () => {
    await signIn('1001', '1002')
    await talks()
    await on.engine.drain()
    expect(await call('1002')).toMatchObject({ outcome: 'REJECTED', code: 'DRAINING' })
    await transferTo(FIRST)
    expect([outcome(FIRST), on.engine.get.drain().calls]).toEqual(['WAITING', 1])
    await ask('1002', 'READY')
    await act(FIRST, '1002', 'ANSWER')
    await hangUp(FIRST)
    expect(on.engine.get.drain().calls).toBe(0)
  })
})

describe('a restart', () => {
  it('keeps calls that wait and ring, with their places and times', async () => {
    let store = memoryStore({ id: 'test', keep: 'history' })
    const restart = async () => {
      store = store.reopen()
      on = await on.restart({ store })
    }
    on = await bench({ store })
    await signIn('1001', '1002', '1003')
    await talks()
    await consult(FIRST)
    await call('1003')
    await restart()
    expect([outcome(SECOND), outcome('16777219')]).toEqual(['WAITING', 'WAITING'])
    await join(FIRST, 'TRANSFER')
    await ask('1002', 'READY')
    await restart()
    expect([outcome(FIRST), outcome('16777219')]).toEqual(['RINGING', 'WAITING'])
    await on.clock.advance(RING)
    expect([outcome(FIRST), stateOf('1002')]).toEqual(['WAITING', 'NOT_READY'])
    await restart()
    await ask('1002', 'READY')
    await act(FIRST, '1002', 'ANSWER')
    expect(partiesOf(FIRST)).toBe(`${CUSTOMER} ACTIVE, 1002 ACTIVE`)
    await on.clock.advance(600_000)
    expect(outcome('16777219')).toBe('TIMED_OUT')
    const { history } = store
    expect(history && (await replay(history)).differing).toBe(0)
  })
})

describe('what others see', () => {
  it('each agent the own view, the ACD the true one', async () => {
    await signIn('1001', '1002')
    await talks()
    await consult(FIRST)
    await ask('1002', 'READY')
    const seenBy = (user: string) => on.engine.get.dialogs(user, 'voice')?.find(({ id }) => id === SECOND)
    expect(seenBy('1001')).toEqual(value(SECOND))
    expect(seenBy('1001')).toMatchObject({ callType: 'CONSULT', fromAddress: '1001', associatedDialog: FIRST })
    const { associatedDialog: _, made: __, participants = [], ...shared } = value(SECOND) ?? {}
    const [caller, callee] = participants
    expect(seenBy('1002')).toEqual({
      ...shared,
      callType: 'PREROUTE_ACD_IN',
      fromAddress: CUSTOMER,
      dnis: QUEUE,
      participants: [{ ...caller, mediaAddress: CUSTOMER, standsForCaller: true }, callee],
    })
  })

  it('a consult about a number that the agent has called shows that number', async () => {
    await signIn('1001', '1002')
    await call('1001', CUSTOMER)
    await on.clock.advance(5000)
    await consult(FIRST)
    await ask('1002', 'READY')
    expect(on.engine.get.dialogs('1002', 'voice')).toMatchObject([{ fromAddress: CUSTOMER }])
  })

  it('statistics: the caller is on an internal call, the other agent on an inbound one of the queue', async () => {
    await signIn('1001', '1002')
    const statistics = () => on.engine.get.queue('701')?.statistics
    await call()
    expect(statistics()).toMatchObject({ callsInQueue: 1, agentsTalkingInternal: 0, agentsTalkingInbound: 0 })
    await ask('1002', 'READY')
    await act(FIRST, '1002', 'ANSWER')
    expect(statistics()).toMatchObject({ callsInQueue: 0, agentsTalkingInternal: 1, agentsTalkingInbound: 1 })
  })

  it('the number of the customer can be erased everywhere, after a consult call', async () => {
    const store = memoryStore({ id: 'test', keep: 'history' })
    on = await bench({ store })
    await signIn('1001', '1002')
    const variables = [{ name: 'callVariable1', value: 'hers' }]
    await on.engine.acd?.submitCall({ from: '5559999', to: '1001', variables })
    await act(FIRST, '1001', 'ANSWER')
    await consult(FIRST)
    await ask('1002', 'READY')
    await act(SECOND, '1002', 'ANSWER')
    await act(SECOND, '1002', 'DROP')
    await hangUp(FIRST)
    const stored = async () => JSON.stringify(await every(store.history?.all(0) ?? []))
    expect(await stored()).toContain('5559999')
    await on.engine.erasures.erase({ callers: ['5559999'] })
    expect(await stored()).not.toMatch(/5559999|hers/)
    const { history } = store
    expect(history && (await replay(history)).differing).toBe(0)
  })
})

describe('a queue that takes no calls', () => {
  it('is that of an external ACD', async () => {
    on = await bench({ acd: scriptedAcd() })
    await signIn('1001')
    await call()
    expect(on.news()).toContain(`PUT call ${FIRST} FAILED FAILED`)
    expect(on.engine.get.dialogs('1001', 'voice')).toMatchObject([
      { participants: [{ state: 'FAILED', stateCause: 'BAD_DESTINATION' }] },
    ])
  })
})

describe('a call between parties outside', () => {
  const begin = (to = '5550200') => on.engine.acd?.submitCall({ from: CUSTOMER, to })

  it('rings, is answered, and ends as the network says; no agent is told', async () => {
    await on.engine.acd?.changeNetwork({ default: { outcome: 'answer', ringSeconds: 5, talkSeconds: 20 } })
    await signIn('1001')
    await begin()
    expect([value(FIRST)?.state, partiesOf(FIRST)]).toEqual(['ALERTING', `${CUSTOMER} INITIATED, 5550200 ALERTING`])
    await on.clock.advance(5000)
    expect([value(FIRST)?.state, partiesOf(FIRST)]).toEqual(['ACTIVE', `${CUSTOMER} ACTIVE, 5550200 ACTIVE`])
    expect(on.engine.acd?.calls()).toHaveLength(1)
    await on.clock.advance(20_000)
    expect(on.engine.acd?.calls()).toEqual([])
    expect(value(FIRST)).toMatchObject({ state: 'DROPPED', callType: 'OUT' })
    expect(on.news()).toEqual([])
  })

  it.each([
    ['busy', 'BUSY', 0],
    ['bad-number', 'BAD_DESTINATION', 0],
    ['no-answer', 'OTHER', 180_000],
  ] as const)('to a number that is %s fails, and ends half a minute later', async (what, cause, after) => {
    await on.engine.acd?.changeNetwork({ numbers: { '5550200': { outcome: what } } })
    await begin()
    await on.clock.advance(after)
    expect(value(FIRST)).toMatchObject({
      state: 'FAILED',
      participants: [{ state: 'FAILED', stateCause: cause }, {}].slice(0, after === 0 ? 1 : 2),
    })
    await on.clock.advance(30_000)
    expect([value(FIRST)?.state, on.engine.acd?.calls()]).toEqual(['FAILED', []])
  })

  it('ends when the caller hangs up: while it rings, and later', async () => {
    await begin()
    await hangUp(FIRST)
    expect(on.engine.acd?.calls()).toEqual([])
    await begin()
    await on.clock.advance(3_600_000)
    expect(partiesOf(SECOND)).toBe(`${CUSTOMER} ACTIVE, 5550200 ACTIVE`)
    on = await on.restart()
    await hangUp(SECOND)
    expect(on.engine.acd?.calls()).toEqual([])
  })

  it('is refused during a drain', async () => {
    await on.engine.drain()
    await expect(begin()).rejects.toMatchObject({ code: 'DRAINING' })
  })
})
