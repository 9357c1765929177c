/** Errors that an embedder gets are of the table, and `EngineUnavailable` says whether to try again. */

import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { createEngine, EngineUnavailable, MrdianError } from '../../src/index.ts'
import { finesse } from '../../src/rest/index.ts'
import { scriptedAcd } from '../../src/testing/index.ts'
import { ListenFailure, notificationService } from '../../src/xmpp/index.ts'
import { bench, fragileStore } from '../engine/harness.ts'

const errorOf = async (call: () => unknown): Promise<unknown> => {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}
const reasonOf = async (call: () => unknown): Promise<string> => {
  const error = await errorOf(call)
  if (!(error instanceof EngineUnavailable)) throw error
  return error.reason
}
const SIGN_IN = { type: 'user.signIn', user: '1001', extension: '1001' } as const
const TASK = { id: 't', mrd: '5002', scriptSelector: 'chat_sales', variables: [] }

describe('the reason of EngineUnavailable', () => {
  it('is CLOSING after the engine was closed', async () => {
    const engine = await createEngine()
    await engine.close()
    expect(await reasonOf(() => engine.command(SIGN_IN))).toBe('CLOSING')
  })

  it('is DRAINING for an offer during a drain', async () => {
    const on = await bench({ acd: scriptedAcd() })
    await on.engine.drain()
    expect(await reasonOf(() => on.engine.acdEvents.offer('1001', 'o', TASK))).toBe('DRAINING')
  })

  it('is STORE while the store refuses changes', async () => {
    const store = fragileStore()
    const on = await bench({ store })
    store.broken = true
    expect(await reasonOf(() => on.command(SIGN_IN))).toBe('STORE')
    expect(await reasonOf(() => on.command(SIGN_IN))).toBe('STORE')
  })

  it('is RESETTING for a command that a reset overtakes', async () => {
    const on = await bench({ resettable: true })
    const overtaken = reasonOf(() => on.command(SIGN_IN))
    await on.engine.reset()
    expect(await overtaken).toBe('RESETTING')
  })

  it('is FULL when too many calls wait', async () => {
    const on = await bench()
    const asked = Array.from({ length: 11 }, () => on.engine.erasures.find({ tasks: ['x'] }))
    const results = await Promise.allSettled(asked)
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(refused).toEqual([expect.objectContaining({ name: 'EngineUnavailable', reason: 'FULL' })])
  })

  it('is FAILED if the step threw an error', async () => {
    const fails = () => {
      throw new Error('planted')
    }
    const on = await bench({ acd: scriptedAcd(), rules: { name: 'fails', guards: { media: { mayTakeTask: fails } } } })
    await on.ready('1001', '5002')
    expect(await reasonOf(() => on.engine.acdEvents.offer('1001', 'o', TASK))).toBe('FAILED')
  })
})

describe('an error has a code', () => {
  it('for a port that is taken', async () => {
    const engine = await createEngine()
    const first = await notificationService(engine, { port: 0 })
    const error = await errorOf(() => notificationService(engine, { port: first.ports.xmpp }))
    expect(error).toBeInstanceOf(ListenFailure)
    expect(error).toBeInstanceOf(MrdianError)
    expect(error).toMatchObject({ code: 'PORT_IN_USE', cause: { code: 'EADDRINUSE' } })
    const other = await errorOf(() => notificationService(engine, { host: '203.0.113.1', port: 0 }))
    expect(other).toMatchObject({ code: 'CANNOT_LISTEN' })
    await first.close()
    await engine.close()
  })

  it('for a scripted ACD without an engine', async () => {
    const error = await errorOf(() => scriptedAcd().offer('1001', TASK))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('for a side that the engine does not have, in every adapter', async () => {
    const engine = await createEngine()
    const app = Fastify()
    const { adapters } = engine
    const presence = { user: '1001', side: 'B', session: 'x@localhost/y', available: true } as const
    for (const call of [
      () => notificationService(engine, { port: 0, side: 'B' }),
      () => notificationService(engine, { service: 'xmpp://127.0.0.1:1', password: 'x', side: 'B' }),
      () => app.register(finesse, { engine, side: 'B' }),
      () => adapters.presence(presence),
      () => adapters.notificationService('B', true),
      () => adapters.attach('B', { publish: async () => undefined }),
    ])
      expect(await errorOf(call)).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('no side B'),
      })
    expect(adapters.sides).toEqual(['A'])
    await app.close()
    await engine.close()
  })
})
