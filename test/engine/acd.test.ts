/** Selection, races between queues and users, faults, an embedder's ACD, and the follower. */

import { describe, expect, it } from 'vitest'
import { rejected } from '../../src/engine/answers/answer.ts'
import type { AcdEvents, AcdPort, AcdRequest, AcdTask } from '../../src/engine/ports.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { bench, startTask } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'

describe('selection (media 4.5)', () => {
  it('more free slots first, then longest available', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL, { maxDialogLimit: 2 })
    await on.clock.advance(1000)
    await on.ready('1002', EMAIL, { maxDialogLimit: 3 })
    await on.clock.advance(1000)
    await on.ready('1003', EMAIL, { maxDialogLimit: 2 })
    const order: (string | undefined)[] = []
    for (let n = 0; n < 8; n += 1)
      order.push((await on.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support' }))?.agentId)
    // 1002 has three slots; from two each it is the longest available of those with most free slots.
    expect(order).toEqual(['1002', '1001', '1002', '1003', '1001', '1002', '1003', undefined])
    expect(on.engine.acd?.tasks().filter((task) => task.state === 'queued')).toHaveLength(1)
  })

  it('an agent who works in another non-interruptible MRD, or on a call, gets no task', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    const email = await on.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support' })
    expect(email?.state).toBe('queued')
    await on.act(chat, 'CLOSE')
    expect(on.engine.acd?.task(email?.id ?? '')?.state).toBe('reserved')
  })

  it('a waiting task is offered when a slot becomes free', async () => {
    const on = await bench()
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    const waiting = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    expect(waiting?.state).toBe('queued')
    await on.act(chat, 'CLOSE')
    expect(on.engine.acd?.task(waiting?.id ?? '')).toMatchObject({ state: 'reserved', agentId: '1001' })
  })

  it('a task for one agent waits until that agent is eligible', async () => {
    const on = await bench()
    await on.ready('1002', CHAT)
    const task = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
    expect(task).toMatchObject({ state: 'queued', pinnedTo: '1001' })
    await on.ready('1001', CHAT)
    expect(on.engine.acd?.task(task?.id ?? '')).toMatchObject({ state: 'reserved', agentId: '1001' })
  })

  it.each([undefined, false, true])(
    'a resubmitted task for one agent may go to any agent, unless keepAgent: %s',
    async (keepAgent) => {
      const on = await bench()
      for (const user of ['1001', '1002']) await on.ready(user, CHAT)
      const submission = { mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' }
      let task = await on.engine.acd?.submitTask({ ...submission, keepAgent })
      for (let turn = 0; turn < 2; turn += 1) {
        await on.clock.advance(30_000)
        const again = on.engine.acd?.task(on.engine.acd.task(task?.id ?? '')?.resubmittedAs ?? '')
        const isFor = keepAgent ? ['queued', undefined, '1001'] : ['reserved', turn === 0 ? '1002' : '1001', undefined]
        expect([again?.state, again?.agentId, again?.pinnedTo]).toEqual(isFor)
        await on.engine.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: true })
        task = again
      }
    },
  )

  it('two queues that offer in one tick never exceed the limits of an agent', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL, { maxDialogLimit: 1 })
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    const submit = (mrd: string, scriptSelector: string) => on.engine.acd?.submitTask({ mrd, scriptSelector })
    await Promise.all([
      submit(EMAIL, 'email_support'),
      submit(CHAT, 'chat_sales'),
      submit(EMAIL, 'email_billing'),
      submit(CHAT, 'chat_support'),
    ])
    expect(on.engine.get.dialogs('1001', 'nonvoice')).toHaveLength(2)
    expect(
      on.engine.acd
        ?.tasks()
        .map((task) => task.state)
        .sort(),
    ).toEqual(['queued', 'queued', 'reserved', 'reserved'])
  })

  it('an offer in the same tick as a sign-out is not lost', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const [task] = await Promise.all([
      on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' }),
      on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'LOGOUT' }),
    ])
    const open = on.engine.acd?.tasks().filter((each) => each.state === 'queued' || each.state === 'reserved')
    await on.ready('1002', CHAT)
    const served = on.engine.acd?.tasks().filter((each) => each.state === 'reserved')
    expect(task).toBeDefined()
    expect(open?.length ?? 0).toBeLessThanOrEqual(1)
    expect(served).toHaveLength(open?.length ?? 0)
  })

  it('D4: when the customer gives up an offered task, the dialog is closed', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const task = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    on.news()
    await on.engine.acd?.abandonTask(task?.id ?? '')
    expect(on.news()).toEqual([
      `DELETE task ${task?.dialogId} CLOSED CD_TASK_ABANDONED_WHILE_OFFERED`,
      `media 1001 ${CHAT} READY`,
    ])
    expect(on.engine.acd?.task(task?.id ?? '')?.state).toBe('abandoned')
  })

  it('D10: a transfer to another MRD closes the dialog and queues the customer there', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL)
    const dialog = await startTask(on, '1001', EMAIL, 'email_support')
    await on.command({
      type: 'dialog.act',
      user: '1001',
      dialog,
      action: 'TRANSFER',
      target: 'chat_support',
      requestId: 't',
    })
    expect(on.news()).toEqual([`DELETE task ${dialog} CLOSED CD_TASK_TRANSFER`, `media 1001 ${EMAIL} READY`])
    const [chat] = on.engine.acd?.tasks().filter((task) => task.mrd === CHAT) ?? []
    expect(chat).toMatchObject({ state: 'queued', scriptSelector: 'chat_support' })
    expect(on.engine.acd?.tasks().find((task) => task.mrd === EMAIL)).toMatchObject({
      state: 'resubmitted',
      resubmittedAs: chat?.id,
    })
  })

  it('ruling 36: a transfer to an unknown selector fails, the dialog stays', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL)
    const dialog = await startTask(on, '1001', EMAIL, 'email_support')
    await on.command({
      type: 'dialog.act',
      user: '1001',
      dialog,
      action: 'TRANSFER',
      target: 'nowhere',
      requestId: 't',
    })
    expect(on.news()).toEqual(['error UNKNOWN_SCRIPT_SELECTOR on User/1001/Dialogs/Media #t'])
    expect(on.engine.get.dialog(dialog)).toMatchObject({ state: 'ACTIVE' })
  })
})

describe('loss of the ACD link (ruling 29, ruling 39)', () => {
  it('media go to WORK_NOT_READY and return by themselves to the state and mode from before', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL)
    const dialog = await startTask(on, '1001', EMAIL, 'email_support')
    await on.engine.fault({ type: 'acd-link', side: 'A', up: false })
    expect(on.engine.get.system().status).toBe('OUT_OF_SERVICE')
    expect(on.news()).toEqual(['system OUT_OF_SERVICE', `media 1001 ${EMAIL} WORK_NOT_READY not routable`])
    expect(await on.act(dialog, 'PAUSE')).toMatchObject({ outcome: 'REJECTED', code: 'OUT_OF_SERVICE' })
    await on.engine.fault({ type: 'acd-link', side: 'A', up: true })
    expect(on.news()).toEqual([
      'system IN_SERVICE',
      'user 1001 NOT_READY',
      `media 1001 ${EMAIL} ACTIVE`,
      `POST task ${dialog} ACTIVE`,
    ])
  })
})

describe("an embedder's ACD", () => {
  function recorder() {
    const requests: AcdRequest[] = []
    let events: AcdEvents | undefined
    const port: AcdPort = {
      start: (given) => {
        events = given
      },
      request: async (request) => {
        requests.push(request)
      },
    }
    return { port, requests, events: () => events }
  }
  const task = (id: string, mrd = CHAT): AcdTask => ({ id, mrd, scriptSelector: 'chat_sales', variables: [] })

  it('offers tasks and gets the answers; there are no queues', async () => {
    const { port, requests, events } = recorder()
    const on = await bench({ acd: port })
    expect(on.engine.acd).toBeUndefined()
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    await events()?.offer('1001', 'o1', task('t1'))
    await events()?.offer('1001', 'o1', task('t1'))
    await events()?.offer('1001', 'o2', task('t2'))
    const [dialog] = on.engine.get.dialogs('1001', 'nonvoice') ?? []
    await on.act(dialog?.id ?? '', 'ACCEPT')
    await on.act(dialog?.id ?? '', 'START')
    await on.act(dialog?.id ?? '', 'CLOSE')
    await on.clock.settle()
    expect(requests.filter((request) => request.type !== 'availability')).toEqual([
      { type: 'refused', user: '1001', task: 't2', offer: 'o2', reason: 'NO_CAPACITY' },
      { type: 'accepted', user: '1001', task: 't1', offer: 'o1', dialog: dialog?.id },
      { type: 'handled', user: '1001', task: 't1', dialog: dialog?.id },
    ])
    expect(requests.findLast((request) => request.type === 'availability')).toMatchObject({
      type: 'availability',
      user: '1001',
      mrds: { [CHAT]: { eligible: true, freeSlots: 1 } },
    })
  })

  it('D11: a transfer that is not confirmed in time fails; a late confirmation is cancelled', async () => {
    const { port, requests, events } = recorder()
    const on = await bench({ acd: port })
    await on.ready('1001', CHAT)
    await events()?.offer('1001', 'o1', task('t1'))
    const [dialog] = on.engine.get.dialogs('1001', 'nonvoice') ?? []
    const id = dialog?.id ?? ''
    await on.act(id, 'ACCEPT')
    await on.command({
      type: 'dialog.act',
      user: '1001',
      dialog: id,
      action: 'TRANSFER',
      target: 'chat_support',
      requestId: 't',
    })
    on.news()
    await on.clock.advance(10_000)
    expect(on.news()).toEqual(['error TRANSFER_TIMED_OUT on User/1001/Dialogs/Media #t'])
    expect(on.engine.get.dialog(id)).toMatchObject({ state: 'ACCEPTED' })
    expect(await events()?.resubmitted('1001', id, { ok: false, reason: 'too late' })).toBe('LATE')
    expect(await events()?.resubmitted('1001', id, { ok: true, task: 't1' })).toBe('LATE')
    await on.clock.settle()
    expect(requests.at(-1)).toEqual({ type: 'cancelResubmission', user: '1001', task: 't1', dialog: id, attempt: null })
    expect(on.engine.get.dialog(id)).toMatchObject({ state: 'ACCEPTED' })
  })

  it('D10: the ACD learns what became of its answer, and the agent is eligible again at once', async () => {
    const { port, events } = recorder()
    const on = await bench({ acd: port })
    await on.ready('1001', CHAT, { maxDialogLimit: 1 })
    await events()?.offer('1001', 'o1', task('t1'))
    const id = on.engine.get.dialogs('1001', 'nonvoice')?.[0]?.id ?? ''
    await on.act(id, 'ACCEPT')
    await on.act(id, 'TRANSFER', 'email_support')
    expect(await events()?.resubmitted('1001', id, { attempt: 1, ok: false, reason: 'no' })).toBe('REFUSED')
    await on.act(id, 'TRANSFER', 'email_support')
    expect(on.engine.get.availability('1001')?.mrds[CHAT]?.eligible).toBe(false)
    expect(await events()?.resubmitted('1001', id, { attempt: 2, ok: true, task: 't2' })).toBe('CONFIRMED')
    expect(on.engine.get.availability('1001')?.mrds[CHAT]?.eligible).toBe(true)
    expect(await events()?.resubmitted('1001', id, { attempt: 2, ok: true, task: 't2' })).toBe('REPEATED')
    expect(await events()?.resubmitted('1001', id, { attempt: 1, ok: true, task: 't3' })).toBe('LATE')
  })

  it('a selector of another MRD, or of none, may be offered: the ACD has its own queues', async () => {
    const { port, events } = recorder()
    const on = await bench({ acd: port })
    await on.ready('1001', CHAT, { maxDialogLimit: 2 })
    await events()?.offer('1001', 'o1', { ...task('t1'), scriptSelector: 'email_support' })
    await events()?.offer('1001', 'o2', { ...task('t2'), scriptSelector: 'elsewhere' })
    expect(on.engine.get.dialogs('1001', 'nonvoice')).toHaveLength(2)
  })

  it('acdAnswered resolves when the ACD has answered the requests that were repeated after a restart', async () => {
    const on = await bench({ acd: { start: () => undefined, request: () => new Promise(() => undefined) } })
    await on.ready('1001', CHAT)
    await on.ready('1001', EMAIL)
    let answer: () => void = () => undefined
    const heard: AcdRequest[] = []
    const slow: AcdPort = {
      start: () => undefined,
      request: (request) => {
        heard.push(request)
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    }
    const again = await on.restart({ acd: slow })
    let isAnswered = false
    const answered = again.engine.acdAnswered().then(() => {
      isAnswered = true
    })
    await again.clock.settle()
    const waiting = again.engine.figures.outboxPending
    expect(waiting).toBeGreaterThan(1)
    for (let each = 0; each < waiting; each += 1) {
      expect(isAnswered).toBe(false)
      answer()
      await again.clock.settle()
    }
    await answered
    expect(heard).toHaveLength(waiting)
    await again.engine.acdAnswered()
  })

  it('the availability can be read, also after a restart', async () => {
    const { port, requests } = recorder()
    const on = await bench({ acd: port })
    const none = { eligible: false, freeSlots: 0, since: 0 }
    expect(on.engine.get.availability('1001')).toEqual({
      version: 0,
      mrds: { [EMAIL]: none, [CHAT]: none, 5003: none },
    })
    expect(on.engine.get.availability('9999')).toBeUndefined()
    await on.ready('1001', CHAT, { maxDialogLimit: 2 })
    await on.engine.acdEvents.offer('1001', 'o1', task('t1'))
    await on.clock.settle()
    const { type: _, user, ...told } = requests.at(-1) ?? { type: undefined, user: undefined }
    expect(user).toBe('1001')
    expect(on.engine.get.availability('1001')).toEqual(told)
    expect(told).toMatchObject({ version: 2, mrds: { [CHAT]: { eligible: true, freeSlots: 1 } } })

    const later = recorder()
    const again = await on.restart({ acd: later.port })
    await again.clock.settle()
    expect(later.requests).toEqual([])
    expect(again.engine.get.availability('1001')).toEqual(told)
  })

  it('a request that the ACD rejects is repeated', async () => {
    const { port, requests, events } = recorder()
    let refusals = 3
    const flaky: AcdPort = {
      start: port.start,
      request: async (request) => {
        if (request.type === 'refused' && refusals-- > 0) throw new Error('not now')
        await port.request(request)
      },
    }
    const on = await bench({ acd: flaky })
    await events()?.offer('1001', 'o1', task('t1'))
    await on.clock.advance(5000)
    expect(requests.filter((request) => request.type === 'refused')).toEqual([
      { type: 'refused', user: '1001', task: 't1', offer: 'o1', reason: 'NOT_SIGNED_IN' },
    ])
  })
})

describe('role follower', () => {
  it('takes any state from a user event, flags a step that the tables do not have, and derives nothing', async () => {
    const on = await bench({ role: 'follower' })
    const flags: string[] = []
    on.engine.on('flagged', ({ what, from, to }) => flags.push(`${what}: ${from} -> ${to}`))
    await on.engine.userEvent({ kind: 'user', user: '1001', state: 'NOT_READY', extension: '1001' })
    await on.engine.userEvent({ kind: 'user', user: '1001', state: 'WORK_READY' })
    await on.engine.userEvent({ kind: 'media', user: '1001', mrd: EMAIL, state: 'NOT_READY' })
    await on.engine.userEvent({ kind: 'media', user: '1001', mrd: EMAIL, state: 'READY', routable: true })
    await on.engine.userEvent({ kind: 'media', user: '1001', mrd: EMAIL, state: 'INTERRUPTED' })
    await on.engine.userEvent({ kind: 'task', user: '1001', mrd: EMAIL, dialog: '7_1_1', state: 'ACTIVE' })
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'WORK_READY', extension: '1001' })
    expect(on.engine.get.media('1001', EMAIL).status?.state).toBe('INTERRUPTED')
    expect(on.engine.get.dialogs('1001', 'nonvoice')).toMatchObject([{ id: '7_1_1', state: 'ACTIVE' }])
    expect(flags).toEqual([
      'user: NOT_READY -> WORK_READY',
      'media 5001: READY -> INTERRUPTED',
      'dialog 7_1_1: OFFERED -> ACTIVE',
    ])
  })

  it('rejects every command, because the followed Finesse decides', async () => {
    const on = await bench({ role: 'follower' })
    await on.engine.userEvent({ kind: 'user', user: '1001', state: 'NOT_READY', extension: '1001' })
    await on.engine.userEvent({ kind: 'media', user: '1001', mrd: EMAIL, state: 'READY', routable: true })
    await on.engine.userEvent({ kind: 'task', user: '1001', mrd: EMAIL, dialog: '7_1001_5001', state: 'OFFERED' })
    const before = [
      on.engine.get.user('1001'),
      on.engine.get.media('1001', EMAIL),
      on.engine.get.dialogs('1001', 'all'),
    ]
    const refused = rejected('FOLLOWER', '')
    expect([
      await on.command({ type: 'user.signIn', user: '1001', extension: '1001' }),
      await on.command({ type: 'user.setState', user: '1001', state: 'READY' }),
      await on.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'LOGOUT' }),
      await on.command({ type: 'dialog.act', user: '1001', dialog: '7_1001_5001', action: 'ACCEPT' }),
    ]).toEqual([refused, refused, refused, refused])
    expect([
      on.engine.get.user('1001'),
      on.engine.get.media('1001', EMAIL),
      on.engine.get.dialogs('1001', 'all'),
    ]).toEqual(before)
  })

  it('takes no ACD and no rules, because it decides nothing', async () => {
    await expect(
      bench({ role: 'follower', acd: { start: () => undefined, request: async () => undefined } }),
    ).rejects.toThrow(InvalidArgument)
    await expect(bench({ role: 'follower', rules: { name: 'mine', guards: {} } })).rejects.toThrow(InvalidArgument)
  })

  it('an authority rejects user events', async () => {
    const on = await bench()
    await expect(on.engine.userEvent({ kind: 'user', user: '1001', state: 'READY' })).rejects.toThrow('authority')
    expect(on.engine.get.user('1001')?.state).toBe('LOGOUT')
  })
})

describe('a call that ends while the agent acts on it', () => {
  it('a DROP in the same tick is refused; a later one finds no dialog', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    const id = call?.id ?? ''
    const act = (action: 'ANSWER' | 'DROP', requestId: string) =>
      on.command({ type: 'call.act', user: '1001', dialog: id, action, targetMediaAddress: '1001', requestId })
    await act('ANSWER', 'a')
    on.news()
    await Promise.all([on.engine.acd?.hangUp(id), act('DROP', 'late')])
    expect(on.news().at(-1)).toBe('error INVALID_CALL_ACTION on User/1001/Dialogs #late')
    expect(await act('DROP', 'later')).toMatchObject({ outcome: 'REJECTED', code: 'DIALOG_NOT_FOUND' })
  })
})
