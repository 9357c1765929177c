/** Makes the nodes of a server outside what the directory says, as often as asked, with as few changes as possible. */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Directory } from '../../directory/model.ts'
import { Turns } from '../../waiting/turns.ts'
import type { GatewayConnection } from '../gateway/connection.ts'
import type { Preparation } from '../gateway/preparation.ts'
import { formatJid, parseJid } from '../service/jid.ts'
import { ROOT } from '../service/nodes.ts'
import { type NodePlan, planNodes } from './plan.ts'
import { nameOfServer, OwnedNodes, type Standing } from './pubsub.ts'

export interface SetupOptions {
  readonly directory: () => Directory
  readonly administrators: () => readonly string[]
  readonly authorize: boolean
  readonly domain: string
  readonly pubsubDomain: string
  readonly logger: Logger
}

/** Nodes that are set up at a time; each has one request under way. */
const PARALLEL = 32
/** JIDs in one request. */
const AT_ONCE = 100

/** Namespace that ejabberd takes away from a payload, because it is that of the elements around it. */
const TAKEN_AWAY = 'http://jabber.org/protocol/pubsub'
/** The other one that recordings show and that clients accept (`notifications 6`). */
const INSTEAD = 'urn:xmpp:push:0'

export class Setup implements Preparation {
  readonly #options: SetupOptions
  /** Counts changes of the directory, and those that the server was set up for in this process. */
  #version = 0
  #done = -1
  #plans: ReadonlyMap<string, NodePlan> = new Map()
  /** The session in which nodes were made, and as what: another one may find them otherwise. */
  #session: GatewayConnection | undefined
  readonly #made = new Map<string, NodePlan>()
  /** Nodes that are configured once per process: another version of this one may have made them. */
  readonly #configured = new Set<string>()
  /** Bare JIDs of everybody who has an account. */
  #known: ReadonlySet<string> = new Set()
  /** Nodes of ours that the directory knows of no more. */
  #left = new Set<string>()
  #keepsNamespace = true
  readonly #repairs = new Map<string, Promise<void>>()

  constructor(options: SetupOptions) {
    this.#options = options
  }

  get isStale(): boolean {
    return this.#done !== this.#version
  }

  /** The directory has changed, or who administers. */
  outdate(): void {
    this.#version += 1
  }

  namespaceFor(configured: string): string {
    return configured === TAKEN_AWAY && !this.#keepsNamespace ? INSTEAD : configured
  }

  async prepare(connection: GatewayConnection): Promise<void> {
    const version = this.#version
    const { domain, pubsubDomain, authorize, logger } = this.#options
    if (this.#session !== connection) this.#made.clear()
    this.#session = connection
    const server = await nameOfServer(connection, domain)
    this.#keepsNamespace = server !== 'ejabberd'
    const directory = this.#options.directory()
    const administrators = this.#options.administrators()
    const plans = planNodes(directory, { administrators, authorize })
    this.#plans = new Map(plans.map((plan) => [plan.node, plan]))
    this.#known = new Set([...directory.users.map(({ id }) => id), ...administrators].map((id) => this.#jid(id)))
    const nodes = new OwnedNodes(connection, pubsubDomain)
    const names = await nodes.names()
    const wanted = plans.filter((plan) => !this.#isMade(plan))
    await this.#each(wanted, (plan) => this.#make(nodes, plan, names.has(plan.node)))
    this.#left = new Set([...names].filter((name) => this.#isForeign(name)))
    this.#done = version
    logger.info({ server, nodes: plans.length, changed: wanted.length }, 'the XMPP server is set up')
  }

  async tidy(connection: GatewayConnection): Promise<void> {
    // Some may have come back meanwhile.
    const gone = [...this.#left].filter((name) => this.#isForeign(name))
    if (gone.length === 0) return
    const nodes = new OwnedNodes(connection, this.#options.pubsubDomain)
    await this.#each(gone, async (node) => {
      this.#made.delete(node)
      this.#configured.delete(node)
      await nodes.delete(node)
      this.#left.delete(node)
    })
    this.#options.logger.info({ removed: gone.length }, 'nodes of what is gone were taken away')
  }

  async repair(connection: GatewayConnection, node: string): Promise<boolean> {
    const plan = this.#plans.get(node)
    if (plan === undefined) return false
    // Whoever is refused at the same time shares one repair.
    const running = this.#repairs.get(node)
    if (running !== undefined) {
      await running
      return true
    }
    const repair = this.#make(new OwnedNodes(connection, this.#options.pubsubDomain), plan, false)
    this.#repairs.set(node, repair)
    try {
      await repair
    } finally {
      this.#repairs.delete(node)
    }
    return true
  }

  /** A node of ours that nothing in the directory stands for any more. */
  #isForeign(node: string): boolean {
    return node.startsWith(`${ROOT}/`) && !this.#plans.has(node)
  }

  /** Runs `work` for all, some at a time; rejects with the first failure, when all have ended. */
  async #each<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
    const turns = new Turns({ running: PARALLEL, waiting: all.length }, () => new Error('all of them have room'))
    let failed = false
    const outcomes = await Promise.allSettled(
      all.map((each) =>
        turns.run(async () => {
          if (failed) return
          await work(each).catch((error: unknown) => {
            failed = true
            throw error
          })
        }),
      ),
    )
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  /** Is this node as it should be already? Who may have subscribed to an open one depends on who there is. */
  #isMade(plan: NodePlan): boolean {
    return plan.access !== 'open' && isDeepStrictEqual(this.#made.get(plan.node), plan)
  }

  async #make(nodes: OwnedNodes, plan: NodePlan, isThere: boolean): Promise<void> {
    const { node, access } = plan
    const isNew = !isThere && (await nodes.create(node, access))
    if (!isNew && !(isThere && this.#configured.has(node))) await nodes.configure(node, access)
    this.#configured.add(node)
    const affiliated = isNew ? [] : await nodes.affiliations(node)
    const subscribed = isNew ? [] : await nodes.subscriptions(node)
    const { members, gone, come } = this.#changes(plan, affiliated, subscribed)
    // A subscription needs its member first, and outlives it unless it is taken away.
    for (const jid of gone) await nodes.unsubscribe(node, jid)
    await inPieces(members, (piece) => nodes.affiliate(node, piece))
    await inPieces(come, (piece) => nodes.subscribe(node, piece))
    this.#made.set(node, plan)
  }

  /** What is to be changed where this is what the server has: affiliations, and subscriptions to end and to make. */
  #changes(plan: NodePlan, affiliated: readonly Standing[], subscribed: readonly Standing[]) {
    const members = new Set(plan.members.map((id) => this.#jid(id)))
    const automatic = plan.subscribers.map((id) => this.#jid(id))
    const allowed = plan.access === 'open' ? this.#known : members
    const may = (jid: string) => allowed.has(bareOf(jid))
    const isMember = new Set(affiliated.filter(([, state]) => state === 'member').map(([jid]) => jid))
    const isSubscribed = new Set(subscribed.filter(([, state]) => state === 'subscribed').map(([jid]) => jid))
    return {
      members: [
        ...[...isMember].filter((jid) => !members.has(jid)).map((jid): Standing => [jid, 'none']),
        ...[...members].filter((jid) => !isMember.has(jid)).map((jid): Standing => [jid, 'member']),
      ],
      gone: [...isSubscribed].filter((jid) => !may(jid)),
      come: automatic.filter((jid) => !isSubscribed.has(jid)),
    }
  }

  #jid(id: string): string {
    return `${id.toLowerCase()}@${this.#options.domain}`
  }
}

/** An address without its resource; what is no address stays as it is. */
function bareOf(jid: string): string {
  const parsed = parseJid(jid)
  return parsed === undefined ? jid : formatJid({ ...parsed, resource: '' })
}

async function inPieces<T>(all: readonly T[], work: (piece: readonly T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await work(all.slice(at, at + AT_ONCE))
}
