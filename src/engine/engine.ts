/**
 * The object that adapters and embedders hold. It passes their calls to the core, which does the work. A reset replaces
 * the core, so the front lives longer. Everything that the engine needs from outside comes in `EngineOptions`.
 * `createEngine` of the package fills in the usual parts.
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
import { emitAnswer } from './answers/emitted.ts'
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
  /** The clock of the pauses before a refused notification is sent again. The default is `clock`. */
  readonly deliveryClock?: Clock | undefined
  /** The embedder's ACD. The default is the built-in ACD. */
  readonly acd?: AcdPort | undefined
  /** `authority` decides; `follower` takes its states from the user events of a Finesse. */
  readonly role?: 'authority' | 'follower' | undefined
  readonly sides?: readonly Side[] | undefined
  /** Your guards, which replace guards of the machines. The journal records the name of the set. */
  readonly rules?: RuleSet | undefined
  /** Sets that the store was written with before. Stored inputs are replayed with them; new inputs follow `rules`. */
  readonly formerRules?: readonly RuleSet[] | undefined
  /**
   * Sides that will get a notification service. Each is out of service until its service is attached, and its
   * notifications are kept until then. On other sides notifications go to listeners only, until a service is attached.
   */
  readonly serves?: readonly Side[] | undefined
  /** How long the journal and customer data are kept. */
  readonly retention?: Retention | undefined
  /** True allows `reset()`, which empties the store. */
  readonly resettable?: boolean | undefined
  /**
   * True writes no snapshots, which saves a third of the work. An aggregate then cannot continue after a failed input.
   * For simulations whose state is thrown away, never for a service.
   */
  readonly throwaway?: boolean | undefined
  /** An inspector that sees all steps from the first one on. Others can be added later, with `engine.inspection`. */
  readonly inspect?: InspectionObserver | undefined
  /** How many users a start or a reload may remove without a confirmation. The default is a tenth, or two. */
  readonly removalLimit?: RemovalLimit | undefined
  /** Confirms that `directory` leaves out many users of the store. */
  readonly confirmRemovals?: boolean | undefined
  readonly log?: EngineLog | undefined
  /** Receives the spans. `createEngine` uses OpenTelemetry if `@opentelemetry/api` is installed. */
  readonly trace?: Trace | undefined
}

const UNNAMED: Origin = { via: 'api' }

const SILENT: EngineLog = { warn: () => undefined, error: () => undefined }

/** Makes sure that a log that throws or rejects does not interrupt the work that it logs. */
function containedLog(log: EngineLog): EngineLog {
  return {
    warn: (about, message) => contained(() => log.warn(about, message)),
    error: (about, message) => contained(() => log.error(about, message)),
  }
}

const BEGINS_ANEW = 'the engine is being reset'

/**
 * Starts an engine on the contents of the store. Throws `RecoveryError` if they cannot be read, `RemovalsNotConfirmed`
 * if the directory leaves out many of the stored users, `DirectoryError` for reserved ids, and what `AcdPort.start`
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
  /** Settles when the last reload settles. Never rejects. */
  #reloading: Promise<unknown> = Promise.resolve()
  #resetting: Promise<void> | undefined
  #storeEnd: StoreEnd | undefined
  #closing: Promise<void> | undefined

  /**
   * Throws `DirectoryError`, `RecoveryError`, `RemovalsNotConfirmed`, and `InvalidArgument` for invalid rules and for
   * options that a follower does not have.
   */
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
      // During a reset there is no current state.
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
    // The ACD gets this object once and keeps it, so it must always use the current core.
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
      // The caller gets no engine, so its work must stop and its store must be free for another one.
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
    // Reloads run one after the other, because each is compared with the directory of the previous one.
    const reloaded = this.#reloading.then(() => this.#reload(loaded, origin, options))
    this.#reloading = reloaded.catch(() => undefined)
    return reloaded
  }

  async #reload(
    { directory, credentials, passwords }: Partial<LoadedDirectory> & Pick<LoadedDirectory, 'directory'>,
    origin: Origin,
    { confirmRemovals = false }: ReloadOptions,
  ): Promise<DirectoryChanges> {
    await this.#resetting
    const before = this.#parts.directory.current
    const ids = before.users.map(({ id }) => id)
    if (!confirmRemovals) limitRemovals(ids, directory, this.#removalLimit)
    const changes = directoryChanges(before, directory)
    const accounts = credentials && passwords !== 'none' ? { credentials } : {}
    await this.#core.reload(directory, origin, () =>
      this.#listeners.emit('directory', { before, directory, changes, ...accounts }),
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
    const answer = notACommand(command) ?? (await this.#answer(command, origin))
    emitAnswer(this.#listeners, { command, origin, answer })
    return answer
  }

  #answer(command: Command, origin: Origin): Promise<Answer> {
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
    this.#core.abandon(problem)
    this.#parts.log.error({ err: problem, why }, 'the store has ended; out of service until a new start')
    this.#parts.clock.soon(() => this.#listeners.emit('store', { problem, end: why }))
  }

  /** While listeners run and the new core starts, reads still show the old core, which is out of service. */
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
      core.abandon('the reset failed; reset the engine again')
      throw error
    } finally {
      // The new core replaces the old one even if it did not start, because the old state is deleted from the store.
      this.#core = core
      if (this.#storeEnd) core.abandon(this.#storeEnd.problem)
    }
    this.#listeners.emit('committed', { aggregates: [...core.aggregateNames()] })
    log.warn({ storeId: store.id }, 'the engine was reset')
  }

  close(): Promise<void> {
    this.#closing ??= Promise.resolve(this.#resetting)
      // The caller of `reset` gets this error.
      .catch(() => undefined)
      .then(() => {
        this.#core.close()
        this.#parts.link?.close()
        this.#parts.store.close()
      })
    return this.#closing
  }
}
