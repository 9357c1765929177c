/** Many users come back after a restart. The work for each of them must not grow with the number of the others. */
import { afterEach, expect, it, vi } from 'vitest'
import { UserBehaviour } from '../../src/engine/aggregate/user/behaviour.ts'
import { Delivery } from '../../src/engine/delivery/delivery.ts'
import { startEngine } from '../../src/engine/engine.ts'
import type { Publisher } from '../../src/engine/ports.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { agents, directoryOf, signIn } from '../bench/agents.ts'

afterEach(() => vi.restoreAllMocks())

const session = (user: string) => ({ user, side: 'A', session: `${user}@localhost/desktop`, available: true }) as const

/** A notification service that delivers to everybody who is connected. */
const service: Publisher = { publish: async () => ({ toOwner: true }) }

/** An engine after a restart. `count` agents were signed in and connected before, and their clients are not back yet. */
async function restarted(count: number) {
  const ids = agents(count)
  const clock = virtualClock()
  const store = memoryStore({ id: 'crowd' })
  const options = { directory: directoryOf(ids), clock, serves: ['A'] } as const
  const before = await startEngine({ ...options, store })
  await before.adapters.notificationService('A', true)
  await Promise.all([
    ...ids.map((id) => before.adapters.presence(session(id))),
    ...ids.flatMap(signIn).map((command) => before.command(command, { via: 'rest', by: command.user })),
    clock.settle(),
  ])
  const after = await startEngine({ ...options, store: store.reopen() })
  await after.adapters.notificationService('A', true)
  return { ids, clock, before, after }
}

const PAST_GRACE = 61_000

/** How often the engine asks for the lane of a user while the grace period is over and deliveries are under way. */
async function questionsOfTheLate(count: number) {
  const { ids, clock, before, after } = await restarted(count)
  // A service that is slow: it has every notification, and has written none.
  after.adapters.attach('A', { publish: () => new Promise(() => undefined) })
  await Promise.all([...ids.map((id) => after.adapters.presence(session(id))), clock.settle()])
  await clock.advance(PAST_GRACE)
  const asked = vi.spyOn(Delivery.prototype, 'isBusy')
  for (const id of ids) {
    const given = signIn(id).map((each) => after.command(each))
    await clock.settle()
    await Promise.allSettled(given)
  }
  const questions = asked.mock.calls.length
  asked.mockRestore()
  await Promise.all([before.close(), after.close()])
  return questions / count
}

it('users whose notifications are still under way after the grace period cost nothing for the others', async () => {
  const [few, many] = [await questionsOfTheLate(40), await questionsOfTheLate(160)]
  expect(few).toBeGreaterThan(0)
  expect(many).toBeLessThan(1.5 * few)
})

/** How often the engine asks whether a user is awaited while `count` users come back, and who is awaited in the end. */
async function questionsFor(count: number) {
  const { ids, clock, before, after } = await restarted(count)
  after.adapters.attach('A', service)
  const asked = vi.spyOn(UserBehaviour.prototype, 'isAwaited')
  for (const id of ids) {
    const given = [after.adapters.presence(session(id)), ...signIn(id).map((each) => after.command(each))]
    await clock.settle()
    await Promise.allSettled(given)
  }
  const questions = asked.mock.calls.length
  asked.mockRestore()
  await Promise.all([before.close(), after.close()])
  return questions / count
}

it('the questions for each user who comes back are as many among 160 users as among 40', async () => {
  const [few, many] = [await questionsFor(40), await questionsFor(160)]
  expect(few).toBeGreaterThan(0)
  expect(many).toBeLessThan(1.5 * few)
})
