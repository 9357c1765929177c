/** Requests to `/acd` that are sent again with the same key, with and without a crash between. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../src/acd/plugin.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { type AcdServer, acdServer, EMAIL } from './server.ts'

const TASK = { scriptSelector: 'email_support' }
const CAMPAIGN = { id: 'spring', mode: 'preview', queue: '701', contacts: [{ number: '5550100' }], running: false }

interface Case {
  /** The requests before, with their bodies. */
  readonly before?: readonly (readonly [path: string, body: object])[]
  readonly method: 'POST' | 'DELETE'
  readonly path: string
  readonly body?: object
  /** The answer after a crash, if it cannot be the same. */
  readonly afterCrash?: object
}

/** By method and path of the operation. */
const CASES: Readonly<Record<string, Case>> = {
  'POST /tasks': { method: 'POST', path: '/tasks', body: TASK },
  'DELETE /tasks/:id': { before: [['/tasks', TASK]], method: 'DELETE', path: '/tasks/5001-1' },
  'POST /calls': { method: 'POST', path: '/calls', body: { from: '5550100', to: '1001' } },
  'POST /calls/:id': {
    before: [['/calls', { from: '5550100', queue: '701' }]],
    ...{ method: 'POST', path: '/calls/16777217', body: { action: 'HANGUP' } },
    // Calls that are over are in memory only.
    afterCrash: { id: '16777217' },
  },
  'POST /campaigns': { method: 'POST', path: '/campaigns', body: { ...CAMPAIGN, running: true } },
  'POST /campaigns/:id': {
    before: [['/campaigns', CAMPAIGN]],
    ...{ method: 'POST', path: '/campaigns/spring', body: { action: 'ADD', contacts: [{ number: '5550101' }] } },
  },
  'DELETE /campaigns/:id': {
    before: [['/campaigns', CAMPAIGN]],
    ...{ method: 'DELETE', path: '/campaigns/spring', afterCrash: { id: 'spring' } },
  },
  'POST /faults': { method: 'POST', path: '/faults', body: { type: 'app-path', up: false } },
  'POST /network': { method: 'POST', path: '/network', body: { numbers: { '5550100': { outcome: 'busy' } } } },
  'POST /queues/:id': { method: 'POST', path: '/queues/5001', body: { policy: 'least-occupied' } },
  'DELETE /queues/:id': {
    before: [['/queues/5001', { policy: 'least-occupied' }]],
    ...{ method: 'DELETE', path: '/queues/5001' },
  },
  'POST /drain': { method: 'POST', path: '/drain' },
  'DELETE /drain': { before: [['/drain', {}]], method: 'DELETE', path: '/drain' },
}

let store = memoryStore({ id: 'store', keep: 'history' })
let server: AcdServer
let clock = virtualClock()
beforeEach(async () => {
  store = memoryStore({ id: 'store', keep: 'history' })
  clock = virtualClock()
  server = await acdServer({ store, clock })
})
afterEach(() => server.close())

async function crash(): Promise<void> {
  const dead = server
  store = store.reopen()
  server = await acdServer({ store, clock })
  await dead.close()
}

/** The rows of requests. */
async function rows(): Promise<number> {
  let count = 0
  for await (const { origin } of store.history?.all(0) ?? []) if (origin?.via === 'acd-control') count += 1
  return count
}

async function send({ method, path, body }: Case, headers: Readonly<Record<string, string>>) {
  const given = body === undefined ? { headers } : { headers, body }
  const { status, json, headers: answered } = await server.ask(method, path, given)
  return { status, json, location: answered.get('location') }
}

it('the table has all operations that know what was sent before', () => {
  const all = OPERATIONS.flatMap(({ method, path, again }) => (again ? [`${method} ${path}`] : []))
  expect(Object.keys(CASES).sort()).toEqual(all.sort())
})

describe.each(['Idempotency-Key', 'requestId'])('a request with the header %s', (header) => {
  it.each(Object.entries(CASES))('%s is done once', async (_, each) => {
    for (const [path, body] of each.before ?? []) {
      const { status, json } = await server.ask('POST', path, { body })
      expect(status, JSON.stringify(json)).toBeLessThan(300)
    }
    const first = await send(each, { [header]: 'k' })
    expect(first.status, JSON.stringify(first.json)).toBeLessThan(300)
    const before = await rows()
    const isGone = each.path.startsWith('/campaigns/') && each.method === 'DELETE'
    const second = await send(each, { [header]: 'k' })
    expect(second).toEqual(isGone ? { ...first, json: each.afterCrash } : first)
    // The answers of a store that was closed are not to be seen.
    await crash()
    const third = await send(each, { [header]: 'k' })
    expect(third).toEqual(
      each.path === '/drain' ? { ...first, json: third.json } : { ...first, json: each.afterCrash ?? first.json },
    )
    expect(await rows()).toBe(before)
  })
})

describe('the rules of keys', () => {
  it('an Idempotency-Key is refused for another request, a requestId is not', async () => {
    const other: Case = { method: 'POST', path: '/tasks', body: { scriptSelector: 'chat_sales' } }
    const task: Case = { method: 'POST', path: '/tasks', body: TASK }
    expect((await send(task, { 'Idempotency-Key': 'k' })).status).toBe(201)
    expect(await send(other, { 'Idempotency-Key': 'k' })).toEqual({
      status: 422,
      json: {
        error: 'KEY_REUSED',
        message: 'the key was used for another request before',
        about: 'Idempotency-Key',
      },
      location: null,
    })
    const made = [
      await send(task, { requestId: 'r' }),
      await send(other, { requestId: 'r' }),
      await send(task, { requestId: 'r' }),
      await send(task, { requestId: 'r' }),
    ]
    expect(made.map(({ location }) => location)).toEqual([
      '/acd/tasks/5001-2',
      '/acd/tasks/5002-1',
      '/acd/tasks/5001-3',
      '/acd/tasks/5001-3',
    ])
  })

  it('an Idempotency-Key that is too long is refused', async () => {
    const { status, json } = await send(
      { method: 'POST', path: '/tasks', body: TASK },
      { 'Idempotency-Key': 'k'.repeat(257) },
    )
    expect([status, json]).toEqual([400, expect.objectContaining({ about: 'Idempotency-Key' })])
  })

  it('the answer shows what is there now', async () => {
    const task: Case = { method: 'POST', path: '/tasks', body: TASK }
    expect((await send(task, { requestId: 'r' })).json).toEqual({ id: '5001-1', state: 'queued' })
    await server.ready('1001', EMAIL)
    expect((await send(task, { requestId: 'r' })).json).toEqual({ id: '5001-1', state: 'reserved' })
  })

  it('a request that was refused is done when it is possible', async () => {
    const abandon: Case = { method: 'DELETE', path: '/tasks/5001-1' }
    expect((await send(abandon, { requestId: 'r' })).status).toBe(404)
    await server.ask('POST', '/tasks', { body: TASK })
    expect((await send(abandon, { requestId: 'r' })).status).toBe(200)
  })
})
