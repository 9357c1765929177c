/**
 * A pair that serves a side each (`--serves`), to which one fault after the other happens while clients of both sides
 * work. Clients of a lost side go to the other one, and some come back. After each fault it checks what is stored against
 * what clients were told, and that no client of a living server has lost its connection.
 */
import { z } from 'zod'
import { type Client, request, type Session } from '../crash/client.ts'
import { acknowledgedIn } from '../crash/inspection.ts'
import { Ledger } from '../crash/ledger.ts'
import { Random } from '../crash/random.ts'
import { readsWrong, tasksWrong } from '../crash/reads.ts'
import { Crew, type Places, SUPERVISOR } from '../crash/work.ts'
import { PATIENCE } from '../suite/patience.ts'
import type { FaultOptions } from './campaign.ts'
import { FaultFailure } from './campaign.ts'
import type { Database } from './database.ts'
import { chosen, type Fault } from './faults.ts'
import { SIDE_FAULTS } from './side-faults.ts'
import { SideHost } from './side-host.ts'
import { type Stand, startStand } from './stand.ts'
import { streamWrong } from './streams.ts'

/** Longest time of work before a fault, in ms. */
const BUSY_MS = 4000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class SidesCampaign {
  readonly #options: FaultOptions
  readonly #random: Random
  readonly #stand: Stand<SideHost>
  readonly #database: Database
  readonly #hosts: readonly [SideHost, SideHost]
  readonly #crew = new Crew(true)
  readonly #ledger = new Ledger(['A', 'B'])
  /** Where each user is. */
  /** Sessions whose loss is right although their server lives. */
  readonly #lost = new Set<Session>()
  readonly #whereabouts = new Map<string | undefined, SideHost>()
  #round = 0
  #fault = 'the start'

  static async start(options: FaultOptions): Promise<SidesCampaign> {
    const stand = await startStand((which, network, other, cluster) =>
      SideHost.start(which === 0 ? 'A' : 'B', network, other, cluster),
    )
    return new SidesCampaign(options, stand)
  }

  private constructor(options: FaultOptions, stand: Stand<SideHost>) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#stand = stand
    this.#database = stand.database
    this.#hosts = stand.hosts
  }

  /** @throws FaultFailure */
  async run(): Promise<ReadonlyMap<string, number>> {
    const { rounds, progress, env = {} } = this.#options
    for (const host of this.#hosts) {
      await host.begin(env)
      await this.#inService(host)
    }
    while (this.#round < rounds) {
      const fault = chosen(SIDE_FAULTS, this.#options.faults, this.#round, this.#random)
      this.#round += 1
      this.#fault = fault.name
      progress?.(this.#round, fault.name)
      await this.#suffer(fault)
    }
    await Promise.all(this.#crew.clients.map((client) => client.leave()))
    this.#crew.count('notifications', this.#ledger.committed.size)
    this.#crew.count('inputs', this.#ledger.position)
    return this.#crew.counts
  }

  close(): Promise<void> {
    return this.#stand.close()
  }

  async #suffer(fault: Fault<SideHost>): Promise<void> {
    const random = this.#random
    const crew = this.#crew
    await this.#everybodyHome()
    let isOver = false
    const work = crew.workAt(
      this.#places(() => isOver),
      random,
      () => isOver,
    )
    await this.#busy(40 + random.whole(200))
    crew.note(fault.name)
    crew.count(fault.name)
    const owner = await this.#owner()
    const standby = this.#otherThan(owner)
    const servers = this.#hosts.map((host) => host.server)
    const scene = { database: this.#database, owner, standby, random }
    await fault.strike(scene)
    if (fault.takesOver === 'always') await this.#owns(standby)
    await fault.end(scene)
    const after = await this.#served()
    if (after !== owner && fault.takesOver === 'never') this.#fail(['the standby has taken over'])
    if (after !== owner) {
      crew.count('take-overs')
      await Promise.race([servers[this.#hosts.indexOf(owner)]?.gone, pause(PATIENCE)])
      if (!owner.server.hasEnded) this.#fail(['the former owner has not ended', ...owner.server.output])
    }
    if (fault.losesStandby)
      for (const session of this.#sessions)
        if (session.generation === standby.generation && session.end === 'killed') this.#lost.add(session)
    // Clients go on at the sides that are left.
    await this.#busy(100)
    isOver = true
    await work
    for (const host of this.#hosts) if (host.server.hasEnded) await host.begin(this.#options.env ?? {})
    for (const host of this.#hosts) await this.#inService(host)
    await crew.repeats(after.at)
    await this.#audited(after)
  }

  /** Clients come back to their sides, and half of those that are at the other one stay there. */
  async #everybodyHome(): Promise<void> {
    const [a, b] = this.#hosts
    await Promise.all(
      this.#crew.clients.map(async (client, index) => {
        const home = index % 2 === 0 ? a : b
        const isAway = this.#whereabouts.get(client.user) !== home
        if (client.session && isAway && client.user !== SUPERVISOR && this.#random.chance(0.5)) return
        if (client.session && isAway) await client.leave()
        if (client.session) return
        this.#whereabouts.set(client.user, home)
        if (!(await this.#connect(client, home))) this.#fail([`${client.user} could not connect to side ${home.side}`])
      }),
    )
    this.#whereabouts.set(undefined, this.#random.chance(0.5) ? a : b)
  }

  async #connect(client: Client, host: SideHost): Promise<boolean> {
    this.#crew.note(`${client.user} goes to side ${host.side}`)
    return client.connect(host.at, host.generation)
  }

  #places(isOver: () => boolean): Places {
    const of = (user?: string) => this.#whereabouts.get(user) ?? this.#hosts[0]
    return {
      of,
      lost: async (user) => {
        // Subscriptions are of a side, so the supervisor waits for its own.
        if (user === SUPERVISOR) return false
        const client = this.#crew.clients.find((each) => each.user === user)
        for (let host = of(user); !isOver(); host = this.#otherThan(host)) {
          const isLeft = client?.session !== undefined && client.session.generation === host.generation
          if ((await healthOf(host))?.status === 'IN_SERVICE') {
            this.#whereabouts.set(user, host)
            if (client === undefined || isLeft) return true
            if (client.session) await client.leave()
            this.#crew.count('clients that connected again')
            if (await this.#connect(client, host)) return true
          }
          await pause(50)
        }
        return true
      },
    }
  }

  #otherThan(host: SideHost): SideHost {
    const [a, b] = this.#hosts
    return host === a ? b : a
  }

  /** Resolves when the side of this host is in service. */
  async #inService(host: SideHost): Promise<void> {
    await this.#until(`side ${host.side} is not in service`, async () => {
      return (await healthOf(host))?.status === 'IN_SERVICE'
    })
  }

  async #owns(host: SideHost): Promise<void> {
    await this.#until(`the server of side ${host.side} has not taken over`, () => isOwner(host))
  }

  /** The host that owns the store and answers. */
  async #owner(): Promise<SideHost> {
    let owner = this.#hosts[0]
    await this.#until('nobody owns the store', async () => {
      for (const host of this.#hosts) {
        if (!(await isOwner(host))) continue
        owner = host
        return true
      }
      return false
    })
    return owner
  }

  /** Waits until a command is done again. Resolves with the owner. */
  async #served(): Promise<SideHost> {
    let owner = await this.#owner()
    await this.#until('service has not returned', async () => {
      owner = await this.#owner()
      const answered = await this.#crew.acd(owner.at, 'POST', '/tasks', { scriptSelector: 'email_support' })
      if (answered.status !== 201) return false
      const { id }: { id?: unknown } = Object(JSON.parse(answered.body))
      this.#crew.acknowledged.made.add(String(id))
      return true
    })
    return owner
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE
    while (!(await isSo())) {
      if (Date.now() > end) this.#fail([what, ...this.#hosts.flatMap(({ server }) => server.output.slice(-30))])
      await pause(20)
    }
  }

  async #audited(owner: SideHost): Promise<void> {
    const end = Date.now() + PATIENCE
    let wrong: readonly string[]
    do {
      await pause(20)
      const content = await this.#database.read(this.#ledger.position)
      this.#ledger.take(content)
      const before = this.#ledger.position
      wrong = [
        ...this.#ledger.wrong,
        ...this.#crew.wrong,
        ...acknowledgedIn(this.#crew, this.#ledger, content, Date.now(), this.#hosts[0].side),
        ...this.#lostStreams(),
        ...this.#sessions.flatMap((session) => streamWrong(session, this.#ledger)),
        ...this.#ledger.overdue(Date.now() - 250),
      ]
      if (wrong.length > 0) continue
      wrong = [...(await readsWrong(owner.at, this.#ledger, before - 400)), ...(await tasksWrong(owner.at))]
      this.#ledger.take(await this.#database.read(before))
      if (this.#ledger.position !== before) wrong = ['it does not settle', ...wrong]
    } while (wrong.length > 0 && Date.now() < end)
    this.#fail(wrong)
    this.#crew.count('sessions checked', this.#sessions.length)
  }

  get #sessions(): readonly Session[] {
    return this.#crew.clients.flatMap(({ sessions }) => sessions)
  }

  /** Clients whose connections ended although their server lives. */
  #lostStreams(): readonly string[] {
    const living = this.#hosts.map(({ generation }) => generation)
    return this.#sessions.flatMap((session) => {
      const { end, generation, jid } = session
      return end === 'killed' && living.includes(generation) && !this.#lost.has(session)
        ? [`${jid} lost its connection, its server lives`]
        : []
    })
  }

  /** Resolves when so many requests have been answered, or after `BUSY_MS`. */
  async #busy(answers: number): Promise<void> {
    const end = Date.now() + BUSY_MS
    const wanted = this.#crew.answers + answers
    while (this.#crew.answers < wanted && Date.now() < end) await pause(3)
  }

  #fail(wrong: readonly string[]): void {
    if (wrong.length === 0) return
    const what = `seed ${this.#options.seed}, sides, round ${this.#round}, ${this.#fault}`
    throw new FaultFailure(what, wrong, this.#crew.history)
  }
}

const health = z.object({ status: z.string(), standbyOf: z.string().optional() })

async function healthOf({ at }: SideHost): Promise<z.output<typeof health> | undefined> {
  const { status, body } = await request(at, 'admin:secret', 'GET', '/health')
  return status === 0 ? undefined : health.safeParse(JSON.parse(body)).data
}

async function isOwner(host: SideHost): Promise<boolean> {
  const said = await healthOf(host)
  return said?.status === 'IN_SERVICE' && said.standbyOf === undefined
}
