/** What subscribers of announcements learn when a side publishes again: queues and team messages, each once. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Side } from '../../machines/wire.ts'
import { MESSAGE_LIMITS } from '../../src/engine/team-messages/api.ts'
import type { Notification } from '../../src/engine/values.ts'
import { type Bench, bench } from './harness.ts'

let on: Bench
let heard: string[]
/** Is asked before each announcement is accepted. */
let accepts: () => boolean

const shown = ({ node, event, value, requestId }: Notification) =>
  `${event} ${node.replace('/finesse/api/', '')} ${value.kind === 'teamMessage' ? value.content : ''}${requestId}`.trim()

beforeEach(async () => {
  on = await bench({ serves: ['A'], sides: ['A', 'B'], resettable: true })
  heard = []
  accepts = () => true
})

async function serviceComes(side: Side = 'A', to = on): Promise<void> {
  await to.engine.adapters.notificationService(side, true)
  to.engine.adapters.attach(side, {
    publish: async ({ notification }) => {
      if (!['teamMessage', 'queue'].includes(notification.value.kind)) return
      heard.push(shown(notification))
      if (!accepts()) throw new Error('not now')
    },
  })
  await to.engine.delivered()
}

async function serviceGoes(side: Side = 'A'): Promise<void> {
  on.engine.adapters.detach(side)
  await on.engine.adapters.notificationService(side, false)
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** What was said since the last call. */
async function said(what: 'TeamMessages' | 'Queue'): Promise<readonly string[]> {
  await on.engine.delivered()
  await turn()
  const lines = heard.filter((line) => line.includes(what))
  heard = heard.filter((line) => !line.includes(what))
  return lines
}

const message = (content: string, durationSeconds = 600, teams = ['2001']) =>
  on.engine.teamMessages.create({
    id: content,
    ...{ createdBy: { id: '1234', firstName: '', lastName: '' }, durationSeconds, content, teams },
  })

const presence = (user: string, available: boolean) =>
  on.engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/desk`, available })

const QUEUES = ['5001', '5002', '5003', '701', '702'].map((id) => `PUT Queue/${id}`)
const at = (...contents: readonly string[]) => contents.map((content) => `POST Team/2001/TeamMessages ${content}`)

describe('after a loss of the notification service', () => {
  it('queues and team messages are published once, when everybody is back', async () => {
    await serviceComes()
    await presence('1001', true)
    await presence('1002', true)
    await on.clock.advance(10_000)
    message('one')
    await said('TeamMessages')
    await said('Queue')
    await serviceGoes()
    message('two', 600, ['2001', '2002'])
    await on.clock.advance(20_000)
    expect([await said('TeamMessages'), await said('Queue')]).toEqual([[], []])
    await serviceComes()
    await presence('1001', true)
    await on.clock.advance(10_000)
    // Those who are back need not wait for a queue. Messages would come twice.
    expect([await said('TeamMessages'), await said('Queue')]).toEqual([[], QUEUES])
    await presence('1002', true)
    expect(await said('TeamMessages')).toEqual([...at('one', 'two'), 'POST Team/2002/TeamMessages two'])
    await on.clock.advance(10_000)
    expect(await said('Queue')).toEqual(QUEUES)
    await on.clock.advance(600_000)
    expect([await said('TeamMessages'), await said('Queue')]).toEqual([[], []])
  })

  it('a user who does not come back is awaited for the grace period only', async () => {
    await serviceComes()
    await presence('1001', true)
    message('one')
    await said('TeamMessages')
    await serviceGoes()
    await serviceComes()
    const graceMs = on.directory.settings.presenceGraceSeconds * 1000
    await on.clock.advance(graceMs - 1)
    expect(await said('TeamMessages')).toEqual([])
    await on.clock.advance(1)
    expect(await said('TeamMessages')).toEqual(at('one'))
  })

  it('a user whose server said first that the client has left is awaited as well', async () => {
    await serviceComes()
    await presence('1001', true)
    await presence('1002', true)
    message('one')
    await said('TeamMessages')
    // This one leaves by choice, too long ago to be a part of the loss.
    await presence('1002', false)
    await on.clock.advance(10_001)
    await presence('1001', false)
    // Nor does the end of a session that was never there count.
    await presence('1003', false)
    await on.clock.advance(10_000)
    await serviceGoes()
    await serviceComes()
    expect(await said('TeamMessages')).toEqual([])
    await presence('1001', true)
    expect(await said('TeamMessages')).toEqual(at('one'))
  })

  it('after a restart too, and not for messages that are over', async () => {
    await serviceComes()
    message('one')
    message('short', 1)
    await on.clock.advance(1000)
    on = await on.restart()
    heard = []
    await serviceComes()
    expect(await said('TeamMessages')).toEqual(at('one'))
  })

  it('a reset forgets the messages, and every queue is published', async () => {
    await serviceComes()
    message('one')
    await on.clock.advance(10_000)
    await said('Queue')
    await said('TeamMessages')
    await on.engine.reset()
    await on.engine.delivered()
    await on.clock.advance(10_000)
    expect([await said('TeamMessages'), await said('Queue')]).toEqual([[], QUEUES])
  })
})

describe('after an outage of the side', () => {
  beforeEach(async () => {
    await serviceComes()
    await serviceComes('B')
    heard = []
  })
  const link = (up: boolean) => on.engine.fault({ type: 'acd-link', side: 'A', up })

  it('deleted messages are published as well, if they would not be over', async () => {
    for (const [content, seconds] of [
      ['stays', 600],
      ['goes', 600],
      ['is over', 5],
    ] as const)
      message(content, seconds)
    await said('TeamMessages')
    await link(false)
    await on.engine.delivered()
    expect(await on.engine.teamMessages.delete('goes', 'r1')).toBe(true)
    expect(await on.engine.teamMessages.delete('is over')).toBe(true)
    // Side B gets them at once.
    expect(await said('TeamMessages')).toEqual([
      'DELETE Team/2001/TeamMessages goesr1',
      'DELETE Team/2001/TeamMessages is over',
    ])
    await on.clock.advance(5000)
    await link(true)
    expect(await said('TeamMessages')).toEqual(['DELETE Team/2001/TeamMessages goes', ...at('stays')])
    await link(false)
    await on.engine.delivered()
    await link(true)
    expect(await said('TeamMessages')).toEqual(at('stays'))
  })

  it('not more deleted messages than there may be active ones', async () => {
    await link(false)
    await on.engine.delivered()
    for (let count = 0; count <= MESSAGE_LIMITS.active; count += 1) {
      message(`m${count}`)
      await on.engine.teamMessages.delete(`m${count}`)
    }
    await said('TeamMessages')
    await link(true)
    const deleted = await said('TeamMessages')
    expect(deleted).toHaveLength(MESSAGE_LIMITS.active)
    expect(deleted[0]).toBe('DELETE Team/2001/TeamMessages m1')
  })

  it('a message that is deleted while the others are published is not published after that', async () => {
    message('one')
    message('two')
    await link(false)
    await said('TeamMessages')
    accepts = () => {
      void on.engine.teamMessages.delete('two')
      return true
    }
    await link(true)
    const lines = await said('TeamMessages')
    expect(lines).toContain('POST Team/2001/TeamMessages one')
    expect(lines).not.toContain('POST Team/2001/TeamMessages two')
  })

  it('a service that does not take them is not asked again before the next outage', async () => {
    message('one')
    message('two')
    await link(false)
    await said('TeamMessages')
    accepts = () => false
    await link(true)
    expect(await said('TeamMessages')).toEqual(at('one'))
    accepts = () => true
    await on.clock.advance(1000)
    expect(await said('TeamMessages')).toEqual([])
    await link(false)
    await on.engine.delivered()
    await link(true)
    expect(await said('TeamMessages')).toEqual(at('one', 'two'))
  })
})
