import type { Directory, User } from '../../directory/model.ts'
import {
  type Caller,
  callerOf,
  NODE_RIGHTS,
  type NodeRight,
  type NodeVerdict,
  type Relation,
  relationsToTeam,
  relationToUser,
  verdictOf,
} from '../../rights/index.ts'
import type { Account } from './account.ts'
import { DirectoryIndex } from './directory-index.ts'

/** A publish/subscribe node (`notifications 5.1`). */
export type Node =
  | { readonly kind: 'systemInfo' }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'teamUsers'; readonly team: string }
  | { readonly kind: 'teamMessages'; readonly team: string }
  | { readonly kind: 'queue'; readonly queue: string }

export const ROOT = '/finesse/api'
export const SYSTEM_INFO = `${ROOT}/SystemInfo`
/** Endings of the names of a user's nodes, after `/finesse/api/User/<id>`. */
export const USER_PARTS = NODE_RIGHTS.user.paths.map((path) => path.replace('/User/:id', ''))
/** The verdicts that let an account subscribe, the best one first. */
const MAY_SUBSCRIBE: readonly NodeVerdict[] = ['automatic', 'yes']
const PATTERN = /^\/finesse\/api\/(User|Team|Queue)\/([^/]+)(\/.*)?$/

/** Which nodes exist, who is subscribed to them automatically, and who may subscribe. */
export class Nodes {
  readonly #index: DirectoryIndex
  readonly #authorize: boolean
  /** Former directories whose nodes still exist, because their last notifications are not yet delivered. */
  #leaving: readonly Leaving[] = []

  /** `authorize: false` lets every account subscribe to every node, as the real service may (`notifications 5.2`). */
  constructor(directory: () => Directory, authorize: boolean) {
    this.#index = new DirectoryIndex(directory)
    this.#authorize = authorize
  }

  /** The node of this name; `undefined` when the directory has no object for it. */
  find(name: string): Node | undefined {
    if (name === SYSTEM_INFO) return { kind: 'systemInfo' }
    for (const index of this.#indexes()) {
      const node = nodeIn(index, name)
      if (node !== undefined) return node
    }
    return undefined
  }

  /** Keeps the nodes of a former directory until `drop`, so that notifications of their removal can be delivered. */
  keep(before: Directory): void {
    this.#leaving = [...this.#leaving, { directory: before, index: new DirectoryIndex(() => before) }]
  }

  drop(before: Directory): void {
    this.#leaving = this.#leaving.filter(({ directory }) => directory !== before)
  }

  /** Does the node belong to this user? */
  isOwner(account: Account, node: Node): boolean {
    return node.kind === 'user' && account.kind === 'user' && account.id === node.user
  }

  /** Does this account get the node's notifications without a subscription of its own (`notifications 5.1`)? */
  isAutomatic(account: Account, node: Node): boolean {
    return this.#verdict(account, node) === 'automatic'
  }

  /** May this account subscribe to the node (`notifications 5.2`)? */
  maySubscribe(account: Account, node: Node): boolean {
    return !this.#authorize || MAY_SUBSCRIBE.includes(this.#verdict(account, node))
  }

  #verdict(account: Account, node: Node): NodeVerdict {
    // The gateway publishes. It has no rights of a caller.
    if (account.kind === 'gateway') return 'forbidden'
    const caller = callerOf({ id: account.id, kind: account.kind }, this.#user(account))
    const right: NodeRight = NODE_RIGHTS[node.kind]
    return verdictOf(right, caller.role, this.#relations(caller, node), MAY_SUBSCRIBE)
  }

  #relations(caller: Caller, node: Node): readonly Relation[] {
    switch (node.kind) {
      case 'systemInfo':
      case 'queue':
        return ['foreign']
      case 'teamUsers':
      case 'teamMessages':
        return relationsToTeam(caller, node.team)
      case 'user':
        return [relationToUser(caller, { id: node.user, teamId: this.#currentOrFormerUser(node.user)?.teamId })]
    }
  }

  /** Names of the nodes that an account is subscribed to automatically. */
  automaticOf(account: Account): readonly string[] {
    const user = this.#user(account)
    if (user === undefined) return [SYSTEM_INFO]
    const own = USER_PARTS.map((part) => `${ROOT}/User/${user.id}${part}`)
    return [SYSTEM_INFO, ...own, ...(this.#index.hasTeam(user.teamId) ? [teamMessages(user.teamId)] : [])]
  }

  /** Names of the nodes that service discovery lists for an account. */
  visibleTo(account: Account): readonly string[] {
    const names = new Set(this.automaticOf(account))
    for (const team of this.#index.teams()) {
      for (const name of [`${ROOT}/Team/${team}/Users`, teamMessages(team)]) {
        const node = this.find(name)
        if (node !== undefined && this.maySubscribe(account, node)) names.add(name)
      }
    }
    for (const queue of this.#index.queues()) names.add(`${ROOT}/Queue/${queue}`)
    return [...names]
  }

  /** Is there a user with this local part? */
  knowsLocal(local: string): boolean {
    return this.#index.userByLocal(local) !== undefined
  }

  #indexes(): readonly DirectoryIndex[] {
    return this.#leaving.length === 0 ? [this.#index] : [this.#index, ...this.#leaving.map(({ index }) => index)]
  }

  #currentOrFormerUser(id: string): User | undefined {
    for (const index of this.#indexes()) {
      const user = index.user(id)
      if (user !== undefined) return user
    }
    return undefined
  }

  #user(account: Account): User | undefined {
    return account.kind === 'user' ? this.#index.user(account.id) : undefined
  }
}

interface Leaving {
  readonly directory: Directory
  readonly index: DirectoryIndex
}

function nodeIn(index: DirectoryIndex, name: string): Node | undefined {
  const [, kind, id = '', part = ''] = PATTERN.exec(name) ?? []
  if (kind === 'User') return USER_PARTS.includes(part) && index.user(id) ? { kind: 'user', user: id } : undefined
  if (kind === 'Queue') return part === '' && index.hasQueue(id) ? { kind: 'queue', queue: id } : undefined
  if (kind !== 'Team' || !index.hasTeam(id)) return undefined
  if (part === '/Users') return { kind: 'teamUsers', team: id }
  return part === '/TeamMessages' ? { kind: 'teamMessages', team: id } : undefined
}

function teamMessages(team: string): string {
  return `${ROOT}/Team/${team}/TeamMessages`
}
