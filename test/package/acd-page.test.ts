/** Runs the code of `src/engine/acd/README.md` unchanged: its ACD works as the page says. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AcdCall, AcdPort, AcdRequest, AcdTask, Engine, FarEndState } from '../../src/index.ts'
import { type Bench, bench } from '../engine/harness.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = join(ROOT, 'src/engine/acd/README.md')
const CHAT = '5002'

/** The types of the page. */
interface Kept {
  readonly task: AcdTask
  readonly offer?: { readonly user: string; readonly id: string; readonly isAccepted: boolean }
}
interface QueueAcd extends AcdPort {
  resume(engine: Engine): Promise<void>
  submit(task: AcdTask): void
  callComes(call: AcdCall): void
  callerHangsUp(id: string): Promise<void>
}
type Dial = (number: string) => Promise<FarEndState>

let folder: string
let page: {
  readonly QueueAcd: new (kept: Map<string, Kept>, calls?: Map<string, { isGone?: boolean }>, dial?: Dial) => QueueAcd
}
beforeAll(async () => {
  const text = (await readFile(PAGE, 'utf8')).match(/<!-- acd -->\n```ts\n([\s\S]*?)```/)?.[1] ?? ''
  folder = await mkdtemp(join(tmpdir(), 'mrdian-acd-'))
  const file = join(folder, 'queue-acd.ts')
  await writeFile(file, text.replaceAll("'mrdian'", `'${join(ROOT, 'src/index.ts')}'`))
  page = await import(file)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const task = (id: string): AcdTask => ({ id, mrd: CHAT, scriptSelector: 'chat_sales', variables: [] })

async function stage() {
  const kept = new Map<string, Kept>()
  const acd = new page.QueueAcd(kept)
  const on = await bench({ acd })
  await acd.resume(on.engine)
  return { kept, acd, on }
}

/** Resolves when all requests and offers that follow from earlier events are done. */
async function settled(on: Bench): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await on.clock.settle()
    await setImmediate()
  }
}

const dialogsOf = ({ engine }: Bench, user: string) => engine.get.dialogs(user, 'nonvoice') ?? []
const dialogOf = (on: Bench, user: string): string => dialogsOf(on, user)[0]?.id ?? ''

it('a task waits for an agent, is accepted and handled', async () => {
  const { kept, acd, on } = await stage()
  acd.submit(task('t1'))
  await settled(on)
  expect(kept.get('t1')?.offer).toBeUndefined()
  await on.ready('1001', CHAT)
  await settled(on)
  const dialog = dialogOf(on, '1001')
  await on.act(dialog, 'ACCEPT')
  await settled(on)
  expect(kept.get('t1')?.offer).toMatchObject({ user: '1001', isAccepted: true })
  await on.act(dialog, 'CLOSE')
  await settled(on)
  expect([...kept]).toEqual([])
})

it('a refused offer waits for the next agent', async () => {
  const { kept, acd, on } = await stage()
  await on.ready('1001', CHAT)
  const refusals: AcdRequest[] = []
  const { request } = acd
  acd.request = async (given) => {
    if (given.type === 'refused') refusals.push(given)
    await request.call(acd, given)
  }
  const signOut = on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'LOGOUT' })
  acd.submit(task('t1'))
  await signOut
  await settled(on)
  expect(refusals).toMatchObject([{ user: '1001', task: 't1', reason: 'NOT_SIGNED_IN' }])
  await on.ready('1002', CHAT)
  await settled(on)
  expect(dialogsOf(on, '1002')).toHaveLength(1)
  expect(kept.get('t1')?.offer?.user).toBe('1002')
})

it('a task that the rules of an embedder refuse is offered to that agent once, until the availability changes', async () => {
  const kept = new Map<string, Kept>()
  const acd = new page.QueueAcd(kept)
  const refusals: AcdRequest[] = []
  const { request } = acd
  acd.request = async (given) => {
    if (given.type === 'refused') refusals.push(given)
    await request.call(acd, given)
  }
  const on = await bench({
    acd,
    rules: {
      name: 'only t2',
      guards: { media: { mayTakeTask: ({ event }) => event.type === 'OFFER' && event.task.id === 't2' } },
    },
  })
  await acd.resume(on.engine)
  await on.ready('1001', CHAT, { maxDialogLimit: 2 })
  acd.submit(task('t1'))
  await settled(on)
  expect(refusals).toMatchObject([{ user: '1001', task: 't1', reason: 'RULES' }])
  acd.submit(task('t2'))
  await settled(on)
  expect(dialogsOf(on, '1001')).toHaveLength(1)
  expect(kept.get('t2')?.offer?.user).toBe('1001')
  // The offer of t2 changed the availability, so t1 was offered once more.
  expect(refusals).toHaveLength(2)
})

it('a task that was not accepted in time goes to the other agent, once', async () => {
  const { kept, acd, on } = await stage()
  await on.ready('1001', CHAT)
  acd.submit(task('t1'))
  await settled(on)
  const dialog = dialogOf(on, '1001')
  await on.ready('1002', CHAT)
  await on.clock.advance(30_000)
  await settled(on)
  expect(kept.get('t1')?.offer?.user).toBe('1002')
  const again: AcdRequest = {
    type: 'resubmit',
    user: '1001',
    task: 't1',
    dialog,
    scriptSelector: 'chat_sales',
    cause: 'START_TIMEOUT',
    attempt: 0,
  }
  await acd.request(again)
  expect(kept.get('t1')?.offer?.user).toBe('1002')
})

it('a transfer makes a new task, which another agent gets', async () => {
  const { kept, acd, on } = await stage()
  await on.ready('1001', CHAT)
  acd.submit(task('t1'))
  await settled(on)
  const dialog = dialogOf(on, '1001')
  await on.act(dialog, 'ACCEPT')
  await on.ready('1002', '5001')
  await on.act(dialog, 'TRANSFER', 'email_support')
  await settled(on)
  expect(dialogsOf(on, '1001')).toEqual([])
  expect(dialogsOf(on, '1002')).toMatchObject([{ mrd: '5001', associatedDialog: dialog }])
  await on.act(dialogOf(on, '1002'), 'ACCEPT')
  await settled(on)
  expect([...kept.keys()]).toEqual([`${dialog}/1`])
})

it('a transfer that was confirmed too late is withdrawn', async () => {
  const { kept, acd, on } = await stage()
  await on.ready('1001', CHAT)
  acd.submit(task('t1'))
  await settled(on)
  const dialog = dialogOf(on, '1001')
  await on.act(dialog, 'ACCEPT')
  await settled(on)
  // The state after a crash: the new task was offered, and its transfer has timed out.
  kept.set(`${dialog}/7`, { task: task(`${dialog}/7`) })
  await on.ready('1002', CHAT)
  await acd.resume(on.engine)
  await settled(on)
  expect(dialogsOf(on, '1002')).toHaveLength(1)
  await on.engine.acdEvents.resubmitted('1001', dialog, { attempt: 7, ok: true, task: `${dialog}/7` })
  await settled(on)
  expect(dialogsOf(on, '1002')).toEqual([])
  expect([...kept.keys()]).toEqual(['t1'])
})

it('after a restart the waiting tasks are offered, and unanswered offers are repeated', async () => {
  const { kept, acd, on } = await stage()
  await on.ready('1001', CHAT, { maxDialogLimit: 1 })
  await on.ready('1002', CHAT, { maxDialogLimit: 1 })
  for (const id of ['t1', 't2', 't3']) acd.submit(task(id))
  await settled(on)
  const users = ['1001', '1002']
  const before = users.map((user) => dialogOf(on, user))
  const stored = new Map<string, Kept>(JSON.parse(JSON.stringify([...kept])))
  const next = new page.QueueAcd(stored)
  const again = await on.restart({ acd: next })
  await next.resume(again.engine)
  await settled(again)
  expect(users.map((user) => dialogOf(again, user))).toEqual(before)
  for (const action of ['ACCEPT', 'CLOSE'] as const) await again.act(before[0] ?? '', action)
  await settled(again)
  expect(stored.size).toBe(2)
  expect(stored.get('t3')?.offer?.user).toBe('1001')
})

it('after a restart a waiting task, and one whose offer was not committed, go to an agent who was ready before', async () => {
  const { on } = await stage()
  await on.ready('1001', CHAT)
  const next = new page.QueueAcd(
    new Map<string, Kept>([
      ['t1', { task: task('t1') }],
      // This offer was stored, and the process ended before it was committed.
      ['t2', { task: task('t2'), offer: { user: '1001', id: 'o2', isAccepted: false } }],
    ]),
  )
  const again = await on.restart({ acd: next })
  await next.resume(again.engine)
  await settled(again)
  expect(dialogsOf(again, '1001')).toHaveLength(2)
})

describe('calls', () => {
  const call = (id: string): AcdCall => ({ id, from: '5550100', to: '8000', queueNumber: '701', variables: [] })
  const calling = async (...answers: readonly FarEndState[]) => {
    const calls = new Map<string, { isGone?: boolean }>()
    const acd = new page.QueueAcd(new Map(), calls, async () => answers[0] ?? 'BUSY')
    const on = await bench({ acd })
    await acd.resume(on.engine)
    const ready = async (user: string) => {
      await on.command({ type: 'user.signIn', user, extension: user })
      await on.command({ type: 'user.setState', user, state: 'READY' })
      await settled(on)
    }
    return { acd, on, calls, ready }
  }
  const callOf = ({ engine }: Bench, user: string) => engine.get.dialogs(user, 'voice')?.[0]
  const act = (on: Bench, user: string, action: 'ANSWER' | 'DROP') =>
    on.command({ type: 'call.act', user, dialog: callOf(on, user)?.id ?? '', action, targetMediaAddress: user })

  it('a call waits for an agent, is answered and ended', async () => {
    const { acd, on, calls, ready } = await calling()
    acd.callComes(call('c1'))
    await ready('1001')
    expect(callOf(on, '1001')?.state).toBe('ALERTING')
    await act(on, '1001', 'ANSWER')
    await act(on, '1001', 'DROP')
    await settled(on)
    expect(calls.size).toBe(0)
  })

  it('a call that is not answered goes to the next agent, until its caller gives up', async () => {
    const { acd, on, calls, ready } = await calling()
    await ready('1001')
    acd.callComes(call('c1'))
    await settled(on)
    await ready('1002')
    await on.clock.advance(on.directory.settings.callRingSeconds * 1000)
    await settled(on)
    expect([callOf(on, '1001'), callOf(on, '1002')?.state]).toEqual([undefined, 'ALERTING'])
    await acd.callerHangsUp('c1')
    await settled(on)
    expect([callOf(on, '1002'), calls.size]).toEqual([undefined, 0])
  })

  it('a caller who gives up while waiting is never offered', async () => {
    const { acd, on, calls, ready } = await calling()
    acd.callComes(call('c1'))
    await acd.callerHangsUp('c1')
    await ready('1001')
    expect([callOf(on, '1001'), calls.size]).toEqual([undefined, 0])
  })

  it.each([
    ['ANSWERED', 'ACTIVE'],
    ['BUSY', 'FAILED'],
  ] as const)('a number outside that an agent dials: %s', async (answer, state) => {
    const { on, ready } = await calling(answer)
    await ready('1001')
    await on.command({ type: 'call.make', user: '1001', fromAddress: '1001', toAddress: '5550177' })
    await settled(on)
    expect(callOf(on, '1001')?.state).toBe(state)
  })

  it('after a restart a call that rings goes on, and its offer is repeated without an effect', async () => {
    const { acd, on, calls, ready } = await calling()
    await ready('1001')
    acd.callComes(call('c1'))
    await settled(on)
    const next = new page.QueueAcd(new Map(), new Map(JSON.parse(JSON.stringify([...calls]))))
    const again = await on.restart({ acd: next })
    await next.resume(again.engine)
    await settled(again)
    await act(again, '1001', 'ANSWER')
    expect(again.engine.get.dialogs('1001', 'voice')).toMatchObject([{ state: 'ACTIVE' }])
  })
})
