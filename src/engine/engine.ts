/**
 * The engine as its adapters and embedders hold it: a front of the core, which does the work and which a reset replaces.
 * Everything that it needs from outside comes in `EngineOptions`; `createEngine` of the package fills in the usual parts.
 */

import type { Side } from '../../machines/wire.ts'
import { type DirectoryChanges, directoryChanges } from '../directory/changes.ts'
import type { Directory, LoadedDirectory } from '../directory/model.ts'
import { limitRemovals, type RemovalLimit } from '../directory/removals.ts'
import { checkReserved } from '../directory/reserved.ts'
import { parseSecret } from '../directory/secret.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { AcdLink } from './acd/link.ts'
import { Adapters } from './adapters.ts'
import {
  type Engine,
  type EngineEvents,
  type EngineFigures,
  EngineUnavailable,
  type FaultInput,
  NotResettable,
  type ReloadOptions,
  type UserEventInput,
} from './api.ts'
import type { Answer, Command } from './commands.ts'
import { noFigures } from './commit/figures.ts'
import type { Retention } from './commit/housekeeping.ts'
import { DirectoryInForce } from './configuration/directory-in-force.ts'
import { contained, textOf } from './contained.ts'
import { Core, type CoreParts, type EngineLog } from './core.ts'
import { Complaints } from './delivery/complaints.ts'
import { Listeners } from './delivery/listeners.ts'
import { notACommand } from './input/command-check.ts'
import type { Inspection, InspectionObserver } from './inspection/api.ts'
import { Probe } from './inspection/probe.ts'
import type { AcdEvents, AcdPort, Clock, Origin, Store, StoreEnd } from './ports.ts'
import { RuleBook } from './rules/rule-book.ts'
import type { RuleSet } from './rules/rule-set.ts'
import { withRules } from './rules/ruled-history.ts'
import { spanned, type Trace } from './trace-port.ts'

export type { EngineLog } from './core.ts'

export interface EngineOptions {
  readonly directory: Directory
  readonly store: Store
  readonly clock: Clock
  /** Time of the pauses before a refused notification is sent again, where it is not that of `clock`. */
  readonly deliveryClock?: Clock
  /** The embedder's ACD; the built-in one when left out. */
  readonly acd?: AcdPort
  /** `authority` decides; `follower` takes its states from the user events of a Finesse. */
  readonly role?: 'authority' | 'follower'
  readonly sides?: readonly Side[]
  /** Guards of yours in place of those of the machines. The journal notes the name of the set. */
  readonly rules?: RuleSet
  /** Sets by which the store was written before: what is read back goes by them, what comes goes by `rules`. */
  readonly formerRules?: readonly RuleSet[]
  /**
   * Sides that get a notification service soon: out of service until it is there, and what is to be published
   * meanwhile is kept for it. Without it notifications go to listeners only, until a service is attached.
   */
  readonly serves?: readonly Side[]
  /** How long the past is kept. */
  readonly retention?: Retention
  /** True allows `reset()`, which empties the store. */
  readonly resettable?: boolean
  /**
   * True keeps nothing to go back to: no snapshots, a third less work, and the first failed input is the last of its
   * aggregate. For a simulation that is thrown away; never for a service.
   */
  readonly throwaway?: boolean
  /** An inspector that looks from the first step on; others come and go through `engine.inspection`. */
  readonly inspect?: InspectionObserver
  /** How many users a start or a reload may remove without confirmation: a tenth, or two, unless given. */
  readonly removalLimit?: RemovalLimit
  /** The directory of the start leaves out many users of the store, and that is meant. */
  readonly confirmRemovals?: boolean
  readonly log?: EngineLog
  /** Where spans go. `createEngine` uses OpenTelemetry, where `@opentelemetry/api` is installed. */
  readonly trace?: Trace | undefined
}

const UNNAMED: Origin = { via: 'api' }

const SILENT: EngineLog = { warn: () => undefined, error: () => undefined }

/** A log that throws, or rejects, must not stop what it was to tell of. */
function containedLog(log: EngineLog): EngineLog {
  return {
    warn: (about, message) => contained(() => log.warn(about, message)),
    error: (about, message) => contained(() => log.error(about, message)),
  }
}

const BEGINS_ANEW = 'the engine begins anew'

/**
 * Starts an engine on what the store holds. Throws `RecoveryError` when that cannot be read, `RemovalsNotConfirmed` when
 * the directory leaves out many of the users in it, `DirectoryError` for ids that cannot be, and whatever `AcdPort.start`
 * throws.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const engine = new RunningEngine(options)
  await engine.start()
  return engine
}

class RunningEngine implements Engine {
  readonly acdEvents: AcdEvents
  readonly adapters: Adapters
  readonly inspection: Inspection
  readonly #parts: CoreParts
  readonly #trace: Trace | undefined
  readonly #listeners: Listeners<EngineEvents>
  readonly #isResettable: boolean
  readonly #removalLimit: RemovalLimit | undefined
  readonly #history: Engine['history']
  #core: Core
  /** Settles when the last reload has. */
  #reloading: Promise<unknown> = Promise.resolve()
  #resetting: Promise<void> | undefined
  #storeEnd: StoreEnd | undefined
  #closing: Promise<void> | undefined

  /** Throws `DirectoryError`, `RecoveryError`; `InvalidArgument` for rules that cannot be. */
  constructor(options: EngineOptions) {
    checkReserved(options.directory)
    const { directory, store, clock, acd, role = 'authority', sides = ['A'] } = options
    const { deliveryClock = clock } = options
    if (role === 'follower' && (acd !== undefined || options.rules !== undefined))
      throw new InvalidArgument('a follower decides nothing: it takes no acd and no rules')
    const rules = new RuleBook(options.rules, options.formerRules)
    const log = containedLog(options.log ?? SILENT)
    const complaints = new Complaints(() => deliveryClock.now())
    this.#isResettable = options.resettable ?? false
    this.#trace = options.trace
    this.#removalLimit = options.removalLimit
    const served = new Set(options.serves)
    this.#history = store.history && withRules(store.history, rules)
    this.#listeners = new Listeners((event, error) =>
      complaints.about(`listener of ${event}`, (since) =>
        log.error({ event, err: textOf(error), ...since }, 'a listener threw'),
      ),
    )
    const probe = new Probe((error) =>
      complaints.about('inspector', (since) => log.error({ err: textOf(error), ...since }, 'an inspector threw')),
    )
    if (options.inspect) probe.subscribe(options.inspect)
    this.inspection = {
      subscribe: (observer) => probe.subscribe(observer),
      // During a reset there is no present.
      aggregates: () => (this.#resetting ? [] : this.#core.aggregateNames()),
      present: (aggregate) => (this.#resetting ? [] : this.#core.present(aggregate)),
    }
    this.#parts = {
      directory: new DirectoryInForce(directory),
      store,
      clock,
      deliveryClock,
      link: acd && new AcdLink(acd, deliveryClock, log),
      arrangement: {
        role,
        acd: acd !== undefined || role === 'follower' ? 'external' : 'built-in',
        sides,
        rules: rules.inForce,
      },
      rules,
      retention: options.retention ?? {},
      throwaway: options.throwaway ?? false,
      log,
      listeners: this.#listeners,
      figures: noFigures(),
      probe,
      served,
    }
    this.#core = new Core(this.#parts)
    this.adapters = new Adapters({
      records: store.records,
      sides,
      served,
      core: () => this.#core,
      resetting: () => this.#resetting,
      trace: options.trace,
    })
    if (!options.confirmRemovals) limitRemovals(this.#core.usersThere(), directory, options.removalLimit)
    store.onEnd?.((end) => this.#storeHasEnded(end))
    // The ACD gets it once and keeps it.
    this.acdEvents = {
      offer: (...given) => this.#core.acdEvents.offer(...given),
      cancel: (...given) => this.#core.acdEvents.cancel(...given),
      resubmitted: (...given) => this.#core.acdEvents.resubmitted(...given),
    }
  }

  async start(): Promise<void> {
    await this.#core.start()
    try {
      this.#parts.link?.start(this.acdEvents)
    } catch (error) {
      // Nobody gets this engine: nothing of it may go on, and the store is free for the next one.
      await this.close()
      throw error
    }
    this.#core.acdIsThere()
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

  async reload(
    given: Directory | LoadedDirectory,
    origin: Origin = UNNAMED,
    options: ReloadOptions = {},
  ): Promise<DirectoryChanges> {
    const loaded: Partial<LoadedDirectory> & Pick<LoadedDirectory, 'directory'> =
      'directory' in given ? given : { directory: given }
    checkReserved(loaded.directory)
    for (const { id, secret } of loaded.credentials ?? [])
      if (!parseSecret(secret)) throw new InvalidArgument(`the secret of account "${id}" has an unknown form`)
    // One after the other: each is compared with what the one before has made.
    const reloaded = this.#reloading.then(() => this.#reload(loaded, origin, options))
    this.#reloading = reloaded.catch(() => undefined)
    return reloaded
  }

  async #reload(
    { directory, credentials }: Partial<LoadedDirectory> & Pick<LoadedDirectory, 'directory'>,
    origin: Origin,
    { confirmRemovals = false }: ReloadOptions,
  ): Promise<DirectoryChanges> {
    await this.#resetting
    const before = this.#parts.directory.current
    const ids = before.users.map(({ id }) => id)
    if (!confirmRemovals) limitRemovals(ids, directory, this.#removalLimit)
    const changes = directoryChanges(before, directory)
    await this.#core.reload(directory, origin, () =>
      this.#listeners.emit('directory', { before, directory, changes, ...(credentials ? { credentials } : {}) }),
    )
    return changes
  }

  async drain(origin: Origin = UNNAMED): Promise<void> {
    await this.#resetting
    await this.#core.drain(true, origin)
  }

  async resume(origin: Origin = UNNAMED): Promise<void> {
    await this.#resetting
    await this.#core.drain(false, origin)
  }

  async command(command: Command, origin: Origin = UNNAMED): Promise<Answer> {
    const wrong = notACommand(command)
    if (wrong) return wrong
    const run = () => this.#core.command(command, origin)
    const trace = this.#trace
    return trace ? spanned((within) => trace.command(command, origin, within), run) : run()
  }

  userEvent(event: UserEventInput): Promise<void> {
    return this.#core.userEvent(event)
  }

  fault(fault: FaultInput, origin: Origin = UNNAMED): Promise<void> {
    return this.#core.fault(fault, origin)
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

  get figures(): EngineFigures {
    const { outboxPending, aggregates } = this.#core
    const { failed = 0, unanswered = 0 } = this.#parts.link?.figures ?? {}
    return {
      ...this.#parts.figures,
      outboxPending,
      aggregates,
      acdRequestsFailed: failed,
      acdRequestsUnanswered: unanswered,
    }
  }

  delivered(): Promise<void> {
    return this.#core.delivered()
  }

  now(): number {
    return this.#parts.clock.now()
  }

  async reset(): Promise<void> {
    if (!this.#isResettable) throw new NotResettable()
    if (this.#closing) throw new EngineUnavailable('the engine is closing')
    // Not within a step whose listener asks for it.
    this.#resetting ??= Promise.resolve()
      .then(() => this.#beginAnew())
      .finally(() => {
        this.#resetting = undefined
      })
    await this.#resetting
  }

  /**
   * Whatever is in hand is refused, and what was committed can still be read, out of service. It may be said in the middle
   * of a commit: listeners hear of it when what was to be committed is taken back.
   */
  #storeHasEnded(end: StoreEnd): void {
    const { problem, why } = end
    this.#storeEnd = end
    this.#core.abandon(problem)
    this.#parts.log.error({ err: problem, why }, 'the store has ended; out of service until a new start')
    this.#parts.clock.soon(() => this.#listeners.emit('store', { problem, end: why }))
  }

  /** While listeners are told and the new core starts, the old one shows what was, out of service. */
  async #beginAnew(): Promise<void> {
    const { store, log } = this.#parts
    try {
      store.clear()
    } catch (error) {
      throw new EngineUnavailable(`the store cannot be emptied: ${textOf(error)}`)
    }
    this.#core.abandon(BEGINS_ANEW)
    this.#listeners.emit('reset', { storeId: store.id })
    const core = new Core(this.#parts)
    try {
      await core.start()
      await this.adapters.moveTo(core)
    } catch (error) {
      core.abandon('the engine could not begin anew; ask for a reset again')
      throw error
    } finally {
      // Whatever it is now, what was is gone from the store.
      this.#core = core
      if (this.#storeEnd) core.abandon(this.#storeEnd.problem)
    }
    this.#listeners.emit('committed', { aggregates: [...core.aggregateNames()] })
    log.warn({ storeId: store.id }, 'the engine has begun anew')
  }

  close(): Promise<void> {
    this.#closing ??= Promise.resolve(this.#resetting)
      // Whoever asked for the reset is told what became of it.
      .catch(() => undefined)
      .then(() => {
        this.#core.close()
        this.#parts.link?.close()
        this.#parts.store.close()
      })
    return this.#closing
  }
}
