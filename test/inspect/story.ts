/** The interrupt story of the README, for the tests of the inspector. */
import type { Bench } from '../engine/harness.ts'

/** Values that must never be shown where personal data is hidden. */
export const SECRETS = {
  names: ['Reyes', 'areyes'],
  variable: 'blue-submarine-4711',
  caller: '5550123',
  dialNumber: '5550999',
} as const

export interface Story {
  readonly email: string
  readonly chat: string
  readonly call: string
}

/** Waits one second between two events. */
async function pause({ clock }: Bench): Promise<void> {
  await clock.advance(1000)
}

/** Agent 1001 signs in to e-mail, which chats may interrupt, and to chat. */
export async function signIn(on: Bench): Promise<void> {
  await on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/desktop', available: true })
  await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
  for (const mrd of ['5001', '5002']) {
    await pause(on)
    await on.command({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
    await on.command({ type: 'media.setState', user: '1001', mrd, state: 'READY' })
  }
}

async function taskFor(on: Bench, mrd: string, scriptSelector: string): Promise<string> {
  await pause(on)
  const variables = [{ name: 'callVariable1', value: SECRETS.variable }]
  const task = await on.engine.acd?.submitTask({ mrd, scriptSelector, agentId: '1001', variables })
  if (task?.dialogId === undefined) throw new Error('the task was not offered')
  for (const action of ['ACCEPT', 'START'] as const) {
    await pause(on)
    await on.act(task.dialogId, action)
  }
  return task.dialogId
}

/** A chat interrupts an e-mail, which cannot be paused then and becomes active again afterwards. So does a call. */
export async function interrupts(on: Bench): Promise<Story> {
  const email = await taskFor(on, '5001', 'email_support')
  const chat = await taskFor(on, '5002', 'chat_sales')
  await pause(on)
  await on.act(email, 'PAUSE')
  await pause(on)
  await on.act(chat, 'CLOSE')
  await pause(on)
  await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
  const variables = [{ name: 'callVariable1', value: SECRETS.variable }]
  const call = await on.engine.acd?.submitCall({ from: SECRETS.caller, to: '1001', variables })
  if (!call) throw new Error('the call did not arrive')
  await pause(on)
  await on.command({ type: 'call.act', user: '1001', dialog: call.id, action: 'ANSWER', targetMediaAddress: '1001' })
  await pause(on)
  await on.engine.acd?.hangUp(call.id)
  await pause(on)
  return { email, chat, call: call.id }
}
