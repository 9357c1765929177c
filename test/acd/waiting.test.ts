/** `GET /acd/tasks/{id}` and `/acd/calls/{id}` say why a contact waits (`media 4.5`), and `explain` says the same. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explainQueue, queueExplanationText } from '../../src/history/index.ts'
import { type AcdServer, acdServer, CHAT, EMAIL } from './server.ts'

let server: AcdServer
beforeEach(async () => {
  server = await acdServer()
})
afterEach(() => server.close())

const reasonOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'waiting' in json ? json.waiting : undefined

/** Submits an e-mail, and asks why it waits. `undefined`: it does not wait. */
async function whyEmailWaits(task: object = {}): Promise<unknown> {
  const id = await server.made('/tasks', { scriptSelector: 'email_support', mrdId: EMAIL, ...task })
  return reasonOf((await server.ask('GET', `/tasks/${id}`)).json)
}

const waits = (why: string, ...prevented: readonly object[]) => ({ why, free: 0, prevented, draining: false })
const byChat = { why: 'BUSY_ELSEWHERE', heldBy: [CHAT], agents: 1 }
const out = { why: 'NOT_SIGNED_IN', heldBy: [], agents: 6 }

/** The agent accepts and starts a chat. */
async function chats(user: string): Promise<void> {
  await server.ready(user, CHAT)
  await server.made('/tasks', { scriptSelector: 'chat_support', mrdId: CHAT, agentId: user })
  const dialog = server.engine.get.dialogs(user, 'nonvoice', CHAT)?.[0]?.id ?? ''
  for (const action of ['ACCEPT', 'START'] as const)
    await server.engine.command({ type: 'dialog.act', user, dialog, action })
}

const media = (change: object) =>
  server.engine.command({ ...{ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'NOT_READY' }, ...change })

describe('a task waits because', () => {
  it('the free agents come only later, which is told besides', async () => {
    const directory = server.engine.get.directory()
    const overflow = [{ afterSeconds: 20, teams: ['2002'] }]
    await server.engine.reload({
      ...directory,
      mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) => (mrd.id === EMAIL ? { ...mrd, overflow } : mrd)),
    })
    await server.ready('1004', EMAIL)
    const why = 'nobody is free: 6 not signed in; 1 free agent is for what has waited 20 s'
    expect(await whyEmailWaits()).toEqual({ ...waits(why, out), later: [{ agents: 1, afterSeconds: 20 }] })
    const { history } = server.engine
    if (history === undefined) throw new Error('no history')
    expect((await explainQueue(history, { queue: EMAIL })).why).toBe(why)
  })

  it('the agents are held by a chat, by a call, or by both', async () => {
    await server.ready('1001', EMAIL)
    await chats('1001')
    expect(await whyEmailWaits()).toEqual(waits('nobody is free: 1 held by Chat, 6 not signed in', byChat, out))
    await server.ready('1002', EMAIL)
    const call = await server.made('/calls', { from: '0049', to: '1002' })
    // The first e-mail was offered to 1002, which is free until it answers the call.
    await server.engine.command({
      ...{ type: 'call.act', user: '1002', dialog: call, action: 'ANSWER', targetMediaAddress: '1002' },
    })
    expect(await whyEmailWaits()).toEqual(
      waits(
        'nobody is free: 1 held by Chat, 1 held by Voice, 5 not signed in',
        byChat,
        { ...byChat, heldBy: ['1'] },
        { ...out, agents: 5 },
      ),
    )
  })

  it('the agents are not ready, not routable, or have no free slot', async () => {
    await server.ready('1001', EMAIL)
    await server.engine.command({ type: 'media.setRoutable', user: '1001', mrd: EMAIL, routable: false })
    expect(await whyEmailWaits()).toMatchObject({ why: 'nobody is free: 1 not routable, 6 not signed in' })
    await media({})
    expect(await whyEmailWaits()).toMatchObject({ why: 'nobody is free: 1 not ready, 6 not signed in' })
    await media({ state: 'READY' })
    expect(await whyEmailWaits()).toBeUndefined()
    expect(await whyEmailWaits()).toMatchObject({ why: 'nobody is free: 1 without a free slot, 6 not signed in' })
  })

  it('the link to the ACD is lost, or the server is draining, though an agent is free', async () => {
    await server.ready('1001', EMAIL)
    await server.engine.fault({ type: 'acd-link', side: 'A', up: false })
    expect(await whyEmailWaits()).toMatchObject({ why: expect.stringContaining('1 without the link to the ACD') })
    await server.engine.fault({ type: 'acd-link', side: 'A', up: true })
    await server.ready('1002', EMAIL)
    await server.engine.drain()
    expect(await whyEmailWaits()).toEqual({
      why: expect.stringMatching(/^2 agents are free: .*; the server is draining, so nothing is offered$/),
      free: 2,
      prevented: expect.any(Array),
      draining: true,
    })
  })

  it('only one agent may get it', async () => {
    await server.ready('1002', EMAIL)
    expect(await whyEmailWaits({ agentId: '1001' })).toEqual(
      waits('only agent 1001 may get it; nobody is free: 1 not signed in', { ...out, agents: 1 }),
    )
  })
})

describe('explain --queue and --task', () => {
  it('say the same as /acd, and name the agents; of the past too', async () => {
    await server.ready('1001', EMAIL)
    await chats('1001')
    const first = await server.made('/tasks', { scriptSelector: 'email_support', mrdId: EMAIL })
    const second = await server.made('/tasks', { scriptSelector: 'email_support', mrdId: EMAIL })
    const { history } = server.engine
    if (!history) throw new Error('no history')
    const before = server.clock.now()
    await server.clock.advance(60_000)
    await server.engine.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'LOGOUT' })
    const now = reasonOf((await server.ask('GET', `/tasks/${second}`)).json)
    expect(await explainQueue(history, { task: second })).toMatchObject({
      queue: { id: EMAIL, name: 'Email' },
      waiting: 2,
      task: { id: second, state: 'queued', ahead: 1, pinnedTo: '', agent: '' },
      ...(typeof now === 'object' && now !== null && 'why' in now ? { why: now.why } : {}),
    })
    const then = queueExplanationText(await explainQueue(history, { task: first, at: before }), {
      now: before,
      zone: 'UTC',
    })
    expect(then).toBe(`Email (5001) at 2026-01-05 08:00:00

Task 5001-1 has waited since 08:00:00; it is the next one.

Waiting: 2, the oldest since 08:00:00.
Agents: nobody is free: 1 held by Chat, 6 not signed in.

      6 not signed in  1002 Boris Novak, 1003 Clara Meyer, 1004 Daniel Okafor, 1005 Eva Lind, 1006 Fumiko Sato, 1234 Chris Smith
      1 held by Chat   1001 Ana Reyes

More about an agent: mrdian explain USER
`)
  })

  it('know the queues of calls, and refuse what is not there', async () => {
    await server.made('/calls', { from: '0049', queue: '701' })
    const { history } = server.engine
    if (!history) throw new Error('no history')
    expect(await explainQueue(history, { queue: '701' })).toMatchObject({
      queue: { id: '701', name: 'Support Line' },
      waiting: 1,
      why: 'nobody is free: 3 not signed in',
    })
    await expect(explainQueue(history, { queue: '99' })).rejects.toThrow('there was no queue 99')
    await expect(explainQueue(history, { task: '5001-99' })).rejects.toThrow('there was no task 5001-99')
    await expect(explainQueue(history, { task: 'x' })).rejects.toThrow('there was no task x')
  })
})
