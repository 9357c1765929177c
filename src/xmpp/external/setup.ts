/** Makes the nodes of a server outside what the directory says, as often as asked, with as few changes as possible. */
import type { Logger } from 'pino'
import type { Directory } from '../../directory/model.ts'
import type { Connection } from '../gateway/connection.ts'
import type { Preparation } from '../gateway/preparation.ts'
import { Turns } from '../gateway/turns.ts'
import { formatJid, parseJid } from '../service/jid.ts'
import { ROOT } from '../service/nodes.ts'
import { type NodePlan, planNodes } from './plan.ts'
import { nameOfServer, OwnedNodes, type Standing } from './pubsub.ts'

export interface SetupOptions {
  readonly directory: () => Directory
  readonly administrators: readonly string[]
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
/** The other one that recordings show and that clients accept (`notifications.md` 6). */
const INSTEAD = 'urn:xmpp:push:0'

export class Setup implements Preparation {
  readonly #options: SetupOptions
  /** The directory that the server was last set up for, in this process. */
  #done: Directory | undefined
  #plans: ReadonlyMap<string, NodePlan> = new Map()
  #keepsNamespace = true
  readonly #repairs = new Map<string, Promise<void>>()

  constructor(options: SetupOptions) {
    this.#options = options
  }

  get isStale(): boolean {
    return this.#options.directory() !== this.#done
  }

  namespaceFor(configured: string): string {
    return configured === TAKEN_AWAY && !this.#keepsNamespace ? INSTEAD : configured
  }

  async prepare(connection: Connection): Promise<void> {
    const { domain, pubsubDomain, administrators, authorize, logger } = this.#options
    const server = await nameOfServer(connection, domain)
    this.#keepsNamespace = server !== 'ejabberd'
    const directory = this.#options.directory()
    const plans = planNodes(directory, { administrators, authorize })
    this.#plans = new Map(plans.map((plan) => [plan.node, plan]))
    const nodes = new OwnedNodes(connection, pubsubDomain)
    const names = await nodes.names()
    await this.#each(plans, (plan) => this.#make(nodes, plan, names.has(plan.node)))
    // A running engine may still have something to say of who was taken out of its directory.
    const stale = this.#done === undefined ? [...names].filter((name) => this.#isForeign(name)) : []
    await this.#each(stale, (node) => nodes.delete(node))
    this.#done = directory
    logger.info({ server, nodes: plans.length, removed: stale.length }, 'the XMPP server is set up')
  }

  async repair(connection: Connection, node: string): Promise<boolean> {
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
    const turns = new Turns(PARALLEL, all.length)
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

  async #make(nodes: OwnedNodes, plan: NodePlan, isThere: boolean): Promise<void> {
    const { node, access } = plan
    const isNew = !isThere && (await nodes.create(node, access))
    // Known nodes are configured once per process: another version of this one may have made them.
    if (!isNew && !(isThere && this.#done !== undefined)) await nodes.configure(node, access)
    const affiliated = isNew ? [] : await nodes.affiliations(node)
    const subscribed = isNew ? [] : await nodes.subscriptions(node)
    const { members, gone, come } = this.#changes(plan, affiliated, subscribed)
    // A subscription needs its member first, and outlives it unless it is taken away.
    for (const jid of gone) await nodes.unsubscribe(node, jid)
    await inPieces(members, (piece) => nodes.affiliate(node, piece))
    await inPieces(come, (piece) => nodes.subscribe(node, piece))
  }

  /** What is to be changed where this is what the server has: affiliations, and subscriptions to end and to make. */
  #changes(plan: NodePlan, affiliated: readonly Standing[], subscribed: readonly Standing[]) {
    const members = new Set(plan.members.map((id) => this.#jid(id)))
    const automatic = plan.subscribers.map((id) => this.#jid(id))
    const allowed = plan.access === 'open' ? this.#known() : members
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

  /** Bare JIDs of everybody who has an account. */
  #known(): ReadonlySet<string> {
    const { directory, administrators } = this.#options
    const ids = [...directory().users.map(({ id }) => id), ...administrators]
    return new Set(ids.map((id) => this.#jid(id)))
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
