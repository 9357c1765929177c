/** Mistakes of embedders: their functions throw, reject or never answer, or their ACD sends invalid events. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Accounts } from '../../src/accounts/api.ts'
import { containedAccounts } from '../../src/accounts/contained.ts'
import { healthOf } from '../../src/cli/health.ts'
import { createMetrics } from '../../src/cli/metrics.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { EngineEvents } from '../../src/engine/events.ts'
import type { EngineLog } from '../../src/engine/log.ts'
import type { AcdPort, AcdRequest, AcdTask } from '../../src/engine/ports.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { AcdEventRefused, systemClock } from '../../src/index.ts'
import { connectionGuard } from '../../src/sockets/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { NO_FIGURES } from '../../src/xmpp/gateway/figures.ts'
import { notificationService } from '../../src/xmpp/index.ts'
import { noFigures } from '../../src/xmpp/service/figures.ts'
import { bench } from './harness.ts'

const CHAT = '5002'
const signIn = (user: string) => ({ type: 'user.signIn', user, extension: user }) as const

interface Line {
  readonly about: object
  readonly message: string
}

/** The engine's log. */
class Log {
  readonly lines: Line[] = []
  readonly warn = (about: object, message: string) => void this.lines.push({ about, message })
  readonly error = this.warn
  of(message: string): readonly object[] {
    return this.lines.flatMap((line) => (line.message === message ? [line.about] : []))
  }
}

/** Unhandled rejections. They would end a process. */
const floating: unknown[] = []
const note = (reason: unknown) => floating.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => {
  process.off('unhandledRejection', note)
  expect(floating).toEqual([])
})
const turn = () => new Promise((resolve) => setImmediate(resolve))

const withoutText = Object.create(null)

const throwing = () => {
  throw new Error('embedder at fault')
}
const THEN = 'then'

/** What a faulty function of an embedder may do. */
const MISTAKES: Readonly<Record<string, () => unknown>> = {
  throws: throwing,
  'throws what has no text': () => {
    throw withoutText
  },
  rejects: () => Promise.reject(new Error('embedder at fault')),
  'rejects with what has no text': () => Promise.reject(withoutText),
  'returns what throws when it is looked at': () => Object.defineProperty({}, THEN, { get: throwing }),
  'never settles': () => new Promise(() => undefined),
}
const mistakes = Object.entries(MISTAKES)

describe.each(mistakes)('%s:', (name, mistake) => {
  it('a listener of any event: the others are called, the commit counts, and the engine can be closed', async () => {
    const log = new Log()
    const on = await bench({ log, resettable: true, inspect: mistake })
    const heard = new Set<string>()
    const events: readonly (keyof EngineEvents)[] = ['notification', 'committed', 'directory', 'reset', 'store']
    for (const event of events) {
      // A program without types may do this.
      on.engine.on(event, () => mistake())
      on.engine.on(event, () => heard.add(event))
    }
    expect(await on.command(signIn('1001'))).toEqual(DONE)
    await on.engine.reload(on.directory)
    await on.engine.reset()
    expect(await on.command(signIn('1001'))).toEqual(DONE)
    expect(heard).toEqual(new Set(['notification', 'committed', 'directory', 'reset']))
    await turn()
    expect(log.of('a listener threw').length > 0).toBe(name !== 'never settles')
    expect(log.of('an inspector threw').length > 0).toBe(name !== 'never settles')
    await on.engine.close()
  })

  it('a log: the engine continues', async () => {
    const log: EngineLog = untyped({ warn: mistake, error: mistake })
    const on = await bench({ log, role: 'follower' })
    on.engine.on('flagged', MISTAKES.throws ?? mistake)
    await on.engine.userEvent({ kind: 'user', user: '1001', state: 'WORK_READY' })
    expect(on.engine.get.user('1001')?.state).toBe('WORK_READY')
    await turn()
    await on.engine.close()
  })

  it('a listener of publications, and a rendering: notifications are sent or dropped, and none blocks', async () => {
    const on = await bench({ clock: systemClock(), serves: ['A'] })
    const service = await notificationService(on.engine, { port: 0, accounts: NOBODY })
    service.onPublished(mistake)
    await on.command(signIn('1001'))
    await on.engine.delivered()
    expect(on.engine.figures.outboxPending).toBe(0)
    expect(service.gateway.published).toBeGreaterThan(0)
    await service.close()
    const other = await notificationService(on.engine, { port: 0, accounts: NOBODY, render: untyped(mistake) })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await on.engine.delivered()
    expect(on.engine.figures.outboxPending).toBe(0)
    await turn()
    await other.close()
    await on.engine.close()
  })

  it('accounts: a sign-in is answered', async () => {
    const failures: unknown[] = []
    const theirs: Accounts = untyped({ verify: mistake, has: mistake, administrators: mistake })
    const accounts = containedAccounts(theirs, (error) => failures.push(error), 1)
    const answer = await accounts.verify('1001', 'secret').then(
      () => 'an answer',
      () => 'rejected',
    )
    expect(answer).toBe('rejected')
    expect(accounts.has?.({ id: '1001', kind: 'user' })).toBeTruthy()
    accounts.administrators?.()
    expect(failures).toHaveLength(2)
    await turn()
  })
})

describe('accounts that limit themselves', () => {
  it('may take longer for an answer than others', async () => {
    const late = Promise.withResolvers<undefined>()
    const verify = () => late.promise
    const [own, others] = [true, false].map((limitsItself) => containedAccounts({ verify, limitsItself }, undefined, 1))
    const waiting = own?.verify('1001', 'secret')
    await expect(others?.verify('1001', 'secret')).rejects.toThrow('the accounts have not answered')
    late.resolve(undefined)
    await expect(waiting).resolves.toBeUndefined()
  })
})

/** A value as a program without types may pass it. */
function untyped<T>(given: unknown): T {
  if (isTakenForIt<T>(given)) return given
  throw new Error('never')
}
const isTakenForIt = <T>(_given: unknown): _given is T => true

const NOBODY = { verify: async () => undefined }

describe('a listener that throws for each of a thousand notifications', () => {
  it('is logged with growing pauses, with the number of errors', async () => {
    const log = new Log()
    const on = await bench({ log })
    on.engine.on('notification', () => {
      throw new Error('embedder at fault')
    })
    await on.command(signIn('1001'))
    let thrown = 0
    on.engine.on('notification', () => {
      thrown += 1
    })
    for (let minute = 0; minute < 60; minute += 1) {
      for (const state of ['READY', 'NOT_READY'] as const)
        await on.command({ type: 'user.setState', user: '1001', state })
      await on.clock.advance(60_000)
    }
    const told = log.of('a listener threw')
    expect(thrown).toBeGreaterThan(200)
    expect(told.length).toBeLessThan(25)
    expect(told).toContainEqual(expect.objectContaining({ times: expect.any(Number), err: 'embedder at fault' }))
  })
})

describe('an external ACD', () => {
  interface Outside {
    readonly heard: string[]
    answer: () => unknown
    readonly port: AcdPort
  }
  const outside = (): Outside => {
    const heard: string[] = []
    const made: Outside = {
      heard,
      answer: async () => undefined,
      port: {
        start: () => void heard.push('start'),
        request: async (request: AcdRequest) => {
          heard.push(`${request.type} ${request.user}`)
          await made.answer()
        },
      },
    }
    return made
  }
  const seen = async (on: Awaited<ReturnType<typeof bench>>) => {
    const { engine } = on
    const watched = {
      version: '1',
      phase: () => 'RUNNING' as const,
      engine,
      sides: [{ side: 'A' as const, notifications: { online: true } }],
    }
    const notifications = { figures: noFigures(), gateway: NO_FIGURES, online: true, onPublished: () => undefined }
    const metrics = await createMetrics({ engine, notifications, side: 'A', guard: connectionGuard() }).text()
    const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
    const { status, acd } = healthOf(watched, 'A')
    return {
      status,
      acd,
      ok: metric('mrdian_acd_ok'),
      failed: metric('mrdian_acd_requests_failed_total') > 0,
      unanswered: metric('mrdian_acd_requests_unanswered'),
    }
  }
  const WELL = { status: 'IN_SERVICE', acd: undefined, ok: 1, failed: false, unanswered: 0 }

  it('that refuses for hours is logged with growing pauses and shown by health and metrics, and then recovers', async () => {
    const log = new Log()
    const acd = outside()
    const on = await bench({ acd: acd.port, log })
    expect(await seen(on)).toEqual(WELL)
    acd.answer = () => Promise.reject(new Error('no line'))
    for (const user of ['1001', '1002', '1003']) await on.ready(user, CHAT)
    await on.clock.advance(3 * 3_600_000)
    const told = log.of('the ACD refused a request; it is made again')
    expect(on.engine.figures.acdRequestsFailed).toBeGreaterThan(3000)
    expect(told.length).toBeLessThan(60)
    expect(told[0]).toMatchObject({ err: 'no line', request: 'availability' })
    const reason = 'The ACD refuses requests'
    expect(await seen(on)).toEqual({
      ...WELL,
      acd: { status: 'FAILING', reason, unanswered: 0 },
      ok: 0,
      failed: true,
    })
    acd.answer = async () => undefined
    await on.clock.advance(20_000)
    expect(await seen(on)).toEqual({ ...WELL, failed: true })
    expect(on.engine.figures.outboxPending).toBe(0)
    await on.engine.close()
  })

  it('that never answers delays no other user, and the engine can be closed', async () => {
    const log = new Log()
    const acd = outside()
    acd.answer = MISTAKES['never settles'] ?? acd.answer
    const on = await bench({ acd: acd.port, log })
    await on.ready('1001', CHAT)
    acd.answer = async () => undefined
    await on.ready('1002', CHAT)
    await on.ready('1001', '5001')
    await on.clock.advance(3_600_000)
    expect(acd.heard.filter((each) => each.endsWith('1001'))).toHaveLength(1)
    expect(acd.heard.filter((each) => each.endsWith('1002')).length).toBeGreaterThan(0)
    const told = log.of('the ACD does not answer; later requests for the same users and calls wait')
    expect(told.length).toBeGreaterThan(1)
    expect(told.length).toBeLessThan(30)
    const reason = 'The ACD does not answer requests'
    expect(await seen(on)).toEqual({ ...WELL, acd: { status: 'FAILING', reason, unanswered: 1 }, ok: 0, unanswered: 1 })
    await on.engine.close()
  })

  it('is started before it gets any request, even one of an earlier process', async () => {
    const acd = outside()
    acd.answer = () => Promise.reject(new Error('no line'))
    const store = memoryStore({ id: 'test' })
    const on = await bench({ acd: acd.port, store })
    await on.ready('1001', CHAT)
    const next = outside()
    const again = await bench({ acd: next.port, store: store.reopen() })
    await again.clock.settle()
    expect(next.heard.slice(0, 2)).toEqual(['start', 'availability 1001'])
  })

  it('whose start rejects is logged and shown as a problem', async () => {
    const log = new Log()
    const start = async () => {
      throw new Error('no line')
    }
    const on = await bench({ acd: { start, request: async () => undefined }, log })
    await turn()
    expect(log.of('the ACD could not be started')).toEqual([{ err: 'no line' }])
    expect(on.engine.acdProblem).toBe('The ACD could not be started')
    await on.engine.close()
  })
})

describe('events of an external ACD are checked', () => {
  const task = { id: 'mail-1', mrd: CHAT, scriptSelector: 'chat_sales', variables: [] }
  const name = (text: unknown) => [{ name: text, value: 'x' }]
  let on: Awaited<ReturnType<typeof bench>>
  beforeEach(async () => {
    on = await bench({ acd: { start: () => undefined, request: async () => undefined } })
    await on.ready('1001', CHAT)
  })
  const code = async (said: Promise<unknown>) => {
    try {
      await said
      return 'taken'
    } catch (error) {
      return error instanceof AcdEventRefused ? error.code : error
    }
  }

  const OFFERS: readonly (readonly [
    string,
    string,
    { readonly user?: unknown; readonly offer?: unknown; readonly task?: object },
  ])[] = [
    ['UNKNOWN_USER', 'an unknown user', { user: '9999' }],
    ['UNKNOWN_USER', 'a user of an inherited name', { user: 'constructor' }],
    ['INVALID_ID', 'an empty offer', { offer: '' }],
    ['INVALID_ID', 'no offer', { offer: undefined }],
    ['INVALID_ID', 'a number', { offer: 7 }],
    ['TOO_LONG', 'a long offer', { offer: 'o'.repeat(257) }],
    ['RESERVED_NAME', 'an offer of an inherited name', { offer: '__proto__' }],
    ['INVALID_ID', 'an empty task', { task: { id: '' } }],
    ['INVALID_ID', 'a task with a control character', { task: { id: 'a\u0007' } }],
    ['INVALID_ID', 'a task with a line break', { task: { id: 'a\nb' } }],
    ['INVALID_ID', 'a task with half a character', { task: { id: '\ud800' } }],
    ['TOO_LONG', 'a long task', { task: { id: 't'.repeat(257) } }],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(
      (id) => ['RESERVED_NAME', `a task called ${id}`, { task: { id } }] as const,
    ),
    ['UNKNOWN_MRD', 'an unknown MRD', { task: { mrd: '9999' } }],
    ['UNKNOWN_MRD', 'voice', { task: { mrd: '1' } }],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(
      (mrd) => ['UNKNOWN_MRD', `an MRD called ${mrd}`, { task: { mrd } }] as const,
    ),
    ['INVALID_ID', 'no selector', { task: { scriptSelector: '' } }],
    ['INVALID_TEXT', 'no list of variables', { task: { variables: 'x' } }],
    ['INVALID_ID', 'a variable without a name', { task: { variables: name('') } }],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(
      (text) => ['RESERVED_NAME', `a variable called ${text}`, { task: { variables: name(text) } }] as const,
    ),
    ['INVALID_TEXT', 'a value that XML cannot carry', { task: { variables: [{ name: 'a', value: '\u0000' }] } }],
    ['INVALID_TEXT', 'a value that is none', { task: { variables: [{ name: 'a', value: 1 }] } }],
    ['TOO_LONG', 'a long value', { task: { variables: [{ name: 'a', value: 'x'.repeat(40_000) }] } }],
    [
      'TOO_LONG',
      'long values together',
      { task: { variables: ['a', 'b', 'c'].map((each) => ({ name: each, value: 'x'.repeat(12_000) })) } },
    ],
    ['DUPLICATE_VARIABLE', 'a variable twice', { task: { variables: [...name('a'), ...name('a')] } }],
    [
      'TOO_MANY_VARIABLES',
      'many variables',
      { task: { variables: Array.from({ length: 201 }, (_, n) => ({ name: `v${n}`, value: '' })) } },
    ],
    ['INVALID_TEXT', 'a queue that XML cannot carry', { task: { queueName: '\ufffe' } }],
    ['taken', 'an offer as it should be', {}],
  ]
  it.each(OFFERS)('%s: %s', async (expected, _, said) => {
    const { user = '1001', task: more } = said
    const before = on.engine.figures.inputs
    // As from a program without types.
    const given: AcdTask = JSON.parse(JSON.stringify({ ...task, ...more }))
    const id = 'offer' in said ? said.offer : 'offer-1'
    expect(await code(Reflect.apply(on.engine.acdEvents.offer, undefined, [user, id, given]))).toBe(expected)
    const isTaken = expected === 'taken'
    expect(on.engine.figures.inputs - before).toBe(isTaken ? 1 : 0)
    expect(on.engine.figures.failedInputs).toBe(0)
    expect(on.engine.get.dialogs('1001', 'all')).toHaveLength(isTaken ? 1 : 0)
  })

  it('a repeated offer has no effect; another offer of a task that the agent has is refused', async () => {
    const { offer, cancel } = on.engine.acdEvents
    await offer('1001', 'offer-1', task)
    expect(await code(offer('1001', 'offer-1', task))).toBe('taken')
    expect(await code(offer('1001', 'offer-2', task))).toBe('DUPLICATE_TASK')
    expect(on.engine.get.dialogs('1001', 'all')).toHaveLength(1)
    await cancel('1001', 'mail-1')
    expect(await code(offer('1001', 'offer-3', task))).toBe('taken')
  })

  it('cancellations and answers to transfers', async () => {
    const { cancel, resubmitted } = on.engine.acdEvents
    const refused = { ok: false, reason: 'no' } as const
    expect(await code(cancel('9999', 't'))).toBe('UNKNOWN_USER')
    expect(await code(cancel('1001', ''))).toBe('INVALID_ID')
    expect(await code(resubmitted('9999', '1000_1001_5002', refused))).toBe('UNKNOWN_USER')
    expect(await code(resubmitted('1001', '', refused))).toBe('INVALID_ID')
    for (const dialog of [
      'zzz',
      '1000_1001',
      '1000_1001_',
      '1000_1001_constructor',
      '1000_1001_9999',
      '1000_1002_5002',
    ])
      expect(await code(resubmitted('1001', dialog, refused))).toBe('UNKNOWN_DIALOG')
    await expect(resubmitted('1001', 'zzz', refused)).rejects.toThrow('there is no dialog "zzz" of user 1001')
    for (const dialog of ['__proto__', 'toString'])
      expect(await code(resubmitted('1001', dialog, refused))).toBe('RESERVED_NAME')
    const dialog = '1000_1001_5002'
    expect(await code(resubmitted('1001', dialog, { ok: true, task: '' }))).toBe('INVALID_ID')
    expect(await code(resubmitted('1001', dialog, { ...refused, attempt: -1 }))).toBe('INVALID_ATTEMPT')
    expect(await code(resubmitted('1001', dialog, { ok: false, reason: '\u0000' }))).toBe('INVALID_TEXT')
    expect(on.engine.figures.failedInputs).toBe(0)
  })
})

describe('a follower refuses events of calls that it cannot take, and no input fails', () => {
  const party = { mediaAddress: '1001', state: 'ALERTING', actions: [] }
  const call = {
    ...{ id: '1', fromAddress: '5550100', toAddress: '1001', dnis: '1001', dialedNumber: '1001', callType: 'OTHER_IN' },
    ...{ state: 'ALERTING', variables: [], participants: [party] },
  }
  const BAD: Readonly<Record<string, object>> = {
    'no call': { change: 'added' },
    'a call that is null': { change: 'added', call: null },
    'an empty call': { change: 'added', call: {} },
    'a change that is none': { change: 'toString', call },
    'a state that is none': { change: 'added', call: { ...call, state: 'RINGS' } },
    'a call without an id': { change: 'added', call: { ...call, id: undefined } },
    'a call without variables': { change: 'added', call: { ...call, variables: undefined } },
    'a party that is null': { change: 'added', call: { ...call, participants: [null] } },
    'a party without actions': { change: 'added', call: { ...call, participants: [{ ...party, actions: undefined }] } },
    'a party in no state': { change: 'added', call: { ...call, participants: [{ ...party, state: 'RINGS' }] } },
  }
  it.each(Object.entries(BAD))('%s', async (_, event) => {
    const { engine } = await bench({ role: 'follower' })
    await expect(engine.userEvent(untyped({ kind: 'call', user: '1001', ...event }))).rejects.toThrow(InvalidArgument)
    await engine.userEvent(untyped({ kind: 'call', user: '1001', change: 'added', call }))
    expect(engine.get.dialogs('1001', 'voice')).toMatchObject([{ kind: 'call', id: '1', state: 'ALERTING' }])
    expect(engine.figures.failedInputs).toBe(0)
    await engine.close()
  })
})
