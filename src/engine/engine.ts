/**
 * The engine: aggregates, loop, delivery and reads, put together. Everything that it needs from outside comes in
 * `EngineOptions`; `createEngine` of the package fills in the usual parts.
 */
import { isSignedIn } from '../../machines/index.ts'
import type { Side } from '../../machines/wire.ts'
import { type Directory, VOICE_MRD } from '../directory/model.ts'
import { Aggregates } from './aggregates.ts'
import type { Engine, EngineEvents, EngineFigures, FaultInput, UserEventInput } from './api.ts'
import { EngineUnavailable } from './api.ts'
import { createBuiltInAcd } from './built-in-acd.ts'
import { addressed, type Present } from './command-input.ts'
import type { Answer, Command } from './commands.ts'
import { Delivery, itemIdOf, laneOf } from './delivery.ts'
import { type FaultScope, faultInputs } from './fault.ts'
import { asJson, type Input, type UserInputEvent } from './input.ts'
import { Listeners } from './listeners.ts'
import { Loop, type Released } from './loop.ts'
import type { AcdEvents, AcdPort, Clock, OutboxRow, Store } from './ports.ts'
import { queueSetup } from './queue/state.ts'
import { createReads, readCall } from './reads.ts'
import { recover } from './recovery.ts'
import { asReason, userSetup } from './user/setup.ts'

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
  readonly log?: EngineLog
}

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
  readonly #role: 'authority' | 'follower'
  readonly #sides: readonly Side[]
  readonly #log: EngineLog
  readonly #port: AcdPort | undefined
  readonly #aggregates: Aggregates
  readonly #loop: Loop
  readonly #delivery: Delivery
  readonly #listeners: Listeners<EngineEvents>
  /** Sides that have, or will have, a notification service: their notifications are kept until it took them. */
  readonly #served = new Set<Side>()
  /** Lanes with rows from before a restart or a loss of the service; these wait until presence is known. */
  readonly #waiting = new Set<string>()
  readonly get: Engine['get']
  readonly acd: Engine['acd']
  readonly acdEvents: AcdEvents
  #closing: Promise<void> | undefined

  constructor({
    directory,
    store,
    clock,
    acd,
    role = 'authority',
    sides = ['A'],
    serves = [],
    log = SILENT,
  }: EngineOptions) {
    this.#directory = directory
    this.#store = store
    this.#clock = clock
    this.#role = role
    this.#sides = sides
    this.#log = log
    this.#listeners = new Listeners((event, error) => log.error({ event, err: String(error) }, 'a listener threw'))
    this.#port = acd
    this.#aggregates = new Aggregates({ external: acd !== undefined || role === 'follower' }, directory.platform)
    const stored = store.load()
    recover(this.#aggregates, stored)
    this.#delivery = new Delivery({
      clock,
      storeId: store.id,
      acd,
      mustWait: (lane) => this.#mustWait(lane),
      isSilent: (side) => this.#aggregates.side(side)?.isCutOff ?? false,
      delivered: (rows) => this.#loop.delivered(rows),
      undeliverable: (row, error) =>
        log.error({ row, err: error.message }, 'a notification cannot be delivered and is dropped'),
    })
    this.#loop = new Loop(this.#aggregates, store, clock, this.#hooks(), stored.lastPosition, stored.lastOutboxNumber)
    for (const side of serves) this.#served.add(side)
    for (const row of stored.outbox) this.#waiting.add(row.lane)
    this.#delivery.add(stored.outbox)
    this.get = createReads(this.#aggregates, directory, () => clock.now())
    this.acd =
      acd || role === 'follower'
        ? undefined
        : createBuiltInAcd(this.#aggregates, directory, (to, input) => this.#loop.submit(to, input))
    this.acdEvents = this.#acdEvents()
  }

  /** Tells the aggregates what changed while nobody was here: the directory, and that presence is unknown. */
  async start(): Promise<void> {
    this.#loop.start()
    const inputs: Promise<unknown>[] = []
    const give = (to: string, input: Input) => inputs.push(this.#loop.submit(to, input))
    for (const side of this.#sides) {
      this.#aggregates.open(`side/${side}`)
      // Whether a notification service is wanted is said anew in every process.
      const change = this.#served.has(side) ? 'LOST' : 'BACK'
      if (this.#aggregates.side(side)?.isMissing('notification-service') !== (change === 'LOST'))
        give(`side/${side}`, { kind: 'side', change, dependency: 'notification-service' })
    }
    for (const { to, input } of this.#configuration()) give(to, input)
    for (const user of this.#directory.users)
      for (const side of this.#sides)
        if (this.#mayHavePresence(user.id, side)) {
          this.#waiting.add(laneOf(side, `user/${user.id}`))
          give(`user/${user.id}`, { kind: 'user', event: { type: 'SERVICE_LOST', side } })
        }
    await Promise.all(inputs)
    this.#port?.start(this.acdEvents)
  }

  async command(command: Command): Promise<Answer> {
    const { side = 'A' } = command
    if (this.#aggregates.side(side)?.isCutOff) return { accepted: false, error: 'OUT_OF_SERVICE', about: '' }
    const step = addressed(command, this.#present())
    if ('error' in step) return step
    const reply = await this.#loop.submit(step.to, step.input)
    if (reply.failed !== undefined) return { accepted: false, error: 'INTERNAL_ERROR', about: '' }
    return reply.rejected ? { accepted: false, error: reply.rejected, about: 'state' } : { accepted: true }
  }

  async presence({ user, side, session, available }: Parameters<Engine['presence']>[0]): Promise<void> {
    if (!this.#aggregates.user(user)) return
    await this.#toUser(user, { type: 'PRESENCE', side, session, available })
    this.#delivery.pump()
  }

  async notificationService(side: Side, available: boolean): Promise<void> {
    this.#served.add(side)
    const change = available ? 'BACK' : 'LOST'
    const type = available ? 'SERVICE_BACK' : 'SERVICE_LOST'
    const concerned = available ? ['UNKNOWN'] : ['PRESENT', 'GRACE']
    const users = this.#directory.users.filter(({ id }) => concerned.includes(this.#presenceOf(id, side) ?? ''))
    if (!available) for (const { id } of users) this.#waiting.add(laneOf(side, `user/${id}`))
    await Promise.all([
      this.#loop.submit(`side/${side}`, { kind: 'side', change, dependency: 'notification-service' }),
      ...users.map(({ id }) => this.#toUser(id, { type, side })),
    ])
    this.#delivery.pump()
  }

  async userEvent(event: UserEventInput): Promise<void> {
    if (this.#role === 'authority') throw new Error('an authority takes no user events: it is the Finesse')
    if (!this.#aggregates.user(event.user)) throw new Error(`there is no user ${event.user}`)
    await this.#toUser(event.user, this.#followed(event))
  }

  async fault(fault: FaultInput): Promise<void> {
    // Given together, so that one commit holds the failure and all that it means.
    const inputs = faultInputs(fault, this.#faultScope(fault.side))
    await Promise.all(inputs.map(({ to, input }) => this.#loop.submit(to, input)))
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

  get figures(): EngineFigures {
    return { ...this.#loop.figures, outboxPending: this.#delivery.pending, aggregates: this.#aggregates.size }
  }

  now(): number {
    return this.#clock.now()
  }

  close(): Promise<void> {
    this.#closing ??= Promise.resolve().then(() => {
      this.#loop.close()
      this.#delivery.close()
      this.#store.close()
    })
    return this.#closing
  }

  // ------------------------------------------------------------------------------------------------ inside

  async #toUser(user: string, event: UserInputEvent): Promise<void> {
    await this.#loop.submit(`user/${user}`, { kind: 'user', event })
  }

  /** Setups that differ from what the aggregates were told last. */
  #configuration(): readonly { readonly to: string; readonly input: Input }[] {
    const inputs: { to: string; input: Input }[] = []
    for (const user of this.#directory.users) {
      const setup = userSetup(this.#directory, user, this.#role, this.#sides)
      const known = this.#aggregates.user(user.id)?.setup
      if (JSON.stringify(known) !== JSON.stringify(asJson(setup)))
        inputs.push({ to: `user/${user.id}`, input: { kind: 'configuredUser', setup } })
    }
    if (this.#port || this.#role === 'follower') return inputs
    const mrds = new Set([VOICE_MRD, ...this.#directory.mediaRoutingDomains.map((mrd) => mrd.id)])
    for (const mrd of mrds) {
      const setup = queueSetup(this.#directory, mrd)
      if (JSON.stringify(this.#aggregates.queue(mrd)?.setup) !== JSON.stringify(asJson(setup)))
        inputs.unshift({ to: `queue/${mrd}`, input: { kind: 'configuredQueue', setup } })
    }
    return inputs
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

  /** Rows from before wait for as long as nobody knows whether the user is there: bounded by the grace period. */
  #mustWait(lane: string): boolean {
    if (!this.#waiting.has(lane)) return false
    const side = lane.startsWith('B:') ? 'B' : 'A'
    const user = lane.slice(lane.indexOf('/') + 1)
    const presence = lane.includes(':user/') ? this.#presenceOf(user, side) : undefined
    if (presence === 'UNKNOWN' || presence === 'GRACE') return true
    this.#waiting.delete(lane)
    return false
  }

  #followed(event: UserEventInput): UserInputEvent {
    if (event.kind === 'media') {
      const { mrd, state, routable } = event
      return { type: 'MEDIA_EVENT', mrd, state, ...(routable === undefined ? {} : { routable }) }
    }
    if (event.kind === 'task') {
      const { mrd, dialog, state, variables } = event
      return { type: 'TASK_EVENT', mrd, dialog, state, ...(variables === undefined ? {} : { variables }) }
    }
    const { state, extension, reasonCodeId } = event
    const code = this.#directory.reasonCodes.find((each) => each.id === reasonCodeId)
    const reason = code ? asReason(code) : null
    return { type: 'USER_EVENT', state, reason, ...(extension === undefined ? {} : { extension }) }
  }

  #acdEvents(): AcdEvents {
    const tell = async (user: string, event: Extract<Input, { kind: 'acd' }>['event']) => {
      if (!this.#aggregates.user(user)) throw new Error(`there is no user ${user}`)
      const reply = await this.#loop.submit(`user/${user}`, { kind: 'acd', event })
      if (reply.failed !== undefined) throw new EngineUnavailable(reply.failed)
    }
    return {
      offer: (user, offer, task) => {
        const { id, mrd, scriptSelector, variables, queueNumber = '', queueName = '', associatedDialog = '' } = task
        const facts = { id, scriptSelector, variables, queueNumber, queueName, associatedDialog }
        return tell(user, { type: 'offer', mrd, offer, task: facts })
      },
      cancel: (user, task) => tell(user, { type: 'customerCancels', task }),
      resubmitted: (user, dialog, result) => {
        const mrd = dialog.split('_')[2] ?? ''
        const { attempt = null } = result
        if (!result.ok) return tell(user, { type: 'resubmissionRefused', mrd, dialog, reason: result.reason, attempt })
        return tell(user, { type: 'resubmitted', mrd, dialog, task: result.task, attempt })
      },
    }
  }

  #hooks() {
    return {
      outboxOf: (aggregate: string, output: Released['output']): readonly Omit<OutboxRow, 'number'>[] => {
        if (output.type === 'publish') {
          const payload = asJson(output.notification)
          return this.#sides
            .filter(
              (side) => this.#served.has(side) && (!aggregate.startsWith('side/') || aggregate === `side/${side}`),
            )
            .map((side) => ({ lane: laneOf(side, aggregate), kind: 'notification', payload }) as const)
        }
        if (output.type === 'acd')
          return [{ lane: laneOf('acd', aggregate), kind: 'acd', payload: asJson(output.request) }]
        return []
      },
      released: (released: readonly Released[]) => this.#release(released),
      failedInput: (aggregate: string, sequence: number, error: Error) => {
        this.#log.error({ aggregate, sequence, err: error.message }, 'input failed, state is as before')
        this.#listeners.emit('failedInput', { aggregate, sequence, error: error.message })
      },
      commitFailed: (error: Error) => this.#log.error({ err: error.message }, 'commit failed, changes are refused'),
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
    if (this.#waiting.size > 0) this.#delivery.pump()
  }
}
