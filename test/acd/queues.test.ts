/** Who gets what in queues, changed over `/acd`: for tasks and calls, at once, and for good. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory } from '../../src/directory/model.ts'
import { startEngine } from '../../src/engine/engine.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { every } from '../store/rows.ts'
import { type AcdServer, acdServer, CHAT } from './server.ts'

const LINE = '701'
const LATER = [{ afterSeconds: 20, agents: ['1001'] }]

let server: AcdServer
beforeEach(async () => {
  server = await acdServer()
})
afterEach(() => server.close())

const AS_IN_FILE = { priorities: {}, skills: {}, overflow: [], changed: [] }

describe('the settings of queues', () => {
  it('are shown as the directory has them', async () => {
    const { status, json } = await server.ask('GET', '/queues')
    expect({ status, json }).toMatchObject({
      status: 200,
      json: expect.arrayContaining([
        { id: CHAT, name: 'Chat', contacts: 'tasks', policy: 'most-free-slots', ...AS_IN_FILE },
        expect.objectContaining({ id: LINE, contacts: 'calls', policy: 'longest-available', changed: [] }),
      ]),
    })
    expect((await server.ask('GET', `/queues/${CHAT}`)).json).toMatchObject({ id: CHAT, ...AS_IN_FILE })
  })

  it('change one by one, and go back one by one or all at once', async () => {
    const post = (body: object) => server.ask('POST', `/queues/${CHAT}`, { body })
    await post({ policy: 'most-skilled', skills: { '1001': 9 } })
    const second = await post({ overflow: LATER, priorities: { chat_sales: 1 }, skills: null })
    const now = { policy: 'most-skilled', priorities: { chat_sales: 1 }, skills: {}, overflow: LATER }
    expect(second).toMatchObject({
      status: 200,
      json: { ...now, changed: ['policy', 'priorities', 'overflow'] },
    })
    expect((await server.ask('GET', `/queues/${CHAT}`)).json).toEqual(second.json)
    expect(server.engine.acd?.queues.get(CHAT)).toEqual(second.json)
    const { json } = await server.ask('DELETE', `/queues/${CHAT}`)
    expect(json).toMatchObject({ policy: 'most-free-slots', ...AS_IN_FILE })
  })

  it.each([
    [CHAT, { policy: 'in-order' }, 'INVALID_QUEUE_SETTING', 'policy'],
    [LINE, { policy: 'most-free-slots' }, 'INVALID_QUEUE_SETTING', 'policy'],
    [CHAT, { policy: 'best' }, 'INVALID_PARAMETER', 'policy'],
    [CHAT, { priorities: { chat_sales: 11 } }, 'INVALID_PARAMETER', 'priorities.chat_sales'],
    [CHAT, { priorities: { email_support: 1 } }, 'INVALID_QUEUE_SETTING', 'priorities.email_support'],
    [LINE, { priorities: { '9999': 1 } }, 'INVALID_QUEUE_SETTING', 'priorities.9999'],
    [CHAT, { skills: { '9999': 1 } }, 'INVALID_QUEUE_SETTING', 'skills.9999'],
    [LINE, { skills: { '1234': 1 } }, 'INVALID_QUEUE_SETTING', 'skills.1234'],
    [CHAT, { overflow: [{ afterSeconds: 0, agents: ['1001'] }] }, 'INVALID_PARAMETER', 'overflow.0.afterSeconds'],
    [CHAT, { overflow: [{ afterSeconds: 5 }] }, 'INVALID_QUEUE_SETTING', 'overflow.0'],
    [CHAT, { overflow: [{ afterSeconds: 5, teams: ['77'] }] }, 'INVALID_QUEUE_SETTING', 'overflow.0.teams.0'],
    [CHAT, { overflow: [...LATER, ...LATER] }, 'INVALID_QUEUE_SETTING', 'overflow.1.afterSeconds'],
    [CHAT, { ringSeconds: 5 }, 'UNKNOWN_PARAMETER', 'ringSeconds'],
    [CHAT, [], 'MALFORMED_JSON', 'body'],
  ])('of %s: %j is refused, and nothing changes', async (queue, body, error, about) => {
    const before = await server.ask('GET', '/queues')
    expect(await server.ask('POST', `/queues/${queue}`, { body })).toMatchObject({
      status: 400,
      json: { error, about },
    })
    expect((await server.ask('GET', '/queues')).json).toEqual(before.json)
  })

  it.each(['GET', 'POST', 'DELETE'])('%s of a queue that does not exist is 404', async (method) => {
    const asked = method === 'POST' ? { body: { policy: 'least-skilled' } } : {}
    expect(await server.ask(method, '/queues/999', asked)).toMatchObject({ status: 404, json: { error: 'NOT_FOUND' } })
  })

  it('count at once for tasks and calls that wait', async () => {
    await server.ask('POST', `/queues/${CHAT}`, { body: { overflow: LATER } })
    await server.ask('POST', `/queues/${LINE}`, { body: { overflow: LATER } })
    await server.ready('1001', CHAT)
    const task = await server.made('/tasks', { scriptSelector: 'chat_sales' })
    const call = await server.made('/calls', { from: '5550100', queue: LINE })
    await server.clock.advance(5000)
    expect(server.engine.acd?.task(task)?.state).toBe('queued')
    expect(server.engine.acd?.call(call)?.queue?.outcome).toBe('WAITING')
    await server.ask('DELETE', `/queues/${LINE}`)
    expect(server.engine.acd?.call(call)?.queue?.outcome).toBe('RINGING')
    await server.ask('POST', `/queues/${CHAT}`, { body: { overflow: null } })
    expect(server.engine.acd?.task(task)?.state).toBe('reserved')
  })

  it('priorities of calls count by the number that was dialled, for calls that come from then on', async () => {
    const calls = async (from: string, priority: number) => {
      await server.ask('POST', `/queues/${LINE}`, { body: { priorities: { '8000': priority } } })
      return server.made('/calls', { from, to: '8000' })
    }
    const [slow, fast] = [await calls('5550100', 9), await calls('5550101', 1)]
    await server.ready('1001')
    const outcomes = [slow, fast].map((id) => server.engine.acd?.call(id)?.queue?.outcome)
    expect(outcomes).toEqual(['WAITING', 'RINGING'])
  })

  it('are in the journal under the name of the administrator', async () => {
    await server.ask('POST', `/queues/${CHAT}`, { body: { policy: 'least-skilled', skills: { '1001': 2 } } })
    const { history } = server.engine
    if (!history) throw new Error('no history is kept')
    const rows = await every(history.rows(`queue/${CHAT}`, 0))
    const last = rows.at(-1)
    expect(last?.origin).toMatchObject({ via: 'acd-control', by: 'admin' })
    expect(last?.input).toMatchObject({
      kind: 'configuredQueue',
      setup: {
        policy: 'least-skilled',
        skills: { '1001': 2 },
        changed: { policy: 'least-skilled', skills: { '1001': 2 } },
      },
    })
  })
})

describe('changed settings last', () => {
  async function started() {
    const { directory } = await loadDirectory()
    const store = memoryStore()
    const clock = virtualClock()
    const first = await startEngine({ directory, store, clock })
    const overflow = [{ afterSeconds: 20, teams: ['2002'] }]
    const changed = await first.acd?.queues.change(CHAT, { overflow })
    const calls = await first.acd?.queues.change(LINE, { policy: 'most-skilled', skills: { '1002': 9 } })
    return { directory, store, clock, first, changed, calls }
  }

  it('through a restart, whatever the directory file says', async () => {
    const { directory, store, clock, first, changed, calls } = await started()
    await first.close()
    const other: Directory = {
      ...directory,
      mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) =>
        mrd.id === CHAT
          ? { ...mrd, policy: 'longest-available', overflow: [{ afterSeconds: 5, agents: ['1001'] }] }
          : mrd,
      ),
    }
    const second = await startEngine({ directory: other, store: store.reopen(), clock })
    expect(second.acd?.queues.get(CHAT)).toEqual({ ...changed, policy: 'longest-available' })
    expect(second.acd?.queues.get(LINE)).toEqual(calls)
    const back = await second.acd?.queues.change(CHAT, { overflow: null })
    expect(back).toMatchObject({ overflow: [{ afterSeconds: 5, agents: ['1001'] }], changed: [] })
    await second.close()
  })

  it('through a reload: the stage of a team has its agents of today, and a queue that left comes back as in the file', async () => {
    const { directory, first } = await started()
    const sign = async (user: string) => {
      await first.command({ type: 'media.signIn', user, mrd: CHAT, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
      await first.command({ type: 'media.setState', user, mrd: CHAT, state: 'READY' })
    }
    await sign('1001')
    // 1001 moves into the team of the stage, so a new task waits.
    const users = directory.users.map((user) => (user.id === '1001' ? { ...user, teamId: '2002' } : user))
    await first.reload({ ...directory, users })
    const made = await first.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    expect(made?.state).toBe('queued')
    const without = directory.queues?.filter(({ id }) => id !== LINE)
    await first.reload({ ...directory, users, queues: without })
    expect(first.acd?.queues.get(LINE)).toBeUndefined()
    await first.reload({ ...directory, users })
    expect(first.acd?.queues.get(LINE)).toMatchObject({ policy: 'longest-available', changed: [] })
    await first.close()
  })

  it('many at once lose none of each other, also beside reloads', async () => {
    const { directory, first } = await started()
    const settings = { policy: 'least-occupied', priorities: { chat_sales: 1 }, skills: { '1001': 3 } } as const
    const queues = first.acd?.queues
    await Promise.all([
      queues?.change(CHAT, { policy: settings.policy }),
      first.reload({ ...directory, users: directory.users.map((user) => ({ ...user, lastName: 'Other' })) }),
      queues?.change(CHAT, { priorities: settings.priorities }),
      first.reload(directory),
      queues?.change(CHAT, { skills: settings.skills }),
    ])
    expect(queues?.get(CHAT)).toMatchObject({ ...settings, changed: ['policy', 'priorities', 'skills', 'overflow'] })
    await first.close()
  })
})
