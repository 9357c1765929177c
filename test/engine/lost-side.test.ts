/** A side whose notification service ends together with its clients, as when its process is killed. */
import { expect, it } from 'vitest'
import { bench, Client } from './harness.ts'

const GRACE_MS = 60_000

/** Agent 1001 is signed in to voice, with a desktop on side B. Then the service of side B is gone. */
async function lost() {
  const on = await bench({ sides: ['A', 'B'], serves: ['A', 'B'] })
  const { adapters } = on.engine
  const serve = async (side: 'A' | 'B', sessions: readonly string[]) => {
    const client = new Client()
    for (const session of sessions) await adapters.presence({ user: '1001', side, session, available: true })
    await adapters.notificationService(side, true)
    adapters.attach(side, client)
    await on.clock.settle()
    return client
  }
  await serve('A', [])
  await serve('B', ['1001@b/desk'])
  await on.engine.command({ type: 'user.signIn', user: '1001', side: 'B', extension: '1001' })
  await on.clock.settle()
  adapters.detach('B')
  await adapters.notificationService('B', false)
  const state = () => on.engine.get.user('1001')?.state
  const change = async (state: 'READY' | 'NOT_READY') => {
    await on.engine.command({ type: 'user.setState', user: '1001', side: 'A', state })
    await on.clock.settle()
  }
  return { ...on, adapters, serve, state, change }
}

it('an agent who has moved to the other side is not signed out when a new process serves the lost side (`notifications 9.1`)', async () => {
  const { adapters, serve, state, change, clock } = await lost()
  await adapters.presence({ user: '1001', side: 'A', session: '1001@a/desk', available: true })
  await change('READY')
  await adapters.sessionsLost('B', true)
  await serve('B', [])
  await clock.advance(2 * GRACE_MS)
  expect(state()).toBe('READY')
})

it('an agent whose desktop is gone is signed out by force if the sessions of the side were not lost', async () => {
  const { serve, state, change, clock } = await lost()
  await change('READY')
  await serve('B', [])
  await clock.advance(2 * GRACE_MS)
  expect(state()).toBe('NOT_READY')
})

it('an agent who comes back to the new process gets what has happened meanwhile', async () => {
  const { adapters, serve, change } = await lost()
  await change('READY')
  await adapters.sessionsLost('B', true)
  const client = await serve('B', ['1001@b/other'])
  expect(client.heard).toContainEqual(expect.stringContaining('READY'))
})

it('notifications for a side that does not come back are dropped, and no more are kept', async () => {
  const { adapters, serve, change, engine } = await lost()
  await change('READY')
  expect(engine.figures.outboxPending).toBeGreaterThan(0)
  await adapters.sessionsLost('B', false)
  expect(engine.figures.outboxPending).toBe(0)
  await change('NOT_READY')
  expect(engine.figures.outboxPending).toBe(0)
  const client = await serve('B', ['1001@b/other'])
  expect(client.heard).toEqual([])
  await change('READY')
  expect(client.heard).toContainEqual(expect.stringContaining('READY'))
})
