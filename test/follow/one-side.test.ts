/** A follower beside one side: the same reads, the same notifications, and commands that go there. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Notification } from '../../src/engine/values.ts'
import { type Beside, BY_WATCHING, beside, stateOf } from './beside.ts'

let b: Beside
afterEach(() => b.close())

const CHAT = '5002'
const EMAIL = '5001'

/** An agent with an e-mail that a chat interrupts, and a call. */
async function morning({ site }: Beside, step: () => Promise<void>): Promise<void> {
  const agent = site.restOnly('1001')
  await agent.putUser('<state>LOGIN</state><extension>1001</extension>', 'r-1')
  await step()
  for (const mrd of [EMAIL, CHAT]) {
    await agent.media(
      mrd,
      '<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await agent.media(mrd, '<state>READY</state>')
  }
  await step()
  const email = await taskFor(site, 'email_support')
  await agent.dialog(email, 'ACCEPT')
  await agent.dialog(email, 'START')
  await step()
  const chat = await taskFor(site, 'chat_sales')
  await agent.dialog(chat, 'ACCEPT')
  await agent.dialog(chat, 'START')
  await step()
  await agent.dialog(chat, 'CLOSE')
  await agent.putUser('<state>READY</state>', 'r-2')
  const call = await site.acd('POST', '/calls', { from: '5550100', to: '1001' })
  await step()
  await agent.dialog(String(call.body.id), 'ANSWER', 'r-3', '<targetMediaAddress>1001</targetMediaAddress>')
  await step()
  await site.acd('POST', `/calls/${String(call.body.id)}`, { action: 'HANGUP' })
  await agent.dialog(email, 'CLOSE')
  await step()
}

async function taskFor(site: Beside['site'], scriptSelector: string): Promise<string> {
  const task = await site.acd('POST', '/tasks', { scriptSelector, agentId: '1001' })
  const { body } = await site.acd('GET', `/tasks/${String(task.body.id)}`)
  return String(body.dialogId)
}

describe('a follower with sessions of the agents', () => {
  it('reads the same users, media, tasks and calls as upstream after every step', async () => {
    b = await beside({})
    await b.follower.live()
    await b.same()
    await morning(b, () => b.same())
    expect(b.follower.figures).toMatchObject({ missed: 0, unreadable: 0, strange: 0, gaps: 0 })
  })

  it('publishes the same typed notifications in the same order', async () => {
    b = await beside({})
    await b.follower.live()
    const [there, here]: [Notification[], Notification[]] = [[], []]
    b.site.server.engine.on('notification', (each) => there.push(bare(each)))
    // Finesse sends no notification of dialogs that are interrupted. The follower reads them.
    b.follower.engine.on('notification', (each) => {
      if (!each.itemId.startsWith('read-')) here.push(bare(each))
    })
    await morning(b, () => b.same())
    const own = (all: readonly Notification[]) => all.filter(({ node }) => node.startsWith('/finesse/api/User/1001'))
    expect(own(here)).toEqual(own(there))
  })
})

describe('a follower that only watches', () => {
  it('learns states of users at once, and the rest by reads (`notifications 5.1`)', async () => {
    b = await beside(BY_WATCHING)
    await b.follower.live()
    const { lastResyncMs } = b.follower.figures
    await morning(b, () => b.same())
    // Regular reads are no resync, however long they go on.
    expect(b.follower.figures).toMatchObject({ sessions: 1, missed: 0, lastResyncMs })
  })
})

describe('a command', () => {
  it('is sent to Finesse and is done when the state is there', async () => {
    b = await beside({})
    await b.follower.live()
    const { engine } = b.follower
    expect(await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })).toEqual({
      accepted: true,
      outcome: 'DONE',
    })
    expect(stateOf(b.follower, '1001')).toBe('NOT_READY')
    const signIn = {
      type: 'media.signIn',
      user: '1001',
      mrd: CHAT,
      maxDialogLimit: 2,
      interruptAction: 'IGNORE',
    } as const
    expect(await engine.command(signIn)).toMatchObject({ outcome: 'DONE' })
    expect(await engine.command(signIn)).toMatchObject({ outcome: 'REFUSED', code: 'ALREADY_SIGNED_IN_TO_MEDIA' })
    expect(await engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })).toMatchObject({
      outcome: 'DONE',
    })
    const chat = await taskFor(b.site, 'chat_sales')
    await b.same()
    const act = (action: 'PAUSE' | 'ACCEPT') =>
      engine.command({ type: 'dialog.act', user: '1001', dialog: chat, action })
    expect(await act('PAUSE')).toMatchObject({ outcome: 'REFUSED', code: 'ACTION_OUT_OF_SEQUENCE' })
    expect(await act('ACCEPT')).toMatchObject({ outcome: 'DONE' })
    await b.same()
  })

  it('that Finesse refuses at once is rejected with the code of the authority', async () => {
    b = await beside({})
    await b.follower.live()
    const { engine } = b.follower
    expect(
      await engine.command({ type: 'dialog.act', user: '1001', dialog: '9_1001_5002', action: 'ACCEPT' }),
    ).toMatchObject({
      outcome: 'REJECTED',
      code: 'DIALOG_NOT_FOUND',
    })
    expect(await engine.command({ type: 'user.setState', user: '77', state: 'READY' })).toMatchObject({
      outcome: 'REJECTED',
      code: 'USER_NOT_FOUND',
    })
    expect(await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toMatchObject({
      outcome: 'REFUSED',
      code: 'INVALID_USER_STATE',
    })
  })
})

const bare = ({ node, event, source, shape, requestId, value }: Notification): Notification => ({
  node,
  event,
  source,
  shape,
  requestId,
  value: value.kind === 'call' && value.queue ? { ...value, queue: { ...value.queue, outcome: 'ANSWERED' } } : value,
})
