/**
 * The outputs of an agent's steps other than notifications: answers, deadlines, messages to its calls, flags. Each is
 * tested by its effect outside the aggregate.
 */

import { describe, expect, it } from 'vitest'
import type { Directory } from '../../src/directory/model.ts'
import { DONE, rejected } from '../../src/engine/answers/answer.ts'
import type { AskedBy } from '../../src/engine/commands.ts'
import { isInput } from '../../src/engine/input.ts'
import { Stage } from './stage.ts'

const AGENT = '1001'
const CHAT = '5002'
const TASK = `1000_${AGENT}_${CHAT}`

/** Every call of the agent is wrapped up. */
const wrapsUp = (sample: Directory): Directory => ({
  ...sample,
  users: sample.users.map((user) =>
    user.id === AGENT ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' } } : user,
  ),
})

const setState = (stage: Stage, state: 'READY' | 'NOT_READY' | 'LOGOUT', by: AskedBy = 'self') =>
  stage.engine.command({ type: 'user.setState', user: AGENT, state, by })

async function signedIn(): Promise<Stage> {
  const stage = await Stage.open({ directory: wrapsUp })
  await stage.engine.command({ type: 'user.signIn', user: AGENT, extension: AGENT })
  return stage
}

/** The agent in chat, with a task that is offered. */
async function offered(): Promise<Stage> {
  const stage = await signedIn()
  const chat = { user: AGENT, mrd: CHAT } as const
  await stage.engine.command({ type: 'media.signIn', ...chat, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
  await stage.engine.command({ type: 'media.setState', ...chat, state: 'READY' })
  await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: AGENT })
  return stage
}

const act = (stage: Stage, action: 'ACCEPT' | 'START') =>
  stage.engine.command({ type: 'dialog.act', user: AGENT, dialog: TASK, action })

/** A call at the agent's extension. */
async function ringing(stage: Stage): Promise<string> {
  const call = await stage.engine.acd?.submitCall({ from: '5550177', to: AGENT })
  return call?.id ?? ''
}

/** The agent talks to the caller. */
async function talking(stage: Stage): Promise<string> {
  const dialog = await ringing(stage)
  const asked = { user: AGENT, dialog, targetMediaAddress: AGENT } as const
  await stage.engine.command({ type: 'call.act', ...asked, action: 'ANSWER' })
  return dialog
}

/** The journal, read. */
const journal = (stage: Stage) =>
  stage.rows.flatMap(({ aggregate, at, input }) => {
    const known: unknown = input
    return isInput(known) ? [{ aggregate, at, input: known }] : []
  })

/** Deadlines of the agent that were applied, with the time since `began`. */
const passed = (stage: Stage, began: number) =>
  journal(stage).flatMap(({ aggregate, at, input }) =>
    aggregate === `user/${AGENT}` && input.kind === 'deadline'
      ? [{ owner: input.owner, name: input.name, due: input.due - began, at: at - began }]
      : [],
  )

/** The messages of the agent to its calls, from the journal. */
const heard = (stage: Stage) =>
  journal(stage).flatMap(({ aggregate, input }) =>
    input.kind === 'message' && input.from === `user/${AGENT}` && aggregate.startsWith('call/')
      ? [{ to: aggregate, ...input.body }]
      : [],
  )

describe('an answer', () => {
  it('to a sign-out of a signed-out user is a rejection (user 4.3)', async () => {
    const stage = await signedIn()
    expect(await setState(stage, 'LOGOUT')).toEqual(DONE)
    const refused = rejected('ALREADY_SIGNED_OUT', 'state')
    expect(await setState(stage, 'LOGOUT')).toEqual(refused)
  })
})

describe('a deadline', () => {
  it('is applied at its time, for its owner (D6)', async () => {
    const stage = await offered()
    const began = stage.clock.now()
    await stage.clock.advance(600_000)
    expect(passed(stage, began)).toEqual([{ owner: TASK, name: 'START_TIMEOUT', due: 30_000, at: 30_000 }])
    expect(stage.engine.get.dialogs(AGENT, 'nonvoice')).toEqual([])
  })

  it('is never applied when it was cleared; the other deadlines of its owner stay', async () => {
    const stage = await offered()
    const began = stage.clock.now()
    await act(stage, 'ACCEPT')
    await act(stage, 'START')
    await stage.clock.advance(600_000)
    expect(passed(stage, began)).toEqual([])
    await stage.clock.advance(28_800_000)
    const due = 28_800_000
    expect(passed(stage, began)).toEqual([{ owner: TASK, name: 'MAX_TASK_DURATION', due, at: due }])
  })
})

describe('a message to a call', () => {
  it('ends its wrap-up when the agent ends it, without a deadline (user 5.4)', async () => {
    const stage = await signedIn()
    const dialog = await talking(stage)
    await stage.engine.acd?.hangUp(dialog)
    expect(stage.engine.get.user(AGENT)?.state).toBe('WORK')
    expect(stage.engine.acd?.calls()).toMatchObject([{ id: dialog, participants: [{ state: 'WRAP_UP' }, {}] }])
    const began = stage.clock.now()
    await setState(stage, 'NOT_READY')
    await stage.clock.settle()
    expect(heard(stage)).toEqual([{ to: `call/${dialog}`, type: 'wrapUpOver', user: AGENT }])
    expect([stage.engine.acd?.calls(), stage.engine.get.dialogs(AGENT, 'voice')]).toEqual([[], []])
    await stage.clock.advance(600_000)
    expect(passed(stage, began)).toEqual([])
  })

  it('ends its ringing when the agent signs out (ruling 47)', async () => {
    const stage = await signedIn()
    const dialog = await ringing(stage)
    await setState(stage, 'LOGOUT')
    await stage.clock.settle()
    expect(heard(stage)).toEqual([{ to: `call/${dialog}`, type: 'agentSignedOut', user: AGENT }])
    expect([stage.engine.acd?.calls(), stage.engine.get.dialogs(AGENT, 'voice')]).toEqual([[], []])
  })

  it('refuses it when the agent is signed out', async () => {
    const stage = await Stage.open()
    const participants = [
      { user: AGENT, mediaAddress: AGENT, state: 'DROPPED', actions: [] },
      { mediaAddress: '5550177', state: 'INITIATED' },
    ]
    const failed = { kind: 'call', id: '16777217', state: 'FAILED', participants }
    expect(await stage.engine.acd?.submitCall({ from: '5550177', to: AGENT })).toMatchObject(failed)
    await stage.clock.settle()
    expect(heard(stage)).toEqual([{ to: 'call/16777217', type: 'legRefused', user: AGENT }])
    expect([stage.engine.acd?.calls(), stage.failedRows]).toEqual([[], []])
  })

  it('says whether the agent leaves when it ends, because then there is no wrap-up (ruling 47)', async () => {
    const stage = await signedIn()
    const first = await talking(stage)
    await setState(stage, 'LOGOUT', 'supervisor')
    await setState(stage, 'NOT_READY')
    await stage.engine.acd?.hangUp(first)
    expect(stage.engine.get.user(AGENT)?.state).toBe('WORK')
    await setState(stage, 'NOT_READY')
    await stage.clock.settle()
    const second = await talking(stage)
    await setState(stage, 'LOGOUT', 'supervisor')
    const legs: (string | undefined)[] = []
    stage.engine.on('notification', ({ value }) => {
      if (value.kind === 'call') legs.push(value.participants[0]?.state)
    })
    await stage.engine.acd?.hangUp(second)
    expect([stage.engine.get.user(AGENT)?.state, stage.engine.acd?.calls()]).toEqual(['LOGOUT', []])
    // The caller's leg is dropped first.
    expect(legs).toEqual(['ACTIVE', 'DROPPED', 'DROPPED'])
    const leaves = { type: 'agentLeaves', user: AGENT } as const
    expect(heard(stage)).toEqual([
      { to: `call/${first}`, ...leaves, leaves: true },
      { to: `call/${first}`, ...leaves, leaves: false },
      { to: `call/${first}`, type: 'wrapUpOver', user: AGENT },
      { to: `call/${second}`, ...leaves, leaves: true },
    ])
  })
})

describe('a flag', () => {
  it('marks a step of the followed Finesse that the tables do not have, and no other step', async () => {
    const stage = await Stage.open({ role: 'follower' })
    const flags: unknown[] = []
    stage.engine.on('flagged', (flag) => flags.push(flag))
    await stage.engine.userEvent({ kind: 'user', user: AGENT, state: 'NOT_READY', extension: AGENT })
    expect(flags).toEqual([])
    await stage.engine.userEvent({ kind: 'user', user: AGENT, state: 'WORK_READY' })
    expect(flags).toEqual([{ aggregate: `user/${AGENT}`, what: 'user', from: 'NOT_READY', to: 'WORK_READY' }])
  })
})
