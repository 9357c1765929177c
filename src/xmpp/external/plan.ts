/** The nodes that an external server must have, and their subscribers (`notifications 5.1`, 5.2). */
import type { Directory, User } from '../../directory/model.ts'
import { cellOf, NODE_RIGHTS, type NodeVerdict } from '../../rights/index.ts'
import type { Account } from '../service/account.ts'
import { type Node, Nodes, ROOT, SYSTEM_INFO, USER_PARTS } from '../service/nodes.ts'

/** Wanted configuration of a node. Accounts are ids in the spelling of the directory. */
export interface NodePlan {
  readonly node: string
  /** `open`: every account may subscribe. `whitelist`: only members may. */
  readonly access: 'open' | 'whitelist'
  /** Accounts that may subscribe; empty for an open node. */
  readonly members: readonly string[]
  /** Accounts that are subscribed automatically, with their bare JIDs. */
  readonly subscribers: readonly string[]
}

export interface PlanOptions {
  /** Ids of the administrators, who may subscribe to every node. */
  readonly administrators: readonly string[]
  /** False allows every account to subscribe to every node. */
  readonly authorize: boolean
}

/** All nodes of a directory, SystemInfo first. The table of rights says who may subscribe and who is subscribed. */
export function planNodes(directory: Directory, options: PlanOptions): readonly NodePlan[] {
  const { users, teams, mediaRoutingDomains, queues = [] } = directory
  const nodes = new Nodes(() => directory, true)
  const administrators = options.administrators.map((id): Account => ({ id, local: id, kind: 'administrator' }))
  const supervisors = byTeam(users, ({ supervises }) => supervises)
  const members = byTeam(users, ({ teamId }) => [teamId])
  /** `concerned`: users who may have a right that not everybody has. */
  const plan = (node: Node, name: string, concerned: Iterable<string>): NodePlan => {
    const accounts = [...[...new Set(concerned)].map(accountOfUser), ...administrators]
    const may = accounts.filter((account) => nodes.maySubscribe(account, node))
    const isOpen = !options.authorize || cellOf<NodeVerdict>(NODE_RIGHTS[node.kind], 'agent', 'foreign') !== 'forbidden'
    return {
      node: name,
      access: isOpen ? 'open' : 'whitelist',
      members: isOpen ? [] : may.map(({ id }) => id),
      subscribers: may.filter((account) => nodes.isAutomatic(account, node)).map(({ id }) => id),
    }
  }
  const everybody = users.map(({ id }) => id)
  return [
    plan({ kind: 'systemInfo' }, SYSTEM_INFO, everybody),
    ...teams.flatMap(({ id }) => {
      const concerned = [...(members.get(id) ?? []), ...(supervisors.get(id) ?? [])]
      return [
        plan({ kind: 'teamUsers', team: id }, `${ROOT}/Team/${id}/Users`, concerned),
        plan({ kind: 'teamMessages', team: id }, `${ROOT}/Team/${id}/TeamMessages`, concerned),
      ]
    }),
    ...[...mediaRoutingDomains, ...queues].map(({ id }) =>
      plan({ kind: 'queue', queue: id }, `${ROOT}/Queue/${id}`, []),
    ),
    ...users.flatMap(({ id, teamId }) =>
      USER_PARTS.map((part) =>
        plan({ kind: 'user', user: id }, `${ROOT}/User/${id}${part}`, [id, ...(supervisors.get(teamId) ?? [])]),
      ),
    ),
  ]
}

function accountOfUser(id: string): Account {
  return { id, local: id, kind: 'user' }
}

/** Ids of users, grouped by the teams that `teamsOf` returns for each user. */
function byTeam(users: readonly User[], teamsOf: (user: User) => readonly string[]): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>()
  for (const user of users)
    for (const team of teamsOf(user)) {
      const ids = found.get(team) ?? []
      ids.push(user.id)
      found.set(team, ids)
    }
  return found
}
