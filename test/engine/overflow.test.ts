/** Who gets what, in a whole engine: overflow, skill levels and `least-occupied`, for tasks and calls, and priorities of calls. */
import { describe, expect, it } from 'vitest'
import type { Directory, MediaRoutingDomain, VoiceQueue } from '../../src/directory/model.ts'
import { createEngine } from '../../src/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../suite/sample.ts'
import { type Bench, bench, startTask } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'
const LINE = '701'

type Change = Partial<MediaRoutingDomain & VoiceQueue>

/** The sample with other settings of one queue of tasks or calls. */
async function sampleWith(id: string, change: Change): Promise<Directory> {
  const { directory } = SAMPLE
  return changed(directory, id, change)
}

function changed(directory: Directory, id: string, change: Change): Directory {
  const { policy, ...rest } = change
  const own = { ...rest, ...(policy === undefined ? {} : { policy }) }
  const on = <T extends { readonly id: string }>(entry: T): T => (entry.id === id ? { ...entry, ...own } : entry)
  return {
    ...directory,
    mediaRoutingDomains: directory.mediaRoutingDomains.map(on),
    queues: (directory.queues ?? []).map(on),
  }
}

const task = async (on: Bench, mrd = CHAT, scriptSelector = 'chat_sales') =>
  (await on.engine.acd?.submitTask({ mrd, scriptSelector }))?.id ?? ''
/** The agent who has the task; `''` while it waits. */
function holderOf(on: Bench, id: string): string {
  const { state, agentId = '' } = on.engine.acd?.task(id) ?? {}
  return state === 'reserved' ? agentId : ''
}

const call = async (on: Bench, to = '8000', from = '5550100') =>
  (await on.engine.acd?.submitCall({ from, to }))?.id ?? ''
const agentsOf = (on: Bench, id: string) =>
  on.engine.acd?.call(id)?.participants.flatMap(({ user }) => user ?? []) ?? []

async function readyForCalls(on: Bench, ...users: readonly string[]): Promise<void> {
  for (const user of users) {
    const extension = on.directory.users.find(({ id }) => id === user)?.extensions[0] ?? ''
    await on.command({ type: 'user.signIn', user, extension })
    await on.command({ type: 'user.setState', user, state: 'READY' })
    await on.clock.advance(1000)
  }
}

const SECOND_LINE = { overflow: [{ afterSeconds: 20, teams: ['2002'] }] }

describe('overflow of tasks', () => {
  it('agents of a later stage get a task when it has waited for their time, and no sooner', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const id = await task(on)
    await on.clock.advance(19_999)
    expect(holderOf(on, id)).toBe('')
    await on.clock.advance(1)
    expect(holderOf(on, id)).toBe('1004')
  })

  it('agents of an earlier stage come first, whatever the policy says', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const first = await task(on)
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    expect(holderOf(on, first)).toBe('1001')
    const second = await task(on)
    await on.clock.advance(20_000)
    expect(holderOf(on, second)).toBe('1004')
  })

  it('each stage has its time, and a task that was not accepted goes on with its own', async () => {
    const stages = {
      overflow: [
        { afterSeconds: 20, agents: ['1001'] },
        { afterSeconds: 60, teams: ['2001', '2002'] },
      ],
    }
    const on = await bench({ directory: await sampleWith(CHAT, stages) })
    await on.ready('1001', CHAT)
    await on.ready('1004', CHAT)
    const id = await task(on)
    await on.clock.advance(20_000)
    expect(holderOf(on, id)).toBe('1001')
    await on.clock.advance(30_000) // Start Timeout: another task replaces it, and the customer goes on waiting
    const next = on.engine.acd?.task(id)?.resubmittedAs ?? ''
    expect([holderOf(on, id), holderOf(on, next)]).toEqual(['', ''])
    const again = await on.restart()
    await again.clock.advance(9999)
    expect(holderOf(again, next)).toBe('')
    await again.clock.advance(1)
    expect(holderOf(again, next)).toBe('1004')
  })

  it('a later task does not wait behind one that is for nobody yet', async () => {
    const on = await bench({
      directory: await sampleWith(CHAT, { ...SECOND_LINE, priorities: { chat_sales: 1, chat_support: 9 } }),
    })
    await on.ready('1004', CHAT, { maxDialogLimit: 1 })
    const old = await task(on, CHAT, 'chat_support')
    await on.clock.advance(15_000)
    const urgent = await task(on, CHAT, 'chat_sales')
    await on.clock.advance(5000)
    expect([holderOf(on, old), holderOf(on, urgent)]).toEqual(['1004', ''])
  })

  it('a task for one agent does not wait for the stage of the agent', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const made = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1004' })
    expect(holderOf(on, made?.id ?? '')).toBe('1004')
  })

  it('a restart in the middle of the wait changes nothing', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const id = await task(on)
    await on.clock.advance(12_000)
    const again = await on.restart()
    await again.clock.advance(7999)
    expect(holderOf(again, id)).toBe('')
    await again.clock.advance(1)
    expect(holderOf(again, id)).toBe('1004')
  })

  it('a start with the clock an hour behind changes nothing either', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const id = await task(on)
    await on.clock.advance(12_000)
    // The last row of the journal has the time of the crash.
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    const clock = virtualClock(on.clock.now() - 3_600_000)
    const engine = await createEngine({ clock, store: on.store.reopen(), directory: on.directory })
    await clock.advance(7999)
    expect(engine.acd?.task(id)?.state).toBe('queued')
    const next = (await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' }))?.id ?? ''
    await clock.advance(1)
    expect(engine.acd?.task(id)).toMatchObject({ state: 'reserved', agentId: '1004' })
    await clock.advance(19_999)
    expect(engine.acd?.task(next)).toMatchObject({ state: 'reserved', agentId: '1004' })
  })

  it('a reload counts for tasks that wait: earlier, later, at once', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const first = await task(on)
    const overflowsAfter = (afterSeconds: number) =>
      on.engine.reload(changed(on.directory, CHAT, { overflow: [{ afterSeconds, teams: ['2002'] }] }))
    await overflowsAfter(40)
    await on.clock.advance(20_000)
    expect(holderOf(on, first)).toBe('')
    await overflowsAfter(30)
    await on.clock.advance(10_000)
    expect(holderOf(on, first)).toBe('1004')
    const second = await task(on)
    await on.clock.advance(5000)
    await overflowsAfter(5)
    expect(holderOf(on, second)).toBe('1004')
    const third = await task(on)
    await on.engine.reload(changed(on.directory, CHAT, { overflow: undefined }))
    expect(holderOf(on, third)).toBe('1004')
  })

  it('the wait goes on during a drain', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, SECOND_LINE) })
    await on.ready('1004', CHAT)
    const id = await task(on)
    await on.engine.drain()
    await on.clock.advance(25_000)
    expect(holderOf(on, id)).toBe('')
    await on.engine.resume()
    expect(holderOf(on, id)).toBe('1004')
  })
})

describe('overflow of calls', () => {
  const late = { overflow: [{ afterSeconds: 20, agents: ['1003'] }] }

  it('rings at an agent of a later stage when the call has waited for that time, also after a restart', async () => {
    const on = await bench({ directory: await sampleWith(LINE, late) })
    await readyForCalls(on, '1003')
    const id = await call(on)
    await on.clock.advance(12_000)
    const again = await on.restart()
    await again.clock.advance(7999)
    expect(agentsOf(again, id)).toEqual([])
    await again.clock.advance(1)
    expect(agentsOf(again, id)).toEqual(['1003'])
  })

  it('a call that an agent did not answer goes on to the next stage', async () => {
    const on = await bench({ directory: await sampleWith(LINE, late) })
    await readyForCalls(on, '1003', '1001')
    const id = await call(on)
    expect(agentsOf(on, id)).toEqual(['1001'])
    await on.clock.advance(15_000)
    expect(agentsOf(on, id)).toEqual([])
    await on.clock.advance(5000)
    expect(agentsOf(on, id)).toEqual(['1003'])
  })
})

describe('skill levels', () => {
  const skills = { '1001': 2, '1003': 9 }

  it.each([
    ['most-skilled', ['1003', '1002', '1001']],
    ['least-skilled', ['1001', '1002', '1003']],
  ] as const)('%s: tasks and calls alike, 5 without a level', async (policy, order) => {
    for (const id of [CHAT, LINE]) {
      const on = await bench({ directory: await sampleWith(id, { policy, skills }) })
      const got: string[] = []
      if (id === CHAT) for (const user of ['1002', '1001', '1003']) await on.ready(user, CHAT, { maxDialogLimit: 1 })
      else await readyForCalls(on, '1002', '1001', '1003')
      for (let count = 0; count < 3; count += 1)
        got.push(...(id === CHAT ? [holderOf(on, await task(on))] : agentsOf(on, await call(on))))
      expect(got).toEqual(order)
    }
  })
})

describe('least-occupied', () => {
  it('the agent with the fewest contacts in hand, of all media, gets the chat', async () => {
    const on = await bench({ directory: await sampleWith(CHAT, { policy: 'least-occupied' }) })
    await on.ready('1001', CHAT)
    await on.ready('1001', EMAIL)
    await startTask(on, '1001', EMAIL, 'email_support')
    await on.clock.advance(1000)
    await on.ready('1002', CHAT, { maxDialogLimit: 2 })
    const order = [await task(on), await task(on), await task(on)].map((id) => holderOf(on, id))
    expect(order).toEqual(['1002', '1001', '1002'])
  })

  it('a call goes to the agent without an e-mail, who would be the second otherwise', async () => {
    const on = await bench({ directory: await sampleWith(LINE, { policy: 'least-occupied' }) })
    await readyForCalls(on, '1001', '1002')
    await on.ready('1001', EMAIL)
    await startTask(on, '1001', EMAIL, 'email_support')
    expect(agentsOf(on, await call(on))).toEqual(['1002'])
  })

  it('a reload to it asks agents who have work already', async () => {
    const on = await bench()
    await readyForCalls(on, '1001', '1002')
    await on.ready('1001', EMAIL)
    await startTask(on, '1001', EMAIL, 'email_support')
    await on.engine.reload(changed(on.directory, LINE, { policy: 'least-occupied' }))
    expect(agentsOf(on, await call(on))).toEqual(['1002'])
  })
})

describe('priorities of calls', () => {
  const urgent = { agents: ['1004'], priorities: { '8002': 1 } }

  it('calls to an urgent number ring first, equal ones in the order of arrival', async () => {
    const on = await bench({ directory: await sampleWith('702', urgent) })
    const ids = [await call(on, '8001'), await call(on, '8002'), await call(on, '8001'), await call(on, '8002')]
    await readyForCalls(on, '1004')
    const rang: string[] = []
    for (let count = 0; count < 4; count += 1) {
      const now = on.engine.acd?.calls().find(({ id }) => agentsOf(on, id).length > 0)?.id ?? ''
      rang.push(now)
      await on.engine.acd?.hangUp(now)
    }
    expect(rang).toEqual([ids[1], ids[3], ids[0], ids[2]])
  })

  it('an agent who dials the urgent number waits before others too, also after a restart', async () => {
    const on = await bench({ directory: await sampleWith('702', urgent) })
    const usual = await call(on, '8001')
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'call.make', user: '1001', fromAddress: '1001', toAddress: '8002' })
    const own = on.engine.get.dialogs('1001', 'voice')?.at(0)?.id ?? ''
    const again = await on.restart()
    await readyForCalls(again, '1004')
    expect([agentsOf(again, own).includes('1004'), agentsOf(again, usual)]).toEqual([true, []])
  })
})
