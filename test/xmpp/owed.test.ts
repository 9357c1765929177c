/**
 * What waits for an agent leaves the outbox when a session of that agent has got it, here with the real service. It
 * stays there when the session ends at once or takes no notifications.
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

/** Numbers of the outbox rows that wait for 1001. */
const waiting = async ({ store }: Life): Promise<readonly number[]> =>
  (await store.history?.outbox())?.flatMap(({ lane, number }) => (lane === 'A:user/1001' ? [number] : [])) ?? []

/** The states in the notifications that a client got. */
const statesIn = (text: string): readonly string[] =>
  [...text.matchAll(/&lt;state>([A-Z_]+)&lt;|&lt;state&gt;([A-Z_]+)&lt;/g)].map(([, one, other]) => one ?? other ?? '')

/** Waits until the service has processed everything from the client and the engine has published what it can. */
async function settle({ engine, service }: Life): Promise<void> {
  for (const _ of [1, 2]) {
    await service.settled()
    await engine.delivered()
  }
}

let life: Life

/** 1001 had a session when the process died, and the notification of a sign-in was not delivered. */
beforeEach(async () => {
  const store = memoryStore({ id: 'store', keep: 'history' })
  const first = await live(store)
  await online(first.port, '1001', 'desk')
  await settle(first)
  // The publisher answers nothing more, and the process dies without an orderly end.
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

describe('what waits for an agent leaves the outbox when a session gets it', () => {
  const leaveAtOnce = async (client: RawClient) => {
    client.send('<presence/></stream:stream>')
    await client.end()
  }

  test('a session that becomes available and ends at once takes nothing from the outbox', async () => {
    const before = await waiting(life)
    expect(before.length).toBeGreaterThan(0)
    for (const resource of ['one', 'two']) await leaveAtOnce(await signIn(life.port, '1001', resource))
    await settle(life)
    expect(await waiting(life)).toEqual(before)
    const client = await online(life.port, '1001', 'three')
    await settle(life)
    expect(statesIn(await client.barrier())).toEqual(['NOT_READY'])
    expect(await waiting(life)).toEqual([])
  })

  test('a session that takes no notifications leaves them in the outbox until it takes them', async () => {
    const before = await waiting(life)
    const client = await signIn(life.port, '1001', 'desk')
    client.send('<presence><priority>-1</priority></presence>')
    await client.barrier()
    await settle(life)
    expect(await waiting(life)).toEqual(before)
    client.send('<presence><priority>0</priority></presence>')
    await client.barrier()
    await settle(life)
    expect(statesIn(await client.barrier())).toEqual(['NOT_READY'])
    expect(await waiting(life)).toEqual([])
  })
})
