/** Answers to commands: done, refused with a reason, under way, or rejected. */
import { describe, expect, it } from 'vitest'
import { DONE, overtaken, rejected } from '../../src/engine/answers/answer.ts'
import type { Answer, Command, Outcome } from '../../src/engine/commands.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import { errorText, REPORTED_BY } from '../../src/errors/index.ts'
import { scriptedAcd, virtualClock } from '../../src/testing/index.ts'
import { bench, startTask } from './harness.ts'
import { SCRIPTS } from './scripts.ts'
import { Stage } from './stage.ts'

const EMAIL = '5001'
const CHAT = '5002'
const READY = { type: 'user.setState', user: '1001', state: 'READY' } as const

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && 'outcome' in value && 'accepted' in value

/** The codes of the error notifications that a user gets while something is done. */
async function failuresMeanwhile(stage: Stage, act: () => Promise<unknown>) {
  const codes: string[] = []
  const stop = stage.engine.on('notification', ({ value }) => {
    if (value.kind === 'failure') codes.push(value.failure)
  })
  const value = await act()
  stop()
  return { codes, value }
}

describe('an answer has the same code as the error notification', () => {
  const told = new Set<string>()

  it.each(SCRIPTS)('$name', async ({ options, steps }) => {
    const stage = await Stage.open(options())
    for (const [number, step] of steps.entries()) {
      const { codes, value } = await failuresMeanwhile(stage, () => step.run(stage).catch(() => undefined))
      if (step.kind !== 'command' || !isAnswer(value)) continue
      const where = `step ${number}`
      if (value.outcome === 'REFUSED') {
        told.add(value.code)
        expect(codes, where).toEqual([value.code])
        expect(value.message.startsWith(errorText(value.code)), where).toBe(true)
      } else expect(codes, where).toEqual([])
      if (value.outcome === 'REJECTED') told.add(value.code)
    }
  })

  it('for every code, except those that need a race or time, or that no row of a chart reports', () => {
    const others = ['DIALOG_VANISHED', 'TRANSFER_TIMED_OUT', 'DEVICE_BUSY']
    expect([...REPORTED_BY.Refused].filter((code) => !told.has(code))).toEqual(others)
  })
})

describe('a command is refused', () => {
  it('with code and sentence: READY without a sign-in (user 5.2)', async () => {
    const on = await bench()
    expect(await on.command({ ...READY, requestId: 'r' })).toEqual({
      accepted: true,
      outcome: 'REFUSED',
      code: 'INVALID_USER_STATE',
      message: 'The voice state at that time does not allow it. READY was requested in LOGOUT, which allows LOGIN.',
      about: '',
      state: 'LOGOUT',
      allowed: ['LOGIN'],
    })
    expect(on.news()).toEqual(['error INVALID_USER_STATE on User/1001 #r'])
  })

  it('with the state and what it allows: user, medium and dialog', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const dialog = await startTask(on, '1001', CHAT, 'chat_sales')
    expect(await on.act(dialog, 'ACCEPT')).toMatchObject({
      message: expect.stringContaining('ACCEPT was requested in ACTIVE, which allows PAUSE, WRAP_UP, TRANSFER, CLOSE.'),
      state: 'ACTIVE',
      allowed: ['PAUSE', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
    })
    expect(await on.act(dialog, 'TRANSFER', 'nowhere')).toMatchObject({
      message: errorText('UNKNOWN_SCRIPT_SELECTOR'),
      state: 'ACTIVE',
    })
    const active = { type: 'media.setState', user: '1001', mrd: CHAT, state: 'ACTIVE' } as const
    expect(await on.command(active)).toMatchObject({
      code: 'ACTION_OUT_OF_SEQUENCE',
      state: 'ACTIVE',
      allowed: ['READY', 'NOT_READY', 'LOGOUT', 'NOT_ROUTABLE'],
    })
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    const work = { type: 'user.setState', user: '1002', state: 'WORK' } as const
    expect(await on.command(work)).toMatchObject({
      state: 'NOT_READY',
      allowed: ['LOGIN', 'READY', 'NOT_READY', 'LOGOUT'],
    })
    const bySupervisor = { type: 'user.setState', user: '1001', state: 'READY', by: 'supervisor' } as const
    expect(await on.command(bySupervisor)).toMatchObject({ state: 'LOGOUT', allowed: ['LOGIN'] })
  })

  it('with the state of the leg and what it allows', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command(READY)
    const call = (await on.engine.acd?.submitCall({ from: '5550100', to: '1001' }))?.id ?? ''
    const act = { type: 'call.act', user: '1001', dialog: call, action: 'ANSWER', targetMediaAddress: '1001' } as const
    expect(await on.command(act)).toEqual(DONE)
    const own = on.engine.get
      .dialogs('1001', 'voice')
      ?.flatMap((dialog) => (dialog.kind === 'call' ? dialog.participants : []))
    expect(await on.command(act)).toMatchObject({
      code: 'INVALID_CALL_ACTION',
      message: expect.stringContaining('ANSWER was requested in ACTIVE, which allows '),
      state: 'ACTIVE',
      allowed: own?.find(({ user }) => user === '1001')?.actions,
    })
  })

  it('that nobody acts for another extension on a call (dialog 4.1)', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command(READY)
    const call = (await on.engine.acd?.submitCall({ from: '5550100', to: '1001' }))?.id ?? ''
    await on.command({ type: 'call.act', user: '1001', dialog: call, action: 'ANSWER', targetMediaAddress: '1001' })
    const other = { user: '1001', dialog: call, targetMediaAddress: '1002' } as const
    const commands: readonly Command[] = [
      { type: 'call.act', ...other, action: 'HOLD' },
      { type: 'call.consult', ...other, toAddress: '1003' },
      { type: 'call.transferTo', ...other, toAddress: '1003' },
      { type: 'call.join', ...other, action: 'CONFERENCE' },
      { type: 'call.sendDtmf', ...other, tones: '1' },
      { type: 'call.setData', ...other, wrapUpReason: 'Complaint' },
    ]
    on.news()
    for (const command of commands) expect(await on.command(command)).toEqual(rejected('NOT_A_PARTICIPANT', '1002'))
    expect(on.news()).toEqual([])
    expect(await on.command({ type: 'call.setData', user: '1001', dialog: call, wrapUpReason: 'Complaint' })).toEqual(
      DONE,
    )
  })

  it('with an empty list while the medium is interrupted', async () => {
    const on = await bench()
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    const email = await startTask(on, '1001', EMAIL, 'email_support')
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    expect(await on.act(email, 'PAUSE')).toMatchObject({
      code: 'DIALOG_INTERRUPTED',
      state: 'INTERRUPTED',
      allowed: [],
    })
    await on.act(chat, 'CLOSE')
    expect(await on.act(email, 'PAUSE')).toEqual(DONE)
  })

  it('at once if a transfer has no target, without an error notification', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const dialog = await startTask(on, '1001', CHAT, 'chat_sales')
    on.news()
    const transfer = { type: 'dialog.act', user: '1001', dialog, action: 'TRANSFER' } as const
    for (const command of [transfer, { ...transfer, target: '' }, { ...transfer, target: undefined }])
      expect(await on.command(command)).toEqual(rejected('INVALID_COMMAND', 'target'))
    expect(on.news()).toEqual([])
  })

  it('only if the refusal is for its user', async () => {
    const on = await bench()
    const both = [on.command(READY), on.command({ type: 'user.signIn', user: '1002', extension: '1002' })]
    expect((await Promise.all(both)).map(({ outcome }) => outcome)).toEqual(['REFUSED', 'DONE'])
  })

  it('if another command has ended its dialog in the same commit (media 9.1)', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const dialog = await startTask(on, '1001', CHAT, 'chat_sales')
    expect(await Promise.all([on.act(dialog, 'CLOSE'), on.act(dialog, 'CLOSE')])).toEqual([
      DONE,
      {
        accepted: true,
        outcome: 'REFUSED',
        code: 'DIALOG_VANISHED',
        message: errorText('DIALOG_VANISHED'),
        about: dialog,
      },
    ])
  })
})

describe('a transfer', () => {
  async function asked(more: Partial<EngineOptions> = {}) {
    const acd = scriptedAcd({ transfers: 'silence' })
    const on = await bench({ acd, resettable: true, ...more })
    await on.ready('1001', CHAT)
    await acd.offer('1001', { id: 't1', mrd: CHAT, scriptSelector: 'chat_sales' })
    const [dialog] = on.engine.get.dialogs('1001', 'nonvoice') ?? []
    if (!dialog) throw new Error('no dialog')
    await on.act(dialog.id, 'ACCEPT')
    const transfer = () => on.act(dialog.id, 'TRANSFER', 'email_support')
    const answers = on.engine.acdEvents
    return {
      on,
      dialog: dialog.id,
      transfer,
      takesItBack: () => answers.resubmitted('1001', dialog.id, { ok: true, task: 't2' }),
      refusesIt: () => answers.resubmitted('1001', dialog.id, { ok: false, reason: 'no' }),
    }
  }

  async function underWay(more: Partial<EngineOptions> = {}) {
    const stage = await asked(more)
    const answer = await stage.transfer()
    if (answer.outcome !== 'UNDER_WAY') throw new Error(`the answer is ${answer.outcome}`)
    const outcomes: Outcome[] = []
    void answer.result.then((outcome) => outcomes.push(outcome))
    return { ...stage, outcomes, result: answer.result }
  }

  it('is done at once if the built-in ACD takes the task back in the same commit (D10)', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const dialog = await startTask(on, '1001', CHAT, 'chat_sales')
    expect(await on.act(dialog, 'TRANSFER', 'email_support')).toEqual(DONE)
  })

  it('is under way until the ACD takes the task back (D10)', async () => {
    const { takesItBack, on, outcomes, result } = await underWay()
    await on.command(READY)
    expect(outcomes).toEqual([])
    await takesItBack()
    expect(await result).toEqual(DONE)
  })

  it('is refused by the ACD (D11)', async () => {
    const { refusesIt, result } = await underWay()
    await refusesIt()
    expect(await result).toMatchObject({ outcome: 'REFUSED', code: 'TRANSFER_REFUSED', about: 'email_support' })
  })

  it('is refused when the ACD does not answer in time (D11)', async () => {
    const { on, result } = await underWay()
    await on.clock.advance(10_000)
    expect(await result).toMatchObject({ outcome: 'REFUSED', code: 'TRANSFER_TIMED_OUT', about: 'email_support' })
  })

  it('is overtaken if the dialog ends for another reason', async () => {
    const { on, dialog, result } = await underWay()
    expect(await on.act(dialog, 'CLOSE')).toEqual(DONE)
    expect(await result).toEqual(overtaken('The dialog ended before the ACD answered: CD_NORMAL_END_TASK.'))
  })

  it.each(['close', 'reset'] as const)('is overtaken by the end of the engine: %s', async (end) => {
    const { on, result } = await underWay()
    await on.engine[end]()
    expect(await result).toEqual(overtaken('The engine ended before the ACD answered.'))
  })

  it('has the outcome of the last commit if the engine closes', async () => {
    const { on, takesItBack, result } = await underWay()
    const taken = takesItBack()
    await on.engine.close()
    await taken
    expect(await result).toEqual(DONE)
  })

  it('a second request is refused and leaves the first one under way (ruling 13)', async () => {
    const { takesItBack, transfer, outcomes, result } = await underWay()
    expect(await transfer()).toMatchObject({ outcome: 'REFUSED', code: 'ACTION_OUT_OF_SEQUENCE' })
    expect(outcomes).toEqual([])
    await takesItBack()
    expect(await result).toEqual(DONE)
  })

  it('a request after a refusal has an outcome of its own', async () => {
    const { takesItBack, refusesIt, transfer, result } = await underWay()
    await refusesIt()
    const again = await transfer()
    await takesItBack()
    expect([(await result).outcome, again.outcome === 'UNDER_WAY' && (await again.result)]).toEqual(['REFUSED', DONE])
  })

  it('a time-out of the previous transfer in the same commit is not the outcome of the next one', async () => {
    const time = virtualClock()
    let late = 0
    const { transfer, result } = await underWay({ clock: { ...time, now: () => time.now() + late } })
    // The clock has passed the time-out, and nothing has woken the engine since.
    late = 10_000
    const again = await transfer()
    expect([(await result).outcome, again.outcome]).toEqual(['REFUSED', 'UNDER_WAY'])
  })
})

describe('the event of a command', () => {
  async function watched() {
    const acd = scriptedAcd({ transfers: 'silence' })
    const on = await bench({ acd })
    const seen: string[] = []
    on.engine.on('notification', ({ value }) => seen.push(value.kind))
    on.engine.on('command', ({ command, origin, answer }) =>
      seen.push(`${command.type} ${origin.by ?? origin.via}: ${'code' in answer ? answer.code : answer.outcome}`),
    )
    return { on, acd, seen }
  }

  it('has command, origin and answer, follows the notifications, and precedes the answer', async () => {
    const { on, seen } = await watched()
    const given = on.engine.command({ type: 'user.signIn', user: '1001', extension: '1001' }, { via: 'api', by: 'crm' })
    await given.then(({ outcome }) => seen.push(outcome))
    expect([...new Set(seen)]).toEqual(['user', 'user.signIn crm: DONE', 'DONE'])
  })

  it('is emitted for refused and rejected commands', async () => {
    const { on, seen } = await watched()
    await on.command(READY)
    await on.command({ ...READY, user: 'nobody' })
    await on.command({ ...READY, requestId: 'x'.repeat(257) })
    expect(seen.filter((line) => line !== 'failure')).toEqual([
      'user.setState api: INVALID_USER_STATE',
      'user.setState api: USER_NOT_FOUND',
      'user.setState api: INVALID_COMMAND',
    ])
  })

  it('is emitted again with the outcome of a transfer, before the promise of the outcome resolves', async () => {
    const { on, acd, seen } = await watched()
    await on.ready('1001', CHAT)
    await acd.offer('1001', { id: 't1', mrd: CHAT, scriptSelector: 'chat_sales' })
    const dialog = on.engine.get.dialogs('1001', 'nonvoice')?.[0]?.id ?? ''
    await on.act(dialog, 'ACCEPT')
    const answer = await on.act(dialog, 'TRANSFER', 'email_support')
    if (answer.outcome !== 'UNDER_WAY') throw new Error(`the answer is ${answer.outcome}`)
    const told = answer.result.then(() => seen.push('told'))
    await on.engine.acdEvents.resubmitted('1001', dialog, { ok: true, task: 't2' })
    await told
    const lines = seen.filter((line) => line === 'told' || line.startsWith('dialog'))
    expect(lines).toEqual(['dialog.act api: DONE', 'dialog.act api: UNDER_WAY', 'dialog.act api: DONE', 'told'])
  })

  it('is not emitted for a command that a closing engine rejects', async () => {
    const { on, seen } = await watched()
    await on.engine.close()
    await expect(on.command(READY)).rejects.toThrow('closing')
    expect(seen).toEqual([])
  })

  it('does not change the answer if its listener fails', async () => {
    const { on } = await watched()
    on.engine.on('command', () => {
      throw new Error('the log is full')
    })
    expect(await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })).toEqual(DONE)
  })
})

describe('an invalid command', () => {
  const wrong: readonly [string, unknown, ReturnType<typeof rejected>][] = [
    ['nothing', undefined, rejected('UNKNOWN_COMMAND', 'undefined')],
    ['a text', 'user.signIn', rejected('UNKNOWN_COMMAND', 'undefined')],
    ['an unknown type', { type: 'user.fly', user: '1001' }, rejected('UNKNOWN_COMMAND', 'user.fly')],
    ['the name of an inherited member', { type: 'constructor' }, rejected('UNKNOWN_COMMAND', 'constructor')],
    ['a missing part', { type: 'user.signIn', user: '1001' }, rejected('INVALID_COMMAND', 'extension')],
    ['an unknown state', { ...READY, state: 'FLYING' }, rejected('INVALID_COMMAND', 'state')],
    ['a number for a text', { ...READY, user: 1001 }, rejected('INVALID_COMMAND', 'user')],
    ['a side that the engine does not have', { ...READY, side: 'B' }, rejected('INVALID_COMMAND', 'side')],
    ['a long request id', { ...READY, requestId: 'x'.repeat(257) }, rejected('INVALID_COMMAND', 'requestId')],
    [
      'an agent on half a mobile phone',
      { type: 'user.signIn', user: '1001', extension: '1001', mobileAgent: { mode: 'CALL_BY_CALL' } },
      rejected('INVALID_COMMAND', 'mobileAgent'),
    ],
    [
      'a limit out of range',
      { type: 'media.signIn', user: '1001', mrd: EMAIL, maxDialogLimit: 11, interruptAction: 'ACCEPT' },
      rejected('INVALID_LIMIT', 'maxDialogLimit'),
    ],
  ]

  it.each(wrong)('%s is rejected with its code, and changes nothing', async (_name, given, answer) => {
    const stage = await Stage.open()
    const [reads, rows] = [stage.reads(), stage.rows.length]
    expect(await untyped(stage)(given)).toEqual(answer)
    expect([stage.reads(), stage.rows.length]).toEqual([reads, rows])
  })

  /** Sends a command as a caller without types may write it. */
  const untyped = (stage: Stage): ((given: unknown) => Promise<Answer>) => {
    const command: (given: Command) => Promise<Answer> = (given) => stage.engine.command(given)
    return (given) => Reflect.apply(command, undefined, [given])
  }
})

it('an input that fails is logged with the id of its request', async () => {
  const errors: object[] = []
  const rules = {
    name: 'broken',
    guards: {
      user: {
        isForeignExtension: () => {
          throw new Error('no')
        },
      },
    },
  }
  const log = { warn: () => undefined, error: (about: object) => void errors.push(about) }
  const on = await bench({ rules, log })
  const signIn = { type: 'user.signIn', user: '1001', extension: '1001' } as const
  expect(await on.engine.command(signIn, { via: 'api', request: 'r-9' })).toEqual(rejected('INTERNAL_ERROR', ''))
  expect(errors).toEqual([expect.objectContaining({ aggregate: 'user/1001', request: 'r-9' })])
})
