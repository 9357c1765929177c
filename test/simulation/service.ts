/**
 * The notification service and the connection to it, instead of the gateway: accepts publications, keeps sessions,
 * reports presence. It can be slow, refuse publications, accept them and report an error, and be down.
 */

import type { Engine } from '../../src/engine/api.ts'
import { isAnnouncementsLane } from '../../src/engine/delivery/lanes.ts'
import type { Publication, Publisher } from '../../src/engine/ports.ts'
import { renderUpdate } from '../../src/finesse/index.ts'
import { stream } from '../../src/simulate/random.ts'
import type { SimulatedClock } from './clock.ts'
import type { Disk } from './disk.ts'
import type { Findings } from './findings.ts'
import type { Life } from './life.ts'
import type { Owed } from './owed.ts'

const CONTEXT = {
  primaryHost: 'localhost',
  xmppDomain: 'localhost',
  pubsubDomain: 'pubsub.localhost',
  platform: 'CCE',
} as const

/** A client session that gets the notifications of some nodes. */
export interface Listener {
  readonly user: string
  readonly session: string
  readonly nodes: ReadonlySet<string>
  hear(update: string): void
}

interface Session extends Listener {
  /** When the last notification for it arrives. Later ones arrive later, because a connection keeps the order. */
  quietFrom: number
}

export type Mood = '' | 'slow' | 'refuses' | 'forgets'

export class Service {
  up = true
  mood: Mood = ''
  /** The process dies while it sends the next notification. */
  cutSend = false
  readonly #sessions = new Map<string, Session>()
  readonly #clock: SimulatedClock
  readonly #disk: Disk
  readonly #findings: Findings
  readonly #seed: number
  /** Number of the newest publication that was accepted, by agent and node. */
  readonly #newest = new Map<string, number>()
  readonly #taken = new Set<number>()
  /** Number of the current connection. Everything of an older connection is ignored. */
  #connection = 0
  #engine: Engine | undefined
  refusals = 0
  readonly #owed: Owed

  constructor(clock: SimulatedClock, disk: Disk, findings: Findings, seed: number, owed: Owed) {
    this.#clock = clock
    this.#disk = disk
    this.#findings = findings
    this.#seed = seed
    this.#owed = owed
  }

  /** Numbers of the outbox rows that arrived here. */
  get taken(): ReadonlySet<number> {
    return this.#taken
  }

  has(session: string): boolean {
    return this.#sessions.has(session)
  }

  // ------------------------------------------------------------------------------------------- the system's side

  /** The system signs in: it gets the presence of all sessions, then it publishes. */
  connect(life: Life): void {
    const { engine } = life
    if (!engine || !this.up) return
    this.#connection += 1
    const connection = this.#connection
    const isCurrent = () => this.#connection === connection && life.isAlive
    this.#engine = engine
    this.#owed.serviceIsThere()
    const known = [...this.#sessions.values()].map(({ user, session }) => this.#feed(engine, user, session, true))
    const publish = async () => {
      await Promise.all(known)
      if (!isCurrent()) return
      await engine.adapters.notificationService('A', true)
      if (isCurrent()) engine.adapters.attach('A', this.#publisher(life, connection))
    }
    publish().catch(() => undefined)
  }

  /** The connection to the service breaks. `sessions`: the sessions of clients survive. */
  lose(sessions: boolean): void {
    this.up = false
    this.disconnect()
    if (!sessions) this.#sessions.clear()
  }

  disconnect(): void {
    this.#connection += 1
    const engine = this.#engine
    this.#engine = undefined
    if (!engine) return
    engine.adapters.detach('A')
    engine.adapters.notificationService('A', false).catch(() => undefined)
  }

  /** The process has died. `embedded`: the service died with it. */
  systemGone(embedded: boolean): void {
    this.#connection += 1
    this.#engine = undefined
    if (embedded) this.#sessions.clear()
  }

  #publisher(life: Life, connection: number): Publisher {
    let attempts = 0
    return {
      publish: (publication) => {
        // Code of a dead process that still runs publishes nothing and gets no answer.
        if (!life.isAlive) return new Promise(() => undefined)
        // Statistics are sent once and never stored, so nothing of the outbox applies to them.
        if (isAnnouncementsLane(publication.lane)) return Promise.resolve()
        attempts += 1
        if (this.#disk.delivered.has(numberOf(publication.itemId)))
          this.#findings.add(
            'one-notification',
            `${publication.itemId} is sent again, although its delivery is committed`,
          )
        const delay = Math.floor(this.#chance(`${publication.itemId}/${attempts}`) * 12)
        const wait = this.mood === 'slow' ? delay + 2500 : delay
        if (this.cutSend) {
          this.cutSend = false
          // Half of them are sent before the process dies.
          if (delay % 2 === 0) this.#clock.in(delay, () => this.#take(publication))
          life.die()
        }
        return new Promise((resolve, reject) => {
          this.#clock.in(wait, () => {
            if (this.#connection !== connection) return reject(new Error('the connection is lost'))
            if (this.mood === 'refuses') {
              this.refusals += 1
              return reject(new Error('refused'))
            }
            this.#take(publication)
            if (this.mood === 'forgets') {
              this.refusals += 1
              return reject(new Error('no answer in time'))
            }
            this.#clock.in(delay % 3, resolve)
          })
        })
      },
    }
  }

  // ------------------------------------------------------------------------------------------- the clients' side

  arrive(listener: Listener): boolean {
    if (!this.up) return false
    this.#sessions.set(listener.session, { ...listener, quietFrom: 0 })
    if (this.#engine) this.#feed(this.#engine, listener.user, listener.session, true)
    return true
  }

  /** The service notices the end of a session. */
  leave(session: string): void {
    const known = this.#sessions.get(session)
    this.#sessions.delete(session)
    if (known && this.#engine) this.#feed(this.#engine, known.user, session, false)
  }

  /** Reports presence again, or too late. */
  repeat(user: string, session: string, available: boolean): void {
    if (this.#engine) this.#feed(this.#engine, user, session, available)
  }

  #feed(engine: Engine, user: string, session: string, available: boolean): Promise<void> {
    if (available) this.#owed.isBack(user)
    return engine.adapters.presence({ user, side: 'A', session, available }).catch(() => undefined)
  }

  #chance(purpose: string): number {
    return stream(this.#seed, `service/${purpose}`).next()
  }

  #take({ itemId, notification }: Publication): void {
    const number = numberOf(itemId)
    const row = this.#disk.outbox.get(number)
    if (!row) {
      this.#findings.add('one-notification', `${itemId} was never committed`)
      return
    }
    if (JSON.stringify(row.payload) !== JSON.stringify(notification))
      this.#findings.add('one-notification', `${itemId} is not what was committed`)
    this.#owed.left(number, row.lane, (user) => [...this.#sessions.values()].some((each) => each.user === user))
    const isNew = !this.#taken.has(number)
    const { node } = notification
    // The order is checked for each agent, because a team's node has notifications about several agents.
    const line = `${row.lane} ${node}`
    const newest = this.#newest.get(line) ?? 0
    if (isNew && number < newest) this.#findings.add('commit-order', `${node}: ${number} came after ${newest}`)
    this.#newest.set(line, Math.max(newest, number))
    this.#taken.add(number)
    this.#pass(itemId, node, renderUpdate(notification, CONTEXT))
  }

  #pass(itemId: string, node: string, update: string): void {
    for (const session of this.#sessions.values()) {
      if (!session.nodes.has(node)) continue
      const delay = Math.floor(this.#chance(`${itemId}/${session.session}`) ** 3 * 400)
      session.quietFrom = Math.max(session.quietFrom, this.#clock.now() + delay)
      this.#clock.at(session.quietFrom, () => {
        if (this.#sessions.get(session.session) === session) session.hear(update)
      })
    }
  }
}

const numberOf = (itemId: string): number => Number(itemId.slice(itemId.lastIndexOf('-') + 1))
