/** An engine in virtual time that records its notifications as short lines. */

import type { Directory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { Answer, Command } from '../../src/engine/commands.ts'
import type { NotificationEvent } from '../../src/engine/events.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import type { Batch, Publication, Publisher, Store, Taken } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../suite/sample.ts'

export interface Bench {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly store: ReturnType<typeof memoryStore>
  readonly directory: Directory
  /** Notifications since the last call, as lines; see `line`. */
  news(): readonly string[]
  command(command: Command): Promise<Answer>
  /** Signs a user in to a medium and makes the user ready there. */
  ready(user: string, mrd: string, options?: Partial<Extract<Command, { type: 'media.signIn' }>>): Promise<void>
  act(dialog: string, action: Extract<Command, { type: 'dialog.act' }>['action'], target?: string): Promise<Answer>
  /** Starts a new engine on the same store, as after a crash: nothing is closed. */
  restart(options?: Partial<EngineOptions>): Promise<Bench>
}

/** A notification as a line. `undefined` for team summaries, because they repeat the user. */
export function line({
  node,
  event,
  value,
  shape,
  requestId,
}: Omit<NotificationEvent, 'position'>): string | undefined {
  if (shape === 'summary') return undefined
  const id = requestId === '' ? '' : ` #${requestId}`
  switch (value.kind) {
    case 'user': {
      if (event === 'DELETE') return `DELETE user ${value.id}`
      const pending = value.pendingState === '' ? '' : ` -> ${value.pendingState}`
      return `user ${value.id} ${value.state}${pending}${value.reason ? ` (${value.reason.code})` : ''}${id}`
    }
    case 'media': {
      const mode = value.status?.routable ? '' : ' not routable'
      return `media ${value.user} ${value.id} ${value.status?.state}${mode}${id}`
    }
    case 'task':
      return `${event} task ${value.id} ${value.state}${value.dispositionCode ? ` ${value.dispositionCode}` : ''}${id}`
    case 'call':
      return `${event} call ${value.id} ${value.state}${id} ${value.participants.map((party) => party.state).join('/')}`
    case 'failure':
      return `error ${value.failure} on ${node.replace('/finesse/api/', '')}${id}`
    case 'queue':
      return `${event} queue ${value.id}`
    case 'queues':
      return `${event} queues ${value.queues.map(({ id: queue }) => queue).join(' ')} of ${value.user}`
    case 'teamMessage':
      return `${event} team message ${value.content}`
    case 'systemInfo':
      return `system ${value.status}`
  }
}

export async function bench(options: Partial<EngineOptions> = {}): Promise<Bench> {
  const { directory } = options.directory ? { directory: options.directory } : SAMPLE
  const clock = virtualClock()
  return start(directory, clock, memoryStore({ id: 'test' }), options)
}

async function start(
  directory: Directory,
  clock: VirtualClock,
  store: ReturnType<typeof memoryStore>,
  options: Partial<EngineOptions>,
): Promise<Bench> {
  const engine = await createEngine({ clock, store, ...options, directory })
  let lines: string[] = []
  engine.on('notification', (event) => {
    const text = line(event)
    if (text !== undefined) lines.push(text)
  })
  const command = (given: Command) => engine.command(given)
  return {
    engine,
    clock,
    store,
    directory,
    command,
    news() {
      const taken = lines
      lines = []
      return taken
    },
    async ready(user, mrd, more = {}) {
      await command({ type: 'media.signIn', user, mrd, maxDialogLimit: 5, interruptAction: 'ACCEPT', ...more })
      await command({ type: 'media.setState', user, mrd, state: 'READY' })
      lines = []
    },
    act(dialog, action, target) {
      const user = dialog.split('_')[1] ?? ''
      return command({ type: 'dialog.act', user, dialog, action, ...(target === undefined ? {} : { target }) })
    },
    restart: (more = {}) => start(more.directory ?? directory, clock, store.reopen(), { ...options, ...more }),
  }
}

/** Submits a task for one agent, accepts and starts it. Returns the id of the dialog. */
export async function startTask(on: Bench, agentId: string, mrd: string, scriptSelector: string): Promise<string> {
  const task = await on.engine.acd?.submitTask({ mrd, scriptSelector, agentId })
  const dialog = task?.dialogId
  if (dialog === undefined) throw new Error(`task was not offered: ${task?.state}`)
  await on.act(dialog, 'ACCEPT')
  await on.act(dialog, 'START')
  on.news()
  return dialog
}

/** A memory store whose commits fail while `broken`. `offered`: every batch that it was given, also those that failed. */
export function fragileStore(): Store & { broken: boolean; readonly offered: Batch[] } {
  const inner = memoryStore({ id: 'test' })
  return {
    broken: false,
    offered: [],
    id: inner.id,
    records: inner.records,
    history: inner.history,
    load: () => inner.load(),
    compact: (before) => inner.compact(before),
    rewrite: (...given) => inner.rewrite(...given),
    commit(batch) {
      this.offered.push(batch)
      if (this.broken) throw new Error('disk full')
      inner.commit(batch)
    },
    clear: () => inner.clear(),
    close: () => inner.close(),
  }
}

/** Takes the notifications of a side, and keeps the lines of agent 1001's nodes. */
export class Client implements Publisher {
  readonly heard: string[] = []

  async publish({ itemId, notification }: Publication): Promise<Taken> {
    const text = line({ ...notification, itemId })
    if (text !== undefined && /User.1001/.test(notification.node)) this.heard.push(text)
    return { toOwner: true }
  }
}
