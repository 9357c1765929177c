/**
 * Queues and users when several things happen in the same tick: the commands do not wait for one another. In every
 * order, no agent gets more tasks than the limit, no task is lost or served twice, and no task waits while an agent is
 * free for it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OfferRefusal } from '../../machines/effects.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { AcdRefusal } from '../../src/engine/acd/api.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { TaskDialogValue } from '../../src/engine/values.ts'
import { scriptedAcd } from '../../src/testing/index.ts'
import { extent } from '../suite/extent.ts'
import { type Bench, bench, startTask } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'
const MRDS = [EMAIL, CHAT] as const
const SELECTOR = { [EMAIL]: 'email_support', [CHAT]: 'chat_sales' } as const
type Mrd = (typeof MRDS)[number]

// ---------------------------------------------------------------------------------------------- invariants

const nonvoice = (on: Bench, user: string, mrd?: string): readonly TaskDialogValue[] =>
  (on.engine.get.dialogs(user, 'nonvoice', mrd) ?? []).filter((dialog) => dialog.kind === 'task')

const users = (on: Bench) => on.directory.users.map((user) => user.id)

const tasks = (on: Bench) => on.engine.acd?.tasks() ?? []

/** `media 4.5`, condition 4, by what clients can read: a started chat, or an answered call. */
function worksElsewhere(on: Bench, user: string, mrd: string): boolean {
  const started = ['ACTIVE', 'PAUSED', 'WRAPPING_UP']
  const atChat = mrd !== CHAT && nonvoice(on, user, CHAT).some((dialog) => started.includes(dialog.state))
  const calls = on.engine.get.dialogs(user, 'voice') ?? []
  const onCall = calls.some(
    (call) =>
      call.kind === 'call' && call.participants.some((party) => party.user === user && party.state === 'ACTIVE'),
  )
  return atChat || onCall
}

/** `media 4.5`, conditions 1 to 4. */
function isFree(on: Bench, user: string, mrd: string): boolean {
  const status = on.engine.get.media(user, mrd).status
  if (!status || ['LOGOUT', 'NOT_READY', 'WORK_NOT_READY'].includes(status.state) || !status.routable) return false
  return nonvoice(on, user, mrd).length < status.maxDialogLimit && !worksElsewhere(on, user, mrd)
}

function expectSound(on: Bench): void {
  for (const user of users(on))
    for (const mrd of MRDS) {
      const limit = on.engine.get.media(user, mrd).status?.maxDialogLimit ?? 0
      expect(nonvoice(on, user, mrd).length, `dialogs of ${user} in ${mrd}`).toBeLessThanOrEqual(limit)
    }
  // Every task with an agent has one open dialog there, and every open dialog has its task.
  const withAgents = tasks(on).filter((task) => task.state === 'reserved')
  const dialogs = users(on).flatMap((user) => nonvoice(on, user).map((dialog) => `${dialog.id} of ${user}`))
  expect(withAgents.map((task) => `${task.dialogId} of ${task.agentId}`).sort()).toEqual(dialogs.sort())
  // Nothing is INTERRUPTED unless something interrupts it.
  for (const user of users(on)) {
    const states = nonvoice(on, user, EMAIL).map((dialog) => dialog.state)
    const interrupted = [...states, on.engine.get.media(user, EMAIL).status?.state].includes('INTERRUPTED')
    if (interrupted) expect(worksElsewhere(on, user, EMAIL), `${user} is interrupted`).toBe(true)
  }
  // No agent is free while a task waits for that agent.
  for (const task of tasks(on).filter((each) => each.state === 'queued')) {
    const wanted = task.pinnedTo === undefined ? users(on) : [task.pinnedTo]
    expect(
      wanted.filter((user) => isFree(on, user, task.mrd)),
      `free for ${task.id}`,
    ).toEqual([])
  }
  // Every resubmitted task is in a queue once.
  const again = tasks(on).flatMap((task) => (task.state === 'resubmitted' ? [task.resubmittedAs] : []))
  expect(new Set(again).size).toBe(again.length)
  for (const id of again) expect(on.engine.acd?.task(id ?? '')).toBeDefined()
}

const submit = (on: Bench, mrd: Mrd, agentId?: string) =>
  on.engine.acd?.submitTask({ mrd, scriptSelector: SELECTOR[mrd], ...(agentId === undefined ? {} : { agentId }) })

const stateOf = (on: Bench, id: string | undefined) => on.engine.acd?.task(id ?? '')?.state

const mediaState = (user: string, mrd: Mrd, state: 'READY' | 'NOT_READY' | 'LOGOUT'): Command => ({
  type: 'media.setState',
  user,
  mrd,
  state,
})

const limited = (user: string, mrd: Mrd, maxDialogLimit: number): Command => ({
  type: 'media.signIn',
  user,
  mrd,
  maxDialogLimit,
  interruptAction: 'ACCEPT',
})

// ---------------------------------------------------------------------------------------------- offers

describe('two queues offer at the same moment', () => {
  it('to three agents with one free slot in each: each slot is used once', async () => {
    const on = await bench()
    for (const user of ['1001', '1002', '1003'])
      for (const mrd of MRDS) await on.ready(user, mrd, { maxDialogLimit: 1 })
    const inTurn: readonly Mrd[] = [CHAT, EMAIL, CHAT, EMAIL, EMAIL, CHAT, CHAT, EMAIL]
    await Promise.all(inTurn.map((mrd) => submit(on, mrd)))
    expectSound(on)
    expect(tasks(on).filter((task) => task.state === 'reserved')).toHaveLength(6)
    expect(tasks(on).filter((task) => task.state === 'queued')).toHaveLength(2)
  })

  it('to agents who all become ready at that moment', async () => {
    const on = await bench()
    for (let n = 0; n < 4; n += 1) for (const mrd of MRDS) await submit(on, mrd)
    const agents = ['1001', '1002', '1003']
    for (const user of agents) for (const mrd of MRDS) await on.command(limited(user, mrd, 1))
    await Promise.all(agents.flatMap((user) => MRDS.map((mrd) => on.command(mediaState(user, mrd, 'READY')))))
    expectSound(on)
    expect(tasks(on).filter((task) => task.state === 'queued')).toHaveLength(2)
  })

  it('more tasks than slots, for one agent and for any agent', async () => {
    const on = await bench()
    await on.ready('1001', CHAT, { maxDialogLimit: 2 })
    await on.ready('1002', CHAT, { maxDialogLimit: 1 })
    await Promise.all([
      submit(on, CHAT, '1002'),
      submit(on, CHAT),
      submit(on, CHAT, '1002'),
      submit(on, CHAT),
      submit(on, CHAT, '1001'),
    ])
    expectSound(on)
    const reserved = tasks(on).filter((task) => task.state === 'reserved')
    expect(reserved).toHaveLength(3)
    for (const task of reserved) expect(task.agentId).toBe(task.pinnedTo ?? task.agentId)
  })
})

describe('an offer crosses', () => {
  const CROSSINGS: readonly (readonly [string, Command])[] = [
    ['a sign-out from the medium', mediaState('1001', EMAIL, 'LOGOUT')],
    ['NOT_READY', mediaState('1001', EMAIL, 'NOT_READY')],
    ['routable=false', { type: 'media.setRoutable', user: '1001', mrd: EMAIL, routable: false }],
    ['a lower limit', limited('1001', EMAIL, 1)],
    ['the sign-out of the user', { type: 'user.setState', user: '1001', state: 'LOGOUT' }],
    ['the start of a chat', { type: 'dialog.act', user: '1001', dialog: '1000_1001_5002', action: 'START' }],
    ['the close of an e-mail', { type: 'dialog.act', user: '1001', dialog: '1000_1001_5001', action: 'CLOSE' }],
  ]

  for (const [what, crossing] of CROSSINGS)
    it.each([
      ['before', [0, 1, 1]],
      ['after', [1, 1, 0]],
      ['between', [1, 0, 1]],
    ] as const)(`${what}, given %s the tasks`, async (_, order) => {
      const on = await bench()
      await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
      await on.ready('1001', EMAIL, { maxDialogLimit: 2 })
      await on.ready('1001', CHAT)
      await startTask(on, '1001', EMAIL, SELECTOR[EMAIL])
      const chat = await submit(on, CHAT)
      await on.act(chat?.dialogId ?? '', 'ACCEPT')
      const submitted: string[] = []
      await Promise.all(
        order.map(async (submits) => {
          if (submits === 0) await on.command(crossing)
          else submitted.push((await submit(on, EMAIL))?.id ?? '')
        }),
      )
      expect(new Set(submitted).size).toBe(2)
      expectSoundUpToLimit(on)
      // No task is lost: the next agent gets those that were not served.
      await on.ready('1002', EMAIL)
      expectSoundUpToLimit(on)
      for (const id of submitted) expect(['reserved', 'handled']).toContain(stateOf(on, id))
    })

  /** Without the check of the limit, because a limit may be lowered below the number of open dialogs. */
  function expectSoundUpToLimit(on: Bench): void {
    const status = on.engine.get.media('1001', EMAIL).status
    if (status && nonvoice(on, '1001', EMAIL).length > status.maxDialogLimit) {
      expect(status.maxDialogLimit).toBe(1)
      expect(nonvoice(on, '1001', EMAIL).length).toBeLessThanOrEqual(2)
    } else expectSound(on)
  }

  it('the answer to a call, in both orders', async () => {
    for (const callFirst of [true, false]) {
      const on = await bench()
      await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
      await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
      await on.ready('1001', EMAIL)
      const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
      const answer = () =>
        on.command({
          type: 'call.act',
          user: '1001',
          dialog: call?.id ?? '',
          action: 'ANSWER',
          targetMediaAddress: '1001',
        })
      const given = callFirst ? [answer(), submit(on, EMAIL)] : [submit(on, EMAIL), answer()]
      await Promise.all(given)
      expectSound(on)
      const [task] = tasks(on)
      expect(task?.state).toBe(callFirst ? 'queued' : 'reserved')
      expect(on.engine.get.media('1001', EMAIL).status?.state).toBe(callFirst ? 'READY' : 'INTERRUPTED')
      await on.engine.acd?.hangUp(call?.id ?? '')
      expectSound(on)
      expect(stateOf(on, task?.id)).toBe('reserved')
    }
  })

  it('the abandonment of its task: the task is abandoned, without a dialog', async () => {
    for (const abandonFirst of [true, false]) {
      const on = await bench()
      const task = await submit(on, CHAT)
      await on.command(limited('1001', CHAT, 1))
      const abandon = () => on.engine.acd?.abandonTask(task?.id ?? '')
      const ready = () => on.command(mediaState('1001', CHAT, 'READY'))
      await Promise.all(abandonFirst ? [abandon(), ready()] : [ready(), abandon()])
      expect(stateOf(on, task?.id)).toBe('abandoned')
      expect(on.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
      expect(on.engine.get.media('1001', CHAT).status?.state).toBe('READY')
      expectSound(on)
    }
  })
})

// ---------------------------------------------------------------------------------------------- acceptance

describe('an acceptance counts only for an open offer', () => {
  const offered = async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const task = await submit(on, CHAT)
    on.news()
    return { on, task: task?.id ?? '', dialog: task?.dialogId ?? '' }
  }

  it('a second one in the same tick is out of sequence', async () => {
    const { on, task, dialog } = await offered()
    await Promise.all([on.act(dialog, 'ACCEPT'), on.act(dialog, 'ACCEPT')])
    expect(on.news()).toEqual([
      `PUT task ${dialog} ACCEPTED`,
      `media 1001 ${CHAT} ACTIVE`,
      'error ACTION_OUT_OF_SEQUENCE on User/1001/Dialogs/Media',
    ])
    expect(stateOf(on, task)).toBe('reserved')
    expectSound(on)
  })

  it('in the last millisecond before the time-out it counts', async () => {
    const { on, task, dialog } = await offered()
    await on.clock.advance(29_999)
    await on.act(dialog, 'ACCEPT')
    await on.clock.advance(1)
    expect(on.engine.get.dialog(dialog)).toMatchObject({ state: 'ACCEPTED' })
    expect(stateOf(on, task)).toBe('reserved')
    expectSound(on)
  })

  it('at the time of the time-out it is too late, because deadlines come first', async () => {
    const { on, task, dialog } = await offered()
    await on.ready('1002', CHAT)
    let late: Promise<unknown> | undefined
    on.clock.at(on.clock.now() + 30_000, () => {
      late = on.act(dialog, 'ACCEPT')
    })
    await on.clock.advance(30_000)
    await late
    const news = on.news()
    expect(news.filter((line) => line.includes(dialog))).toEqual([`DELETE task ${dialog} CLOSED CD_RING_NO_ANSWER`])
    expect(news.filter((line) => line.includes('ACCEPTED'))).toEqual([])
    expect(stateOf(on, task)).toBe('resubmitted')
    expect(on.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
    expect(on.engine.get.dialogs('1002', 'nonvoice')).toHaveLength(1)
    expectSound(on)
  })

  it.each([
    ['the acceptance', true],
    ['the customer', false],
  ])('in the same tick as the abandonment, %s first: only the first counts', async (_, acceptFirst) => {
    const { on, task, dialog } = await offered()
    const accept = () => on.act(dialog, 'ACCEPT')
    const abandon = () => on.engine.acd?.abandonTask(task)
    const [first, second] = acceptFirst ? [accept, abandon] : [abandon, accept]
    const results = await Promise.allSettled([first(), second()])
    const news = on.news().filter((line) => line.includes(dialog))
    if (acceptFirst) {
      expect(news).toEqual([`PUT task ${dialog} ACCEPTED`])
      expect(stateOf(on, task)).toBe('reserved')
      const [refused] = results.filter((result) => result.status === 'rejected')
      if (refused) expect(refused.reason).toBeInstanceOf(AcdRefusal)
    } else {
      expect(news).toEqual([`DELETE task ${dialog} CLOSED CD_TASK_ABANDONED_WHILE_OFFERED`])
      expect(stateOf(on, task)).toBe('abandoned')
    }
    expectSound(on)
  })

  it('in the same tick as the sign-out of the agent: the dialog ends once', async () => {
    for (const acceptFirst of [true, false]) {
      const { on, task, dialog } = await offered()
      const accept = on.act.bind(on, dialog, 'ACCEPT')
      const signOut = () => on.command(mediaState('1001', CHAT, 'LOGOUT'))
      await Promise.all(acceptFirst ? [accept(), signOut()] : [signOut(), accept()])
      const ends = on.news().filter((line) => line.startsWith('DELETE'))
      expect(ends).toEqual([`DELETE task ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`])
      expect(stateOf(on, task)).toBe('handled')
      expectSound(on)
    }
  })

  it('after the time-out there is no dialog', async () => {
    const { on, dialog } = await offered()
    await on.clock.advance(30_000)
    expect(await on.act(dialog, 'ACCEPT')).toMatchObject({ outcome: 'REJECTED', code: 'DIALOG_NOT_FOUND' })
  })
})

// ---------------------------------------------------------------------------------------------- freed capacity

describe('capacity freed while tasks wait', () => {
  const FREEING: readonly (readonly [string, (on: Bench, chat: string) => Promise<unknown>])[] = [
    ['the close of a chat', (on, chat) => on.act(chat, 'CLOSE')],
    ['a transfer', (on, chat) => on.act(chat, 'TRANSFER', 'email_support')],
    ['the end of its lifetime', (on) => on.clock.advance(28_800_000)],
    ['a higher limit', (on) => on.command(limited('1001', CHAT, 2))],
    ['another agent', (on) => on.ready('1002', CHAT)],
  ]

  it.each(FREEING)('by %s', async (_, free) => {
    const on = await bench()
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    const chat = await startTask(on, '1001', CHAT, SELECTOR[CHAT])
    const waiting = await submit(on, CHAT)
    expect(waiting?.state).toBe('queued')
    await free(on, chat)
    expect(stateOf(on, waiting?.id)).toBe('reserved')
    expectSound(on)
  })

  it.each([
    ['READY', mediaState('1001', CHAT, 'READY'), mediaState('1001', CHAT, 'NOT_READY')],
    [
      'routable=true',
      { type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: true },
      { type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: false },
    ],
  ] as const)('by %s', async (_, free, bind) => {
    const on = await bench()
    await on.ready('1001', CHAT)
    await on.command(bind)
    const waiting = await submit(on, CHAT)
    expect(waiting?.state).toBe('queued')
    await on.command(free)
    expect(stateOf(on, waiting?.id)).toBe('reserved')
    expectSound(on)
  })

  it('in two queues by the end of a chat: both are served', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL, { maxDialogLimit: 1 })
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    const chat = await startTask(on, '1001', CHAT, SELECTOR[CHAT])
    const waiting = [await submit(on, EMAIL), await submit(on, CHAT)]
    expect(waiting.map((task) => task?.state)).toEqual(['queued', 'queued'])
    await on.act(chat, 'CLOSE')
    expect(waiting.map((task) => stateOf(on, task?.id))).toEqual(['reserved', 'reserved'])
    expectSound(on)
  })

  it('a new task in the same tick does not overtake a waiting one', async () => {
    const on = await bench()
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    const chat = await startTask(on, '1001', CHAT, SELECTOR[CHAT])
    const first = await submit(on, CHAT)
    const [second] = await Promise.all([submit(on, CHAT), on.act(chat, 'CLOSE')])
    expect([stateOf(on, first?.id), stateOf(on, second?.id)]).toEqual(['reserved', 'queued'])
    expectSound(on)
  })

  it('a task that was refused keeps its place', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL, { maxDialogLimit: 1 })
    const [first, , second] = await Promise.all([
      submit(on, EMAIL),
      on.command(mediaState('1001', EMAIL, 'LOGOUT')),
      submit(on, EMAIL),
    ])
    await on.ready('1002', EMAIL, { maxDialogLimit: 1 })
    const states = [stateOf(on, first?.id), stateOf(on, second?.id)]
    // If it was offered before the sign-out, it ended with it. Otherwise it waits before the other one.
    if (states[0] === 'handled') expect(states[1]).toBe('reserved')
    else expect(states).toEqual(['reserved', 'queued'])
    expectSound(on)
  })
})

// ---------------------------------------------------------------------------------------------- an external ACD

describe('an external ACD with outdated knowledge of the agent', () => {
  const offers = (on: Bench, mrd: Mrd, ids: readonly string[]) =>
    ids.map((id) =>
      on.engine.acdEvents.offer('1001', `o-${id}`, { id, mrd, scriptSelector: SELECTOR[mrd], variables: [] }),
    )

  it('offers more tasks than the limit in one tick: the rest is refused, and each task gets one answer', async () => {
    const acd = scriptedAcd()
    const on = await bench({ acd })
    await on.ready('1001', EMAIL, { maxDialogLimit: 2 })
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    await Promise.all([...offers(on, EMAIL, ['e1', 'e2', 'e3']), ...offers(on, CHAT, ['c1', 'c2'])])
    await on.clock.settle()
    expect(nonvoice(on, '1001', EMAIL)).toHaveLength(2)
    expect(nonvoice(on, '1001', CHAT)).toHaveLength(1)
    expect(acd.heard('refused').map(({ task, reason }) => `${task} ${reason}`)).toEqual([
      'e3 NO_CAPACITY',
      'c2 NO_CAPACITY',
    ])
  })

  const CROSSINGS: readonly (readonly [string, Command, OfferRefusal, 'before' | 'after'])[] = [
    ['a sign-out', mediaState('1001', EMAIL, 'LOGOUT'), 'NOT_SIGNED_IN', 'after'],
    ['NOT_READY', mediaState('1001', EMAIL, 'NOT_READY'), 'NOT_READY', 'before'],
    [
      'routable=false',
      { type: 'media.setRoutable', user: '1001', mrd: EMAIL, routable: false },
      'NOT_ROUTABLE',
      'before',
    ],
    ['the sign-out of the user', { type: 'user.setState', user: '1001', state: 'LOGOUT' }, 'NOT_SIGNED_IN', 'after'],
    [
      'the start of a chat',
      { type: 'dialog.act', user: '1001', dialog: '1000_1001_5002', action: 'START' },
      'BUSY_ELSEWHERE',
      'before',
    ],
  ]

  it.each(CROSSINGS)(
    'its offer in the same tick as %s: a normal offer if it comes first, refused otherwise',
    async (_, crossing, reason, end) => {
      for (const offerFirst of [true, false]) {
        const acd = scriptedAcd()
        const on = await bench({ acd })
        await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
        await on.ready('1001', EMAIL)
        await on.ready('1001', CHAT)
        await Promise.all(offers(on, CHAT, ['c1']))
        await on.act('1000_1001_5002', 'ACCEPT')
        const offer = () => Promise.all(offers(on, EMAIL, ['e1']))
        const command = () => on.command(crossing)
        await Promise.all(offerFirst ? [offer(), command()] : [command(), offer()])
        await on.clock.settle()
        const refused = acd.heard('refused').map((request) => request.reason)
        expect(refused).toEqual(offerFirst ? [] : [reason])
        // If the offer came first, the dialog is open, or ended with the sign-out.
        const open = nonvoice(on, '1001', EMAIL).length
        expect(open).toBe(offerFirst && end === 'before' ? 1 : 0)
        expect(acd.heard('handled').filter(({ task }) => task === 'e1')).toHaveLength(
          offerFirst && end === 'after' ? 1 : 0,
        )
      }
    },
  )
})

describe('duplicate and late events of an external ACD', () => {
  const CHAT_TASK = { id: 't1', mrd: CHAT, scriptSelector: 'chat_sales', variables: [] }

  const withAcd = async (transfers: 'confirm' | 'refuse' | 'silence' = 'confirm') => {
    const acd = scriptedAcd({ transfers })
    const on = await bench({ acd })
    await on.ready('1001', CHAT)
    await on.engine.acdEvents.offer('1001', 'o1', CHAT_TASK)
    const [dialog] = nonvoice(on, '1001')
    return { acd, on, dialog: dialog?.id ?? '' }
  }

  it('a repeated offer makes no second dialog, accepted or not', async () => {
    const { on, dialog } = await withAcd()
    await on.engine.acdEvents.offer('1001', 'o1', CHAT_TASK)
    await on.act(dialog, 'ACCEPT')
    await on.engine.acdEvents.offer('1001', 'o1', CHAT_TASK)
    expect(nonvoice(on, '1001').map((each) => each.id)).toEqual([dialog])
  })

  it('a cancellation that is repeated, or comes after the acceptance, has no effect', async () => {
    const { on, dialog } = await withAcd()
    await on.act(dialog, 'ACCEPT')
    on.news()
    await on.engine.acdEvents.cancel('1001', 't1')
    expect(on.news()).toEqual([])
    await on.engine.acdEvents.offer('1001', 'o2', { ...CHAT_TASK, id: 't2' })
    on.news()
    await Promise.all([on.engine.acdEvents.cancel('1001', 't2'), on.engine.acdEvents.cancel('1001', 't2')])
    expect(on.news().filter((line) => line.startsWith('DELETE'))).toHaveLength(1)
    await on.engine.acdEvents.cancel('1001', 'nobody')
    expect(on.news()).toEqual([])
  })

  it('a repeated refusal of a transfer has no effect', async () => {
    const { on, dialog } = await withAcd('silence')
    await on.act(dialog, 'ACCEPT')
    await on.act(dialog, 'TRANSFER', 'chat_support')
    on.news()
    const refuse = () => on.engine.acdEvents.resubmitted('1001', dialog, { ok: false, reason: 'no' })
    await Promise.all([refuse(), refuse()])
    expect(on.news()).toEqual(['error TRANSFER_REFUSED on User/1001/Dialogs/Media'])
  })

  it.each(['CLOSE', 'TRANSFER'] as const)(
    'a transfer that is confirmed after the %s of a sign-out is cancelled',
    async (logout) => {
      const acd = scriptedAcd({ transfers: 'silence' })
      const on = await bench({ acd })
      await on.ready('1001', CHAT, { dialogLogoutAction: logout })
      await on.engine.acdEvents.offer('1001', 'o1', CHAT_TASK)
      const dialog = nonvoice(on, '1001')[0]?.id ?? ''
      await on.act(dialog, 'ACCEPT')
      await on.act(dialog, 'TRANSFER', 'chat_support')
      await on.command(mediaState('1001', CHAT, 'LOGOUT'))
      await on.engine.acdEvents.resubmitted('1001', dialog, { ok: true, task: 't1' })
      await on.clock.settle()
      // The first resubmission is cancelled, so that the customer is not served twice.
      expect(acd.heard('cancelResubmission')).toMatchObject([{ task: 't1', dialog }])
      expect(on.news().filter((line) => line.startsWith('DELETE'))).toHaveLength(1)
    },
  )

  // Fails if the second event is taken for a late one, because that cancels the task for which the customer waits.
  it('a repeated confirmation of a transfer does not cancel it', async () => {
    const { acd, on, dialog } = await withAcd('silence')
    await on.act(dialog, 'ACCEPT')
    await on.act(dialog, 'TRANSFER', 'chat_support')
    on.news()
    const confirm = () => on.engine.acdEvents.resubmitted('1001', dialog, { ok: true, task: 't1' })
    await Promise.all([confirm(), confirm()])
    await on.clock.settle()
    expect(on.news().filter((line) => line.startsWith('DELETE'))).toHaveLength(1)
    expect(acd.heard('cancelResubmission')).toEqual([])
  })

  // Fails if only the dialog of a confirmed transfer is remembered: the customer would be queued twice.
  it('D11: the confirmation of an earlier attempt is cancelled, also after a newer attempt was confirmed', async () => {
    const { acd, on, dialog } = await withAcd('silence')
    await on.act(dialog, 'ACCEPT')
    await on.act(dialog, 'TRANSFER', 'chat_support')
    await on.clock.advance(10_000)
    await on.act(dialog, 'TRANSFER', 'chat_support')
    const confirm = (attempt: number) =>
      on.engine.acdEvents.resubmitted('1001', dialog, { ok: true, task: `t1-${attempt}`, attempt })
    await confirm(2)
    await confirm(1)
    // Repetitions.
    await Promise.all([confirm(2), on.engine.acdEvents.resubmitted('1001', dialog, { ok: true, task: 't1-2' })])
    await on.clock.settle()
    expect(acd.heard('cancelResubmission')).toEqual([
      { type: 'cancelResubmission', user: '1001', task: 't1-1', dialog, attempt: 1 },
    ])
  })

  // Fails if only the offers of open dialogs are remembered.
  it('an offer that is repeated after the end of its dialog is not served again', async () => {
    const { on, dialog } = await withAcd()
    for (const action of ['ACCEPT', 'START', 'CLOSE'] as const) await on.act(dialog, action)
    await on.engine.acdEvents.offer('1001', 'o1', CHAT_TASK)
    expect(nonvoice(on, '1001')).toEqual([])
  })
})

// ---------------------------------------------------------------------------------------------- at random

describe('random commands, several in one tick', () => {
  const AGENTS = ['1001', '1002', '1003'] as const
  type Step =
    | { readonly type: 'submit'; readonly mrd: Mrd; readonly agent: string | undefined }
    | { readonly type: 'abandon' | 'act'; readonly which: number; readonly action: Action }
    | { readonly type: 'command'; readonly command: Command }
  type Action = Extract<Command, { type: 'dialog.act' }>['action']

  const agent = fc.constantFrom(...AGENTS)
  const mrd = fc.constantFrom(...MRDS)
  const action = fc.constantFrom<Action[]>('ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER')
  const which = fc.nat(20)
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc
      .tuple(
        agent,
        mrd,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('ACCEPT', 'IGNORE'),
        fc.constantFrom('CLOSE', 'TRANSFER'),
      )
      .map(([user, mrd, maxDialogLimit, interruptAction, dialogLogoutAction]) => {
        return { type: 'media.signIn', user, mrd, maxDialogLimit, interruptAction, dialogLogoutAction } as const
      }),
    fc
      .tuple(agent, mrd, fc.constantFrom('READY', 'READY', 'READY', 'NOT_READY', 'LOGOUT'))
      .map(([user, mrd, state]) => ({ type: 'media.setState', user, mrd, state }) as const),
    fc
      .tuple(agent, mrd, fc.boolean())
      .map(([user, mrd, routable]) => ({ type: 'media.setRoutable', user, mrd, routable }) as const),
  )
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('submit'), mrd, agent: fc.option(agent, { nil: undefined }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('abandon'), which, action }) },
    { weight: 5, arbitrary: fc.record({ type: fc.constant('act'), which, action }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('command'), command }) },
  )
  /** Steps of one tick, and the time that passes after it, in seconds. */
  const tick = fc.tuple(fc.array(step, { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 0, 0, 1, 30, 120))

  async function take(on: Bench, step: Step): Promise<void> {
    switch (step.type) {
      case 'submit':
        await submit(on, step.mrd, step.agent)
        return
      case 'abandon': {
        const open = tasks(on).filter((task) => task.state === 'queued' || task.state === 'reserved')
        const task = open[step.which % Math.max(1, open.length)]
        if (!task) return
        try {
          await on.engine.acd?.abandonTask(task.id)
        } catch (error) {
          if (!(error instanceof AcdRefusal)) throw error
        }
        return
      }
      case 'act': {
        const dialogs = AGENTS.flatMap((user) => nonvoice(on, user))
        const dialog = dialogs[step.which % Math.max(1, dialogs.length)]
        if (dialog) await on.act(dialog.id, step.action, step.action === 'TRANSFER' ? 'email_billing' : undefined)
        return
      }
      case 'command':
        await on.command(step.command)
    }
  }

  it('keep the invariants', { timeout: 240_000 }, async () => {
    const { directory } = await loadDirectory()
    await fc.assert(
      fc.asyncProperty(fc.array(tick, { minLength: 1, maxLength: 12 }), async (ticks) => {
        const on = await bench({ directory })
        // A limit of its own for each medium, so that none is lowered below what is open.
        for (const user of AGENTS) for (const mrd of MRDS) await on.ready(user, mrd, { maxDialogLimit: 3 })
        for (const [steps, seconds] of ticks) {
          const before = on.engine.figures.failedInputs
          await Promise.all(steps.map((step) => take(on, step)))
          await on.clock.advance(seconds * 1000)
          expect(on.engine.figures.failedInputs).toBe(before)
          expectSoundBut(on)
        }
        await on.engine.close()
      }),
      { numRuns: extent(80, 200) },
    )
  })

  /** Like `expectSound`, but does not check if a sign-in has lowered a limit below the number of open dialogs. */
  function expectSoundBut(on: Bench): void {
    const over = AGENTS.some((user) =>
      MRDS.some((mrd) => {
        const status = on.engine.get.media(user, mrd).status
        return status !== undefined && nonvoice(on, user, mrd).length > status.maxDialogLimit
      }),
    )
    if (!over) expectSound(on)
  }
})
