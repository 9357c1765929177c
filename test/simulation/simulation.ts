/** The system, its surroundings and its clients in one process, in virtual time. */
import { createHash } from 'node:crypto'
import type { TimeSource } from '../../src/clock/system-clock.ts'
import type { LoadedDirectory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { Store } from '../../src/engine/ports.ts'
import { replay } from '../../src/history/replay.ts'
import { stream } from '../../src/simulate/random.ts'
import { Audit } from './audit.ts'
import { Checks, type Moment, viewIsGet } from './checks.ts'
import { Client } from './client.ts'
import { SimulatedClock } from './clock.ts'
import { directoryOf } from './directory.ts'
import { Death, Disk } from './disk.ts'
import { Findings } from './findings.ts'
import { Life } from './life.ts'
import { Machine } from './machine.ts'
import { OutsideAcd } from './outside.ts'
import { Owed } from './owed.ts'
import { DIRECT, Requests } from './requests.ts'
import type { Ending, World } from './script.ts'
import { Service } from './service.ts'

export const START = Date.UTC(2026, 0, 5, 8)
/** Pause before a process that could not start is started again, in ms. */
const START_AGAIN = 1000
const TRANSCRIPT_KEPT = 400

/** A planted bug: how the product is changed to see whether the checks find it. */
export interface Sabotage {
  readonly store?: (store: Store) => Store
  readonly engine?: (engine: Engine) => Engine
  readonly time?: (time: TimeSource) => TimeSource
}

/** How a process dies, `after` ms after its start. */
export interface Doom {
  readonly name: string
  readonly when: Ending
  readonly after: number
}

export class Simulation {
  readonly clock = new SimulatedClock(START)
  readonly machine = new Machine(this.clock)
  readonly findings = new Findings(() => this.clock.now() - START)
  readonly disk = new Disk()
  readonly service: Service
  readonly audit: Audit
  readonly clients: readonly Client[]
  readonly outside: OutsideAcd | undefined
  /** Ids of the tasks and calls of customers. */
  readonly tasks: string[] = []
  readonly calls: string[] = []
  readonly #world: World
  readonly #seed: number
  readonly #loaded
  readonly #sabotage: Sabotage
  readonly #checks = new Checks()
  readonly #transcript = createHash('sha256')
  readonly lastWords: string[] = []
  #life: Life | undefined
  readonly #sent = new Requests(this, () => this.#life)
  #lives = 0
  #checked = ''
  /** How long the system is down after a crash, in ms. */
  downFor = 1
  /** How the next processes die. */
  deaths: readonly Doom[] = []
  readonly #owed: Owed
  readonly faults: Record<string, number> = {}

  /** `isLate`: the disk answers later. */
  constructor(world: World, seed: number, sabotage: Sabotage = {}, isLate = false) {
    if (isLate) this.disk.late = { clock: this.clock, seed }
    this.#world = world
    this.#seed = seed
    this.#sabotage = sabotage
    this.#loaded = directoryOf(world)
    const { directory } = this.#loaded
    this.#owed = new Owed(this.clock, this.findings, world.presenceGraceSeconds * 1000)
    this.service = new Service(this.clock, this.disk, this.findings, seed, this.#owed)
    this.audit = new Audit(directory, this.findings, () => this.#life?.time.now() ?? START)
    this.outside = world.outside ? new OutsideAcd(this.clock, seed) : undefined
    this.clients = world.agents.map(({ id, supervisor }) => new Client(id, supervisor, (line) => this.note(line)))
    this.disk.committed = (batch) => {
      this.#owed.delivered(batch.delivered)
      this.audit.take(batch)
      if (this.audit.wasSetBack) this.count('start behind the journal')
      this.audit.wasSetBack = false
    }
    this.clock.whenSettled = () => this.#check()
  }

  get engine(): Engine | undefined {
    return this.#life?.isAlive ? this.#life.engine : undefined
  }

  get loaded(): LoadedDirectory {
    return this.#loaded
  }

  get transcriptHash(): string {
    return this.#transcript.copy().digest('hex')
  }

  count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1
  }

  note(line: string): void {
    const text = `${this.clock.now() - START} ${line}`
    this.#transcript.update(`${text}\n`)
    this.lastWords.push(text)
    if (this.lastWords.length > TRANSCRIPT_KEPT) this.lastWords.shift()
  }

  // ------------------------------------------------------------------------------------------- the process

  start(): void {
    const life = new Life({
      loaded: this.#loaded,
      disk: this.disk,
      clock: this.clock,
      machine: this.machine,
      acd: this.outside,
      onDeath: () => this.#down(),
      ...(this.#sabotage.store ? { wrapStore: this.#sabotage.store } : {}),
      ...(this.#sabotage.time ? { wrapTime: this.#sabotage.time } : {}),
      ...(this.#sabotage.engine ? { wrapEngine: this.#sabotage.engine } : {}),
    })
    this.#life = life
    this.#lives += 1
    const [next, ...others] = this.deaths
    this.deaths = others
    if (next) this.#dieAgain(life, next)
    const starting = life.start().then(
      () => {
        if (!life.isAlive) return
        this.audit.recovered(this.disk.content)
        this.note('the system is up')
        this.service.connect(life)
        this.#reconnect()
      },
      (error: unknown) => {
        if (!life.isAlive) return
        // Only a disk that refuses changes may prevent a start.
        if (!this.disk.refuses && !(error instanceof Death))
          this.findings.add('nobody-stuck', `no start: ${String(error)}`)
        this.downFor = START_AGAIN
        life.die()
      },
    )
    this.clock.track(starting)
  }

  /** Lets the current process die. */
  crash(when: Ending): void {
    if (when === 'now') this.#life?.die()
    else if (when === 'send') this.service.cutSend = true
    else this.disk.cut = when
  }

  #dieAgain(life: Life, { when, after, name }: Doom): void {
    const die = () => {
      if (!life.isAlive) return
      this.count(name)
      this.crash(when)
    }
    // The first commit is part of the start.
    if (after === 0 && when !== 'now') die()
    else this.clock.in(after, die)
  }

  die(): void {
    this.#life?.die()
  }

  restart(down: number): void {
    const life = this.#life
    if (!life?.engine || !life.isAlive) return
    this.downFor = down
    this.#leaveAlone()
    this.service.disconnect()
    this.clock.track(
      life.close().then(
        (inOrder) => {
          if (inOrder) this.#down()
        },
        () => life.die(),
      ),
    )
  }

  #down(): void {
    this.note('the system is down')
    this.#leaveAlone()
    this.service.systemGone(this.#world.embedded)
    this.clock.in(this.downFor, () => this.start())
  }

  /** The process or the service is lost: records the users who had a session. */
  #leaveAlone(): void {
    const there = [...this.audit.models].filter(([, { agent }]) => agent.presence === 'PRESENT')
    this.#owed.gone(there.map(([user]) => user))
  }

  /** Clients connect again, each after a wait of up to 3 s. */
  #reconnect(): void {
    for (const client of this.clients) {
      if (!client.wanted) continue
      const wait = Math.floor(stream(this.#seed, `back/${client.user}/${this.clock.now()}`).next() * 3000)
      this.clock.in(wait, () => {
        if (client.wanted) this.connect(client)
      })
    }
  }

  connect(client: Client): void {
    if (!client.connect(this.service)) return
    this.note(`${client.user} comes as ${client.session}`)
    this.ask(
      client.user,
      'GET',
      `/finesse/api/User/${client.user}/Dialogs?includeNonVoice=true`,
      '',
      DIRECT,
      (answer) => {
        if (answer.status === 200) client.read(answer.body)
      },
    )
  }

  loseService(down: number, sessions: boolean): void {
    this.#leaveAlone()
    this.service.lose(sessions)
    this.clock.in(down, () => this.serviceBack())
  }

  serviceBack(): void {
    if (this.service.up) return
    this.service.up = true
    if (this.#life?.isAlive) this.service.connect(this.#life)
    this.#reconnect()
  }

  ask(...given: Parameters<Requests['ask']>): void {
    this.#sent.ask(...given)
  }

  // ------------------------------------------------------------------------------------------- checks

  #moment(): Moment | undefined {
    const { engine } = this
    if (!engine) return undefined
    // After a refusal the engine waits for a moment before it tries again.
    const works = !this.disk.refuses && engine.storeProblem === undefined
    return { audit: this.audit, engine, findings: this.findings, now: this.#life?.time.now() ?? START, works }
  }

  #check(): void {
    const moment = this.#moment()
    const wrong = this.#life?.isAlive ? this.#life.time.problem() : undefined
    if (wrong !== undefined) this.findings.add('server-time', wrong)
    const state = `${this.audit.rows}/${this.disk.refusals}/${this.#lives}`
    if (moment) this.#checks.at(moment, state !== this.#checked)
    if (moment) this.#checked = state
    const [first] = this.findings.list
    if (first) throw new Failure(this.findings)
  }

  /** The checks at the end, when no work is left. */
  async end(): Promise<void> {
    const moment = this.#moment()
    if (moment) {
      viewIsGet(moment)
      const left = [...this.disk.outbox.values()].filter(
        ({ number, kind }) => kind === 'notification' && !this.service.taken.has(number),
      )
      for (const { number, lane } of left.slice(0, 3))
        this.findings.add('one-notification', `row ${number} of ${lane} was never sent`)
    }
    // The close writes the live state as snapshots. A replay of the whole journal must give the same state.
    const closing = this.#life?.close() ?? Promise.resolve(false)
    await this.clock.settle()
    await closing
    const { history } = this.disk.content.reopen()
    if (history)
      for (const { aggregate, difference } of (await replay(history)).aggregates)
        if (difference) this.findings.add('replay', `${aggregate}: ${JSON.stringify(difference)}`)
    if (this.findings.list.length > 0) throw new Failure(this.findings)
  }
}

/** An invariant is broken. */
export class Failure extends Error {
  readonly findings: Findings

  constructor(findings: Findings) {
    super(findings.list.map(({ invariant, what, at }) => `${invariant} at ${at} ms: ${what}`).join('\n'))
    this.name = 'Failure'
    this.findings = findings
  }
}
