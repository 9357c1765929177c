/** The system, its surroundings and its clients in one process, in virtual time. */
import { createHash } from 'node:crypto'
import type { Engine } from '../../src/engine/api.ts'
import type { Store } from '../../src/engine/ports.ts'
import { replay } from '../../src/history/replay.ts'
import { stream } from '../../src/simulate/random.ts'
import { Audit } from './audit.ts'
import { Checks, type Moment, viewIsGet } from './checks.ts'
import { Client } from './client.ts'
import { SimulatedClock } from './clock.ts'
import { directoryOf, PASSWORD } from './directory.ts'
import { Death, Disk } from './disk.ts'
import { Findings } from './findings.ts'
import { type Answered, type Asked, Life } from './life.ts'
import { OutsideAcd } from './outside.ts'
import { request } from './request.ts'
import type { Net, World } from './script.ts'
import { Service } from './service.ts'

export const START = Date.UTC(2026, 0, 5, 8)
const DIRECT: Net = { there: 0, back: 0, lost: '', again: [] }
/** Pause before a process that could not start is started again, in ms. */
const START_AGAIN = 1000
const TRANSCRIPT_KEPT = 400

/** How the product is changed, to see whether it is noticed. */
export interface Sabotage {
  readonly store?: (store: Store) => Store
  readonly engine?: (engine: Engine) => Engine
}

export class Simulation {
  readonly clock = new SimulatedClock(START)
  readonly findings = new Findings(() => this.clock.now() - START)
  readonly disk = new Disk()
  readonly service: Service
  readonly audit: Audit
  readonly clients: readonly Client[]
  readonly outside: OutsideAcd | undefined
  /** Tasks and calls that customers know of. */
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
  #requests = 0
  #lives = 0
  #checked = ''
  /** After a crash the system is down for so long, in ms. */
  downFor = 1
  readonly faults: Record<string, number> = {}

  constructor(world: World, seed: number, sabotage: Sabotage = {}) {
    this.#world = world
    this.#seed = seed
    this.#sabotage = sabotage
    this.#loaded = directoryOf(world)
    const { directory } = this.#loaded
    this.service = new Service(this.clock, this.disk, this.findings, seed)
    this.audit = new Audit(directory, this.findings, () => this.clock.now())
    this.outside = world.outside ? new OutsideAcd(this.clock, seed) : undefined
    this.clients = world.agents.map(({ id, supervisor }) => new Client(id, supervisor, (line) => this.note(line)))
    this.disk.committed = (batch) => this.audit.take(batch)
    this.clock.whenSettled = () => this.#check()
  }

  get engine(): Engine | undefined {
    return this.#life?.isAlive ? this.#life.engine : undefined
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
      acd: this.outside,
      onDeath: () => this.#down(),
      ...(this.#sabotage.store ? { wrapStore: this.#sabotage.store } : {}),
      ...(this.#sabotage.engine ? { wrapEngine: this.#sabotage.engine } : {}),
    })
    this.#life = life
    this.#lives += 1
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
        // A disk that refuses keeps it from starting; anything else is wrong.
        if (!this.disk.refuses && !(error instanceof Death))
          this.findings.add('nobody-stuck', `no start: ${String(error)}`)
        this.downFor = START_AGAIN
        life.die()
      },
    )
    this.clock.track(starting)
  }

  die(): void {
    this.#life?.die()
  }

  restart(down: number): void {
    const life = this.#life
    if (!life?.engine || !life.isAlive) return
    this.downFor = down
    this.service.disconnect()
    this.clock.track(
      life.close().then(
        () => this.#down(),
        () => this.#down(),
      ),
    )
  }

  #down(): void {
    this.note('the system is down')
    this.service.systemGone(this.#world.embedded)
    this.clock.in(this.downFor, () => this.start())
  }

  /** Clients come back by themselves, each in its own time. */
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
    this.service.lose(sessions)
    this.clock.in(down, () => this.serviceBack())
  }

  serviceBack(): void {
    if (this.service.up) return
    this.service.up = true
    if (this.#life?.isAlive) this.service.connect(this.#life)
    this.#reconnect()
  }

  // ------------------------------------------------------------------------------------------- requests

  /** Over a network that delays, loses and repeats. `heard` gets every answer that comes back. */
  ask(
    who: string,
    method: Asked['method'],
    url: string,
    body: string,
    net: Net,
    heard: (answer: Answered) => void = () => undefined,
    password = PASSWORD,
  ): void {
    this.#requests += 1
    const name = `${who}.${this.#requests}`
    for (const [attempt, wait] of [0, ...net.again].entries()) {
      const lost = attempt === 0 ? net.lost : ''
      const asked = request(method, url, body, who, password, `${name}.${attempt}`)
      if (lost !== '') this.count(`${lost} lost`)
      if (attempt > 0) this.count('request repeated')
      if (lost === 'request') continue
      this.clock.in(net.there + wait, () =>
        this.#arrive(asked, `${name}.${attempt}`, lost === 'answer' ? undefined : net.back, heard),
      )
    }
  }

  #arrive(asked: Asked, id: string, back: number | undefined, heard: (answer: Answered) => void): void {
    const life = this.#life
    if (!life?.isAlive || !life.engine) return this.note(`${id} ${asked.url} finds nobody`)
    const excused = () => this.disk.refuses || !life.isAlive || life.engine?.get.system().status !== 'IN_SERVICE'
    const before = excused()
    const answering = life.ask(asked).then((answer) => {
      if (!answer) return this.note(`${id} ${asked.url} gets no answer`)
      this.#judge(asked, id, answer, before || excused())
      if (back === undefined) return
      this.clock.in(back, () => {
        this.note(`${id} ${asked.method} ${asked.url} ${answer.status} ${answer.body}`)
        heard(answer)
      })
    })
    this.clock.track(answering)
  }

  #judge({ method, url }: Asked, id: string, { status, body }: Answered, excused: boolean): void {
    const asked = `${method} ${url}`
    if (status === 202 && !this.disk.requests.has(id))
      this.findings.add('accepted-is-journalled', `${asked} (${id}) was answered 202`)
    if (status === 201) {
      const made: unknown = JSON.parse(body)
      const known = typeof made === 'object' && made !== null && 'id' in made && this.disk.made.has(String(made.id))
      if (!known) this.findings.add('accepted-is-journalled', `${asked} was answered 201 ${body}`)
    }
    if (status === 503 && this.disk.requests.has(id)) this.findings.add('refusal-leaves-no-trace', `${asked} (${id})`)
    if (status === 500 || (status === 503 && !excused))
      this.findings.add('refusal-has-reason', `${asked} ${status} ${body}`)
  }

  // ------------------------------------------------------------------------------------------- checks

  #moment(): Moment | undefined {
    const { engine } = this
    if (!engine) return undefined
    // After a refusal the engine waits a moment before it tries again.
    const works = !this.disk.refuses && engine.storeProblem === undefined
    return { audit: this.audit, engine, findings: this.findings, now: this.clock.now(), works }
  }

  #check(): void {
    const moment = this.#moment()
    const state = `${this.audit.rows}/${this.disk.refusals}/${this.#lives}`
    if (moment) this.#checks.at(moment, state !== this.#checked)
    if (moment) this.#checked = state
    const [first] = this.findings.list
    if (first) throw new Failure(this.findings)
  }

  /** At the end, when nothing is under way. */
  async end(): Promise<void> {
    const moment = this.#moment()
    if (moment) {
      viewIsGet(moment)
      const left = [...this.disk.outbox.values()].filter(
        ({ number, kind }) => kind === 'notification' && !this.service.taken.has(number),
      )
      for (const { number, lane } of left.slice(0, 3))
        this.findings.add('one-notification', `row ${number} of ${lane} was never told`)
    }
    // The live state is written down as snapshots, and the whole journal has to lead there.
    await this.clock.track(this.#life?.close() ?? Promise.resolve())
    const { history } = this.disk.content.reopen()
    if (history)
      for (const { aggregate, difference } of replay(history).aggregates)
        if (difference) this.findings.add('replay', `${aggregate}: ${JSON.stringify(difference)}`)
    if (this.findings.list.length > 0) throw new Failure(this.findings)
  }
}

/** Something that must hold does not. */
export class Failure extends Error {
  readonly findings: Findings

  constructor(findings: Findings) {
    super(findings.list.map(({ invariant, what, at }) => `${invariant} at ${at} ms: ${what}`).join('\n'))
    this.name = 'Failure'
    this.findings = findings
  }
}
