/** The engine of a history, with several agents, in virtual time. */
import type { Side } from '../../machines/wire.ts'
import type { Directory } from '../../src/directory/model.ts'
import { type Engine, EngineUnavailable, type FaultInput } from '../../src/engine/api.ts'
import type { Answer, Command } from '../../src/engine/commands.ts'
import type { NotificationEvent } from '../../src/engine/events.ts'
import type { Batch } from '../../src/engine/ports.ts'
import type { AcdTaskValue, CallDialogValue, MediaValue, TaskDialogValue } from '../../src/engine/values.ts'
import { createEngine } from '../../src/index.ts'
import { type MemoryStore, memoryStore } from '../../src/store/memory/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { line } from '../engine/harness.ts'
import { SAMPLE } from '../suite/sample.ts'
import { Parties } from './call-checks.ts'
import { type Chances, late } from './late.ts'
import { Witness } from './witness.ts'

/** May sign in as a mobile agent. */
export const MOBILE = '1003'

/** The sample with deadlines short enough for a history, and one agent with wrap-up. */
async function shortened(): Promise<Directory> {
  const { directory } = SAMPLE
  return {
    ...directory,
    settings: { ...directory.settings, enableDropParticipantFor: 'all' },
    mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) => ({
      ...mrd,
      maxTaskDurationSeconds: 600,
      taskLifeSeconds: 200,
    })),
    users: directory.users
      .map((each) => (each.id === MOBILE ? { ...each, mobileAgent: true } : each))
      .map((user) =>
        user.id === '1002' ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
      ),
  }
}
const DIRECTORY = await shortened()

/** The same store, which calls `onCommit` after each commit, also after it was reopened. */
function heard(store: MemoryStore, onCommit: (batch: Batch) => void): MemoryStore {
  const [commit, reopen] = [store.commit.bind(store), store.reopen.bind(store)]
  store.commit = (batch) => {
    commit(batch)
    onCommit(batch)
  }
  store.reopen = () => heard(reopen(), onCommit)
  return store
}

/** Most attempts, one second apart, until the store must have taken what is asked for. */
const ATTEMPTS = 100

export class Stage {
  readonly clock: VirtualClock = virtualClock()
  #engine: Engine
  #store: MemoryStore
  readonly sides: readonly Side[]
  /** The last notification of each source. */
  readonly told = new Map<string, NotificationEvent>()
  /** Notifications since the last call of `news`. */
  #news: string[] = []
  readonly failures: string[] = []
  readonly parties = new Parties()
  /** Only if the store answers later. */
  readonly #witness: Witness | undefined
  #requests = 0
  /** Does the store refuse changes? */
  #isOut = false

  readonly #load: 0 | 1

  private constructor(
    engine: Engine,
    store: MemoryStore,
    clock: VirtualClock,
    sides: readonly Side[],
    load: 0 | 1,
    witness: Witness | undefined,
  ) {
    this.#load = load
    this.#witness = witness
    this.sides = sides
    this.#engine = engine
    this.#store = store
    this.clock = clock
    this.#listen()
  }

  /** `onCommit` gets every committed batch, also after restarts. `lateness`: the store answers later. */
  static async open(
    twoSides = false,
    load: 0 | 1 = 0,
    onCommit?: (batch: Batch) => void,
    lateness?: Chances,
  ): Promise<Stage> {
    const clock = virtualClock()
    const inner = memoryStore({ id: 'history', keep: 'history' })
    const sides: readonly Side[] = twoSides ? ['A', 'B'] : ['A']
    const witness = lateness && new Witness(lateness)
    const kept = (batch: Batch) => {
      witness?.kept(batch)
      onCommit?.(batch)
    }
    const acknowledged = (batch: Batch) => witness?.acknowledged(batch)
    const store = lateness ? late(inner, clock, { ...lateness, kept, acknowledged }) : heard(inner, kept)
    const [engine, last] = await Stage.#started(clock, store, sides, load)
    return new Stage(engine, last, clock, sides, load, witness)
  }

  /** Starts an engine, and another one on the same store while the store refuses what it writes at its start. */
  static async #started(
    clock: VirtualClock,
    store: MemoryStore,
    sides: readonly Side[],
    load: 0 | 1,
  ): Promise<readonly [Engine, MemoryStore]> {
    for (let [attempt, tried] = [1, store]; ; attempt += 1, tried = tried.reopen()) {
      try {
        return [await Stage.#start(clock, tried, sides, load), tried]
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof EngineUnavailable)) throw error
      }
    }
  }

  static async #start(clock: VirtualClock, store: MemoryStore, sides: readonly Side[], load: 0 | 1): Promise<Engine> {
    const directory = { ...DIRECTORY, settings: { ...DIRECTORY.settings, logoutOnAgentDisconnect: load } }
    const starting = createEngine({ clock, store, directory, sides })
    await clock.settle()
    return starting
  }

  get engine(): Engine {
    return this.#engine
  }

  get acd(): NonNullable<Engine['acd']> {
    if (!this.#engine.acd) throw new Error('the engine has no ACD of its own')
    return this.#engine.acd
  }

  /** Starts a new engine on the same store. With `crash` the old one is not closed. */
  async restart(crash: boolean): Promise<void> {
    if (!crash) await this.#engine.close()
    const started = await Stage.#started(this.clock, this.#store.reopen(), this.sides, this.#load)
    ;[this.#engine, this.#store] = started
    this.#isOut = false
    this.#listen()
  }

  /** Gives a command to the engine. The journal has an id of it. */
  async command(command: Command): Promise<Answer> {
    this.#requests += 1
    const request = `command ${this.#requests}`
    try {
      const answer = await this.#engine.command(command, { via: 'api', request })
      this.#witness?.answered(request, command, answer)
      return answer
    } catch (error) {
      if (error instanceof EngineUnavailable) this.#witness?.refused(request)
      throw error
    }
  }

  /**
   * Does all the work at the same time, and repeats what the store refuses every second. With a store that refuses, some
   * turns lie between the parts of the work, so that a refusal takes back several commits.
   */
  async insist<T>(...work: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
    let begins = 0
    const doing = Promise.all(
      work.map((each, index) => {
        begins += index === 0 ? 0 : (this.#witness?.pause() ?? 0)
        return this.#repeated(each, begins)
      }),
    )
    let isOver = false
    const over = doing.finally(() => {
      isOver = true
    })
    over.catch(() => undefined)
    await this.clock.settle()
    while (!isOver) await this.clock.advance(1000)
    await this.quiet()
    return over
  }

  /** Waits until there is nothing more to do, and until the store takes changes. */
  async quiet(): Promise<void> {
    await this.clock.settle()
    for (let attempt = 0; this.#isOut; attempt += 1) {
      if (attempt === ATTEMPTS) throw new Error('the store takes no changes any more')
      await this.clock.advance(1000)
    }
  }

  /** What was wrong with answers and notifications since the last call, if the store answers later. */
  wrongly(): readonly string[] {
    return this.#witness?.wrong() ?? []
  }

  /** What reads show after a start with nothing but the journal; `undefined` if the store answers at once. */
  async replayed(): Promise<unknown> {
    if (!this.#witness) return undefined
    const now = this.#engine
    this.#engine = await Stage.#start(this.clock, this.#witness.journal(), this.sides, this.#load)
    const reads = this.reads()
    this.#engine = now
    return reads
  }

  async #repeated<T>(work: () => Promise<T>, turns: number): Promise<T> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => this.clock.soon(resolve))
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof EngineUnavailable)) throw error
      }
      await new Promise<void>((resolve) => this.clock.at(this.clock.now() + 1000, resolve))
    }
  }

  /** A medium on the side of the sign-in, because the other side does not show its settings (`media 5.1`). */
  media(user: string, mrd: string): MediaValue {
    const [first, ...others] = this.sides.map((side) => this.#engine.get.media(user, mrd, side))
    if (!first) throw new Error('no side')
    const isSet = ({ status }: MediaValue) =>
      status !== undefined && (status.maxDialogLimit > 1 || status.interruptAction === 'IGNORE')
    return isSet(first) ? first : (others.find(isSet) ?? first)
  }

  /** Is every side in service? */
  get isInService(): boolean {
    return this.sides.every((side) => this.#engine.get.system(side).status === 'IN_SERVICE')
  }

  /** The present faults of all sides. */
  get faults(): readonly FaultInput[] {
    return this.sides.flatMap((side) => this.#engine.get.faults(side))
  }

  get tasks(): readonly AcdTaskValue[] {
    return this.acd.tasks()
  }

  get users(): readonly string[] {
    return DIRECTORY.users.map(({ id }) => id)
  }

  /** All open nonvoice dialogs, by agent. */
  get dialogs(): readonly TaskDialogValue[] {
    return this.users.flatMap((user) =>
      (this.#engine.get.dialogs(user, 'nonvoice') ?? []).flatMap((dialog) => (dialog.kind === 'task' ? [dialog] : [])),
    )
  }

  /** The length of the agent's wrap-up after a call, in ms. */
  wrapUpMs(user: string): number {
    return (DIRECTORY.users.find(({ id }) => id === user)?.settings.wrapUpSeconds ?? 0) * 1000
  }

  get calls(): readonly CallDialogValue[] {
    return this.acd.calls()
  }

  /** Everything that can be read, to compare it after a restart. Tasks are sorted, because their order may change. */
  reads(): unknown {
    const { get } = this.#engine
    const { currentTime: _now, lastCtiHeartbeatTime: _beat, ...system } = get.system()
    const users = this.users.map((user) => [get.user(user), get.mediaList(user), get.dialogs(user, 'all')])
    const tasks = [...this.tasks].sort((a, b) => (a.id < b.id ? -1 : 1))
    const { campaigns } = this.acd
    const contacts = campaigns.all().map((each) => [each, campaigns.contacts(each.id)])
    return JSON.parse(JSON.stringify({ users, tasks, calls: this.calls, contacts, system, faults: this.faults }))
  }

  /** Notifications since the last call, as short lines. */
  news(): readonly string[] {
    const taken = this.#news
    this.#news = []
    return taken
  }

  #listen(): void {
    const engine = this.#engine
    engine.on('notification', (event) => {
      // An engine that has crashed may still finish a tick. Its notifications do not count.
      if (engine !== this.#engine) return
      this.#witness?.shown(event)
      const text = line(event)
      if (text !== undefined) this.#news.push(text)
      if (event.value.kind === 'failure' || event.shape === 'summary') return
      this.parties.note(event)
      const { value } = event
      // A call has several agents, and is removed for each of them.
      const of = value.kind === 'call' ? ` of ${/User\/([^/]+)/.exec(event.source)?.[1]}` : ''
      this.told.set(value.kind === 'task' || value.kind === 'call' ? `Dialog ${value.id}${of}` : event.source, event)
    })
    engine.on('store', ({ problem }) => {
      if (engine === this.#engine) this.#isOut = problem !== undefined
    })
    engine.on('failedInput', ({ aggregate, error }) => {
      this.failures.push(`${aggregate}: ${error}`)
    })
  }
}
