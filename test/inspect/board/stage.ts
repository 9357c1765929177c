/** A board with a real engine in virtual time, over real HTTP. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import fastify from 'fastify'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { LegAction } from '../../../machines/wire.ts'
import { createAccounts } from '../../../src/accounts/index.ts'
import type { LoadedDirectory } from '../../../src/directory/index.ts'
import type { Engine } from '../../../src/engine/api.ts'
import type { Command } from '../../../src/engine/commands.ts'
import { startEngine } from '../../../src/engine/engine.ts'
import { BOARD_STREAM, type Board, createBoard } from '../../../src/inspect/board/index.ts'
import type { BoardAgent, BoardMessage } from '../../../src/inspect/board/protocol.ts'
import { memoryStore } from '../../../src/store/index.ts'
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../../suite/sample.ts'

const ticketIn = z.object({ ticket: z.string() })

export const EMAIL = '5001'
export const CHAT = '5002'

export const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

export interface Stage {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly board: Board
  /** `http://127.0.0.1:…` */
  readonly base: string
  command(command: Command): Promise<void>
  /** Signs a user in to a medium and sets it READY. */
  ready(user: string, mrd: string): Promise<void>
  /** Submits a task for this agent, accepts and starts it. Returns its dialog. */
  works(user: string, mrd: string, scriptSelector: string): Promise<string>
  act(user: string, dialog: string, action: 'ACCEPT' | 'START' | 'CLOSE'): Promise<void>
  /** An outside party calls this agent's extension, which is the agent's id, and the agent answers. Returns the call. */
  answers(user: string): Promise<string>
  onCall(user: string, dialog: string, action: LegAction): Promise<void>
  /** Requests a ticket. */
  admit(authorization: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  ticket(credentials: string): Promise<string>
  /** Breaks all streams like a network failure. */
  cut(): void
  close(): Promise<void>
}

export async function boardStage(
  options: {
    readonly directory?: LoadedDirectory
    readonly hasInspector?: boolean
    readonly history?: boolean
    readonly acts?: boolean
  } = {},
): Promise<Stage> {
  const { directory, credentials } = options.directory ?? SAMPLE
  const clock = virtualClock()
  const engine = await startEngine({ directory, store: memoryStore(options.history ? { keep: 'history' } : {}), clock })
  const accounts = createAccounts({ credentials, lockout: directory.settings.lockout, now: () => clock.now() })
  const { hasInspector = true } = options
  const board = createBoard({ engine, accounts, hasInspector, acts: options.acts ?? true, timeStandsStill: true })
  const app = fastify({ forceCloseConnections: true })
  const sockets = new Set<Socket>()
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    board.handleUpgrade(request, socket, head)
  })
  await app.register(board.routes)
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const admit: Stage['admit'] = (authorization, headers = {}) =>
    fetch(`${base}/inspect/board/tickets`, { method: 'POST', headers: { authorization, ...headers } })
  const command = async (given: Command) => {
    const answer = await engine.command(given)
    if (!answer.accepted) throw new Error(`${given.type}: ${answer.code}`)
  }
  const act: Stage['act'] = (user, dialog, action) => command({ type: 'dialog.act', user, dialog, action })
  const onCall: Stage['onCall'] = (user, dialog, action) =>
    command({ type: 'call.act', user, dialog, action, targetMediaAddress: user })
  return {
    engine,
    clock,
    board,
    base,
    command,
    act,
    admit,
    async ready(user, mrd) {
      await command({ type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
      await command({ type: 'media.setState', user, mrd, state: 'READY' })
    },
    async works(user, mrd, scriptSelector) {
      const known = new Set(engine.get.dialogs(user, 'nonvoice')?.map(({ id }) => id))
      await engine.acd?.submitTask({ mrd, scriptSelector, agentId: user })
      const dialog = engine.get.dialogs(user, 'nonvoice', mrd)?.find(({ id }) => !known.has(id))?.id ?? ''
      await act(user, dialog, 'ACCEPT')
      await act(user, dialog, 'START')
      return dialog
    },
    onCall,
    async answers(user) {
      const call = await engine.acd?.submitCall({ from: '5550100', to: user })
      const { id = '' } = call ?? {}
      await onCall(user, id, 'ANSWER')
      return id
    },
    async ticket(credentials) {
      return ticketIn.parse(await (await admit(basic(credentials))).json()).ticket
    },
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      board.close()
      await app.close()
      await engine.close()
    },
  }
}

/** A stream and its messages. */
export interface Watcher {
  readonly socket: WebSocket
  readonly messages: readonly BoardMessage[]
  /** The newest row of each agent, by id. */
  readonly agents: ReadonlyMap<string, BoardAgent>
  /** Resolves as soon as the messages so far fulfil the condition. */
  until(wanted: (watcher: Watcher) => boolean): Promise<void>
  readonly closed: Promise<number>
}

/** Connects. Rejects with the status when the server refuses. */
export async function watch(
  { base }: Pick<Stage, 'base'>,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Watcher> {
  const socket = new WebSocket(`${base.replace('http', 'ws')}${BOARD_STREAM}${query}`, { headers })
  const messages: BoardMessage[] = []
  const agents = new Map<string, BoardAgent>()
  let heard: () => void = () => undefined
  socket.on('message', (data) => {
    const message: BoardMessage = JSON.parse(String(data))
    messages.push(message)
    if (message.type === 'change') for (const agent of message.agents ?? []) agents.set(agent.id, agent)
    heard()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('unexpected-response', (_request, { statusCode }) => reject(new Error(`status ${statusCode}`)))
    socket.once('error', reject)
  })
  const closed = once(socket, 'close').then(([code]: unknown[]) => Number(code))
  const watcher: Watcher = {
    socket,
    messages,
    agents,
    closed,
    until: (wanted) =>
      new Promise((resolve) => {
        heard = () => {
          if (wanted(watcher)) resolve()
        }
        heard()
      }),
  }
  return watcher
}

export const isReady = ({ messages }: Watcher): boolean => messages.some(({ type }) => type === 'ready')
