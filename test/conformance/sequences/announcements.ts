/** Team messages and statistics of queues, and a restart of the notification service: `notifications 8.10`, 8.13. */
import { expect } from 'vitest'
import type { Client } from './client.ts'
import type { Stage } from './sequences.ts'
import type { Deployment } from './service.ts'

const QUEUE = 'Queue/701'
const MESSAGES = 'Team/2001/TeamMessages'
const TEN_SECONDS = 10_000
/** Sessions of other sequences may have subscriptions that an external server keeps. */
const WALL = { resource: 'wall' }

const message = (content: string) =>
  `<TeamMessage><duration>3600</duration><content>${content}</content><teams><team>2001</team></teams></TeamMessage>`

/** Writes a message to team 2001, and returns its id. */
async function writes(supervisor: Client, content: string): Promise<string> {
  const answer = await supervisor.rest('POST', 'TeamMessage', message(content))
  expect(answer.status).toBe(200)
  return answer.value('id') ?? ''
}

/** The next notification as words: node, event, content of the message or number of agents who are signed in. */
async function next(client: Client): Promise<string> {
  const { node, event, value } = await client.next()
  return `${node.replace('/finesse/api/', '')} ${event} ${value('content') ?? value('statistics/agentsLoggedOn')}`
}

async function hearsNothing(on: Deployment, client: Client): Promise<void> {
  await on.delivered()
  await client.barrier()
  expect(client.waiting).toEqual([])
}

export function announcementSequences({ start, holds }: Stage): void {
  holds(
    '8.13 team message: members get it and its deletion; 8.10 subscribers of a queue get it every ten seconds',
    async () => {
      const on = await start()
      const [member, supervisor] = [await on.connect('1001'), await on.connect('1234', WALL)]
      expect(await supervisor.subscribe(`/finesse/api/${QUEUE}`)).toBe('subscribed')
      const id = await writes(supervisor, 'All hands')
      expect(await next(member)).toBe(`${MESSAGES} POST All hands`)
      expect((await supervisor.rest('DELETE', `TeamMessage/${id}`)).status).toBe(200)
      expect(await next(member)).toBe(`${MESSAGES} DELETE All hands`)
      expect(await member.putUser('<state>LOGIN</state><extension>1001</extension>')).toBe(202)
      await member.lines(1)
      await on.advance(TEN_SECONDS)
      expect(await next(supervisor)).toBe(`${QUEUE} PUT 1`)
      await on.advance(TEN_SECONDS)
      await hearsNothing(on, supervisor)
      await hearsNothing(on, member)
    },
  )

  holds(
    '8.13, 8.10 restart of the notification service: those who come back learn messages and queues anew',
    async () => {
      const on = await start()
      let [member, supervisor] = [await on.connect('1001'), await on.connect('1234', WALL)]
      expect(await supervisor.subscribe(`/finesse/api/${QUEUE}`)).toBe('subscribed')
      const gone = await writes(supervisor, 'gone')
      await writes(supervisor, 'All hands')
      expect([await next(member), await next(member)]).toEqual([`${MESSAGES} POST gone`, `${MESSAGES} POST All hands`])
      expect((await supervisor.rest('DELETE', `TeamMessage/${gone}`)).status).toBe(200)
      await member.lines(1)
      await on.advance(TEN_SECONDS)
      expect(await next(supervisor)).toBe(`${QUEUE} PUT 0`)
      // A server that ends in order may say first that its clients have left.
      for (const how of ['in order', 'by a crash'] as const) {
        await on.restartNotificationService(how)
        await Promise.all([member.ended(), supervisor.ended()])
        // Messages come when both are back, because both were connected before.
        member = await on.connect('1001')
        supervisor = await on.connect('1234', WALL)
        // ejabberd writes subscriptions with a delay, so a crash loses a new one.
        if (how === 'by a crash') expect(await supervisor.subscribe(`/finesse/api/${QUEUE}`)).toBe('subscribed')
        expect(await next(member)).toBe(`${MESSAGES} POST All hands`)
        await on.advance(TEN_SECONDS)
        expect(await next(supervisor)).toBe(`${QUEUE} PUT 0`)
        await on.advance(TEN_SECONDS)
        await hearsNothing(on, member)
        await hearsNothing(on, supervisor)
      }
    },
  )
}
