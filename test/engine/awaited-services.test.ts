/**
 * An engine without `serves` on a store of users who were connected: notifications are kept until the notification
 * service is attached, for a limited time.
 */
import { describe, expect, it } from 'vitest'
import { explain, explanationText } from '../../src/history/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { type Bench, bench, Client } from './harness.ts'

const CHAT = '5002'
const START_TIMEOUT = 30_000
const SOME_TIME = 5_000

async function serve(on: Bench): Promise<Client> {
  const client = new Client()
  await on.engine.adapters.notificationService('A', true)
  on.engine.adapters.attach('A', client)
  await on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/desk', available: true })
  await on.clock.settle()
  return client
}

type Store = ReturnType<typeof memoryStore>

async function opened(store: Store, on: Bench): Promise<Bench & { readonly stored: Store }> {
  const next = await bench({ store, clock: on.clock, directory: on.directory })
  await on.clock.advance(1)
  return { ...next, clock: on.clock, stored: store }
}

/** A chat is offered, the process crashes, and the next start comes after the Start Timeout. */
async function crashed(isConnected: boolean) {
  const store = memoryStore({ id: 'test', keep: 'history' })
  const on = await bench({ store })
  await on.ready('1001', CHAT)
  if (isConnected) await serve(on)
  await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
  await on.clock.settle()
  const stopped = store.reopen()
  await on.engine.close()
  await on.clock.advance(START_TIMEOUT)
  const next = await opened(stopped, on)
  expect(next.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
  return next
}

const END = [expect.stringMatching(/^DELETE task 1000_1001_5002 CLOSED/), 'media 1001 5002 READY not routable']
/** Without the summaries of the queues. */
const sorted = (heard: readonly string[]) => heard.filter((each) => /^(DELETE|media)/.test(each)).sort()

describe('a start without `serves`', () => {
  it('keeps the notifications for users who were connected until the service is attached', async () => {
    const on = await crashed(true)
    await on.clock.advance(SOME_TIME)
    const client = await serve(on)
    expect(sorted(client.heard).slice(0, 2)).toEqual(END)
  })

  it('leaves the side in service meanwhile', async () => {
    const on = await crashed(true)
    expect(on.engine.get.system().status).toBe('IN_SERVICE')
    const answer = await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY' })
    expect(answer.outcome).toBe('DONE')
  })

  it('keeps them through one more crash', async () => {
    const on = await crashed(true)
    const next = await opened(on.stored.reopen(), on)
    const client = await serve(next)
    expect(sorted(client.heard).slice(0, 2)).toEqual(END)
  })

  it('drops them when no service comes within a minute, and keeps no more', async () => {
    const on = await crashed(true)
    expect(on.engine.figures.outboxPending).toBeGreaterThan(0)
    await on.clock.advance(59_998)
    expect(on.engine.figures.outboxPending).toBeGreaterThan(0)
    await on.clock.advance(1)
    await on.clock.settle()
    expect(on.engine.figures.outboxPending).toBe(0)
    await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY' })
    expect(on.engine.figures.outboxPending).toBe(0)
    const { history } = on.engine
    if (!history) throw new Error('the store keeps no history')
    expect(await history.outbox()).toEqual([])
    const past = explanationText(await explain(history, { user: '1001', mrd: CHAT, now: on.engine.now() }))
    expect(past).toContain('missed')
  })

  it('keeps nothing if no user was connected', async () => {
    const on = await crashed(false)
    expect(on.engine.figures.outboxPending).toBe(0)
  })

  it('keeps nothing after a reset', async () => {
    const store = memoryStore({ id: 'test' })
    const before = await bench({ store })
    await serve(before)
    const on = await bench({ store: store.reopen(), clock: before.clock, resettable: true })
    await on.engine.reset()
    await on.ready('1001', CHAT)
    expect(on.engine.figures.outboxPending).toBe(0)
    await on.clock.advance(120_000)
    expect(on.engine.figures.outboxPending).toBe(0)
  })
})
