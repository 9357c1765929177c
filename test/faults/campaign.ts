/**
 * A pair of servers on a replicated database, to which one fault after the other happens while clients work. After each
 * fault it checks what is stored against what clients were told, and that service has returned.
 */
import { Audit } from '../crash/audit.ts'
import { Random } from '../crash/random.ts'
import type { At } from '../crash/server-process.ts'
import { PATIENCE } from '../suite/patience.ts'
import type { Database } from './database.ts'
import { chosen, FAULTS, type Fault, type Scene } from './faults.ts'
import { Host } from './host.ts'
import { type Stand, startStand } from './stand.ts'

export interface FaultOptions {
  readonly seed: number
  /** The faults by their names, in this order; by default as many as `rounds`, at random. */
  readonly faults?: readonly string[] | undefined
  readonly rounds: number
  /** Added to the environment of the servers. */
  readonly env?: NodeJS.ProcessEnv
  readonly progress?: (round: number, fault: string) => void
}

/** How often each thing happened. Shows that a run was not idle. */
export type Counts = ReadonlyMap<string, number>

/** A check has failed. `history` has the latest requests and events. */
export class FaultFailure extends Error {
  readonly history: readonly string[]

  constructor(what: string, wrong: readonly string[], history: readonly string[]) {
    super(`${what}:\n${wrong.slice(0, 20).join('\n')}${wrong.length > 20 ? `\n… ${wrong.length} in all` : ''}`)
    this.name = 'FaultFailure'
    this.history = history
  }
}

/** Longest time of work before a fault, in ms. */
const BUSY_MS = 4000
/** The owner of a store ends with this code when it has lost it. */
const LOST = 3

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class FaultCampaign {
  readonly #options: FaultOptions
  readonly #random: Random
  readonly #audit = new Audit(true)
  readonly #database: Database
  #owner: Host
  #standby: Host
  readonly #stand: Stand<Host>
  #round = 0
  #fault = 'the start'

  static async start(options: FaultOptions): Promise<FaultCampaign> {
    const stand = await startStand((which, network, _other, cluster) =>
      Host.start(which === 0 ? 'one' : 'two', network, cluster),
    )
    return new FaultCampaign(options, stand)
  }

  private constructor(options: FaultOptions, stand: Stand<Host>) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#stand = stand
    this.#database = stand.database
    ;[this.#owner, this.#standby] = stand.hosts
  }

  /** @throws FaultFailure */
  async run(): Promise<Counts> {
    const { faults, rounds, progress } = this.#options
    const { crew, ledger } = this.#audit
    await this.#owner.begin(this.#options.env ?? {})
    this.#audit.begins()
    await this.#standby.begin(this.#options.env ?? {})
    while (this.#round < rounds) {
      const fault = chosen(FAULTS, faults, this.#round, this.#random)
      this.#round += 1
      this.#fault = fault.name
      progress?.(this.#round, fault.name)
      await this.#suffer(fault)
    }
    await Promise.all(crew.clients.map((client) => client.leave()))
    crew.count('notifications', ledger.committed.size)
    crew.count('inputs', ledger.position)
    return crew.counts
  }

  close(): Promise<void> {
    return this.#stand.close()
  }

  async #suffer(fault: Fault): Promise<void> {
    const random = this.#random
    const { crew } = this.#audit
    const at = await this.#serving(this.#owner)
    if (!(await this.#audit.reconnect(at, random))) this.#fail(['a client could not reconnect'])
    if (random.chance(0.5)) await this.#settle(at)
    let isOver = false
    const work = crew.work(at, this.#audit.generation, random, () => isOver)
    await this.#busy(40 + random.whole(200))
    crew.note(fault.name)
    crew.count(fault.name)
    const scene = { database: this.#database, owner: this.#owner, standby: this.#standby, random }
    await fault.strike(scene)
    if (fault.takesOver === 'always') await this.#handOver(fault, scene)
    else await fault.end(scene)
    isOver = true
    await this.#served()
    if (this.#owner !== scene.owner && fault.takesOver === 'never') this.#fail(['the standby has taken over'])
    if (this.#owner !== scene.owner) await this.#lost(scene.owner)
    await work
    if (this.#owner !== scene.owner) await this.#takenOver()
    await crew.repeats(await this.#serving(this.#owner))
    await this.#audited()
    await this.#restored()
  }

  /** The standby takes over. What the owner has left is inspected before. */
  async #handOver(fault: Fault, scene: Scene<Host>): Promise<void> {
    // What is on its way to the database arrives.
    await pause(200)
    if (scene.owner.server.hasEnded) await this.#lost(scene.owner)
    const now = Date.now()
    this.#fail(this.#audit.inspect(await this.#read(), now))
    await this.#serving(scene.standby)
    await fault.end(scene)
  }

  /** Resolves with the address when the server of this host serves. */
  async #serving(host: Host): Promise<At> {
    const at = await host.server.ready
    if (at === undefined) return this.#fail(['a server ended by itself', ...host.server.output])
    return at
  }

  /** Waits until a command is done again. Whoever does it is the owner. */
  async #served(): Promise<void> {
    const { crew } = this.#audit
    const end = Date.now() + PATIENCE
    while (Date.now() < end) {
      for (const host of [this.#standby, this.#owner]) {
        const at = host.at
        const answered = at && (await crew.acd(at, 'POST', '/tasks', { scriptSelector: 'email_support' }))
        if (answered?.status !== 201) continue
        const { id }: { id?: unknown } = Object(JSON.parse(answered.body))
        crew.acknowledged.made.add(String(id))
        if (host !== this.#owner) [this.#owner, this.#standby] = [this.#standby, this.#owner]
        return
      }
      await pause(20)
    }
    this.#fail(['service has not returned', ...this.#owner.server.output, ...this.#standby.server.output])
  }

  /** The former owner ends, and its clients notice. */
  async #lost({ server }: Host): Promise<void> {
    const isKilled = !server.endedByItself && server.hasEnded
    await Promise.race([server.gone, pause(PATIENCE)])
    if (!server.hasEnded) this.#fail(['the former owner has not ended', ...server.output])
    if (!isKilled && server.exitCode !== LOST)
      this.#fail([`the former owner has ended with ${server.exitCode}`, ...server.output])
    await Promise.all(this.#audit.crew.clients.map((client) => client.lost()))
  }

  /** The journal says where the present owner has begun: its notification service was not there yet. */
  async #takenOver(): Promise<void> {
    const { ledger } = this.#audit
    ledger.take(await this.#read())
    const first = ledger.notes.findLast(
      ({ aggregate, input }) =>
        aggregate === 'side/A' &&
        input.kind === 'side' &&
        input.change === 'LOST' &&
        input.dependency === 'notification-service',
    )
    this.#audit.crew.count('take-overs')
    this.#audit.begins((first?.position ?? 1) - 1)
    const at = await this.#serving(this.#owner)
    if (!(await this.#audit.reconnect(at, this.#random))) this.#fail(['a client could not reconnect'])
  }

  /** Clients may receive more between the reading and its inspection. */
  async #audited(): Promise<void> {
    const end = Date.now() + PATIENCE
    let wrong: readonly string[]
    do {
      const content = await this.#read()
      wrong = this.#audit.inspect(content, Date.now())
      if (wrong.length > 0) await pause(50)
    } while (wrong.length > 0 && Date.now() < end)
    this.#fail(wrong)
    await this.#settle(await this.#serving(this.#owner))
  }

  /** The other host has a standby again. */
  async #restored(): Promise<void> {
    if (this.#standby.server.hasEnded) await this.#standby.begin(this.#options.env ?? {})
  }

  #read() {
    return this.#database.read(this.#audit.ledger.position)
  }

  async #settle(at: At): Promise<void> {
    this.#fail(await this.#audit.settle(at, (behind) => this.#database.read(behind)))
  }

  /** Resolves when so many requests have been answered, or after `BUSY_MS`. */
  async #busy(answers: number): Promise<void> {
    const end = Date.now() + BUSY_MS
    const wanted = this.#audit.crew.answers + answers
    while (this.#audit.crew.answers < wanted && Date.now() < end) await pause(3)
  }

  #fail(wrong: []): undefined
  #fail(wrong: readonly [string, ...string[]]): never
  #fail(wrong: readonly string[]): undefined
  #fail(wrong: readonly string[]): undefined {
    if (wrong.length === 0) return undefined
    const what = `seed ${this.#options.seed}, round ${this.#round}, ${this.#fault}`
    throw new FaultFailure(what, wrong, this.#audit.crew.history)
  }
}
