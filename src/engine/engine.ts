/**
 * The object that adapters and embedders hold. It passes their calls to the core, which does the work. A reset replaces
 * the core, so the front lives longer. Everything that the engine needs from outside comes in `EngineOptions`.
 * `createEngine` of the package fills in the usual parts.
 */

import type { DirectoryChanges } from '../directory/changes.ts'
import type { Directory, LoadedDirectory } from '../directory/model.ts'
import { limitRemovals } from '../directory/removals.ts'
import { Adapters } from './adapters.ts'
import { rejected } from './answers/answer.ts'
import { emitAnswer } from './answers/emitted.ts'
import { KeyReused } from './answers/once.ts'
import {
  CLOSING,
  type Engine,
  type EngineFigures,
  EngineUnavailable,
  type FaultInput,
  NotResettable,
  type ReloadOptions,
  type Unavailability,
  type UserEventInput,
} from './api.ts'
import type { Answer, Command } from './commands.ts'
import { Reloads } from './configuration/reloads.ts'
import { textOf } from './contained.ts'
import { Core } from './core.ts'
import type { Listeners } from './delivery/listeners.ts'
import type { EngineEvents } from './events.ts'
import { notACommand } from './input/command-check.ts'
import { checkedOrigin, originOf, UNNAMED } from './input/origin.ts'
import type { Inspection } from './inspection/api.ts'
import { present } from './inspection/probe.ts'
import type { EngineOptions } from './options.ts'
import { type CoreParts, partsOf } from './parts.ts'
import type { AcdEvents, Origin, Store, StoreEnd, StoreSize } from './ports.ts'
import { withRules } from './rules/ruled-history.ts'
import { spanned, type Trace } from './trace-port.ts'

const BEGINS_ANEW: Unavailability = { message: 'the engine is being reset', reason: 'RESETTING' }
const FROM_FINESSE: Origin = { via: 'finesse' }
const RESET_FAILED: Unavailability = { message: 'the reset failed; reset the engine again', reason: 'RESETTING' }

/**
 * Starts an engine on the contents of the store. Throws `RecoveryError` if they cannot be read, `RemovalsNotConfirmed`
 * if the directory leaves out many of the stored users, `DirectoryError` for reserved ids, and what `AcdPort.start`
 * throws. The engine owns the store: it closes it in `close()`, and also if the start fails, so that the caller can open
 * it again.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const engine = await opened(options)
  try {
    await engine.start()
  } catch (error) {
    // The caller gets no engine, so its work must stop. The reason of the failed start is the more important error.
    await engine.close().catch(() => undefined)
    throw error
  }
  return engine
}

async function opened(options: EngineOptions): Promise<RunningEngine> {
  try {
    const parts = partsOf(options)
    if (options.inspect) parts.probe.subscribe(options.inspect)
    return new RunningEngine(options, parts, await Core.open(parts))
  } catch (error) {
    await closed(options.store)
    throw error
  }
}

/** After a failed start. The reason of that failure is the more important error. */
async function closed(store: Store): Promise<void> {
  try {
    await store.close()
  } catch {
    // See above.
  }
}

class RunningEngine implements Engine {
  readonly acdEvents: AcdEvents
  readonly adapters: Adapters
  readonly inspection: Inspection
  readonly #reloads: Reloads
  readonly #parts: CoreParts
  readonly #trace: Trace | undefined
  readonly #listeners: Listeners<EngineEvents>
  readonly #isResettable: boolean
  readonly #history: Engine['history']
  #core: Core
  #resetting: Promise<void> | undefined
  #storeEnd: StoreEnd | undefined
  #closing: Promise<void> | undefined

  /** Throws `RemovalsNotConfirmed`. */
  constructor(options: EngineOptions, parts: CoreParts, core: Core) {
    this.#parts = parts
    this.#core = core
    const { store, listeners, probe, rules, served, arrangement } = this.#parts
    this.#isResettable = options.resettable ?? false
    this.#trace = options.trace
    this.#listeners = listeners
    this.#history = store.history && withRules(store.history, rules)
    this.inspection = {
      subscribe: (observer) => probe.subscribe(observer),
      // During a reset there is no current state.
      aggregates: () => (this.#resetting ? [] : this.#core.aggregates.names()),
      present: (id) => {
        const found = this.#resetting ? undefined : this.#core.aggregates.get(id)
        return found ? present(found) : []
      },
    }
    this.adapters = new Adapters({
      records: store.records,
      sides: arrangement.sides,
      served,
      core: () => this.#core,
      resetting: () => this.#resetting,
      trace: options.trace,
    })
    this.#reloads = new Reloads({
      inForce: this.#parts.directory,
      listeners,
      removalLimit: options.removalLimit,
      core: () => this.#core,
      resetting: () => this.#resetting,
    })
    if (!options.confirmRemovals) limitRemovals(this.#core.aggregates.users(), options.directory, options.removalLimit)
    store.onEnd?.((end) => this.#storeHasEnded(end))
    store.onDoubt?.(() => this.#core.tryStore())
    // The ACD gets this object once and keeps it, so it must always use the current core.
    this.acdEvents = {
      offer: (...given) => this.#core.acdEvents.offer(...given),
      cancel: (...given) => this.#core.acdEvents.cancel(...given),
      resubmitted: (...given) => this.#core.acdEvents.resubmitted(...given),
      offerCall: (...given) => this.#core.acdEvents.offerCall(...given),
      farEnd: (...given) => this.#core.acdEvents.farEnd(...given),
    }
  }

  async start(): Promise<void> {
    await this.#core.start()
    this.#parts.link?.start(this.acdEvents)
    // Sends the requests that waited for the ACD.
    this.#core.delivery.pump()
  }

  get get(): Engine['get'] {
    return this.#core.get
  }

  get acd(): Engine['acd'] {
    return this.#core.acd
  }

  get erasures(): Engine['erasures'] {
    return this.#core.erasures
  }

  get teamMessages(): Engine['teamMessages'] {
    return this.#core.teamMessages
  }

  reload(
    directory: Directory | LoadedDirectory,
    origin: Origin = UNNAMED,
    options: ReloadOptions = {},
  ): Promise<DirectoryChanges> {
    return this.#reloads.reload(directory, origin, options)
  }

  async drain(origin: Origin = UNNAMED): Promise<void> {
    await this.#resetting
    await this.#core.drain(true, checkedOrigin(origin))
  }

  async resume(origin: Origin = UNNAMED): Promise<void> {
    await this.#resetting
    await this.#core.drain(false, checkedOrigin(origin))
  }

  async command(command: Command, origin: Origin = UNNAMED): Promise<Answer> {
    const from = originOf(origin)
    const invalid = notACommand(command) ?? (from ? undefined : rejected('INVALID_COMMAND', 'origin'))
    const asked = from ?? UNNAMED
    const { once: _, ...asker } = asked
    const answering = () =>
      asked.key === undefined ? this.#answer(command, asked) : this.#answerOnce(command, asked, asked.key)
    const answer = invalid ?? (await answering())
    emitAnswer(this.#listeners, { command, origin: asker, answer })
    return answer
  }

  async #answerOnce(command: Command, origin: Origin, key: string): Promise<Answer> {
    const content = JSON.stringify(Object.entries(command).sort())
    try {
      return await this.#core.once<Answer>(
        { origin, key, content, isUnique: 'surely' },
        {
          first: (noted) => this.#answer(command, noted),
          again: (known) => this.#core.commands.again(command, known),
        },
      )
    } catch (error) {
      if (error instanceof KeyReused) return rejected('KEY_REUSED', 'key')
      throw error
    }
  }

  #answer(command: Command, origin: Origin): Promise<Answer> {
    const run = () => this.#core.commands.answer(command, origin)
    const trace = this.#trace
    return trace ? spanned((within) => trace.command(command, origin, within), run) : run()
  }

  async userEvent(event: UserEventInput, origin: Origin = FROM_FINESSE): Promise<void> {
    await this.#core.userEvent(event, checkedOrigin(origin))
  }

  async fault(fault: FaultInput, origin: Origin = UNNAMED): Promise<void> {
    await this.#core.fault(fault, checkedOrigin(origin))
  }

  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): () => void {
    return this.#listeners.on(event, listener)
  }

  get history(): Engine['history'] {
    return this.#history
  }

  get storeProblem(): string | undefined {
    return this.#core.storeProblem
  }

  get storeEnd(): Engine['storeEnd'] {
    return this.#storeEnd?.why
  }

  get acdProblem(): string | undefined {
    return this.#parts.link?.problem
  }

  get storeSize(): StoreSize | undefined {
    try {
      return this.#parts.store.size?.()
    } catch {
      // A store that is closed or lost.
      return undefined
    }
  }

  get figures(): EngineFigures {
    const { delivery, aggregates } = this.#core
    const { failed = 0, unanswered = 0 } = this.#parts.link?.figures ?? {}
    return {
      ...this.#parts.figures,
      outboxPending: delivery.pending,
      aggregates: aggregates.size,
      acdRequestsFailed: failed,
      acdRequestsUnanswered: unanswered,
    }
  }

  delivered(): Promise<void> {
    return this.#core.delivery.idle()
  }

  acdAnswered(): Promise<void> {
    return this.#core.delivery.acdAnswered()
  }

  now(): number {
    return this.#parts.clock.now()
  }

  async reset(): Promise<void> {
    if (!this.#isResettable) throw new NotResettable()
    if (this.#closing) throw new EngineUnavailable(CLOSING.message, CLOSING.reason)
    // Begins later, because a listener may call `reset` while the engine is in the middle of a step.
    this.#resetting ??= Promise.resolve()
      .then(() => this.#beginAnew())
      .finally(() => {
        this.#resetting = undefined
      })
    await this.#resetting
  }

  /**
   * Refuses all work from now on. The committed state can still be read. The store may call this in the middle of a
   * commit, so listeners are called later, when that commit has been undone.
   */
  #storeHasEnded(end: StoreEnd): void {
    const { problem, why } = end
    this.#storeEnd = end
    this.#core.abandon({ message: problem, reason: 'STORE' })
    this.#parts.log.error({ err: problem, why }, 'the store has ended; out of service until a new start')
    this.#parts.clock.soon(() => this.#listeners.emit('store', { problem, end: why }))
  }

  /** While listeners run and the new core starts, reads still show the old core, which is out of service. */
  async #beginAnew(): Promise<void> {
    const { store, log } = this.#parts
    const goOn = store.answersLater ? await this.#core.hold() : () => undefined
    try {
      const cleared = store.clear()
      if (cleared) await cleared
    } catch (error) {
      goOn()
      throw new EngineUnavailable(`the store cannot be emptied: ${textOf(error)}`, 'STORE')
    }
    this.#core.abandon(BEGINS_ANEW)
    this.#listeners.emit('reset', { storeId: store.id })
    const core = await Core.open(this.#parts)
    try {
      await core.start()
      await this.adapters.moveTo(core)
    } catch (error) {
      core.abandon(RESET_FAILED)
      throw error
    } finally {
      // The new core replaces the old one even if it did not start, because the old state is deleted from the store.
      this.#core = core
      if (this.#storeEnd) core.abandon({ message: this.#storeEnd.problem, reason: 'STORE' })
    }
    this.#listeners.emit('committed', { aggregates: [...core.aggregates.names()] })
    log.warn({ storeId: store.id }, 'the engine was reset')
  }

  close(): Promise<void> {
    this.#closing ??= Promise.resolve(this.#resetting)
      // The caller of `reset` gets this error.
      .catch(() => undefined)
      .then(async () => {
        await this.#core.close()
        this.#parts.link?.close()
        await this.#parts.store.close()
      })
    return this.#closing
  }
}
