/** An engine with history in virtual time, with customers whose values are easy to find. */
import type { Directory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import type { Store } from '../../src/engine/ports.ts'
import { replay } from '../../src/history/replay.ts'
import { createEngine } from '../../src/index.ts'
import { type MemoryStore, memoryStore } from '../../src/store/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { every } from '../store/rows.ts'
import { SAMPLE } from '../suite/sample.ts'

export const EMAIL = '5001'
export const CHAT = '5002'

export interface Stage {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly store: Store
  readonly directory: Directory
}

export async function stage(store: Store, more: Partial<EngineOptions> = {}, clock = virtualClock()): Promise<Stage> {
  const { directory = SAMPLE.directory } = more
  const engine = await createEngine({ clock, store, ...more, directory })
  return { engine, clock, store, directory }
}

/** A store that keeps every snapshot. */
export const keptStore = (): MemoryStore => memoryStore({ keep: 'history', historySpacing: 0 })

export async function ready({ engine }: Stage, user: string, mrd: string): Promise<void> {
  await engine.command({ type: 'media.signIn', user, mrd, maxDialogLimit: 5, interruptAction: 'ACCEPT' })
  await engine.command({ type: 'media.setState', user, mrd, state: 'READY' })
}

export async function act(
  { engine }: Stage,
  dialog: string,
  action: 'ACCEPT' | 'START' | 'TRANSFER' | 'CLOSE' | 'WRAP_UP',
  target?: string,
): Promise<void> {
  const user = dialog.split('_')[1] ?? ''
  await engine.command({ type: 'dialog.act', user, dialog, action, ...(target === undefined ? {} : { target }) })
}

/** Submits a task with the value in its variables; gives the task and, if it was offered, the dialog. */
export async function submitted(
  { engine }: Stage,
  mrd: string,
  scriptSelector: string,
  value: string,
  agentId?: string,
): Promise<{ readonly task: string; readonly dialog: string }> {
  const variables = [
    { name: 'callVariable1', value },
    { name: 'user.customer', value: `${value}-number` },
  ]
  const task = await engine.acd?.submitTask({ mrd, scriptSelector, variables, ...(agentId ? { agentId } : {}) })
  if (!task) throw new Error('no built-in ACD')
  return { task: task.id, dialog: task.dialogId ?? '' }
}

/**
 * A chat of the customer `value`: resubmitted after the Start Timeout, transferred to e-mail, closed there. Returns the
 * id of the first task. Needs 1001 in the chat MRD and 1002 in both.
 */
export async function transferredChat(on: Stage, value: string): Promise<string> {
  const { task, dialog } = await submitted(on, CHAT, 'chat_sales', value)
  await on.clock.advance(31_000)
  const again = on.engine.acd?.tasks().findLast((each) => each.state === 'reserved' && each.mrd === CHAT)?.dialogId
  const taken = again ?? dialog
  await act(on, taken, 'ACCEPT')
  await act(on, taken, 'START')
  // Long enough for snapshots of a state with the values.
  await on.clock.advance(120_000)
  await act(on, taken, 'TRANSFER', 'email_support')
  const email =
    on.engine.acd?.tasks().findLast((each) => each.state === 'reserved' && each.mrd === EMAIL)?.dialogId ?? ''
  await act(on, email, 'ACCEPT')
  await act(on, email, 'START')
  await act(on, email, 'CLOSE')
  return task
}

/** A call that is answered and ends. Returns its id. */
export async function endedCall({ engine }: Stage, from: string, value: string): Promise<string> {
  await engine.command({ type: 'user.signIn', user: '1003', extension: '1003' })
  await engine.command({ type: 'user.setState', user: '1003', state: 'READY' })
  const call = await engine.acd?.submitCall({ from, to: '1003', variables: [{ name: 'callVariable1', value }] })
  const dialog = call?.id ?? ''
  await engine.command({ type: 'call.act', user: '1003', dialog, action: 'ANSWER', targetMediaAddress: '1003' })
  await engine.acd?.hangUp(dialog)
  return dialog
}

/** Everything that the store keeps, as text. */
export async function kept({ store }: Pick<Stage, 'store'>): Promise<string> {
  const { history } = store
  if (!history) throw new Error('no history is kept')
  const snapshots = []
  for (const { name } of await history.aggregates()) snapshots.push(...(await every(history.snapshots(name))))
  const all = [
    ...(await every(history.all(0))),
    ...snapshots,
    ...(await history.outbox()),
    ...['erasure', 'erasure-watermark'].flatMap((collection) => [...store.records.list(collection)]),
  ]
  return JSON.stringify(all)
}

/** The differences that a replay of the whole history finds. */
export async function differences({ store }: Pick<Stage, 'store'>) {
  if (!store.history) throw new Error('no history is kept')
  return (await replay(store.history)).aggregates.flatMap(({ aggregate, difference }) =>
    difference ? [{ aggregate, difference }] : [],
  )
}
