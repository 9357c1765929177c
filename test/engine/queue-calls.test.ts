/** Calls through queues, in a whole engine: what agents are told, and what becomes of the calls. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { QueueOutcome } from '../../machines/effects.ts'
import type { Directory, VoiceQueue } from '../../src/directory/model.ts'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { every } from '../store/rows.ts'
import { type Bench, bench, startTask } from './harness.ts'

const CALLER = '5550100'
const RING = 15_000
const CHAT = '5002'

let on: Bench
beforeEach(async () => {
  on = await bench()
})

const signIn = async (user: string) => {
  const extension = on.directory.users.find(({ id }) => id === user)?.extensions[0] ?? ''
  await on.command({ type: 'user.signIn', user, extension })
}
const ask = (user: string, state: 'READY' | 'NOT_READY') => on.command({ type: 'user.setState', user, state })

/** Signs the agents in, READY one after the other, a second apart. */
async function ready(...users: readonly string[]): Promise<void> {
  for (const user of users) {
    await signIn(user)
    await ask(user, 'READY')
    await on.clock.advance(1000)
  }
  on.news()
}

async function call(queue = '701', from = CALLER): Promise<string> {
  const made = await on.engine.acd?.submitCall({ from, queue })
  return made?.id ?? ''
}
const act = (id: string, user: string, action: 'ANSWER' | 'DROP') =>
  on.command({ type: 'call.act', user, dialog: id, action, targetMediaAddress: user })
const hangUp = (id: string) => on.engine.acd?.hangUp(id)
const value = (id: string): CallDialogValue | undefined => on.engine.acd?.call(id)
const outcome = (id: string): QueueOutcome | undefined => value(id)?.queue?.outcome
const stateOf = (user: string) => on.engine.get.user(user)?.state

/** Agents at whom the call rings or who talk on it. */
const agentsOf = (id: string) => value(id)?.participants.flatMap(({ user }) => user ?? []) ?? []

const queueOf = (id: string, change: Partial<VoiceQueue>): Directory => ({
  ...on.directory,
  queues: (on.directory.queues ?? []).map((queue) => (queue.id === id ? { ...queue, ...change } : queue)),
})

describe('a call to a queue', () => {
  it('V1, V2: reserves the agent who has been READY longest, and then rings there', async () => {
    await ready('1002', '1001')
    const id = await call()
    expect(on.news()).toEqual(['user 1002 RESERVED', `POST call ${id} ALERTING ALERTING/INITIATED`])
    expect(value(id)).toMatchObject({
      callType: 'PREROUTE_ACD_IN',
      fromAddress: CALLER,
      toAddress: '8000',
      dialedNumber: '8000',
      dnis: '1002',
      queue: { number: '701', name: 'Support Line', outcome: 'RINGING' },
    })
  })

  it('is answered, ends, and the agent is READY for the next one', async () => {
    await ready('1001')
    const id = await call()
    await act(id, '1001', 'ANSWER')
    expect(outcome(id)).toBe('ANSWERED')
    const next = await call()
    expect(outcome(next)).toBe('WAITING')
    on.news()
    await act(id, '1001', 'DROP')
    expect(on.news()).toEqual([
      `PUT call ${id} ACTIVE DROPPED/ACTIVE`,
      `PUT call ${id} DROPPED DROPPED/DROPPED`,
      `DELETE call ${id} DROPPED DROPPED/DROPPED`,
      'user 1001 READY',
      'user 1001 RESERVED',
      `POST call ${next} ALERTING ALERTING/INITIATED`,
    ])
  })

  it('waits without anybody being told, and rings when an agent becomes available', async () => {
    await ready('1004')
    const id = await call()
    expect(on.news()).toEqual([])
    expect(value(id)).toMatchObject({ state: 'INITIATED', queue: { outcome: 'WAITING' } })
    expect(on.engine.acd?.calls().map((each) => each.id)).toEqual([id])
    await ready('1003')
    expect(agentsOf(id)).toEqual(['1003'])
  })

  it('goes by the number of the queue, its id, and the policy of the queue', async () => {
    await ready('1005', '1004', '1234')
    const made = await Promise.all(
      [{ to: '8001' }, { queue: '8002' }, { queue: '702' }].map((target) =>
        on.engine.acd?.submitCall({ from: CALLER, ...target }),
      ),
    )
    const ids = made.map((each) => each?.id ?? '')
    expect(ids.flatMap(agentsOf)).toEqual(['1234', '1004', '1005'])
    expect(ids.map((id) => value(id)?.dialedNumber)).toEqual(['8001', '8002', '8001'])
  })

  it('does not come to an agent with a call, or with work that may not be interrupted', async () => {
    await ready('1001', '1002', '1003')
    const direct = await on.engine.acd?.submitCall({ from: CALLER, to: '1001' })
    await on.ready('1002', CHAT)
    await startTask(on, '1002', CHAT, 'chat_sales')
    const id = await call()
    expect(agentsOf(id)).toEqual(['1003'])
    expect(outcome(await call())).toBe('WAITING')
    await hangUp(direct?.id ?? '')
    expect(on.engine.acd?.calls().map((each) => each.queue?.outcome)).toEqual(['RINGING', 'RINGING'])
  })

  it('wraps up if the agent has to', async () => {
    const users = on.directory.users.map((user) =>
      user.id === '1001' ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
    )
    await on.engine.reload({ ...on.directory, users })
    await ready('1001')
    const id = await call()
    await act(id, '1001', 'ANSWER')
    await hangUp(id)
    expect(stateOf('1001')).toBe('WORK_READY')
    const next = await call()
    expect(outcome(next)).toBe('WAITING')
    await on.clock.advance(30_000)
    expect(agentsOf(next)).toEqual(['1001'])
  })
})

describe('V10: an agent who does not answer', () => {
  it('is NOT_READY 32767, and the call rings at the next agent', async () => {
    await ready('1001', '1002')
    const id = await call()
    on.news()
    await on.clock.advance(RING)
    expect(on.news()).toEqual([
      `DELETE call ${id} ALERTING DROPPED/INITIATED`,
      'user 1001 NOT_READY (32767)',
      'user 1002 RESERVED',
      `POST call ${id} ALERTING ALERTING/INITIATED`,
    ])
    expect(agentsOf(id)).toEqual(['1002'])
  })

  it('the last one: the call waits at the head of the queue, and the same agent may get it again', async () => {
    await ready('1001')
    const first = await call()
    const second = await call()
    await on.clock.advance(RING)
    expect([outcome(first), outcome(second)]).toEqual(['WAITING', 'WAITING'])
    expect(value(first)).toMatchObject({ state: 'INITIATED', dnis: '8000', participants: [{ state: 'INITIATED' }] })
    await ask('1001', 'READY')
    expect([agentsOf(first), agentsOf(second)]).toEqual([['1001'], []])
    await act(first, '1001', 'ANSWER')
    expect(stateOf('1001')).toBe('TALKING')
  })

  it('the ring time of the queue counts, and each agent has all of it', async () => {
    await on.engine.reload(queueOf('701', { ringSeconds: 5 }))
    await ready('1001', '1002')
    const id = await call()
    await on.clock.advance(4999)
    expect(agentsOf(id)).toEqual(['1001'])
    await on.clock.advance(1)
    expect(agentsOf(id)).toEqual(['1002'])
    await on.clock.advance(4999)
    expect(agentsOf(id)).toEqual(['1002'])
    await on.clock.advance(1)
    expect(agentsOf(id)).toEqual([])
  })
})

describe('a caller who gives up', () => {
  it('V11: while it rings: the agent is READY again', async () => {
    await ready('1001')
    const id = await call()
    on.news()
    await hangUp(id)
    expect(on.news()).toEqual([`DELETE call ${id} ALERTING DROPPED/DROPPED`, 'user 1001 READY'])
    expect(value(id)).toMatchObject({ state: 'DROPPED', queue: { outcome: 'ABANDONED' } })
    expect(agentsOf(await call())).toEqual(['1001'])
  })

  it('while it waits: nobody is told, and nothing is left', async () => {
    const id = await call()
    await hangUp(id)
    expect(value(id)).toMatchObject({ state: 'DROPPED', queue: { outcome: 'ABANDONED' } })
    expect(on.engine.acd?.calls()).toEqual([])
    await expect(hangUp(id)).rejects.toMatchObject({ code: 'CALL_OVER' })
    await ready('1001')
    expect(stateOf('1001')).toBe('READY')
    await on.clock.advance(3_600_000)
    expect(on.news()).toEqual([])
  })
})

describe('the time-out of the queue', () => {
  it('ends a call that waits', async () => {
    const id = await call()
    await on.clock.advance(599_999)
    expect(outcome(id)).toBe('WAITING')
    await on.clock.advance(1)
    expect(value(id)).toMatchObject({ state: 'DROPPED', queue: { outcome: 'TIMED_OUT' } })
    await ready('1001')
    expect(stateOf('1001')).toBe('READY')
  })

  it('lets a call that rings be answered, and otherwise ends it', async () => {
    await on.engine.reload(queueOf('701', { timeoutSeconds: 10 }))
    await ready('1001', '1002')
    const answered = await call()
    const missed = await call()
    await on.clock.advance(12_000)
    expect([outcome(answered), outcome(missed)]).toEqual(['RINGING', 'RINGING'])
    await act(answered, '1001', 'ANSWER')
    await on.clock.advance(3000)
    expect([outcome(answered), outcome(missed)]).toEqual(['ANSWERED', 'TIMED_OUT'])
    expect([stateOf('1001'), stateOf('1002')]).toEqual(['TALKING', 'NOT_READY'])
    expect(on.engine.acd?.calls().map(({ id }) => id)).toEqual([answered])
  })

  it('counts from the arrival, however often it rang', async () => {
    await on.engine.reload(queueOf('701', { timeoutSeconds: 20 }))
    await ready('1001')
    const id = await call()
    await on.clock.advance(RING)
    expect(outcome(id)).toBe('WAITING')
    await on.clock.advance(5000)
    expect(outcome(id)).toBe('TIMED_OUT')
  })

  it('at the very moment at which it stops ringing', async () => {
    await on.engine.reload(queueOf('701', { timeoutSeconds: 15 }))
    await ready('1001')
    const id = await call()
    await on.clock.advance(RING)
    expect(outcome(id)).toBe('TIMED_OUT')
    expect(on.engine.acd?.calls()).toEqual([])
  })
})

describe('an agent at whom it rings', () => {
  it('is signed out: the call goes to the next one', async () => {
    await ready('1001', '1002')
    const id = await call()
    await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT', by: 'supervisor' })
    expect(stateOf('1001')).toBe('LOGOUT')
    expect(agentsOf(id)).toEqual(['1002'])
  })

  it('asks for NOT_READY, which is pending, and answers all the same', async () => {
    await ready('1001')
    const id = await call()
    await ask('1001', 'NOT_READY')
    await act(id, '1001', 'ANSWER')
    await hangUp(id)
    expect(stateOf('1001')).toBe('NOT_READY')
    expect(outcome(await call())).toBe('WAITING')
  })
})

describe('requests in the same tick', () => {
  it('answer and abandon: the first one counts', async () => {
    await ready('1001')
    const first = await call()
    await Promise.all([act(first, '1001', 'ANSWER'), hangUp(first)])
    expect([outcome(first), stateOf('1001')]).toEqual(['ANSWERED', 'READY'])
    const second = await call()
    const [, answer] = await Promise.all([hangUp(second), act(second, '1001', 'ANSWER')])
    expect(answer).toMatchObject({ outcome: 'REFUSED', code: 'INVALID_CALL_ACTION' })
    expect([outcome(second), stateOf('1001')]).toEqual(['ABANDONED', 'READY'])
  })

  it('NOT_READY and a call: the call goes to another agent, or waits', async () => {
    await ready('1001', '1002')
    const [, id] = await Promise.all([ask('1001', 'NOT_READY'), call()])
    expect(agentsOf(id)).toEqual(['1002'])
    const [, next] = await Promise.all([ask('1001', 'READY'), call()])
    expect(agentsOf(next)).toEqual(['1001'])
  })

  it('a direct call and one of the queue at the same agent: one rings, the other waits', async () => {
    await ready('1001')
    const [direct, id] = await Promise.all([on.engine.acd?.submitCall({ from: '1', to: '1001' }), call()])
    expect(agentsOf(direct?.id ?? '')).toEqual(['1001'])
    expect(outcome(id)).toBe('WAITING')
    await hangUp(direct?.id ?? '')
    expect(agentsOf(id)).toEqual(['1001'])
  })

  it('two queues with the same agent: one call rings, the other waits in its queue', async () => {
    const both = queueOf('702', { agents: ['1001'], policy: 'longest-available' })
    await on.engine.reload(both)
    await ready('1001')
    const [a, b] = await Promise.all([call('701'), call('702')])
    expect([outcome(a), outcome(b)]).toEqual(['RINGING', 'WAITING'])
    await hangUp(a)
    expect([outcome(a), outcome(b)]).toEqual(['ABANDONED', 'RINGING'])
  })
})

describe('a reload', () => {
  it('takes an agent out of the queue: a call that rings there may be answered', async () => {
    await ready('1001', '1002')
    const id = await call()
    on.news()
    await on.engine.reload(queueOf('701', { agents: ['1002'] }))
    expect(on.news()).toEqual(['DELETE queues 701 of 1001', 'DELETE queues 701 of 1003'])
    await act(id, '1001', 'ANSWER')
    await hangUp(id)
    expect(stateOf('1001')).toBe('READY')
    expect(agentsOf(await call())).toEqual(['1002'])
    expect(outcome(await call())).toBe('WAITING')
  })

  it('brings an agent in, who gets a call that waits', async () => {
    await ready('1004')
    const id = await call()
    await on.engine.reload(queueOf('701', { agents: ['1004'] }))
    expect(agentsOf(id)).toEqual(['1004'])
  })

  it('removes an agent from the directory at whom it rings: the call goes on to the next one', async () => {
    await ready('1001', '1002')
    const id = await call()
    const without = queueOf('701', { agents: ['1002', '1003'] })
    await on.engine.reload({ ...without, users: without.users.filter((user) => user.id !== '1001') })
    expect(agentsOf(id)).toEqual(['1002'])
  })

  it('removes the queue: calls that wait end, a call that rings can be answered', async () => {
    await ready('1001', '1002')
    const [answered, missed, waits] = [await call(), await call(), await call()]
    on.news()
    await on.engine.reload({ ...on.directory, queues: (on.directory.queues ?? []).filter(({ id }) => id !== '701') })
    expect(on.news()).toEqual([
      'DELETE queues 701 of 1001',
      'DELETE queues 701 of 1002',
      'DELETE queues 701 of 1003',
      'DELETE queue 701',
    ])
    expect([outcome(answered), outcome(missed), outcome(waits)]).toEqual(['RINGING', 'RINGING', 'QUEUE_REMOVED'])
    await expect(call()).rejects.toMatchObject({ code: 'UNKNOWN_QUEUE' })
    await act(answered, '1001', 'ANSWER')
    await on.clock.advance(RING)
    expect([outcome(answered), outcome(missed)]).toEqual(['ANSWERED', 'QUEUE_REMOVED'])
    expect(on.engine.acd?.calls().map(({ id }) => id)).toEqual([answered])
  })

  it('adds a queue: its agents are told, and get its calls', async () => {
    await ready('1006')
    const made = { id: '703', name: 'New', numbers: ['8003'], agents: ['1006'], policy: 'in-order' as const }
    const queues = [...(on.directory.queues ?? []), { ...made, timeoutSeconds: 60, ringSeconds: 10 }]
    await on.engine.reload({ ...on.directory, queues })
    expect(on.news()).toEqual(['POST queues 703 of 1006'])
    expect(agentsOf(await call('8003'))).toEqual(['1006'])
  })
})

describe('a drain', () => {
  it('refuses new calls, and serves those that wait', async () => {
    const id = await call()
    await signIn('1001')
    await on.engine.drain()
    await expect(call()).rejects.toMatchObject({ code: 'DRAINING' })
    expect(on.engine.get.drain().calls).toBe(1)
    await ask('1001', 'READY')
    await act(id, '1001', 'ANSWER')
    await hangUp(id)
    expect(on.engine.get.drain().calls).toBe(0)
  })
})

describe('the link to the ACD', () => {
  it('P8: while it is lost nobody gets a call; one that rings runs out, and rings again when the link is back', async () => {
    await ready('1001', '1002')
    const id = await call()
    await on.engine.fault({ type: 'acd-link', side: 'A', up: false })
    await on.clock.advance(RING)
    expect(outcome(id)).toBe('WAITING')
    await on.engine.fault({ type: 'acd-link', side: 'A', up: true })
    expect(agentsOf(id)).toEqual(['1002'])
    expect(stateOf('1001')).toBe('NOT_READY')
  })
})

describe('a restart', () => {
  it('keeps calls that wait, ring and are answered, with their times', async () => {
    await ready('1001', '1002')
    const [answered, rings, waits] = [await call(), await call(), await call()]
    await act(answered, '1001', 'ANSWER')
    await on.clock.advance(10_000)
    on = await on.restart()
    expect([answered, rings, waits].map(outcome)).toEqual(['ANSWERED', 'RINGING', 'WAITING'])
    await on.clock.advance(5000)
    expect([outcome(rings), stateOf('1002')]).toEqual(['WAITING', 'NOT_READY'])
    await hangUp(answered)
    expect([agentsOf(rings), agentsOf(waits)]).toEqual([['1001'], []])
    await act(rings, '1001', 'ANSWER')
    await on.clock.advance(600_000)
    expect(outcome(waits)).toBe('TIMED_OUT')
  })
})

it('the number and the data of a caller can be erased, also of one who only waited', async () => {
  const given = { from: '5559999', queue: '701', variables: [{ name: 'callVariable1', value: 'only hers' }] }
  const store = memoryStore({ id: 'test', keep: 'history' })
  on = await bench({ store })
  const stored = async () => JSON.stringify(await every(store.history?.all(0) ?? []))
  const id = (await on.engine.acd?.submitCall(given))?.id ?? ''
  await expect(on.engine.erasures.erase({ callers: ['5559999'] })).rejects.toMatchObject({ about: `call ${id}` })
  await hangUp(id)
  expect(await stored()).toContain('5559999')
  await on.engine.erasures.erase({ callers: ['5559999'] })
  expect(await stored()).not.toMatch(/5559999|only hers/)
  expect(JSON.stringify(value(id))).not.toMatch(/5559999|only hers/)
})

it.each([
  [{ queue: '709' }, 'UNKNOWN_QUEUE'],
  [{ queue: '5001' }, 'UNKNOWN_QUEUE'],
  [{ queue: '1001' }, 'UNKNOWN_QUEUE'],
  [{ to: '1001', from: '1001' }, 'OWN_EXTENSION'],
  [{}, 'INVALID_ARGUMENT'],
  [{ to: '1001', queue: '701' }, 'INVALID_ARGUMENT'],
])('is refused: %j', async (submission, code) => {
  await ready('1001')
  await expect(on.engine.acd?.submitCall({ from: CALLER, ...submission })).rejects.toMatchObject({ code })
  expect(on.engine.acd?.calls()).toEqual([])
  expect(on.news()).toEqual([])
})
