/** Team messages in the engine: the limit of all, and a store that fails. */
import { expect, it } from 'vitest'
import { EngineUnavailable } from '../../src/engine/api.ts'
import { MESSAGE_LIMITS } from '../../src/engine/team-messages/api.ts'
import { StoredTeamMessages } from '../../src/engine/team-messages/team-messages.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { bench } from './harness.ts'

const message = (number: number) => ({
  id: `message-${number}`,
  createdBy: { id: `creator-${number}`, firstName: '', lastName: '' },
  durationSeconds: 60,
  content: 'All hands',
  teams: ['2001'],
})

it('too many active messages in all, whoever wrote them', async () => {
  const { engine, clock } = await bench()
  for (let number = 0; number < MESSAGE_LIMITS.active; number += 1)
    expect(await engine.teamMessages.create(message(number))).toBeDefined()
  expect(await engine.teamMessages.create(message(-1))).toBeUndefined()
  await clock.advance(60_000)
  expect(await engine.teamMessages.create(message(-1))).toBeDefined()
  expect(engine.teamMessages.ofTeam('2001')).toHaveLength(1)
})

it('a change that the store does not take is refused, and nobody is told of it', async () => {
  const store = memoryStore({ id: 'test' })
  const { engine } = await bench({ store })
  const heard: string[] = []
  engine.on('announcement', ({ event }) => heard.push(event))
  expect(await engine.teamMessages.create(message(1))).toBeDefined()
  const fails = () => {
    throw new Error('disk full')
  }
  store.records.put = fails
  store.records.delete = fails
  await expect(engine.teamMessages.create(message(2))).rejects.toThrow(EngineUnavailable)
  await expect(engine.teamMessages.delete('message-1')).rejects.toThrow('disk full')
  expect(engine.teamMessages.get('message-1')).toBeDefined()
  expect(heard).toEqual(['POST'])
})

it('records of another form are not shown', async () => {
  const store = memoryStore({ id: 'test' })
  for (const [key, value] of Object.entries({ a: null, b: [], c: { createdBy: {}, teams: [], content: 1 } }))
    store.records.put('team-messages', key, value)
  const { engine } = await bench({ store })
  expect(engine.teamMessages.createdBy('')).toEqual([])
})

it('clients cannot be told of messages whose store is closed, and that rejects nowhere', async () => {
  const { records } = memoryStore()
  const messages = new StoredTeamMessages({
    records: {
      ...records,
      list: () => {
        throw new Error('the store is closed')
      },
    },
    now: () => 0,
    announcements: { announce: () => undefined, tellSide: async () => true },
    unsettled: () => [],
  })
  await expect(messages.repeat('A')).resolves.toBeUndefined()
})
