/** Sets up the nodes of an external server for the directory, with as few changes as possible. */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Directory } from '../../directory/model.ts'
import { Turns } from '../../waiting/turns.ts'
import type { XmppConnection } from '../../xmpp-session/connection.ts'
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

/** Nodes that are set up in parallel. Each has one request under way at a time. */
const PARALLEL = 32
/** Most JIDs in one request. */
const AT_ONCE = 100

/** Namespace that ejabberd removes from a payload, because the elements around it have it too. */
const REMOVED_NAMESPACE = 'http://jabber.org/protocol/pubsub'
/** Replacement for it, which recordings show and clients accept (`notifications 6`). */
const REPLACEMENT = 'urn:xmpp:push:0'

/** The setup of one external server. */
export class Setup implements Preparation {
  readonly #options: SetupOptions
  /** Version of the directory, and the version for which this process has set the server up. */
  #version = 0
  #done = -1
  #plans: ReadonlyMap<string, NodePlan> = new Map()
  /** The session in which nodes were set up, and their plans. In a new session the nodes may have changed. */
  #session: XmppConnection | undefined
  readonly #made = new Map<string, NodePlan>()
  /** Nodes that this process has configured. Each is configured once, because another version may have created it. */
  readonly #configured = new Set<string>()
  /** Bare JIDs of all accounts. */
  #known: ReadonlySet<string> = new Set()
  /** Nodes of mrdian that are no longer in the directory. */
  #removed = new Set<string>()
  #keepsNamespace = true
  readonly #repairs = new Map<string, Promise<void>>()

  constructor(options: SetupOptions) {
    this.#options = options
  }

  get isStale(): boolean {
    return this.#done !== this.#version
  }

  /** Marks the setup as stale, after a change of the directory or of the administrators. */
  outdate(): void {
    this.#version += 1
  }

  namespaceFor(configured: string): string {
    return configured === REMOVED_NAMESPACE && !this.#keepsNamespace ? REPLACEMENT : configured
  }

  async prepare(connection: XmppConnection): Promise<void> {
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
    this.#removed = new Set([...names].filter((name) => this.#isForeign(name)))
    this.#done = version
    logger.info({ server, nodes: plans.length, changed: wanted.length }, 'the XMPP server is set up')
  }

  async tidy(connection: XmppConnection): Promise<void> {
    // A later reload of the directory may have added some of them again.
    const outdated = [...this.#removed].filter((name) => this.#isForeign(name))
    if (outdated.length === 0) return
    const nodes = new OwnedNodes(connection, this.#options.pubsubDomain)
    await this.#each(outdated, async (node) => {
      this.#made.delete(node)
      this.#configured.delete(node)
      await nodes.delete(node)
      this.#removed.delete(node)
    })
    this.#options.logger.info({ removed: outdated.length }, 'nodes that are no longer in the directory were deleted')
  }

  async repair(connection: XmppConnection, node: string): Promise<boolean> {
    const plan = this.#plans.get(node)
    if (plan === undefined) return false
    // Publications that are refused at the same time share one repair.
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

  /** Is it a node of mrdian that is no longer in the directory? */
  #isForeign(node: string): boolean {
    return node.startsWith(`${ROOT}/`) && !this.#plans.has(node)
  }

  /**
   * Runs `work` for each, a limited number in parallel. After a failure no more are started. Rejects with the first
   * one.
   */
  async #each<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
    const turns = new Turns(
      { running: PARALLEL, waiting: all.length },
      () => new Error('unreachable: all of them may wait'),
    )
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

  /**
   * Is this node already set up? An open node is always checked, because its subscriptions depend on the existing
   * accounts.
   */
  #isMade(plan: NodePlan): boolean {
    return plan.access !== 'open' && isDeepStrictEqual(this.#made.get(plan.node), plan)
  }

  async #make(nodes: OwnedNodes, plan: NodePlan, exists: boolean): Promise<void> {
    const { node, access } = plan
    const isNew = !exists && (await nodes.create(node, access))
    if (!isNew && !(exists && this.#configured.has(node))) await nodes.configure(node, access)
    this.#configured.add(node)
    const affiliated = isNew ? [] : await nodes.affiliations(node)
    const subscribed = isNew ? [] : await nodes.subscriptions(node)
    const { members, toEnd, toCreate } = this.#changes(plan, affiliated, subscribed)
    // A subscription needs the membership first. It stays after the membership is removed, so it is ended explicitly.
    for (const jid of toEnd) await nodes.unsubscribe(node, jid)
    await inPieces(members, (piece) => nodes.affiliate(node, piece))
    await inPieces(toCreate, (piece) => nodes.subscribe(node, piece))
    this.#made.set(node, plan)
  }

  /**
   * The changes to make at the server: affiliations (`members`), subscriptions to end (`toEnd`) and to create
   * (`toCreate`).
   */
  #changes(plan: NodePlan, affiliated: readonly Standing[], subscribed: readonly Standing[]) {
    const members = new Set(plan.members.map((id) => this.#jid(id)))
    const automatic = plan.subscribers.map((id) => this.#jid(id))
    const allowed = plan.access === 'open' ? this.#known : members
    const isAllowed = (jid: string) => allowed.has(bareOf(jid))
    const isMember = new Set(affiliated.filter(([, state]) => state === 'member').map(([jid]) => jid))
    const isSubscribed = new Set(subscribed.filter(([, state]) => state === 'subscribed').map(([jid]) => jid))
    return {
      members: [
        ...[...isMember].filter((jid) => !members.has(jid)).map((jid): Standing => [jid, 'none']),
        ...[...members].filter((jid) => !isMember.has(jid)).map((jid): Standing => [jid, 'member']),
      ],
      toEnd: [...isSubscribed].filter((jid) => !isAllowed(jid)),
      toCreate: automatic.filter((jid) => !isSubscribed.has(jid)),
    }
  }

  #jid(id: string): string {
    return `${id.toLowerCase()}@${this.#options.domain}`
  }
}

/** A JID without its resource. A text that is no JID is returned unchanged. */
function bareOf(jid: string): string {
  const parsed = parseJid(jid)
  return parsed === undefined ? jid : formatJid({ ...parsed, resource: '' })
}

async function inPieces<T>(all: readonly T[], work: (piece: readonly T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await work(all.slice(at, at + AT_ONCE))
}
