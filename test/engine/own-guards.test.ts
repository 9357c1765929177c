/** What guards of an embedder can rely on: the guard that they replace, and interrupts that always end. */
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import type {
  MediaGuards,
  mediaMachine,
  TaskGuards,
  taskMachine,
  UserGuards,
  userMachine,
} from '../../machines/index.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Engine } from '../../src/engine/api.ts'
import { createEngine, type RuleSet } from '../../src/index.ts'
import { scriptedAcd } from '../../src/testing/scripted-acd.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

const EMAIL = '5001'
const CHAT = '5002'
const SELECTORS: Readonly<Record<string, string>> = { [EMAIL]: 'email_support', [CHAT]: 'chat_sales' }

let engine: Engine
afterEach(() => engine.close())

async function start(guards: RuleSet['guards']): Promise<void> {
  engine = await createEngine({ clock: virtualClock(), rules: { name: 'own-1', guards } })
}

/** The agent signs in to the MRD, and gets, accepts and starts a task. Returns the dialog. */
async function begin(mrd: string, interruptAction: 'ACCEPT' | 'IGNORE' = 'ACCEPT'): Promise<string> {
  await engine.command({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 3, interruptAction })
  await engine.command({ type: 'media.setState', user: '1001', mrd, state: 'READY' })
  const task = await engine.acd?.submitTask({ mrd, scriptSelector: SELECTORS[mrd] ?? '', agentId: '1001' })
  const dialog = task?.dialogId ?? ''
  await act(dialog, 'ACCEPT')
  await act(dialog, 'START')
  return dialog
}

const act = (dialog: string, action: 'ACCEPT' | 'START' | 'PAUSE' | 'CLOSE') =>
  engine.command({ type: 'dialog.act', user: '1001', dialog, action })

const stateOf = (mrd: string) => engine.get.media('1001', mrd).status?.state

describe('the guard that is replaced', () => {
  const exceptEmail: MediaGuards = {
    acceptsInterrupt: (args, original) => original(args) && args.context.mrd !== EMAIL,
  }
  const exceptSocial: MediaGuards = {
    acceptsInterrupt: (args, original) => original(args) && args.context.mrd !== '5003',
  }

  it.each([
    ['ACCEPT', exceptSocial, 'INTERRUPTED'],
    ['IGNORE', exceptSocial, 'ACTIVE'],
    ['ACCEPT', exceptEmail, 'ACTIVE'],
  ] as const)('can be called by the new one; interruptAction %s', async (interruptAction, media, state) => {
    await start({ media })
    await begin(EMAIL, interruptAction)
    await begin(CHAT)
    expect([stateOf(EMAIL), stateOf(CHAT)]).toEqual([state, 'ACTIVE'])
  })

  it('gets the parameters of the row', async () => {
    const asked: string[] = []
    await start({
      task: {
        was: (args, original, { state }) => {
          asked.push(`${state} ${original(args)}`)
          return original(args)
        },
      },
    })
    const email = await begin(EMAIL)
    await act(email, 'PAUSE')
    const chat = await begin(CHAT)
    await act(chat, 'CLOSE')
    expect(asked).toEqual(['ACTIVE false', 'PAUSED true'])
    expect(stateOf(EMAIL)).toBe('PAUSED')
  })
})

describe('a guard that accepts every interrupt', () => {
  const ALWAYS: RuleSet['guards'] = { media: { acceptsInterrupt: () => true } }

  it('does not let an MRD be interrupted by its own work', async () => {
    await start(ALWAYS)
    const chat = await begin(CHAT)
    expect(stateOf(CHAT)).toBe('ACTIVE')
    expect(await act(chat, 'CLOSE')).toEqual(DONE)
    expect(stateOf(CHAT)).toBe('READY')
  })

  it('is not asked about MRDs that are not interruptible, so none waits for its own work after a call', async () => {
    await start(ALWAYS)
    const chat = await begin(CHAT)
    await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const call = await engine.acd?.submitCall({ from: '5550100', to: '1001' })
    await engine.command({
      type: 'call.act',
      user: '1001',
      dialog: call?.id ?? '',
      action: 'ANSWER',
      targetMediaAddress: '1001',
    })
    expect(engine.get.user('1001')?.state).toBe('TALKING')
    expect(stateOf(CHAT)).toBe('ACTIVE')
    expect(await act(chat, 'CLOSE')).toEqual(DONE)
  })
})

describe('an external ACD', () => {
  it.each([
    ['READY', 'RULES'],
    ['NOT_READY', 'NOT_READY'],
  ] as const)('gets the reason why an agent who is %s gets no task', async (state, reason) => {
    const acd = scriptedAcd()
    engine = await createEngine({
      clock: virtualClock(),
      acd,
      rules: { name: 'own-1', guards: { media: { mayTakeTask: () => false } } },
    })
    const mrd = CHAT
    await engine.command({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
    await engine.command({ type: 'media.setState', user: '1001', mrd, state })
    await acd.offer('1001', { id: 'chat-1', mrd, scriptSelector: 'chat_sales' })
    await expect.poll(() => acd.heard('refused')).toMatchObject([{ task: 'chat-1', reason }])
  })
})

type GuardsOf<Machine extends typeof userMachine | typeof mediaMachine | typeof taskMachine> = keyof NonNullable<
  Parameters<Machine['provide']>[0]['guards']
>

it('the types have exactly the guards of the charts', () => {
  expectTypeOf<keyof UserGuards>().toEqualTypeOf<GuardsOf<typeof userMachine>>()
  expectTypeOf<keyof MediaGuards>().toEqualTypeOf<GuardsOf<typeof mediaMachine>>()
  expectTypeOf<keyof TaskGuards>().toEqualTypeOf<GuardsOf<typeof taskMachine>>()
})
