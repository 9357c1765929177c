/**
 * The engine: aggregates, loop, delivery and reads, put together. Everything that it needs from outside comes in
 * `EngineOptions`; `createEngine` of the package fills in the usual parts.
 */
import { isSignedIn } from '../../machines/index.ts'
import type { Side } from '../../machines/wire.ts'
import type { Directory } from '../directory/model.ts'
import { createAcdEvents } from './acd-events.ts'
import { Aggregates } from './aggregates.ts'
import type { Engine, EngineEvents, EngineFigures, FaultInput, UserEventInput } from './api.ts'
import { createBuiltInAcd } from './built-in-acd.ts'
import { addressed, type Present } from './command-input.ts'
import type { Answer, Command } from './commands.ts'
import { type Arrangement, configuration } from './configuration.ts'
import { Delivery, itemIdOf, laneOf } from './delivery.ts'
import { CustomerData } from './erasure/customer-data.ts'
import { rewritingFor } from './erasure/erase.ts'
import { Eraser } from './erasure/eraser.ts'
import { type FaultScope, faultInputs } from './fault.ts'
import { followed } from './followed.ts'
import { Housekeeping, JOURNAL, type Retention } from './housekeeping.ts'
import { asJson, type Input, type UserInputEvent } from './input.ts'
import { Listeners } from './listeners.ts'
import { Loop, type LoopHooks } from './loop.ts'
import { PastCalls } from './past-calls.ts'
import type { AcdEvents, AcdPort, Clock, Origin, OutboxRow, Store } from './ports.ts'
import { PresenceWait } from './presence-wait.ts'
import { createReads, readCall } from './reads.ts'
import { recover } from './recovery.ts'
import type { Released } from './tick.ts'

/** What the engine says of itself, for whoever writes logs. No secrets, no call variables. */
export interface EngineLog {
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

export interface EngineOptions {
  readonly directory: Directory
  readonly store: Store
  readonly clock: Clock
  /** The embedder's ACD; the built-in one when left out. */
  readonly acd?: AcdPort
  /** `authority` decides; `follower` takes its states from the user events of a Finesse. */
  readonly role?: 'authority' | 'follower'
  readonly sides?: readonly Side[]
  /**
   * Sides that get a notification service soon: out of service until it is there, and what is to be published
   * meanwhile is kept for it. Without it notifications go to listeners only, until a service is attached.
   */
  readonly serves?: readonly Side[]
  /** How long the past is kept. */
  readonly retention?: Retention
  readonly log?: EngineLog
}

const ENGINE: Origin = { via: 'engine' }
const UNNAMED: Origin = { via: 'api' }

const SILENT: EngineLog = { warn: () => undefined, error: () => undefined }

/** Starts an engine on what the store holds. Throws `RecoveryError` when that cannot be read. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const engine = new RunningEngine(options)
  await engine.start()
  return engine
}

class RunningEngine implements Engine {
  readonly #directory: Directory
  readonly #store: Store
  readonly #clock: Clock
  readonly #arrangement: Arrangement
  readonly #log: EngineLog
  readonly #port: AcdPort | undefined
  readonly #aggregates: Aggregates
  readonly #loop: Loop
  readonly #delivery: Delivery
  readonly #housekeeping: Housekeeping
  readonly #customerData: CustomerData
  readonly #listeners: Listeners<EngineEvents>
  /** Sides that have, or will have, a notification service: their notifications are kept until it took them. */
  readonly #served = new Set<Side>()
  readonly #waiting: PresenceWait
  readonly get: Engine['get']
  readonly acd: Engine['acd']
  readonly acdEvents: AcdEvents
  readonly erasures: Eraser
  #closing: Promise<void> | undefined

  constructor({
    directory,
    store,
    clock,
    acd,
    role = 'authority',
    sides = ['A'],
    serves = [],
    retention = {},
    log = SILENT,
  }: EngineOptions) {
    this.#directory = directory
    this.#store = store
    this.#clock = clock
    const isExternal = acd !== undefined || role === 'follower'
    this.#arrangement = { role, acd: isExternal ? 'external' : 'built-in', sides }
    this.#log = log
    this.#listeners = new Listeners((event, error) => log.error({ event, err: String(error) }, 'a listener threw'))
    this.#port = acd
    this.#aggregates = new Aggregates()
    const stored = store.load()
    recover(this.#aggregates, stored)
    this.#waiting = new PresenceWait({
      clock,
      presenceOf: (user, side) => this.#presenceOf(user, side),
      graceMs: directory.settings.presenceGraceSeconds * 1000,
      over: () => this.#delivery.pump(),
    })
    this.#delivery = new Delivery({
      clock,
      storeId: store.id,
      acd,
      mustWait: (lane) => this.#waiting.mustWait(lane),
      isSilent: (side) => this.#aggregates.side(side)?.isCutOff ?? false,
      delivered: (rows) => this.#loop.delivered(rows),
      undeliverable: (row, error) =>
        log.error({ row, err: error.message }, 'a notification cannot be delivered and is dropped'),
    })
    this.#loop = new Loop(this.#aggregates, store, clock, this.#hooks(), stored)
    for (const side of serves) this.#served.add(side)
    for (const row of stored.outbox) this.#waiting.add(row.lane, false)
    this.#delivery.add(stored.outbox)
    this.#housekeeping = new Housekeeping(store, clock, retention, (error) =>
      log.error({ err: error.message }, 'the store could not be compacted'),
    )
    this.get = createReads(this.#aggregates, directory, {
      now: () => clock.now(),
      storeProblem: () => this.storeProblem,
    })
    const pastCalls = new PastCalls()
    const submit: Loop['submit'] = (...given) => this.#loop.submit(...given)
    this.acd = isExternal ? undefined : createBuiltInAcd(this.#aggregates, directory, submit, pastCalls)
    this.acdEvents = createAcdEvents(this.#aggregates, submit)
    this.erasures = new Eraser({
      aggregates: this.#aggregates,
      store,
      clock,
      submit,
      writeSnapshots: () => this.#loop.writeSnapshots(),
      others: () => pastCalls.values(),
      forget: (subjects) => {
        pastCalls.erase(subjects.ids)
        this.#delivery.change(rewritingFor(subjects).payload)
      },
      failed: (error) => log.error({ err: error.message }, 'an erasure could not go on; it is tried again'),
    })
    const { customerData = Number.POSITIVE_INFINITY, journal = JOURNAL } = retention
    const keptFor = { customers: customerData, formerAgents: journal }
    this.#customerData = new CustomerData(this.erasures, clock, keptFor, new Set(directory.users.map(({ id }) => id)))
  }

  /** Tells the aggregates what changed while nobody was here: the directory, and that presence is unknown. */
  async start(): Promise<void> {
    this.#loop.start()
    this.#housekeeping.start()
    const inputs: Promise<unknown>[] = []
    const give = (to: string, input: Input) => inputs.push(this.#loop.submit(to, input, { origin: ENGINE }))
    const { sides } = this.#arrangement
    for (const side of sides) this.#aggregates.open(`side/${side}`)
    for (const { to, input } of configuration(this.#aggregates, this.#directory, this.#arrangement)) give(to, input)
    for (const side of sides) {
      // Whether a notification service is wanted is said anew in every process.
      const change = this.#served.has(side) ? 'LOST' : 'BACK'
      if (this.#aggregates.side(side)?.isMissing('notification-service') !== (change === 'LOST'))
        give(`side/${side}`, { kind: 'side', change, dependency: 'notification-service' })
    }
    for (const user of this.#directory.users)
      for (const side of sides)
        if (this.#mayHavePresence(user.id, side)) {
          this.#waiting.add(laneOf(side, `user/${user.id}`), true)
          give(`user/${user.id}`, { kind: 'user', event: { type: 'SERVICE_LOST', side } })
        }
    await Promise.all(inputs)
    this.erasures.start()
    this.#customerData.start()
    this.#port?.start(this.acdEvents)
  }

  async command(command: Command, origin: Origin = UNNAMED): Promise<Answer> {
    const { side = 'A' } = command
    if (this.#aggregates.side(side)?.isCutOff) return { accepted: false, error: 'OUT_OF_SERVICE', about: '' }
    const step = addressed(command, this.#present())
    if ('error' in step) return step
    const reply = await this.#loop.submit(step.to, step.input, { origin })
    if (reply.failed !== undefined) return { accepted: false, error: 'INTERNAL_ERROR', about: '' }
    return reply.rejected ? { accepted: false, error: reply.rejected, about: 'state' } : { accepted: true }
  }

  async presence({ user, side, session, available }: Parameters<Engine['presence']>[0]): Promise<void> {
    if (!this.#aggregates.user(user)) return
    await this.#toUser(user, { type: 'PRESENCE', side, session, available }, { via: 'xmpp', by: session })
    this.#delivery.pump()
  }

  async notificationService(side: Side, available: boolean): Promise<void> {
    this.#served.add(side)
    const change = available ? 'BACK' : 'LOST'
    const type = available ? 'SERVICE_BACK' : 'SERVICE_LOST'
    const concerned = available ? ['UNKNOWN'] : ['PRESENT', 'GRACE']
    const users = this.#directory.users.filter(({ id }) => concerned.includes(this.#presenceOf(id, side) ?? ''))
    if (available) this.#waiting.serviceIsBack(side)
    else for (const { id } of users) this.#waiting.add(laneOf(side, `user/${id}`), true)
    await Promise.all([
      this.#loop.submit(
        `side/${side}`,
        { kind: 'side', change, dependency: 'notification-service' },
        { origin: ENGINE, isFact: true },
      ),
      ...users.map(({ id }) => this.#toUser(id, { type, side }, ENGINE)),
    ])
    this.#delivery.pump()
  }

  async userEvent(event: UserEventInput): Promise<void> {
    if (this.#arrangement.role === 'authority') throw new Error('an authority takes no user events: it is the Finesse')
    if (!this.#aggregates.user(event.user)) throw new Error(`there is no user ${event.user}`)
    await this.#toUser(event.user, followed(event, this.#directory), { via: 'finesse' })
  }

  async fault(fault: FaultInput, origin: Origin = UNNAMED): Promise<void> {
    // Given together, so that one commit holds the failure and all that it means.
    const inputs = faultInputs(fault, this.#faultScope(fault.side))
    await Promise.all(inputs.map(({ to, input }) => this.#loop.submit(to, input, { origin })))
    this.#delivery.pump()
  }

  #faultScope(side: Side): FaultScope {
    const users = this.#directory.users.map((user) => user.id)
    const working = users.filter((id) => {
      const user = this.#aggregates.user(id)
      return user && (isSignedIn(user.snapshot.context) || this.#presenceOf(id, side) === 'GRACE')
    })
    const queues = this.#aggregates.queues().map((queue) => queue.mrd)
    return { users, working, queues, missing: this.#aggregates.side(side)?.missing ?? [] }
  }

  attach(...[side, publisher]: Parameters<Engine['attach']>): void {
    this.#served.add(side)
    this.#delivery.attach(side, publisher)
  }

  detach(side: Side): void {
    this.#delivery.detach(side)
  }

  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): () => void {
    return this.#listeners.on(event, listener)
  }

  get records(): Engine['records'] {
    return this.#store.records
  }

  get history(): Engine['history'] {
    return this.#store.history
  }

  get storeProblem(): string | undefined {
    return this.#loop.storeProblem
  }

  get figures(): EngineFigures {
    return { ...this.#loop.figures, outboxPending: this.#delivery.pending, aggregates: this.#aggregates.size }
  }

  now(): number {
    return this.#clock.now()
  }

  close(): Promise<void> {
    this.#closing ??= Promise.resolve().then(() => {
      this.#housekeeping.stop()
      this.#customerData.stop()
      this.erasures.stop()
      this.#loop.close()
      this.#delivery.close()
      this.#store.close()
    })
    return this.#closing
  }

  // ------------------------------------------------------------------------------------------------ inside

  /** Something that has happened to a user. */
  async #toUser(user: string, event: UserInputEvent, origin: Origin): Promise<void> {
    await this.#loop.submit(`user/${user}`, { kind: 'user', event }, { origin, isFact: true })
  }

  #present(): Present {
    return {
      directory: this.#directory,
      hasDialog: (id) => this.get.dialog(id) !== undefined,
      isPartyOf: (user, call) =>
        readCall(this.#aggregates, call)?.participants.some((party) => party.user === user) ?? false,
    }
  }

  #presenceOf(user: string, side: Side): string | undefined {
    return this.#aggregates.user(user)?.snapshot.context.presence[side]?.getSnapshot().value
  }

  #mayHavePresence(user: string, side: Side): boolean {
    return ['PRESENT', 'GRACE', 'UNKNOWN'].includes(this.#presenceOf(user, side) ?? '')
  }

  #hooks(): LoopHooks {
    return {
      outboxOf: (aggregate, output): readonly Omit<OutboxRow, 'number'>[] => {
        if (output.type === 'publish') {
          const payload = asJson(output.notification)
          return this.#arrangement.sides
            .filter(
              (side) => this.#served.has(side) && (!aggregate.startsWith('side/') || aggregate === `side/${side}`),
            )
            .map((side) => ({ lane: laneOf(side, aggregate), kind: 'notification', payload }) as const)
        }
        if (output.type === 'acd')
          return [{ lane: laneOf('acd', aggregate), kind: 'acd', payload: asJson(output.request) }]
        return []
      },
      released: (released) => this.#release(released),
      failedInput: ({ aggregate, sequence, position, error }) => {
        this.#log.error({ aggregate, sequence, position, err: error.message }, 'input failed, state is as before')
        this.#listeners.emit('failedInput', { aggregate, sequence, position, error: error.message })
      },
      storeFailed: (error) => {
        this.#log.error({ err: error.message }, 'the store does not take changes; they are refused until it does')
        this.#listeners.emit('store', { problem: this.storeProblem ?? error.message })
      },
      storeWorks: () => {
        this.#log.warn({}, 'the store takes changes again')
        this.#listeners.emit('store', { problem: undefined })
        this.#delivery.pump()
      },
    }
  }

  #release(released: readonly Released[]): void {
    for (const { aggregate, output, rows } of released) {
      if (output.type === 'publish') {
        const number = rows[0]?.number
        const itemId = number === undefined ? '' : itemIdOf(this.#store.id, number)
        this.#listeners.emit('notification', { ...output.notification, itemId })
      } else if (output.type === 'flagged') {
        const { what, from, to } = output
        this.#log.warn({ aggregate, what, from, to }, 'a step that the tables lack')
        this.#listeners.emit('flagged', { aggregate, what, from, to })
      }
      this.#delivery.add(rows)
    }
    // A sign-out or the end of a grace period may have set waiting lanes free.
    if (!this.#waiting.isEmpty) this.#delivery.pump()
  }
}
