/** Containment of everything except guards and actions: starts, behaviours, values, deadlines, cycles of messages. */

import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { AcdRefusal } from '../../src/engine/acd/api.ts'
import { NetworkBehaviour } from '../../src/engine/aggregate/network/behaviour.ts'
import { QueueBehaviour } from '../../src/engine/aggregate/queue/behaviour.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Output } from '../../src/engine/output.ts'
import { bench, startTask } from './harness.ts'
import { Stage } from './stage.ts'
import { setTraps } from './traps.ts'

const EMAIL = '5001'
const CHAT = '5002'

const traps = setTraps()
afterAll(() => traps.remove())
afterEach(() => {
  traps.disarm()
  vi.restoreAllMocks()
})

const signIn = (user: string) => ({ type: 'user.signIn', user, extension: user }) as const
const signInMedia = (mrd: string) =>
  ({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 5, interruptAction: 'ACCEPT' }) as const
const isReady = (mrd: string) => ({ type: 'media.setState', user: '1001', mrd, state: 'READY' }) as const

describe('at the start', () => {
  it.each(['user context', 'presence context', 'media context', 'user action tell', 'media action tell'])(
    'a user whose first configuration fails (%s) is unknown until the next start; the others exist',
    async (name) => {
      traps.arm(name)
      const stage = await Stage.open()
      expect(traps.sprung).toBe(1)
      expect(stage.failedRows).toHaveLength(1)
      const { aggregate, sequence } = stage.failedRows[0] ?? none()
      expect(stage.errors).toMatchObject([{ about: { aggregate, sequence } }])
      const user = aggregate.slice('user/'.length)
      expect(stage.engine.get.user(user)).toBeUndefined()
      expect(stage.engine.get.users()).toHaveLength(stage.engine.get.directory().users.length - 1)
      expect(await stage.engine.command({ type: 'user.signIn', user, extension: user })).toMatchObject({
        outcome: 'REJECTED',
        code: 'INTERNAL_ERROR',
      })
      const other = user === '1001' ? '1002' : '1001'
      expect(await stage.engine.command(signIn(other))).toEqual(DONE)

      await stage.restart()
      expect(stage.engine.get.user(user)).toMatchObject({ state: 'LOGOUT' })
      expect(stage.engine.get.user(other)).toMatchObject({ state: 'NOT_READY' })
    },
  )
})

function none(): never {
  throw new Error('no input has failed')
}

describe('an aggregate that cannot be created', () => {
  it('a call: the caller gets an error, no call is left, and the next call works', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signIn('1001'))
    const before = stage.reads()
    traps.arm('call context')
    const made = await stage.engine.acd?.submitCall({ from: '5550100', to: '1001' }).then(
      (call) => call.state,
      (error: unknown) => error,
    )
    expect(made instanceof AcdRefusal || made === 'FAILED').toBe(true)
    expect(traps.sprung).toBe(1)
    expect(stage.reads()).toBe(before)
    expect(stage.errors).toHaveLength(1)
    expect(stage.failures).toMatchObject([{ error: expect.stringContaining('trap: call context') }])
    expect(stage.engine.figures.failedInputs).toBe(1)
    expect(stage.failedRows).toHaveLength(1)
    expect(await stage.engine.acd?.submitCall({ from: '5550100', to: '1001' })).toMatchObject({ state: 'ALERTING' })
    const live = stage.reads()
    await stage.crash()
    expect(stage.reads()).toBe(live)
  })

  it('a call whose arrival fails leaves no call behind', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signIn('1001'))
    traps.arm('call action arrive')
    await stage.engine.acd?.submitCall({ from: '5550100', to: '1001' }).catch(() => undefined)
    expect(traps.sprung).toBe(1)
    expect(stage.failedRows).toHaveLength(1)
    await stage.restart()
    expect(stage.engine.acd?.calls()).toEqual([])
  })
})

describe('a queue that throws', () => {
  const failOnce = () => {
    const original = QueueBehaviour.prototype.step
    let armed = true
    vi.spyOn(QueueBehaviour.prototype, 'step').mockImplementation(function (
      this: QueueBehaviour,
      ...given: Parameters<typeof original>
    ) {
      const outputs = original.apply(this, given)
      if (!armed) return outputs
      armed = false
      throw new Error('trap: queue')
    })
  }

  it('on a new task: the submission is rejected, the queue has not changed, and the next task is served', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signInMedia(CHAT))
    await stage.engine.command(isReady(CHAT))
    const before = stage.reads()
    failOnce()
    await expect(stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })).rejects.toThrow('trap')
    expect(stage.reads()).toBe(before)
    expect(stage.failures).toMatchObject([{ aggregate: 'queue/5002', error: 'trap: queue' }])
    expect(stage.failedRows).toMatchObject([{ aggregate: 'queue/5002', sequence: stage.failures[0]?.sequence }])
    expect(stage.engine.figures.failedInputs).toBe(1)
    const task = await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    expect(task).toMatchObject({ id: '5002-1', state: 'reserved', agentId: '1001' })
    const live = stage.reads()
    await stage.crash()
    expect(stage.reads()).toBe(live)
  })

  it('on a message of an agent: the agent continues, and the queue gets the next message', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signInMedia(CHAT))
    failOnce()
    expect(await stage.engine.command(isReady(CHAT))).toEqual(DONE)
    expect(stage.failures).toMatchObject([{ aggregate: 'queue/5002' }])
    expect(stage.engine.get.media('1001', CHAT).status?.state).toBe('READY')
    await stage.engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY' })
    await stage.engine.command(isReady(CHAT))
    const task = await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    expect(task).toMatchObject({ state: 'reserved', agentId: '1001' })
  })
})

describe('the network outside', () => {
  const OUTSIDE = '5550123'
  const agentWithCall = async (): Promise<{ stage: Stage; call: string }> => {
    const stage = await Stage.open()
    await stage.engine.command(signIn('1001'))
    const call = (await stage.engine.acd?.submitCall({ from: '5550100', to: '1001' }))?.id ?? ''
    await stage.engine.command({ ...acts(call), action: 'ANSWER' })
    return { stage, call }
  }
  const acts = (dialog: string) =>
    ({ type: 'call.act', user: '1001', dialog, targetMediaAddress: '1001', requestId: 'c' }) as const
  const makes = { type: 'call.make', user: '1001', fromAddress: '1001', toAddress: OUTSIDE } as const
  const transfers = (dialog: string) =>
    ({ type: 'call.transferTo', user: '1001', dialog, targetMediaAddress: '1001', toAddress: OUTSIDE }) as const
  const failOnce = () =>
    vi.spyOn(NetworkBehaviour.prototype, 'step').mockImplementationOnce(() => {
      throw new Error('trap: network')
    })
  const stateOf = (stage: Stage, call: string) =>
    stage.engine.acd
      ?.calls()
      .find(({ id }) => id === call)
      ?.participants.find(({ user }) => user === '1001')?.state

  it('fails when a number is dialled: the call fails, and the next one rings', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signIn('1001'))
    failOnce()
    await stage.engine.command(makes)
    const failed = stage.engine.acd?.calls()[0]
    expect(failed).toMatchObject({ state: 'FAILED', participants: [{ user: '1001', state: 'FAILED' }] })
    expect(stage.failures).toMatchObject([{ aggregate: 'network/outside', error: 'trap: network' }])
    await stage.engine.command({ ...acts(failed?.id ?? ''), action: 'DROP' })
    expect(await stage.engine.command(makes)).toEqual(DONE)
    expect(stage.engine.acd?.calls()).toMatchObject([{ state: 'ALERTING' }])
  })

  it('fails when a call is transferred: the agent talks again, and the next transfer works', async () => {
    const { stage, call } = await agentWithCall()
    failOnce()
    expect(await stage.engine.command(transfers(call))).toMatchObject({
      outcome: 'REFUSED',
      code: 'CALL_OPERATION_FAILED',
    })
    expect(stateOf(stage, call)).toBe('ACTIVE')
    expect(await stage.engine.command(transfers(call))).toEqual(DONE)
    expect(stage.engine.acd?.calls()).toEqual([])
  })

  it('answers, and the call that is transferred cannot take it: the agent retrieves it and transfers again', async () => {
    const { stage, call } = await agentWithCall()
    traps.arm('call action ringAtNumber')
    await stage.engine.command(transfers(call))
    expect(traps.sprung).toBe(1)
    expect(stateOf(stage, call)).toBe('HELD')
    expect(await stage.engine.command({ ...acts(call), action: 'RETRIEVE' })).toEqual(DONE)
    expect(await stage.engine.command(transfers(call))).toEqual(DONE)
    expect(stage.engine.acd?.calls()).toEqual([])
  })

  it('answers, and the new call cannot take it: the agent hangs up, also if that fails at first', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signIn('1001'))
    traps.arm('call action ringOutside')
    await stage.engine.command(makes)
    const { id, state } = stage.engine.acd?.calls()[0] ?? none()
    expect(state).toBe('INITIATED')
    const before = stage.reads()
    traps.arm('call guard isOutgoing')
    const hangsUp = { ...acts(id), action: 'DROP' } as const
    expect(await stage.engine.command(hangsUp)).toMatchObject({ outcome: 'REJECTED', code: 'INTERNAL_ERROR' })
    expect(stage.reads()).toBe(before)
    expect(await stage.engine.command(hangsUp)).toEqual(DONE)
    expect(stage.engine.acd?.calls()).toEqual([])
    expect(stage.engine.get.user('1001')?.state).toBe('NOT_READY')
    const live = stage.reads()
    await stage.crash()
    expect(stage.reads()).toBe(live)
  })
})

describe('a value that cannot be built', () => {
  it('fails the whole step: no state changes without its notification', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signInMedia(CHAT))
    await stage.engine.command(isReady(CHAT))
    const task = await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    const dialog = task?.dialogId ?? ''
    const before = stage.reads()
    const news: string[] = []
    stage.engine.on('notification', ({ node }) => news.push(node))
    traps.spoil('task action publish', 'startTime')
    expect(await stage.engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'ACCEPT' })).toMatchObject({
      outcome: 'REJECTED',
      code: 'INTERNAL_ERROR',
    })
    expect(traps.sprung).toBe(1)
    expect(news).toEqual([])
    expect(stage.reads()).toBe(before)
    expect(stage.failures).toMatchObject([{ aggregate: 'user/1001', error: 'trap: startTime of task action publish' }])
    expect(await stage.engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'ACCEPT' })).toEqual(DONE)
    expect(stage.engine.get.dialog(dialog)).toMatchObject({ state: 'ACCEPTED' })
  })

  it('in an input that is not JSON: it is refused, and the engine continues', async () => {
    const stage = await Stage.open({ acd: { start: () => undefined, request: async () => undefined } })
    await stage.engine.command(signInMedia(CHAT))
    await stage.engine.command(isReady(CHAT))
    const before = stage.reads()
    const variables: { name: string; value: string }[] = []
    Reflect.set(variables, 0, variables)
    const offer = stage.engine.acdEvents.offer('1001', 'o1', { id: 't', mrd: CHAT, scriptSelector: 's', variables })
    await expect(offer).rejects.toMatchObject({ name: 'AcdEventRefused', code: 'INVALID_ID' })
    expect(stage.reads()).toBe(before)
    expect(await stage.engine.command(signIn('1001'))).toEqual(DONE)
    const live = stage.reads()
    await stage.crash()
    expect(stage.reads()).toBe(live)
  })
})

describe('a deadline that fails', () => {
  it('is not tried again, and other deadlines are applied at their times', async () => {
    const stage = await Stage.open()
    for (const user of ['1001', '1002']) {
      await stage.engine.command({ ...signInMedia(CHAT), user, maxDialogLimit: 1 })
      await stage.engine.command({ ...isReady(CHAT), user })
    }
    const tasks = await Promise.all(
      ['1001', '1002'].map((agentId) =>
        stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId }),
      ),
    )
    const [first = '', second = ''] = tasks.map((task) => task?.dialogId)
    const began = stage.clock.now()
    traps.arm('task guard losesTransfer')
    await stage.clock.advance(30_000)
    expect(traps.sprung).toBe(1)
    expect(stage.failedRows).toMatchObject([
      { aggregate: 'user/1001', at: began + 30_000, input: { kind: 'deadline', name: 'START_TIMEOUT', owner: first } },
    ])
    expect(stage.engine.get.dialog(first)).toMatchObject({ state: 'OFFERED' })
    expect(stage.engine.get.dialog(second)).toBeUndefined()
    // Only the end of the longest task is left for the first dialog.
    await stage.clock.advance(3_600_000)
    const fired = stage.rows.filter(({ input }) => JSON.stringify(input).includes('"kind":"deadline"'))
    expect(fired.map(({ aggregate, outcome }) => `${aggregate} ${outcome}`)).toEqual([
      'user/1001 failed',
      'user/1002 applied',
    ])
    await stage.clock.advance(48 * 3_600_000)
    expect(stage.engine.get.dialog(first)).toBeUndefined()
    expect(stage.engine.figures.failedInputs).toBe(1)
  })

  it('is not applied after a restart either', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signInMedia(CHAT))
    await stage.engine.command(isReady(CHAT))
    const task = await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    traps.arm('task guard losesTransfer')
    await stage.clock.advance(30_000)
    await stage.restart()
    await stage.clock.advance(3_600_000)
    expect(stage.engine.get.dialog(task?.dialogId ?? '')).toMatchObject({ state: 'OFFERED' })
    expect(stage.failedRows).toHaveLength(1)
  })
})

describe('an endless cycle of messages', () => {
  /** When a task is submitted to one of two queues, they answer each other for ever. */
  const playBall = () => {
    const original = QueueBehaviour.prototype.step
    const isBall = (output: Output) => output.type === 'send' && output.body.type === 'withdraw'
    vi.spyOn(QueueBehaviour.prototype, 'step').mockImplementation(function (
      this: QueueBehaviour,
      ...[input, at]: Parameters<typeof original>
    ) {
      const outputs = original.apply(this, [input, at])
      const begins = input.kind === 'submitTask'
      const goesOn = input.kind === 'message' && input.body.type === 'withdraw'
      if (!begins && !goesOn) return outputs
      const to = this.mrd === EMAIL ? `queue/${CHAT}` : `queue/${EMAIL}`
      return [...outputs.filter((each) => !isBall(each)), { type: 'send', to, body: { type: 'withdraw', task: 'x' } }]
    })
  }

  it('fails the input that began it with all its steps; other inputs of the tick are answered', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signInMedia(CHAT))
    const before = stage.reads()
    playBall()
    const [task, other] = await Promise.allSettled([
      stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' }),
      stage.engine.command(signIn('1002')),
    ])
    vi.restoreAllMocks()
    expect(task).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching('did not take the task') },
    })
    expect(other).toEqual({ status: 'fulfilled', value: DONE })
    expect(stage.engine.acd?.tasks()).toEqual([])
    expect(stage.failures).toMatchObject([
      { aggregate: 'queue/5002', error: 'messages between aggregates do not come to an end' },
    ])
    expect(stage.failedRows).toMatchObject([{ aggregate: 'queue/5002', sequence: stage.failures[0]?.sequence }])
    expect(stage.engine.figures.failedInputs).toBe(1)
    // No step of the cycle is in the journal.
    expect(stage.rows.length).toBeLessThan(200)

    expect(await stage.engine.command(isReady(CHAT))).toEqual(DONE)
    const next = await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    expect(next).toMatchObject({ id: '5002-1', state: 'reserved', agentId: '1001' })
    const live = stage.reads()
    await stage.crash()
    expect(stage.reads()).toBe(live)
    expect(live).not.toBe(before)
  })
})

describe('repeated failures of one agent', () => {
  it('more than the rows between two snapshots: all are recorded, and the state stays', async () => {
    const stage = await Stage.open()
    await stage.engine.command(signIn('1001'))
    const before = stage.reads()
    for (let times = 0; times < 70; times += 1) {
      traps.arm('user action clearReason')
      expect(await stage.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toMatchObject({
        code: 'INTERNAL_ERROR',
      })
    }
    expect(stage.reads()).toBe(before)
    expect(stage.failedRows).toHaveLength(70)
    await stage.crash()
    expect(stage.reads()).toBe(before)
    expect(await stage.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toEqual(DONE)
  })

  it('with an open dialog: the dialog stays and can be worked on', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL)
    const dialog = await startTask(on, '1001', EMAIL, 'email_support')
    traps.arm('task action noteTime')
    expect(await on.act(dialog, 'PAUSE')).toMatchObject({ code: 'INTERNAL_ERROR' })
    expect(on.engine.get.dialog(dialog)).toMatchObject({ state: 'ACTIVE' })
    expect(await on.act(dialog, 'PAUSE')).toEqual(DONE)
    expect(on.engine.get.dialog(dialog)).toMatchObject({ state: 'PAUSED' })
  })
})
