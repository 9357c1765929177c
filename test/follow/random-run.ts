/**
 * Random work and random disturbances from one seed, with a follower beside a server with two sides. At rest the
 * follower reads the same as its Finesse, for every user, dialog and medium. Knows nothing of a test runner, because the
 * soak uses it too.
 */
import { isDeepStrictEqual } from 'node:util'
import { parseDirectory } from '../../src/directory/index.ts'
import { type Follower, type FollowOptions, follow } from '../../src/follow/index.ts'
import { explain, explanationText } from '../../src/history/index.ts'
import { type Site, site } from '../conformance/server.ts'
import { every } from '../store/rows.ts'
import { type Meddler, meddlerFor, type Script } from './meddler.ts'
import { type Network, networkTo } from './network.ts'
import { machinesOf, readsOf, statesOf } from './reads-of.ts'
import { work } from './work.ts'

export interface RunOptions {
  readonly seed: number
  readonly agents: number
  /** Times of rest, at which everything is compared. */
  readonly rests: number
  /** Disturbances between two of them. */
  readonly disturbances: number
  /** Requests of agents and of the ACD while each disturbance lasts. */
  readonly actions: number
  /** Virtual seconds that each disturbance lasts at most. */
  readonly seconds: number
  readonly limits?: FollowOptions['limits']
  readonly logger?: FollowOptions['logger']
  readonly say?: (line: string) => void
}

export interface RunResult {
  /** One sentence for each difference. */
  readonly differences: readonly string[]
  readonly figures: Follower['figures']
  readonly hours: number
  readonly actions: number
}

/** A run that fits into a test. */
export const SHORT = { agents: 4, rests: 4, disturbances: 3, actions: 10, seconds: 60 } as const

/** How long a rest may last until both are the same, in virtual seconds. */
const REST_S = 600

export async function randomRun(options: RunOptions): Promise<RunResult> {
  const run = await Run.start(options)
  try {
    const atFirst = await run.rest()
    if (atFirst.length > 0) return run.result(atFirst)
    for (let rest = 1; rest <= options.rests; rest += 1) {
      await run.disturb()
      const differences = await run.rest()
      options.say?.(`rest ${rest} of ${options.rests}: ${JSON.stringify(run.follower.figures)}`)
      if (differences.length > 0) return run.result(differences)
    }
    return run.result(await run.unexplained())
  } finally {
    await run.close()
  }
}

/** Numbers from 0 up to, but not including, 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Pick = <T>(all: readonly T[]) => T | undefined

class Run {
  readonly follower: Follower
  readonly #options: RunOptions
  readonly #site: Site
  readonly #users: readonly string[]
  readonly #draw: () => number
  readonly #meddlers: readonly Meddler[]
  readonly #networks: readonly Network[]
  readonly #began: number
  #actions = 0

  static async start(options: RunOptions): Promise<Run> {
    const users = Array.from({ length: options.agents }, (_, index) => String(1001 + index))
    const at = await site({ sideB: {}, directory: directoryOf(users) })
    const meddlers = [
      await meddlerFor(Number(at.server.ports.xmpp)),
      await meddlerFor(Number(at.server.sideB?.ports.xmpp)),
    ]
    const networks: Network[] = []
    for (const { port } of meddlers) networks.push(await networkTo(port))
    for (const { rest } of [at.at, at.atB]) networks.push(await networkTo(Number(new URL(rest).port)))
    const [xmppA, xmppB, restA, restB] = networks.map(({ port }) => `127.0.0.1:${port}`)
    const draw = random(options.seed)
    const hasSessions = options.seed % 2 === 0
    const follower = await follow({
      sides: [
        { rest: `http://${restA}`, xmpp: `xmpp://${xmppA}`, domain: 'localhost' },
        { rest: `http://${restB}`, xmpp: `xmpp://${xmppB}`, domain: 'b.localhost' },
      ],
      credentials: {
        watch: { user: 'admin', password: 'secret' },
        agents: Object.fromEntries(users.map((user) => [user, 'secret'])),
      },
      ...(hasSessions ? { users } : { teams: TEAMS }),
      presenceCountsAsDesktop: hasSessions,
      clock: at.clock,
      random: draw,
      logger: options.logger,
      limits: {
        requestsPerSecond: 1000,
        burst: 1000,
        sessionsPerSecond: 100,
        checkEveryMs: 120_000,
        ...options.limits,
      },
    })
    return new Run(options, { follower, at, users, draw, meddlers, networks })
  }

  private constructor(
    options: RunOptions,
    parts: {
      follower: Follower
      at: Site
      users: readonly string[]
      draw: () => number
      meddlers: readonly Meddler[]
      networks: readonly Network[]
    },
  ) {
    this.#options = options
    this.follower = parts.follower
    this.#site = parts.at
    this.#users = parts.users
    this.#draw = parts.draw
    this.#meddlers = parts.meddlers
    this.#networks = parts.networks
    this.#began = parts.at.clock.now()
  }

  /** Disturbs in several ways, one after the other, while agents work. */
  async disturb(): Promise<void> {
    const { disturbances, actions, seconds } = this.#options
    for (let n = 0; n < disturbances; n += 1) {
      await this.#begin()
      const lasts = 1 + this.#draw() * seconds
      for (let action = 0; action < actions; action += 1) {
        await work(this.#site, this.#users, this.#pick, this.#draw)
        this.#actions += 1
        await this.#site.clock.advance(Math.round((1000 * lasts) / actions))
      }
      if (this.#draw() < 0.7) await this.#end()
    }
  }

  /** What a disturbance is, by its name. */
  async #begin(): Promise<void> {
    const kinds = ['cut', 'stall', 'drop', 'repeat', 'late', 'reverse', 'acd-link', 'side', 'none'] as const
    const kind = this.#pick(kinds)
    const network = this.#pick(this.#networks)
    if (kind === 'cut') network?.cut()
    else if (kind === 'stall') network?.stall()
    else if (kind === 'acd-link' || kind === 'side') await this.#fault(kind, false)
    else for (const meddler of this.#meddlers) meddler.meddle(kind && this.#script(kind))
  }

  #script(kind: string): Script | undefined {
    const held: (() => void)[] = []
    const release = () => {
      for (const send of held.splice(0)) send()
    }
    switch (kind) {
      case 'drop':
        return (stanza, send) => this.#draw() < 0.5 && send(stanza)
      case 'repeat':
        return (stanza, send) => send(stanza + stanza)
      case 'late':
        return (stanza, send) => {
          if (this.#draw() < 0.3) held.push(() => send(stanza))
          else send(stanza)
          if (held.length > 3) release()
        }
      case 'reverse':
        return (stanza, send) => {
          held.unshift(() => send(stanza))
          if (held.length > 3) release()
        }
      default:
        return undefined
    }
  }

  async #end(): Promise<void> {
    for (const network of this.#networks) network.restore()
    for (const meddler of this.#meddlers) meddler.meddle()
    for (const type of ['acd-link', 'side']) await this.#fault(type, true)
  }

  /** Of one side; the other one is told, because a lost side answers nothing. */
  async #fault(type: string, up: boolean): Promise<void> {
    for (const side of up ? ['A', 'B'] : [this.#pick(['A', 'B'])])
      for (const place of [this.#site.atB, this.#site.at]) {
        const done = await this.#site.acd('POST', '/faults', { type, side, up }, place).catch(() => undefined)
        if (done && done.status < 300) break
      }
  }

  /** Everything works again and nobody works: what is different after a while. */
  async rest(): Promise<readonly string[]> {
    await this.#end()
    let differences: readonly string[] = []
    for (let second = 0; second < REST_S; second += 1) {
      await this.#site.passes(1)
      await this.#roundTrips()
      if (second % 5 !== 0) continue
      differences = this.#differences()
      if (differences.length === 0) return []
    }
    return differences
  }

  /** Real time passes too, so that what is under way arrives before its virtual deadline: more with more sessions. */
  async #roundTrips(): Promise<void> {
    for (let n = 0; n < 1 + this.#users.length / 10; n += 1) {
      const answer = await fetch(`${this.#site.at.rest}/finesse/api/SystemInfo`).catch(() => undefined)
      await answer?.text()
    }
  }

  #differences(): readonly string[] {
    const { isUp, side, users } = this.follower.status
    if (!isUp || users.live !== this.#users.length)
      return [`the follower is not live: ${JSON.stringify({ isUp, users })}`]
    const there = this.#site.server.engine
    return this.#users.flatMap((user) => {
      const [here, wanted] = [readsOf(this.follower.engine, user, side), readsOf(there, user, side)]
      if (!isDeepStrictEqual(here, wanted))
        return [`${user} at side ${side}: ${JSON.stringify(here)} is not ${JSON.stringify(wanted)}`]
      const [machines, told] = [machinesOf(this.follower.engine, user), statesOf(there, user)]
      if (isDeepStrictEqual(machines, told)) return []
      return [`the machines of ${user}: ${JSON.stringify(machines)} is not ${JSON.stringify(told)}`]
    })
  }

  /** Whatever was missed is in the explanation of its user, with the time. */
  async unexplained(): Promise<readonly string[]> {
    const { history } = this.follower.engine
    if (!history) return ['there is no history']
    const differences: string[] = []
    for (const user of this.#users) {
      const rows = (await every(history.rows(`user/${user}`, 0))).filter(({ origin }) => origin?.missed)
      const wrong = rows.filter(({ origin }) => (origin?.missed?.from ?? 0) > (origin?.missed?.to ?? 0))
      if (wrong.length > 0) differences.push(`${user}: a window ends before it begins`)
      if (wrong.length > 0 || rows.length === 0) continue
      const text = explanationText(await explain(history, { user }))
      if (text.includes('undefined')) differences.push(`${user}: ${text}`)
    }
    return differences
  }

  result(differences: readonly string[]): RunResult {
    const hours = (this.#site.clock.now() - this.#began) / 3_600_000
    return { differences, figures: this.follower.figures, hours, actions: this.#actions }
  }

  async close(): Promise<void> {
    await this.follower.close()
    await this.#site.close()
    await Promise.all([...this.#networks, ...this.#meddlers].map((each) => each.close()))
  }

  readonly #pick: Pick = (all) => all[Math.floor(this.#draw() * all.length)]
}

const TEAMS = ['1', '2', '3', '4'] as const

function directoryOf(users: readonly string[]) {
  const text = JSON.stringify({
    version: 1,
    administrators: [{ id: 'admin', password: 'secret' }],
    mediaRoutingDomains: [
      { id: '1', name: 'Voice' },
      { id: '5001', name: 'E-mail', interruptible: true, scriptSelectors: ['email_support'] },
      { id: '5002', name: 'Chat', scriptSelectors: ['chat_sales'] },
    ],
    teams: TEAMS.map((id) => ({ id, name: `Team ${id}` })),
    users: users.map((id, index) => ({
      id,
      loginName: `agent${id}`,
      firstName: 'Agent',
      lastName: id,
      password: 'secret',
      teamId: TEAMS[index % TEAMS.length],
      extensions: [id],
      mediaRoutingDomains: ['5001', '5002'],
    })),
  })
  return parseDirectory(text, 'random-run')
}
