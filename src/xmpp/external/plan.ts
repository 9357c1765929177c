/** The nodes that an external server must have, and their subscribers (`notifications 5.1`, 5.2). */
import type { Directory, User } from '../../directory/model.ts'
import { ROOT, SYSTEM_INFO, USER_PARTS } from '../service/nodes.ts'

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

/** All nodes of a directory, SystemInfo first. */
export function planNodes(directory: Directory, options: PlanOptions): readonly NodePlan[] {
  const { users, teams, mediaRoutingDomains, queues = [] } = directory
  const { administrators } = options
  const everybody = users.map(({ id }) => id)
  const supervisors = byTeam(users, ({ supervises }) => supervises)
  const members = byTeam(users, ({ teamId }) => [teamId])
  const closed = (node: string, subscribers: readonly string[], others: readonly string[]): NodePlan => ({
    node,
    access: options.authorize ? 'whitelist' : 'open',
    members: options.authorize ? [...new Set([...subscribers, ...others, ...administrators])] : [],
    subscribers,
  })
  const open = (node: string, subscribers: readonly string[]): NodePlan => ({
    node,
    access: 'open',
    members: [],
    subscribers,
  })
  return [
    open(SYSTEM_INFO, [...everybody, ...administrators]),
    ...teams.flatMap(({ id }) => [
      closed(`${ROOT}/Team/${id}/Users`, [], supervisors.get(id) ?? []),
      closed(`${ROOT}/Team/${id}/TeamMessages`, members.get(id) ?? [], supervisors.get(id) ?? []),
    ]),
    ...[...mediaRoutingDomains, ...queues].map(({ id }) => open(`${ROOT}/Queue/${id}`, [])),
    ...users.flatMap(({ id, teamId }) =>
      USER_PARTS.map((part) => closed(`${ROOT}/User/${id}${part}`, [id], supervisors.get(teamId) ?? [])),
    ),
  ]
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
