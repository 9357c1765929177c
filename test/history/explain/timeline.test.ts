/** The timeline of an explanation: causes, changes, notifications and refusals. */

import { afterAll, describe, expect, it } from 'vitest'
import { RULES } from '../../../machines/index.ts'
import type { CallDialogValue } from '../../../src/engine/values.ts'
import { ExplainError, explain, type Question } from '../../../src/history/index.ts'
import { memoryStore } from '../../../src/store/memory/store.ts'
import { scriptedAcd } from '../../../src/testing/scripted-acd.ts'
import { setTraps } from '../../engine/traps.ts'
import { ADMIN, CHAT, changesOf, Day, EMAIL, episodeOf, stateOf } from './stage.ts'

/** A call that an agent has put on hold. */
const CALL: CallDialogValue = {
  ...{ kind: 'call', id: '16777217', fromAddress: '5550100', toAddress: '1001', dnis: '1001', dialedNumber: '1001' },
  ...{ callType: 'OTHER_IN', variables: [], state: 'ACTIVE' },
  participants: [
    {
      ...{ mediaAddress: '1001', user: '1001', state: 'HELD', stateCause: '', actions: ['RETRIEVE'] },
      ...{ startTime: 0, stateChangeTime: 0 },
    },
  ],
}

const traps = setTraps()
afterAll(() => traps.remove())

async function problemOf(
  day: Day,
  question: Partial<Question>,
): Promise<Pick<ExplainError, 'code' | 'about' | 'message'>> {
  try {
    await day.why(question)
  } catch (error) {
    if (error instanceof ExplainError) return error
    throw error
  }
  throw new Error('it was explained')
}

describe('episodes', () => {
  it('join the messages of one chain, and name who caused it', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    const dialog = await day.submit(CHAT)
    expect(episodeOf(await day.why(), 'new task')).toMatchObject({
      what: 'new task for chat_sales, meant for agent 1001, task 5002-1',
      who: { via: 'acd-control', by: 'admin' },
      aggregate: 'queue/5002',
      kept: true,
      inputs: [{ what: 'task 5002-1 was offered' }],
      requests: [{ to: 'queue/5002', type: 'offered' }],
      quiet: null,
    })
    expect(changesOf(episodeOf(await day.why(), 'new task'))).toEqual([
      'Chat (5002): READY -> RESERVED',
      `Chat (5002) dialog ${dialog}: null -> OFFERED`,
    ])
  })

  it('of a task that had waited name who submitted it, and the READY of the agent', async () => {
    const day = await Day.begin()
    await day.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' }, ADMIN)
    await day.pass(10)
    await day.ready(CHAT)
    const text = await day.text()
    expect(text).toMatch(/at \S+ task 5002-1 was offered/)
    expect(text).toMatch(/<- at \S+ READY in Chat/)
    expect(text).toMatch(/submitted at \S+ new task for chat_sales.*by administrator admin/)
  })

  it('have refusals with their rule', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    const dialog = await day.submit(CHAT)
    await day.act(dialog, 'PAUSE')
    await day.ask({ type: 'user.setState', user: '1001', state: 'LOGOUT' })
    const why = await day.why()
    expect(episodeOf(why, 'PAUSE')).toMatchObject({
      requestId: 'PAUSE-1',
      changes: [],
      failures: [{ failure: 'ACTION_OUT_OF_SEQUENCE', rule: 'ruling 14', requestId: 'PAUSE-1' }],
    })
    expect(episodeOf(why, 'sign-out')).toMatchObject({
      failures: [{ failure: 'ALREADY_SIGNED_OUT' }],
      notifications: [],
    })
    expect(await day.text()).toContain(
      'refused with ACTION_OUT_OF_SEQUENCE: the state at that time does not allow it (ruling 14)',
    )
    expect(await day.text()).toContain('\nRules\n')
    expect(await day.text()).toContain(`\n  ruling 14: ${RULES['ruling 14'].text}\n`)
  })

  it('have the reason when nothing happened', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    await day.ask({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    expect(episodeOf(await day.why(), 'READY in')).toMatchObject({ quiet: { rule: 'A5, A6, ruling 11' } })
    const dialog = await day.submit(CHAT)
    await day.act(dialog, 'ACCEPT')
    await expect(day.engine.acd?.abandonTask('5002-1')).rejects.toThrow('with agent')
    expect(episodeOf(await day.why(), 'gave up')).toMatchObject({ quiet: { rule: 'D4' } })
  })

  it('have inputs that failed, without a change of state', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    traps.arm('media action makeNotRoutable')
    await day.ask({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: false })
    const sprung = traps.sprung
    traps.disarm()
    expect(sprung).toBe(1)
    const why = await day.why()
    expect(episodeOf(why, 'not routable')).toMatchObject({
      changes: [],
      notifications: [],
      failed: [expect.any(String)],
    })
    expect(stateOf(why, 'Chat (5002)')).toMatchObject({ state: 'READY', details: { routable: true } })
    expect(await day.text()).toContain('the input failed, the state is as before')
  })

  it('have each notification with its id on the wire, and whether it was delivered', async () => {
    const day = await Day.begin({ serves: ['A'] })
    await day.signIn()
    const waiting = episodeOf(await day.why(), 'sign-in').notifications
    expect(waiting).toMatchObject([
      { node: '/finesse/api/User/1001', event: 'PUT', side: 'A', delivery: 'waiting', text: 'agent 1001 is NOT_READY' },
      { node: '/finesse/api/Team/2001/Users', delivery: 'waiting' },
    ])
    const published: string[] = []
    await day.engine.adapters.notificationService('A', true)
    day.engine.adapters.attach('A', {
      publish: async ({ itemId }) => {
        published.push(itemId)
      },
    })
    await day.pass(1)
    const sent = episodeOf(await day.why(), 'sign-in').notifications
    // The agent is not connected. The notification of the team was delivered.
    expect(sent.map(({ delivery }) => delivery)).toEqual(['unowed', 'delivered'])
    expect(published).toEqual(expect.arrayContaining(sent.map(({ itemId }) => itemId)))
    expect(sent[0]?.itemId).toMatch(/^store-\d+$/)
  })

  it('have the notifications of both sides, and the requests to an external ACD', async () => {
    const acd = scriptedAcd()
    const day = await Day.begin({ acd, sides: ['A', 'B'], serves: ['A', 'B'] })
    await day.ready(CHAT)
    await acd.offer('1001', { id: 'chat-1', mrd: CHAT, scriptSelector: 'chat_sales' })
    await day.act('1000_1001_5002', 'ACCEPT')
    const accepted = episodeOf(await day.why(), 'ACCEPT')
    expect(accepted.notifications.map(({ side, source }) => `${side} ${source}`)).toEqual([
      'A /finesse/api/Dialog/1000_1001_5002',
      'B /finesse/api/Dialog/1000_1001_5002',
      'A /finesse/api/User/1001/Media/5002',
      'B /finesse/api/User/1001/Media/5002',
    ])
    expect(accepted.requests).toMatchObject([{ to: 'ACD', type: 'accepted' }])
    const outbox = (await day.engine.history?.outbox()) ?? []
    const ids = new Map(accepted.notifications.map(({ itemId, side, source }) => [itemId, `${side} ${source}`]))
    const kept = outbox.flatMap(({ number, lane, payload }) => {
      const said = ids.get(`store-${number}`)
      const source = typeof payload === 'object' && payload !== null && 'source' in payload ? payload.source : ''
      return said === undefined ? [] : [said === `${lane.charAt(0)} ${source}`]
    })
    expect(kept).toEqual([true, true, true, true])
    expect(episodeOf(await day.why(), 'chat-1 was offered')).toMatchObject({ who: { via: 'acd' } })
  })

  it('of a follower flag the steps that no table has', async () => {
    const day = await Day.begin({ role: 'follower' })
    await day.engine.userEvent({ kind: 'user', user: '1001', state: 'WORK' })
    const why = await day.why()
    expect(stateOf(why, 'Voice')).toMatchObject({ state: 'WORK', because: [{ who: { via: 'finesse' } }] })
    expect(episodeOf(why, 'followed Finesse')).toMatchObject({ flagged: [{ from: 'LOGOUT', to: 'WORK' }] })
    await day.engine.userEvent({ kind: 'media', user: '1001', mrd: CHAT, state: 'ACTIVE' })
    await day.engine.userEvent({ kind: 'task', user: '1001', mrd: CHAT, dialog: '7_1001_5002', state: 'ACTIVE' })
    expect(stateOf(await day.why(), 'Chat (5002) dialog 7_1001_5002').state).toBe('ACTIVE')
    const event = { kind: 'call', user: '1001', change: 'changed' } as const
    await day.engine.userEvent({ ...event, call: { ...CALL, state: 'FAILED' } })
    await day.engine.userEvent({ ...event, call: { ...CALL, state: 'ACTIVE' } })
    const told = await day.why()
    expect(episodeOf(told, `call ${CALL.id} is ACTIVE`)).toMatchObject({
      flagged: [{ what: `call ${CALL.id}`, from: 'FAILED', to: 'ACTIVE' }],
    })
    expect(stateOf(told, `Call ${CALL.id}`)).toMatchObject({
      state: 'HELD',
      reasons: [{ text: 'the followed Finesse reports HELD, and nothing before' }],
      because: [{ who: { via: 'finesse' } }],
    })
  })

  it('are limited to the newest ones, with the number of those left out', async () => {
    const day = await Day.begin()
    for (let count = 0; count < 30; count += 1) {
      await day.presence(true)
      await day.presence(false)
      await day.pass(1)
    }
    const all = (await day.why({ from: 0 })).timeline
    const { episodes, leftOut } = (await day.why({ from: 0, limit: 7 })).timeline
    expect(episodes).toEqual(all.episodes.slice(-7))
    expect(leftOut).toBe(all.episodes.length - 7)
    expect(await day.text({ from: 0, limit: 7 })).toContain(`(${leftOut} older ones left out)`)
  })

  it('can be limited to one MRD or one dialog', async () => {
    const day = await Day.begin()
    await day.signIn()
    await day.ready(EMAIL)
    await day.ready(CHAT)
    const email = await day.start(EMAIL)
    const chat = await day.start(CHAT)
    const why = await day.why({ mrd: EMAIL, from: 0 })
    expect(why.states.map(({ name }) => name)).toEqual(['Email (5001)', `Email (5001) dialog ${email}`])
    const told = why.timeline.episodes.map(({ what }) => what)
    expect(told).toContain(`START of dialog ${chat}`)
    expect(told).not.toContain(`ACCEPT of dialog ${chat}`)
    expect(told).not.toContain('sign-in at extension 1001')
    const one = await day.why({ dialog: chat, from: 0 })
    expect(one.states.map(({ name }) => name)).toEqual(['Chat (5002)', `Chat (5002) dialog ${chat}`])
    expect(one.timeline.episodes.map(({ what }) => what)).toEqual([
      'new task for chat_sales, meant for agent 1001, task 5002-1',
      `ACCEPT of dialog ${chat}`,
      `START of dialog ${chat}`,
    ])
  })
})

describe('a question that cannot be answered', () => {
  it('is refused with a code and a message', async () => {
    const day = await Day.begin()
    const before = day.now
    await day.pass(60)
    await day.ready(CHAT)
    expect(await problemOf(day, { user: '4711' })).toMatchObject({
      code: 'UNKNOWN_USER',
      message: 'nothing is kept of a user 4711',
    })
    expect(await problemOf(day, { at: before - 1 })).toMatchObject({ code: 'NOT_YET', about: 'at' })
    expect(await problemOf(day, { mrd: '9' })).toMatchObject({ code: 'UNKNOWN_MRD' })
    expect(await problemOf(day, { dialog: '1_1001_5002' })).toMatchObject({ code: 'UNKNOWN_DIALOG' })
    expect(await problemOf(day, { limit: 1001 })).toMatchObject({ code: 'INVALID_QUESTION', about: 'limit' })
    expect(await problemOf(day, { from: 2, to: 1 })).toMatchObject({ code: 'INVALID_QUESTION' })
    expect(await problemOf(day, { at: day.now + 1, now: day.now })).toMatchObject({
      code: 'INVALID_QUESTION',
      about: 'at',
    })
  })

  it('is one about an empty history', async () => {
    const { history } = memoryStore({ keep: 'history' })
    if (!history) throw new Error('no history')
    await expect(explain(history, { user: '1001' })).rejects.toThrow('nothing has been written yet')
  })

  it('is one about rows of an unknown machine version', async () => {
    const day = await Day.begin()
    const { history } = day.engine
    if (!history) throw new Error('no history')
    const old = Object.assign(Object.create(history), {
      async *rows(name: string, behind: number) {
        for await (const row of history.rows(name, behind)) yield { ...row, machineVersion: 0 }
      },
    })
    await expect(explain(old, { user: '1001' })).rejects.toThrow(ExplainError)
    await expect(explain(old, { user: '1001' })).rejects.toThrow('machine version 0')
  })
})

describe('after old rows were deleted', () => {
  it('what is kept is explained, and other questions are refused with the time from which rows are kept', async () => {
    const day = await Day.begin({ store: memoryStore({ id: 'store', keep: 'history', historySpacing: 1000 }) })
    await day.signIn()
    await day.ready(EMAIL)
    const email = await day.start(EMAIL)
    const first = day.now
    for (let hours = 0; hours < 4; hours += 1) {
      for (let count = 0; count < 40; count += 1) {
        await day.presence(true)
        await day.presence(false)
        await day.pass(5)
      }
      await day.presence(true)
      await day.pass(3600)
    }
    while (await day.store.compact(day.now - 3_700_000));
    const why = await day.why()
    expect(why.keptFrom).toBeGreaterThan(first)
    expect(stateOf(why, 'Email (5001)')).toMatchObject({ state: 'ACTIVE', since: first, forgotten: true, because: [] })
    // The rows are deleted, but the charts still have texts for the states.
    expect(stateOf(why, 'Email (5001)').reasons).toEqual([
      { rule: '', text: `the agent works on at least one dialog: dialog ${email}` },
    ])
    expect(stateOf(why, `Email (5001) dialog ${email}`).reasons).toEqual([{ rule: '', text: 'the agent works on it' }])
    expect(await day.text()).toContain('what led to it is not kept any more')
    expect(await day.text()).toContain('The past is kept from ')
    expect(await problemOf(day, { at: first })).toMatchObject({ code: 'FORGOTTEN', about: 'at' })
    expect(await problemOf(day, { from: first })).toMatchObject({ code: 'FORGOTTEN', about: 'from' })
    expect((await problemOf(day, { at: first })).message).toContain(
      'is not kept any more: the past of user 1001 begins at 2026-03-02',
    )
  })
})
