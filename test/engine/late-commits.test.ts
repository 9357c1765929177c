/** An engine on a store that answers later: what clients see, and what is taken back. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { DONE, rejected } from '../../src/engine/answers/answer.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import { createEngine } from '../../src/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { line } from './harness.ts'
import { answering, LateStore, silent } from './late-store.ts'

const SIGN_IN = { type: 'user.signIn', user: '1001', extension: '1001' } as const
const READY = { type: 'user.setState', user: '1001', state: 'READY' } as const
const NOT_READY = { type: 'user.setState', user: '1001', state: 'NOT_READY' } as const
const OTHER = { type: 'user.signIn', user: '1002', extension: '1002' } as const
const CHAT = '5002'

/** The result of a promise so far. */
function followed(running: Promise<unknown>): { result: unknown } {
  const seen: { result: unknown } = { result: 'none yet' }
  running.then(
    (result) => {
      seen.result = result
    },
    (error: Error) => {
      seen.result = `${error.name}: ${error.message}`
    },
  )
  return seen
}

const REFUSED = 'EngineUnavailable: the store does not take changes: connection lost'

async function started(options: Partial<EngineOptions> = {}, store = new LateStore()) {
  const clock = virtualClock()
  answering(store)
  const engine = await createEngine({ store, clock, ...options })
  onTestFinished(async () => {
    answering(store)
    await store.keep().catch(() => undefined)
    const closed = engine.close()
    await clock.advance(60_000)
    await closed
  })
  await clock.settle()
  silent(store)
  let lines: string[] = []
  engine.on('notification', (event) => {
    const text = line(event)
    if (text !== undefined) lines.push(text)
  })
  const said: unknown[] = []
  engine.on('store', (event) => said.push(event))
  return {
    engine,
    clock,
    store,
    said,
    state: (user = '1001') => engine.get.user(user)?.state,
    news() {
      const taken = lines
      lines = []
      return taken
    },
    /** Submits, and runs the tick. */
    async ask(command: Parameters<Engine['command']>[0]) {
      const seen = followed(engine.command(command))
      await clock.settle()
      return seen
    },
  }
}

describe('an engine on a store that answers later', () => {
  it('shows a change only when it is acknowledged: to its caller, to listeners, in reads, explanations and figures', async () => {
    const { engine, clock, store, news, state, ask } = await started()
    const { inputs } = engine.figures
    const position = engine.history?.lastPosition
    const seen = await ask(SIGN_IN)
    expect(store.owed).toHaveLength(1)
    await clock.advance(1000)
    const look = () => ({
      result: seen.result,
      news: news(),
      state: state(),
      users: engine.get.users().filter((user) => user.state !== 'LOGOUT').length,
      inputs: engine.figures.inputs - inputs,
      rows: (engine.history?.lastPosition ?? 0) - (position ?? 0),
      inspected: engine.inspection.present('user/1001').map(({ step }) => step.sequence)[0],
    })
    const before = look()
    expect(before).toMatchObject({ result: 'none yet', news: [], state: 'LOGOUT', users: 0, inputs: 0, rows: 0 })
    await store.keep()
    expect(look()).toMatchObject({
      result: DONE,
      news: ['user 1001 NOT_READY'],
      state: 'NOT_READY',
      users: 1,
      inputs: store.kept.at(-1)?.journal.length,
      rows: store.kept.at(-1)?.journal.length,
      inspected: (before.inspected ?? 0) + 1,
    })
  })

  it('goes on meanwhile with at most four commits; what waits then shares the next one', async () => {
    const { store, state, ask } = await started()
    const seen = []
    for (const command of [SIGN_IN, READY, NOT_READY, READY, NOT_READY, READY]) seen.push(await ask(command))
    expect(store.owed).toHaveLength(4)
    expect(state()).toBe('LOGOUT')
    await store.keep(1)
    expect([state(), seen.map(({ result }) => result === 'none yet')]).toEqual([
      'NOT_READY',
      [false, true, true, true, true, true],
    ])
    await store.keep(1)
    expect(state()).toBe('READY')
  })

  it('shows commits in their order, whatever the order of the answers', async () => {
    const { clock, store, state, news, ask } = await started()
    const seen = [await ask(SIGN_IN), await ask(READY), await ask(NOT_READY)]
    await store.keep(3, [2, 1])
    expect([state(), news(), seen.map(({ result }) => result)]).toEqual([
      'LOGOUT',
      [],
      ['none yet', 'none yet', 'none yet'],
    ])
    // The answer to the first one.
    store.answerFirst()
    await clock.settle()
    expect([state(), news(), seen.map(({ result }) => result)]).toEqual([
      'NOT_READY',
      ['user 1001 NOT_READY', 'user 1001 READY', 'user 1001 NOT_READY'],
      [DONE, DONE, DONE],
    ])
  })

  it('learns without any request that the store no longer answers, and that it does again', async () => {
    const { engine, clock, store, said } = await started()
    store.doubt()
    expect(store.owed).toMatchObject([{ journal: [], snapshots: [{}] }])
    await clock.advance(4999)
    expect(engine.get.system().status).toBe('IN_SERVICE')
    await clock.advance(1)
    const statusReason = 'the store has not answered for 5 seconds'
    expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE', statusReason })
    await store.keep()
    expect(engine.get.system().status).toBe('IN_SERVICE')
    store.doubt()
    await store.refuse()
    const refused = 'the store does not take changes: connection lost'
    expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE', statusReason: refused })
    // From then on it tries by itself.
    await clock.advance(1000)
    await store.keep()
    await clock.settle()
    await store.keep()
    expect(engine.get.system().status).toBe('IN_SERVICE')
    const over = { problem: undefined }
    expect(said).toEqual([{ problem: statusReason }, over, { problem: refused }, over])
  })

  it('does not try a store that owes an answer, or that has failed: that tells soon enough', async () => {
    const { clock, store, ask } = await started()
    await ask(SIGN_IN)
    store.doubt()
    expect(store.owed).toHaveLength(1)
    await store.refuse()
    await clock.settle()
    store.doubt()
    expect(store.owed).toHaveLength(0)
  })

  it('a command for a call whose end is not acknowledged yet: the call is not there any more', async () => {
    const { engine, clock, store, ask } = await started()
    answering(store)
    await ask(SIGN_IN)
    await ask(READY)
    const calling = engine.acd?.submitCall({ from: '5550100', to: '1001' })
    await clock.settle()
    const dialog = (await calling)?.id ?? ''
    const act = { type: 'call.act', user: '1001', dialog, targetMediaAddress: '1001' } as const
    await ask({ ...act, action: 'ANSWER' })
    silent(store)
    const seen = [
      await ask({ ...act, action: 'DROP' }),
      await ask({ ...act, action: 'HOLD' }),
      followed(engine.acd?.hangUp(dialog) ?? Promise.resolve()),
    ]
    await clock.settle()
    expect(seen.map(({ result }) => result)).toEqual(['none yet', 'none yet', 'none yet'])
    await store.keep()
    const isOver = `AcdRefusal: call ${dialog} is over`
    expect(seen.map(({ result }) => result)).toEqual([DONE, rejected('DIALOG_NOT_FOUND', dialog), isOver])
  })

  it('takes back a refused commit with all that followed it', async () => {
    const { engine, clock, store, said, state, news, ask } = await started()
    await ask(SIGN_IN)
    await store.keep()
    news()
    const seen = [await ask(READY), await ask(OTHER), await ask(NOT_READY)]
    const present = followed(engine.adapters.presence({ user: '1001', side: 'A', session: 's', available: true }))
    await clock.settle()
    await store.keep(1)
    expect(seen[0]?.result).toEqual(DONE)
    await store.refuse()
    expect(seen.map(({ result }) => result)).toEqual([DONE, REFUSED, REFUSED])
    expect([state(), state('1002'), news()]).toEqual(['READY', 'LOGOUT', ['user 1001 READY']])
    expect(engine.get.system().status).toBe('OUT_OF_SERVICE')
    expect((await ask(NOT_READY)).result).toBe(REFUSED)
    // A second later the store is tried again. The presence is a fact, which has waited.
    answering(store)
    await clock.advance(1000)
    expect(present.result).toBeUndefined()
    expect(engine.get.presence('1001')?.sides.A).toBe('PRESENT')
    expect(said).toEqual([{ problem: 'the store does not take changes: connection lost' }, { problem: undefined }])
    expect((await ask(NOT_READY)).result).toEqual(DONE)
    expect(store.kept.flatMap(({ journal }) => journal.map(({ position }) => position))).toEqual(
      Array.from({ length: engine.history?.lastPosition ?? 0 }, (_, index) => index + 1),
    )
  })

  it('gives nothing to the store until it has answered for all that was taken back', async () => {
    const { clock, store, ask } = await started()
    await ask(SIGN_IN)
    const second = await ask(OTHER)
    await store.refuse(1)
    expect(second.result).toBe(REFUSED)
    await clock.advance(3000)
    expect(store.owed).toHaveLength(1)
    await store.refuse(1)
    await clock.advance(1000)
    // The probe.
    expect(store.owed).toMatchObject([{ journal: [], snapshots: [{}] }])
    await store.keep()
    expect(await ask(SIGN_IN)).toEqual({ result: 'none yet' })
  })

  it('refuses what came while it tried whether the store works again', async () => {
    const { clock, store, ask, state } = await started()
    await ask(SIGN_IN)
    await store.refuse()
    await clock.advance(1000)
    const seen = await ask(SIGN_IN)
    expect([store.owed.length, seen.result]).toEqual([1, 'none yet'])
    await store.refuse()
    expect(seen.result).toBe(REFUSED)
    await clock.advance(1000)
    const later = await ask(SIGN_IN)
    answering(store)
    await store.keep()
    await clock.settle()
    expect([later.result, state()]).toEqual([DONE, 'NOT_READY'])
  })

  it('is out of service for good when the store keeps a commit after it has refused one before it', async () => {
    const { engine, clock, store, said, ask } = await started()
    await ask(SIGN_IN)
    const second = await ask(OTHER)
    await store.refuse(1)
    store.answerFirst()
    await clock.advance(5000)
    const problem = 'the store has kept a commit that followed a failed one; out of service until a new start'
    expect(second.result).toBe(REFUSED)
    expect(said.at(-1)).toEqual({ problem })
    expect((await ask(SIGN_IN)).result).toBe(`EngineUnavailable: ${problem}`)
    expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE', statusReason: problem })
  })

  it('is out of service while an answer is late by five seconds, and returns with the answer', async () => {
    const { engine, clock, store, said, state, ask } = await started()
    const seen = await ask(SIGN_IN)
    await clock.advance(4999)
    expect(engine.get.system().status).toBe('IN_SERVICE')
    await clock.advance(1)
    const problem = 'the store has not answered for 5 seconds'
    expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE', statusReason: problem })
    expect((await ask(OTHER)).result).toBe(`EngineUnavailable: ${problem}`)
    // What becomes of it is not known.
    expect(seen.result).toBe('none yet')
    await clock.advance(600_000)
    await store.keep()
    expect([seen.result, state(), said]).toEqual([DONE, 'NOT_READY', [{ problem }, { problem: undefined }]])
    const next = await ask(OTHER)
    await store.keep()
    expect(next.result).toEqual(DONE)
  })

  it('fires a deadline once, also when its commit was taken back', async () => {
    const { engine, clock, store, news, ask } = await started()
    answering(store)
    await ask({ type: 'media.signIn', user: '1001', mrd: CHAT, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
    await ask({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await clock.settle()
    const [dialog] = engine.get.dialogs('1001', 'nonvoice') ?? []
    expect(dialog?.state).toBe('OFFERED')
    news()
    silent(store)
    await clock.advance(30_000)
    expect(news()).toEqual([])
    expect(engine.get.dialog(dialog?.id ?? '')?.state).toBe('OFFERED')
    await store.refuse()
    answering(store)
    await clock.advance(2000)
    const closed = news().filter((text) => text.startsWith('DELETE'))
    expect(closed).toHaveLength(1)
    const rows = store.kept.flatMap(({ journal }) => journal)
    const timeouts = rows.filter(({ input }) => JSON.stringify(input).startsWith('{"kind":"deadline"'))
    expect(timeouts).toHaveLength(1)
  })

  it('deletes a delivered notification from the store later, when the commit that deletes it was taken back', async () => {
    const { engine, clock, store, ask } = await started({ serves: ['A'] })
    const sent: string[] = []
    engine.adapters.attach('A', { publish: async ({ itemId }) => void sent.push(itemId) })
    await ask(SIGN_IN)
    await store.keep()
    await clock.settle()
    const numbers = store.kept.flatMap(({ outbox }) => outbox.map(({ number }) => number))
    expect(store.owed.flatMap(({ delivered }) => delivered)).toContain(numbers.at(-1))
    await store.refuse()
    expect((await store.load()).outbox.map(({ number }) => number)).toContain(numbers.at(-1))
    answering(store)
    await clock.advance(2000)
    expect((await store.load()).outbox).toEqual([])
    expect(sent).toHaveLength(new Set(sent).size)
  })

  it('has a call again whose end was taken back', async () => {
    const { engine, clock, store, ask } = await started()
    answering(store)
    await ask(SIGN_IN)
    await ask(READY)
    const call = await engine.acd?.submitCall({ from: '5550100', to: '1001' })
    const id = call?.id ?? ''
    silent(store)
    const over = followed(engine.acd?.hangUp(id) ?? Promise.resolve())
    await clock.settle()
    expect(engine.get.dialog(id)).toMatchObject({ id, state: 'ALERTING' })
    await store.refuse()
    expect(over.result).toBe(REFUSED)
    expect(engine.get.dialog(id)).toMatchObject({ id, state: 'ALERTING' })
    answering(store)
    await clock.advance(1000)
    await engine.acd?.hangUp(id)
    expect(engine.get.dialog(id)).toBeUndefined()
    expect(engine.acd?.call(id)).toMatchObject({ id, state: 'DROPPED' })
  })

  it('forgets what has no answer when it closes, after ten seconds', async () => {
    const { engine, clock, store, ask } = await started()
    const seen = await ask(SIGN_IN)
    const closed = followed(engine.close())
    await clock.settle()
    expect((await ask(OTHER)).result).toMatch(/^EngineUnavailable: the engine is clos/)
    await clock.advance(9999)
    expect([seen.result, closed.result]).toEqual(['none yet', 'none yet'])
    await clock.advance(10_001)
    expect(seen.result).toMatch(/^EngineUnavailable: the engine is clos/)
    expect(closed.result).toBeUndefined()
    expect(store.kept.flatMap(({ journal }) => journal).some(({ aggregate }) => aggregate === 'user/1001')).toBe(true)
  })

  it('closes when everything is acknowledged, with snapshots', async () => {
    const { engine, clock, store, state, ask } = await started()
    const seen = await ask(SIGN_IN)
    const closed = followed(engine.close())
    await clock.settle()
    await store.keep()
    await clock.settle()
    expect([seen.result, state(), closed.result]).toEqual([DONE, 'NOT_READY', 'none yet'])
    expect(store.owed).toMatchObject([{ journal: [] }])
    expect(store.owed[0]?.snapshots.map(({ aggregate }) => aggregate)).toContain('user/1001')
    await store.keep()
    await clock.settle()
    expect(closed.result).toBeUndefined()
  })

  it('starts again with what was acknowledged, and with what was kept without an answer', async () => {
    const { store, ask } = await started()
    await ask(SIGN_IN)
    await store.keep(1, [])
    await ask(READY)
    const next = await started({}, store.reopen())
    expect(next.state()).toBe('NOT_READY')
  })

  it('resets when all that was given is acknowledged', async () => {
    const { engine, clock, store, state, ask } = await started({ resettable: true })
    const seen = await ask(SIGN_IN)
    const resetting = engine.reset()
    const reset = followed(resetting)
    await clock.settle()
    expect([reset.result, state()]).toEqual(['none yet', 'LOGOUT'])
    answering(store)
    await store.keep()
    await resetting
    expect([seen.result, state()]).toEqual([DONE, 'LOGOUT'])
    expect((await ask(SIGN_IN)).result).toEqual(DONE)
  })
})
