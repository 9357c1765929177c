/**
 * The engine of a follower. It has the interface of every engine, so that a program works with both. Reads show what
 * Finesse said last, notifications are those of Finesse, and commands go there.
 */

import type { Directory, LoadedDirectory } from '../directory/model.ts'
import { rejected } from '../engine/answers/answer.ts'
import type { Engine, EngineFigures, FaultInput, Reads, ReloadOptions, UserEventInput } from '../engine/api.ts'
import type { Answer, Command } from '../engine/commands.ts'
import type { Listeners } from '../engine/delivery/listeners.ts'
import type { EngineEvents } from '../engine/events.ts'
import { notACommand } from '../engine/input/command-check.ts'
import { originOf } from '../engine/input/origin.ts'
import type { Origin } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import type { FollowedCommands } from './commands/commands.ts'

const UNNAMED: Origin = { via: 'api' }

export class FollowedEngine implements Engine {
  readonly get: Reads
  readonly acd = undefined
  readonly listeners: Listeners<EngineEvents>
  readonly #inner: Engine
  readonly #commands: FollowedCommands
  readonly #end: () => Promise<void>

  constructor(
    inner: Engine,
    get: Reads,
    commands: FollowedCommands,
    listeners: Listeners<EngineEvents>,
    end: () => Promise<void>,
  ) {
    this.#inner = inner
    this.get = get
    this.#commands = commands
    this.listeners = listeners
    this.#end = end
    inner.on('committed', (event) => listeners.emit('committed', event))
  }

  /**
   * Sends the command to the followed Finesse. Resolves when a notification, or a read, confirms it, when Finesse refuses
   * it, or when the time is over: then the outcome is OVERTAKEN, because it may still happen.
   */
  async command(command: Command, origin: Origin = UNNAMED): Promise<Answer> {
    const from = originOf(origin)
    const invalid = notACommand(command) ?? (from ? this.#unknown(command) : rejected('INVALID_COMMAND', 'origin'))
    const answer = invalid ?? (await this.#commands.answer(command))
    this.listeners.emit('command', { command, origin: from ?? UNNAMED, answer })
    return answer
  }

  #unknown({ user }: Command): Answer | undefined {
    return this.get.user(user) ? undefined : rejected('USER_NOT_FOUND', user)
  }

  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): () => void {
    const isOwn = event === 'notification' || event === 'announcement' || event === 'committed' || event === 'command'
    return isOwn ? this.listeners.on(event, listener) : this.#inner.on(event, listener)
  }

  userEvent(_event: UserEventInput): Promise<void> {
    return Promise.reject(new InvalidArgument('this engine takes its user events from the followed Finesse'))
  }

  fault(_fault: FaultInput): Promise<void> {
    return Promise.reject(new InvalidArgument('a follower has no faults of its own'))
  }

  reload(directory: Directory | LoadedDirectory, origin?: Origin, options?: ReloadOptions) {
    return this.#inner.reload(directory, origin, options)
  }

  drain(origin?: Origin): Promise<void> {
    return this.#inner.drain(origin)
  }

  resume(origin?: Origin): Promise<void> {
    return this.#inner.resume(origin)
  }

  delivered(): Promise<void> {
    return this.#inner.delivered()
  }

  acdAnswered(): Promise<void> {
    return this.#inner.acdAnswered()
  }

  reset(): Promise<void> {
    return this.#inner.reset()
  }

  now(): number {
    return this.#inner.now()
  }

  /** Ends the sessions, then the engine. */
  close(): Promise<void> {
    return this.#end()
  }

  get adapters(): Engine['adapters'] {
    return this.#inner.adapters
  }

  get acdEvents(): Engine['acdEvents'] {
    return this.#inner.acdEvents
  }

  get history(): Engine['history'] {
    return this.#inner.history
  }

  get erasures(): Engine['erasures'] {
    return this.#inner.erasures
  }

  get teamMessages(): Engine['teamMessages'] {
    return this.#inner.teamMessages
  }

  get inspection(): Engine['inspection'] {
    return this.#inner.inspection
  }

  get storeProblem(): string | undefined {
    return this.#inner.storeProblem
  }

  get storeEnd(): Engine['storeEnd'] {
    return this.#inner.storeEnd
  }

  get acdProblem(): string | undefined {
    return undefined
  }

  get storeSize(): Engine['storeSize'] {
    return this.#inner.storeSize
  }

  get figures(): EngineFigures {
    return this.#inner.figures
  }
}
