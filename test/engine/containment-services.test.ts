/** Containment of errors around the engine: listeners, publishers, an ACD, a store, REST. */

import Fastify from 'fastify'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { AcdPort, Publication, Store } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { finesse, finesseServerOptions } from '../../src/rest/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { bench } from './harness.ts'
import { Stage } from './stage.ts'
import { setTraps } from './traps.ts'

const CHAT = '5002'

const traps = setTraps()
afterAll(() => traps.remove())
afterEach(() => traps.disarm())

const signIn = (user: string) => ({ type: 'user.signIn', user, extension: user }) as const

describe('listeners', () => {
  it.each(['notification', 'flagged', 'failedInput'] as const)('%s: an error is logged only', async (event) => {
    const stage = await Stage.open(event === 'flagged' ? { role: 'follower' } : {})
    let heard = 0
    stage.engine.on(event, () => {
      heard += 1
      throw new Error('embedder at fault')
    })
    let after = 0
    stage.engine.on(event, () => {
      after += 1
    })
    if (event === 'flagged') {
      await stage.engine.userEvent({ kind: 'user', user: '1001', state: 'WORK_READY' })
    } else if (event === 'failedInput') {
      traps.arm('user action signIn')
      expect(await stage.engine.command(signIn('1001'))).toMatchObject({ code: 'INTERNAL_ERROR' })
    }
    if (event !== 'flagged') expect(await stage.engine.command(signIn('1001'))).toEqual(DONE)
    expect(heard).toBeGreaterThan(0)
    // The other listeners get the event, too.
    expect(after).toBe(heard)
    // One line: further errors at the same time are counted, not logged.
    expect(stage.errors.filter(({ message }) => message === 'a listener threw')).toHaveLength(1)
    expect(stage.engine.get.user('1001')?.state).toBe(event === 'flagged' ? 'WORK_READY' : 'NOT_READY')
  })
})

describe('services that throw instead of rejecting', () => {
  it('a publisher: the notification is tried again, in order', async () => {
    const on = await bench()
    const published: string[] = []
    let refusals = 3
    const publish = ({ notification: { node } }: Publication): Promise<void> => {
      if (refusals-- > 0) throw new Error('embedder at fault')
      published.push(node.replace('/finesse/api/', ''))
      return Promise.resolve()
    }
    on.engine.adapters.attach('A', { publish })
    expect(await on.command(signIn('1001'))).toEqual(DONE)
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await on.clock.advance(10_000)
    expect(published.filter((node) => node === 'User/1001')).toHaveLength(2)
    expect(on.engine.figures.outboxPending).toBe(0)
  })

  it('an ACD: the request is tried again', async () => {
    const heard: string[] = []
    let refusals = 3
    const acd: AcdPort = {
      start: () => undefined,
      request: (request) => {
        if (refusals-- > 0) throw new Error('embedder at fault')
        heard.push(request.type)
        return Promise.resolve()
      },
    }
    const on = await bench({ acd })
    await on.engine.acdEvents.offer('1001', 'o1', { id: 't1', mrd: CHAT, scriptSelector: 's', variables: [] })
    await on.clock.advance(10_000)
    expect(heard).toEqual(['refused'])
    expect(on.engine.figures.outboxPending).toBe(0)
  })

  it('an ACD that cannot start: the engine does not start, with the same error, and closes the store', async () => {
    const acd: AcdPort = {
      start: () => {
        throw new Error('no connection')
      },
      request: () => Promise.resolve(),
    }
    const store = memoryStore({ id: 'test' })
    let isClosed = false
    const close = store.close.bind(store)
    store.close = () => {
      isClosed = true
      close()
    }
    await expect(bench({ acd, store })).rejects.toThrow('no connection')
    expect(isClosed).toBe(true)
  })

  it('a store without a history, whose compaction fails', async () => {
    const inner = memoryStore({ id: 'test' })
    const store: Store = {
      id: inner.id,
      records: inner.records,
      history: undefined,
      load: () => inner.load(),
      commit: (batch) => inner.commit(batch),
      compact: () => {
        throw new Error('not today')
      },
      rewrite: (...given) => inner.rewrite(...given),
      clear: () => inner.clear(),
      close: () => inner.close(),
    }
    const clock = virtualClock()
    const { directory } = await loadDirectory()
    const errors: object[] = []
    const log = { warn: () => undefined, error: (about: object) => errors.push(about) }
    const engine = await createEngine({ store, clock, directory, log })
    await clock.advance(7_200_000)
    expect(await engine.command(signIn('1001'))).toEqual(DONE)
    expect(errors.length).toBeGreaterThan(0)
    await engine.close()
  })
})

describe('over REST', () => {
  it('a request whose step fails gets 500, and the next one works', async () => {
    const loaded = await loadDirectory()
    const engine = await createEngine({ directory: loaded, clock: virtualClock() })
    const app = Fastify({ ...finesseServerOptions() })
    await app.register(finesse, { engine, accounts: engine.accounts })
    const put = () =>
      app.inject({
        method: 'PUT',
        url: '/finesse/api/User/1001',
        headers: {
          authorization: `Basic ${Buffer.from('1001:secret').toString('base64')}`,
          'content-type': 'application/xml',
        },
        payload: '<User><state>LOGIN</state><extension>1001</extension></User>',
      })
    traps.arm('user action signIn')
    const failed = await put()
    expect(failed.statusCode).toBe(500)
    expect(failed.body).toContain('<ErrorType>Internal Server Error</ErrorType>')
    expect(failed.body).not.toContain('trap')
    expect((await put()).statusCode).toBe(202)
    await app.close()
    await engine.close()
  })
})
