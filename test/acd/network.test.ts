/** How numbers outside answer: what can be said about them, and that it lasts. */
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

const ORDINARY = { outcome: 'answer', ringSeconds: 5, talkSeconds: null }

describe('the network outside', () => {
  it('answers after five seconds if nothing was said', async () => {
    expect(await server.ask('GET', '/network')).toMatchObject({ status: 200, json: { default: ORDINARY, numbers: {} } })
  })

  it('has a behaviour for all numbers, and others for some', async () => {
    const talks = { outcome: 'answer', ringSeconds: 0, talkSeconds: 60 }
    const first = await server.ask('POST', '/network', {
      body: { default: { outcome: 'busy' }, numbers: { '5550100': talks, '+49301': { outcome: 'bad-number' } } },
    })
    expect(first).toMatchObject({
      status: 200,
      json: { default: { outcome: 'busy' }, numbers: { '5550100': talks, '+49301': { outcome: 'bad-number' } } },
    })
    const body = { numbers: { '5550100': null, '555': { outcome: 'no-answer' } } }
    const second = await server.ask('POST', '/network', { body })
    const now = {
      default: { outcome: 'busy' },
      numbers: { '+49301': { outcome: 'bad-number' }, '555': { outcome: 'no-answer' } },
    }
    expect(second.json).toEqual(now)
    expect((await server.ask('GET', '/network')).json).toEqual(now)
    expect(server.engine.acd?.network()).toEqual(now)
  })

  it('fills in what a behaviour leaves out', async () => {
    const { json } = await server.ask('POST', '/network', { body: { numbers: { '555': { outcome: 'answer' } } } })
    expect(json).toEqual({ default: ORDINARY, numbers: { '555': ORDINARY } })
  })

  it.each([
    [{ default: { outcome: 'maybe' } }, 'INVALID_PARAMETER', 'default.outcome'],
    [{ default: {} }, 'INVALID_PARAMETER', 'default.outcome'],
    [{ default: null }, 'INVALID_PARAMETER', 'default'],
    [{ default: { outcome: 'busy', ringSeconds: 1 } }, 'UNKNOWN_PARAMETER', 'default.ringSeconds'],
    [{ default: { outcome: 'answer', ringSeconds: 601 } }, 'INVALID_PARAMETER', 'default.ringSeconds'],
    [{ default: { outcome: 'answer', talkSeconds: 0.5 } }, 'INVALID_PARAMETER', 'default.talkSeconds'],
    [{ numbers: { 'a b': { outcome: 'busy' } } }, 'INVALID_PARAMETER', 'numbers.a b'],
    [{ numbers: { '1001': { outcome: 'busy' } } }, 'NUMBER_INSIDE', 'numbers'],
    [{ numbers: { '8000': null } }, 'NUMBER_INSIDE', 'numbers'],
    [{ number: '555' }, 'UNKNOWN_PARAMETER', 'number'],
    [
      { numbers: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`5${n}`, null])) },
      'INVALID_PARAMETER',
      'numbers',
    ],
  ])('refuses %j', async (body, error, about) => {
    const answer = await server.ask('POST', '/network', { body })
    expect(answer).toMatchObject({ status: 400, json: { error, about } })
    expect((await server.ask('GET', '/network')).json).toEqual({ default: ORDINARY, numbers: {} })
  })

  it('has a limit for its numbers', async () => {
    const some = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`5${from + n}`, { outcome: 'busy' as const }]))
    for (let from = 0; from < 10_000; from += 1000)
      expect((await server.ask('POST', '/network', { body: { numbers: some(from, 1000) } })).status).toBe(200)
    const full = await server.ask('POST', '/network', { body: { numbers: some(10_000, 1) } })
    expect(full).toMatchObject({ status: 503, json: { error: 'TOO_MANY_NUMBERS' } })
    const replaced = await server.ask('POST', '/network', { body: { numbers: { ...some(10_000, 1), '50': null } } })
    expect(replaced.status).toBe(200)
  })
})

it('is the same after a restart', async () => {
  const { directory } = SAMPLE
  const store = memoryStore()
  const options = { directory, store, clock: virtualClock() }
  const first = await startEngine(options)
  const change = { numbers: { '555': { outcome: 'no-answer' } } } as const
  const now = await first.acd?.changeNetwork(change)
  await first.close()
  const second = await startEngine({ ...options, store: store.reopen() })
  expect(second.acd?.network()).toEqual(now)
  await second.close()
})
