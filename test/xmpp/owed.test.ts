/**
 * What waits for an agent who was there leaves when a session of that agent has got it, at the real service: a session
 * that ends at once, or takes no notifications, leaves it where it is.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { notificationService, type RunningNotificationService } from '../../src/xmpp/index.ts'
import { online, type RawClient, signIn } from './support/raw-client.ts'
import { accounts, directory } from './support/world.ts'

type Store = ReturnType<typeof memoryStore>

interface Life {
  readonly store: Store
  readonly engine: Engine
  readonly service: RunningNotificationService
  readonly port: number
}

async function live(store: Store): Promise<Life> {
  const engine = await createEngine({ directory, store })
  const service = await notificationService(engine, { accounts, port: 0 })
  return { store, engine, service, port: service.ports.xmpp ?? 0 }
}

/** Numbers of what waits for 1001. */
const waiting = ({ store }: Life): readonly number[] =>
  store.history?.outbox().flatMap(({ lane, number }) => (lane === 'A:user/1001' ? [number] : [])) ?? []

/** The states that a client was told of. */
const statesIn = (text: string): readonly string[] =>
  [...text.matchAll(/&lt;state>([A-Z_]+)&lt;|&lt;state&gt;([A-Z_]+)&lt;/g)].map(([, one, other]) => one ?? other ?? '')

/** The service has heard all that the client said, the engine has taken it, and what can leave has left. */
async function settle({ engine, service }: Life): Promise<void> {
  for (const _ of [1, 2]) {
    await service.settled()
    await engine.delivered()
  }
}

let life: Life

/** 1001 was there when the process died, with a sign-in that was not delivered. */
beforeEach(async () => {
  const store = memoryStore({ id: 'store', keep: 'history' })
  const first = await live(store)
  await online(first.port, '1001', 'desk')
  await settle(first)
  // Nothing is taken any more, and the process is gone before it says goodbye.
  first.engine.adapters.attach('A', { publish: () => new Promise(() => undefined) })
  await first.engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
  const kept = store.reopen()
  await first.service.close()
  await first.engine.close()
  life = await live(kept)
})
afterEach(async () => {
  await life.service.close()
  await life.engine.close()
})

describe('what waits for an agent leaves with a session that gets it', () => {
  const leaveAtOnce = async (client: RawClient) => {
    client.send('<presence/></stream:stream>')
    await client.end()
  }

  test('a session that comes and leaves at once takes nothing with it', async () => {
    const before = waiting(life)
    expect(before.length).toBeGreaterThan(0)
    for (const resource of ['one', 'two']) await leaveAtOnce(await signIn(life.port, '1001', resource))
    await settle(life)
    expect(waiting(life)).toEqual(before)
    const client = await online(life.port, '1001', 'three')
    await settle(life)
    expect(statesIn(await client.barrier())).toEqual(['NOT_READY'])
    expect(waiting(life)).toEqual([])
  })

  test('a session that takes no notifications leaves them where they are, until it takes some', async () => {
    const before = waiting(life)
    const client = await signIn(life.port, '1001', 'desk')
    client.send('<presence><priority>-1</priority></presence>')
    await client.barrier()
    await settle(life)
    expect(waiting(life)).toEqual(before)
    client.send('<presence><priority>0</priority></presence>')
    await client.barrier()
    await settle(life)
    expect(statesIn(await client.barrier())).toEqual(['NOT_READY'])
    expect(waiting(life)).toEqual([])
  })
})
