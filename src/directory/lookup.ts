/** Look-ups in a directory, by indexes that are built once for each directory. */
import type { Directory, MediaRoutingDomain, ReasonCategory, ReasonCode, Team, User, VoiceQueue } from './model.ts'
import { foldName } from './names.ts'

/** Finds entries of one directory. The result is `undefined`, or an empty list, if there is none. */
export interface Lookup {
  /** By exact id. */
  user(id: string): User | undefined
  /** By login name, ignoring case. */
  userByLoginName(loginName: string): User | undefined
  /** By id or login name, ignoring case. For names that people type, and for names in XMPP addresses. */
  userByName(name: string): User | undefined
  userByExtension(extension: string): User | undefined
  mrd(id: string): MediaRoutingDomain | undefined
  mrdBySelector(scriptSelector: string): MediaRoutingDomain | undefined
  /** A queue of calls, by id. */
  queue(id: string): VoiceQueue | undefined
  /** A queue of calls, by a number by which it is dialled. */
  queueByNumber(number: string): VoiceQueue | undefined
  team(id: string): Team | undefined
  /** Users that belong to a team, in the order of the directory. */
  members(teamId: string): readonly User[]
  /** By database id. Finds own codes and system codes. */
  reason(id: string): ReasonCode | undefined
  /** The system code with this number (`user 6.3`). */
  systemReason(category: ReasonCategory, code: number): ReasonCode | undefined
  /** Is the user a member of a team that the supervisor supervises (`user 5.7`)? False for unknown ids. */
  supervises(supervisorId: string, userId: string): boolean
}

const lookups = new WeakMap<Directory, Lookup>()

/** The look-up of a directory. The same directory object always gets the same look-up. */
export function lookup(directory: Directory): Lookup {
  const known = lookups.get(directory)
  if (known !== undefined) return known
  const built = build(directory)
  lookups.set(directory, built)
  return built
}

function build({ users, teams, mediaRoutingDomains, queues = [], reasonCodes }: Directory): Lookup {
  const byId = new Map(users.map((user) => [user.id, user]))
  const byFoldedId = new Map(users.map((user) => [foldName(user.id), user]))
  const byLoginName = new Map(users.map((user) => [foldName(user.loginName), user]))
  const byExtension = new Map(users.flatMap((user) => user.extensions.map((extension) => [extension, user] as const)))
  const mrds = new Map(mediaRoutingDomains.map((mrd) => [mrd.id, mrd]))
  const selectors = new Map(
    mediaRoutingDomains.flatMap((mrd) => mrd.scriptSelectors.map((name) => [name, mrd] as const)),
  )
  const queuesById = new Map(queues.map((queue) => [queue.id, queue]))
  const queuesByNumber = new Map(queues.flatMap((queue) => queue.numbers.map((number) => [number, queue] as const)))
  const teamsById = new Map(teams.map((team) => [team.id, team]))
  const members = Map.groupBy(users, ({ teamId }) => teamId)
  const reasons = new Map(reasonCodes.map((reason) => [reason.id, reason]))
  const systemReasons = new Map(
    reasonCodes.filter(({ systemCode }) => systemCode).map((reason) => [`${reason.category} ${reason.code}`, reason]),
  )
  return {
    user: (id) => byId.get(id),
    userByLoginName: (loginName) => byLoginName.get(foldName(loginName)),
    userByName: (name) => byFoldedId.get(foldName(name)) ?? byLoginName.get(foldName(name)),
    userByExtension: (extension) => byExtension.get(extension),
    mrd: (id) => mrds.get(id),
    mrdBySelector: (scriptSelector) => selectors.get(scriptSelector),
    queue: (id) => queuesById.get(id),
    queueByNumber: (number) => queuesByNumber.get(number),
    team: (id) => teamsById.get(id),
    members: (teamId) => members.get(teamId) ?? [],
    reason: (id) => reasons.get(id),
    systemReason: (category, code) => systemReasons.get(`${category} ${code}`),
    supervises: (supervisorId, userId) => {
      const user = byId.get(userId)
      return user !== undefined && (byId.get(supervisorId)?.supervises.includes(user.teamId) ?? false)
    },
  }
}

/** The first entry of each id. */
export function firstOfEach<T extends { readonly id: string }>(all: readonly T[]): readonly T[] {
  const first = new Map<string, T>()
  for (const each of all) if (!first.has(each.id)) first.set(each.id, each)
  return [...first.values()]
}
