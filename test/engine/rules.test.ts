/**
 * Guards of an embedder in place of those of the machines: what they decide, what the journal records, and which
 * engines can continue with it. More in `npm run test:whole`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DONE, rejected } from '../../src/engine/answers/answer.ts'
import type { Engine } from '../../src/engine/api.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { replay } from '../../src/history/replay.ts'
import {
  type CreateEngineOptions,
  createEngine,
  ExplainError,
  explain,
  loadDirectory,
  openHistory,
  type RuleSet,
  sqliteStore,
  UnknownRules,
} from '../../src/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { run } from '../cli/process.ts'
import { every } from '../store/rows.ts'
import { isWhole } from '../suite/extent.ts'

const EMAIL = '5001'
const CHAT = '5002'
const CLOCK = virtualClock()

/** No agent is interrupted. */
const CALM: RuleSet = { name: 'calm-1', guards: { media: { acceptsInterrupt: () => false } } }

let folder: string
let file: string
const running: Engine[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-rules-'))
  file = join(folder, 'state.db')
})
afterEach(async () => {
  for (const engine of running.splice(0)) await engine.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: CreateEngineOptions = {}): Promise<Engine> {
  const engine = await createEngine({ store: sqliteStore(file), clock: CLOCK, ...options })
  running.push(engine)
  return engine
}

/** Closes the running engine and starts another one on the same file. */
async function restart(options: CreateEngineOptions = {}): Promise<Engine> {
  await running.pop()?.close()
  return start(options)
}

async function begin(engine: Engine, mrd: string, scriptSelector: string): Promise<string> {
  await engine.command({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
  await engine.command({ type: 'media.setState', user: '1001', mrd, state: 'READY' })
  const task = await engine.acd?.submitTask({ mrd, scriptSelector, agentId: '1001' })
  const dialog = task?.dialogId ?? ''
  await engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'ACCEPT' })
  await engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'START' })
  return dialog
}

/** An e-mail, and a chat that interrupts it, unless the rules say otherwise. */
async function day(engine: Engine): Promise<string> {
  await begin(engine, EMAIL, 'email_support')
  return begin(engine, CHAT, 'chat_sales')
}

const stateOf = (engine: Engine, mrd: string) => engine.get.media('1001', mrd).status?.state

describe('a replaced guard', () => {
  it('decides, and the other guards are unchanged', async () => {
    const engine = await start({ rules: CALM })
    await day(engine)
    expect([stateOf(engine, EMAIL), stateOf(engine, CHAT)]).toEqual(['ACTIVE', 'ACTIVE'])
  })

  it('gets the context, the event and the parameters of the row', async () => {
    const seen: unknown[] = []
    const engine = await start({
      rules: {
        name: 'look-1',
        guards: {
          media: { isMember: ({ context, event }) => seen.push([context.mrd, event.type]) > 0 },
          task: { was: ({ context }, _, { state }) => seen.push(state) > 0 && context.beforeInterrupt === state },
          user: { isVoice: ({ event }) => 'mrd' in event && event.mrd === '1' },
        },
      },
    })
    const chat = await day(engine)
    await engine.command({ type: 'dialog.act', user: '1001', dialog: chat, action: 'CLOSE' })
    expect(seen).toEqual([[EMAIL, 'SIGN_IN'], [CHAT, 'SIGN_IN'], 'ACTIVE'])
    expect(stateOf(engine, EMAIL)).toBe('ACTIVE')
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('embedder at fault')
      },
      'embedder at fault',
    ],
    ['answers with a promise', async () => true, 'answered neither true nor false'],
    ['answers with a promise that rejects', () => Promise.reject(new Error('late')), 'answered neither true nor false'],
  ])('that %s fails one input only', async (_, mistake, told) => {
    const guards: RuleSet['guards'] = untyped({ media: { isMember: mistake } })
    const engine = await start({ rules: { name: 'bad-1', guards } })
    const failed: string[] = []
    engine.on('failedInput', ({ error }) => failed.push(error))
    const signIn = {
      type: 'media.signIn',
      user: '1001',
      mrd: EMAIL,
      maxDialogLimit: 1,
      interruptAction: 'ACCEPT',
    } as const
    expect(await engine.command(signIn)).toEqual(rejected('INTERNAL_ERROR', ''))
    expect(failed).toEqual([expect.stringContaining(told)])
    expect(stateOf(engine, EMAIL)).toBe('LOGOUT')
    expect(await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })).toEqual(DONE)
    expect((await replay(engine.history ?? fail())).differing).toBe(0)
  })

  it('that the charts do not have is refused at once, by the types and at run time', async () => {
    const refused = (guards: object, name = 'odd-1') => createEngine({ rules: { name, guards } })
    // @ts-expect-error: no such guard
    const unknown: RuleSet['guards'] = { media: { acceptsInterupt: () => false } }
    await expect(refused(unknown)).rejects.toThrow(/rules "odd-1": media has no guard acceptsInterupt; it has /)
    await expect(refused({ call: { isAllowed: () => true } })).rejects.toThrow(InvalidArgument)
    await expect(refused({ media: { isMember: true } })).rejects.toThrow('media.isMember is no function')
    await expect(refused({})).rejects.toThrow('replace no guard')
    await expect(refused({ media: { isMember: () => true } }, ' ')).rejects.toThrow('needs a name')
    await expect(createEngine({ rules: CALM, formerRules: [CALM] })).rejects.toThrow(
      'two sets of rules are called "calm-1"',
    )
  })
})

describe('the journal', () => {
  it('records the name of the set and the replaced guards', async () => {
    const engine = await start({ rules: CALM })
    const [first] = await every(engine.history?.rows('user/1001', 0) ?? [])
    expect(first?.input).toMatchObject({ setup: { rules: { name: 'calm-1', guards: ['media.acceptsInterrupt'] } } })
  })

  it('records nothing without a set', async () => {
    const engine = await start()
    const [first] = await every(engine.history?.rows('user/1001', 0) ?? [])
    expect(JSON.stringify(first?.input)).not.toContain('rules')
  })

  it('can be continued with the same set', async () => {
    await day(await start({ rules: CALM }))
    const engine = await restart({ rules: CALM })
    expect([stateOf(engine, EMAIL), stateOf(engine, CHAT)]).toEqual(['ACTIVE', 'ACTIVE'])
    expect((await replay(engine.history ?? fail())).differing).toBe(0)
  })

  it.each([
    ['without it', {}, 'this program was not given that set'],
    ['with another', { rules: { ...CALM, name: 'calm-2' } }, 'this program was not given that set'],
    [
      'with one of its name that replaces others',
      { rules: { name: 'calm-1', guards: { media: { isMember: () => true } } } },
      'the set of that name here replaces others (media.isMember)',
    ],
  ])('cannot be continued %s, and the error says so', async (_, options, why) => {
    await day(await start({ rules: CALM }))
    const refused = restart(options)
    await expect(refused).rejects.toThrow(UnknownRules)
    await expect(refused).rejects.toThrow(
      `written with the rules "calm-1" in place of media.acceptsInterrupt; ${why}. Pass it to createEngine as rules, or in formerRules if other rules are in force now`,
    )
  })

  it('can be continued without the set if it is given as a former one', async () => {
    const chat = await day(await start({ rules: CALM }))
    const engine = await restart({ formerRules: [CALM] })
    const switched = (await every(engine.history?.rows('user/1001', 1) ?? [])).find(({ input }) =>
      isConfiguration(input),
    )
    expect(switched).toMatchObject({ outcome: 'applied', outbox: null })
    expect(stateOf(engine, EMAIL)).toBe('ACTIVE')
    await engine.command({ type: 'dialog.act', user: '1001', dialog: chat, action: 'CLOSE' })
    await begin(engine, CHAT, 'chat_sales')
    expect(stateOf(engine, EMAIL)).toBe('INTERRUPTED')
    expect(await replay(engine.history ?? fail())).toMatchObject({ differing: 0 })
    expect((await explain(engine.history ?? fail(), { user: '1001', now: CLOCK.now() })).states.length).toBeGreaterThan(
      0,
    )
  })

  it('without a set can be continued with one, which applies to new inputs only', async () => {
    const chat = await day(await start())
    const engine = await restart({ rules: CALM })
    expect(stateOf(engine, EMAIL)).toBe('INTERRUPTED')
    await engine.command({ type: 'dialog.act', user: '1001', dialog: chat, action: 'CLOSE' })
    await begin(engine, CHAT, 'chat_sales')
    expect(stateOf(engine, EMAIL)).toBe('ACTIVE')
    expect((await replay(engine.history ?? fail())).differing).toBe(0)
  })

  it('of a removed user does not need a former set any more', async () => {
    const { directory } = await loadDirectory()
    const without = { ...directory, users: directory.users.filter(({ id }) => id !== '1001') }
    await day(await start({ rules: CALM }))
    await restart({ rules: CALM, directory: without })
    const other: RuleSet = { name: 'other-1', guards: { user: { isVoice: () => false } } }
    const engine = await restart({ rules: other, formerRules: [CALM], directory: without })
    const last = (await every(engine.history?.rows('user/1001', 0) ?? [])).at(-1)
    expect(last?.input).toMatchObject({ kind: 'configuredUser', setup: { rules: { name: 'other-1' } } })
    expect(engine.get.user('1001')).toBeUndefined()
    expect((await replay(engine.history ?? fail())).differing).toBe(0)
  })
})

describe('the command line, which has no guards of embedders,', () => {
  it.runIf(isWhole)('names the missing rules instead of replaying, explaining or serving', async () => {
    await day(await start({ rules: CALM }))
    await running.pop()?.close()
    const told =
      'written with the rules "calm-1" in place of media.acceptsInterrupt; this program was not given that set'
    const { code, out, err } = await run(['replay', file])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(`mrdian: ${told}`)
    const served = await run([
      'serve',
      '--data',
      file,
      '--rest-port',
      '0',
      '--xmpp-port',
      'off',
      '--http-bind-port',
      'off',
    ])
    expect(served.code).toBe(1)
    expect(served.err).toContain(told)
    const history = openHistory(file)
    try {
      await expect(replay(history)).rejects.toThrow(UnknownRules)
      await expect(explain(history, { user: '1001' })).rejects.toThrow(ExplainError)
    } finally {
      history.close()
    }
  })
})

const isConfiguration = (input: object | string | number | boolean | null) =>
  typeof input === 'object' && input !== null && 'kind' in input && input.kind === 'configuredUser'

function fail(): never {
  throw new Error('a data file keeps its history')
}

/** As a host without types would pass it. */
function untyped<T>(given: unknown): T {
  return JSON.parse(JSON.stringify({}), () => given)
}
