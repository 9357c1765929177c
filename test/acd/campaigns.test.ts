/** `/acd/campaigns`: what is refused, what reads show, and that a campaign and its reservations last. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEngine } from '../../src/engine/engine.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../suite/sample.ts'
import { type AcdServer, acdServer } from './server.ts'

let server: AcdServer
beforeEach(async () => {
  server = await acdServer()
})
afterEach(() => server.close())

const SPRING = { id: 'spring', mode: 'preview', queue: '701', contacts: [{ number: '5550301' }] }
const FIRST = { id: 'spring:1', number: '5550301', state: 'waits', attempts: 0, outcome: null, due: null, callId: null }
const SHOWN = {
  id: 'spring',
  name: 'spring',
  mode: 'preview',
  queue: '701',
  dialler: '9900',
  linesPerAgent: 1,
  attemptsMax: 3,
  previewSeconds: 60,
  noAnswerSeconds: 30,
  retrySeconds: 1800,
  state: 'RUNNING',
  blended: true,
  contacts: { waiting: 1, reserved: 0, later: 0, closed: 0 },
}

const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
  server.ask(method, path, body === undefined ? {} : { body })

describe('campaigns', () => {
  it('are created, listed, changed and removed', async () => {
    expect(await ask('POST', '/campaigns', SPRING)).toMatchObject({ status: 201, json: { id: 'spring' } })
    expect((await ask('GET', '/campaigns')).json).toEqual([SHOWN])
    expect((await ask('GET', '/campaigns/spring')).json).toEqual({ ...SHOWN, list: [FIRST] })
    const more = { action: 'ADD', contacts: [{ number: '5550302' }, { number: '5550303' }] }
    const contacts = { waiting: 3, reserved: 0, later: 0, closed: 0 }
    expect((await ask('POST', '/campaigns/spring', more)).json).toEqual({ ...SHOWN, contacts })
    const left = { action: 'WITHDRAW', numbers: ['5550302', '1'] }
    const withdrawn = { waiting: 2, reserved: 0, later: 0, closed: 1 }
    expect((await ask('POST', '/campaigns/spring', left)).json).toEqual({ ...SHOWN, contacts: withdrawn })
    expect(await ask('DELETE', '/campaigns/spring')).toMatchObject({ status: 409, json: { error: 'CAMPAIGN_BUSY' } })
    const stopped = { ...SHOWN, contacts: withdrawn, state: 'STOPPED' }
    expect((await ask('POST', '/campaigns/spring', { action: 'STOP' })).json).toEqual(stopped)
    expect(await ask('DELETE', '/campaigns/spring')).toMatchObject({ status: 200, json: stopped })
    expect((await ask('GET', '/campaigns')).json).toEqual([])
    expect((await ask('GET', '/campaigns/spring')).status).toBe(404)
    // The name is free again.
    expect((await ask('POST', '/campaigns', SPRING)).status).toBe(201)
  })

  it('get the contacts of two requests at once', async () => {
    await ask('POST', '/campaigns', SPRING)
    const add = (number: string) => ask('POST', '/campaigns/spring', { action: 'ADD', contacts: [{ number }] })
    await Promise.all(['5550302', '5550303', '5550304'].map(add))
    const { json } = await ask('GET', '/campaigns/spring')
    expect(json).toMatchObject({ contacts: { waiting: 4 } })
  })

  it.each([
    [{ ...SPRING, id: '' }, 400, 'INVALID_PARAMETER'],
    [{ ...SPRING, id: '../x' }, 400, 'INVALID_PARAMETER'],
    [{ ...SPRING, mode: 'loud' }, 400, 'INVALID_PARAMETER'],
    [{ ...SPRING, mode: 'direct-preview' }, 400, 'MODE_OF_OTHER_PLATFORM'],
    [{ ...SPRING, queue: '799' }, 400, 'UNKNOWN_QUEUE'],
    [{ ...SPRING, dialler: '1001' }, 400, 'NUMBER_INSIDE'],
    [{ ...SPRING, contacts: [{ number: '8000' }] }, 400, 'NUMBER_INSIDE'],
    [{ ...SPRING, contacts: [{}] }, 400, 'MISSING_PARAMETER'],
    [{ ...SPRING, contacts: [{ number: '5', color: 'red' }] }, 400, 'UNKNOWN_PARAMETER'],
    [{ ...SPRING, linesPerAgent: 11 }, 400, 'INVALID_PARAMETER'],
    [{ ...SPRING, attemptsMax: 0 }, 400, 'INVALID_PARAMETER'],
    [{ mode: 'preview', queue: '701' }, 400, 'MISSING_PARAMETER'],
  ] as const)('refuse %j', async (body, status, code) => {
    expect(await ask('POST', '/campaigns', body)).toMatchObject({ status, json: { error: code } })
    expect((await ask('GET', '/campaigns')).json).toEqual([])
  })

  it('refuse changes that cannot be made', async () => {
    await ask('POST', '/campaigns', SPRING)
    expect(await ask('POST', '/campaigns', SPRING)).toMatchObject({ status: 409, json: { error: 'CAMPAIGN_EXISTS' } })
    const many = { action: 'ADD', contacts: Array.from({ length: 1001 }, () => ({ number: '5' })) }
    for (const [path, body, code] of [
      ['/campaigns/autumn', { action: 'START' }, 'UNKNOWN_CAMPAIGN'],
      ['/campaigns/spring', { action: 'FLY' }, 'INVALID_PARAMETER'],
      ['/campaigns/spring', { action: 'START', contacts: [] }, 'UNKNOWN_PARAMETER'],
      ['/campaigns/spring', many, 'INVALID_PARAMETER'],
    ] as const)
      expect((await ask('POST', path, body)).json).toMatchObject({ error: code })
    await server.engine.drain()
    expect(await ask('POST', '/campaigns', { ...SPRING, id: 'late' })).toMatchObject({
      status: 503,
      json: { error: 'DRAINING' },
    })
  })
})

it('a campaign and its reservations go on after a crash; a drain reserves nobody', async () => {
  const clock = virtualClock()
  const store = memoryStore({ id: 'campaigns' })
  const { directory } = SAMPLE
  const first = await startEngine({ clock, store, directory })
  const user = '1001'
  await first.command({ type: 'user.signIn', user, extension: user })
  await first.command({ type: 'user.setState', user, state: 'READY' })
  const contacts = [{ number: '5550301' }, { number: '5550302' }]
  await first.acd?.campaigns.create({ id: 'spring', mode: 'preview', queue: '701', contacts })
  const [dialog = ''] = first.get.dialogs(user, 'voice')?.map(({ id }) => id) ?? []
  await first.command({ type: 'call.act', user, dialog, action: 'ACCEPT', targetMediaAddress: user })
  // The first engine is not closed.
  const again = await startEngine({ clock, store: store.reopen(), directory })
  expect(again.get.user(user)?.state).toBe('RESERVED_OUTBOUND_PREVIEW')
  await again.drain()
  await clock.advance(5_000)
  const talks = again.get.dialogs(user, 'voice') ?? []
  expect(talks.map((call) => [call.kind === 'call' && call.callType, call.state])).toEqual([['OUTBOUND', 'ACTIVE']])
  const targetMediaAddress = user
  await again.command({ type: 'call.act', user, dialog: talks[0]?.id ?? '', action: 'DROP', targetMediaAddress })
  expect(again.get.user(user)?.state).toBe('READY')
  await again.resume()
  expect(again.get.user(user)?.state).toBe('RESERVED_OUTBOUND_PREVIEW')
  await again.close()
})
