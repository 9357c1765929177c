/** Reads users, teams, media routing domains and queues. */
import { firstOfEach } from '../../directory/lookup.ts'
import { at, type Content, childrenOf, idOf, textAt, textsOf } from './elements.ts'
import type { ImportedMrd, ImportedQueue, ImportedTeam, ImportedUser, Told } from './model.ts'
import type { Source } from './source.ts'

export interface People {
  readonly teams: readonly ImportedTeam[]
  readonly mediaRoutingDomains: readonly ImportedMrd[]
  readonly users: readonly ImportedUser[]
  readonly queues: readonly ImportedQueue[]
}

/** Requests at a time. A production server has other work. */
const AT_ONCE = 4

/** MRD of voice, which has no Media object. */
const VOICE = '1'

/** Everybody, and what they belong to. Two requests for each user. */
export async function readPeople(source: Source, told: Told): Promise<People> {
  const users = childrenOf(await source.get('Users', 'Users'), 'User')
  const belongings: Belongings[] = []
  let done = 0
  await inTurns(users, async (user, index) => {
    belongings[index] = await belongingsOf(source, textAt(user, 'loginId'))
    done += 1
    told(done, users.length)
  })
  const mediaRoutingDomains = await readMedia(source, belongings)
  const ids = new Set(mediaRoutingDomains.map(({ id }) => id))
  return {
    teams: await readTeams(source, users),
    mediaRoutingDomains,
    users: users.map((user, index) => userOf(user, (belongings[index]?.media ?? []).filter(isMember).map(mrdOf))),
    queues: queuesOf(users, belongings, ids),
  }
}

/** Media and queues of one user. */
interface Belongings {
  readonly media: readonly Content[]
  readonly queues: readonly Content[]
}

async function belongingsOf(source: Source, user: string): Promise<Belongings> {
  const path = `User/${encodeURIComponent(user)}`
  return {
    media: childrenOf(await source.get(`${path}/Media`, 'MediaList'), 'Media'),
    queues: childrenOf(await source.get(`${path}/Queues`, 'Queues'), 'Queue'),
  }
}

async function inTurns<T>(all: readonly T[], work: (each: T, index: number) => Promise<void>): Promise<void> {
  const waiting = all.entries()
  const worker = async () => {
    for (const [index, each] of waiting) await work(each, index)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

// ------------------------------------------------------------------------------------------------ users

/** Settings of wrap-up, by their keys. Other values than these are left out. */
const WRAP_UP = ['REQUIRED', 'OPTIONAL', 'NOT_ALLOWED', 'REQUIRED_WITH_WRAP_UP_DATA']

function userOf(user: Content, media: readonly ImportedMrd[]): ImportedUser {
  const id = textAt(user, 'loginId')
  const extension = textAt(user, 'extension')
  const supervises = childrenOf(at(user, 'teams'), 'Team').map(teamOf)
  return {
    id,
    loginName: textAt(user, 'loginName') || id,
    firstName: textAt(user, 'firstName'),
    lastName: textAt(user, 'lastName'),
    roles: textsOf(at(user, 'roles'), 'role').filter((role) => role === 'Agent' || role === 'Supervisor'),
    teamId: textAt(user, 'teamId'),
    extensions: extension === '' ? [] : [extension],
    mediaRoutingDomains: media.map((mrd) => mrd.id),
    settings: settingsOf(user),
    ...(at(user, 'mobileAgent') === undefined ? {} : { mobileAgent: true }),
    ...(supervises.length === 0 ? {} : { supervises: supervises.map((team) => team.id) }),
  }
}

function settingsOf(user: Content): ImportedUser['settings'] {
  const settings: Record<string, string | number> = {}
  for (const key of ['wrapUpOnIncoming', 'wrapUpOnOutgoing']) {
    const value = textAt(user, 'settings', key)
    if (WRAP_UP.includes(value)) settings[key] = value
  }
  const seconds = Number(textAt(user, 'wrapUpTimer'))
  if (Number.isInteger(seconds) && seconds > 0) settings.wrapUpSeconds = seconds
  return settings
}

// ------------------------------------------------------------------------------------------------ teams, media

const teamOf = (team: Content): ImportedTeam => ({ id: textAt(team, 'id') || idOf(team), name: textAt(team, 'name') })

/** The server's list, or without one the teams that users name. */
async function readTeams(source: Source, users: readonly Content[]): Promise<readonly ImportedTeam[]> {
  const listed = childrenOf(await source.get('Teams', 'Teams'), 'Team').map(teamOf)
  const own = users.map((user) => ({ id: textAt(user, 'teamId'), name: textAt(user, 'teamName') }))
  const supervised = users.flatMap((user) => childrenOf(at(user, 'teams'), 'Team').map(teamOf))
  return firstOfEach([...listed, ...own, ...supervised]).filter(({ id }) => id !== '')
}

const mrdOf = (medium: Content): ImportedMrd => ({
  id: textAt(medium, 'id') || idOf(medium),
  name: textAt(medium, 'name'),
  description: textAt(medium, 'description'),
  interruptible: textAt(medium, 'interruptible') === 'true',
})

/** The list of a user has all media. Those of others have no state (`media 3.2`). */
const isMember = (medium: Content): boolean => at(medium, 'state') !== undefined

/** The server's list, or without one voice and the media that users have. */
async function readMedia(source: Source, belongings: readonly Belongings[]): Promise<readonly ImportedMrd[]> {
  const listed = childrenOf(await source.get('MediaDomain', 'MediaDomains'), 'MediaDomain').map(mrdOf)
  const voice = { id: VOICE, name: 'Voice', description: 'Voice', interruptible: false }
  const used = belongings.flatMap(({ media }) => media.map(mrdOf))
  return firstOfEach([...(listed.length > 0 ? listed : [voice]), ...used])
}

// ------------------------------------------------------------------------------------------------ queues

/**
 * The queues of calls with their agents, in the order of the users. MRDs are queues, too, and are left out. A supervisor
 * is told the queues of all members of the teams (`dialog 8`), so a queue is a supervisor's own only if no other user
 * has it.
 */
function queuesOf(
  users: readonly Content[],
  belongings: readonly Belongings[],
  media: ReadonlySet<string>,
): readonly ImportedQueue[] {
  const told = users.flatMap((user, index) =>
    (belongings[index]?.queues ?? []).map((queue) => ({
      id: idOf(queue),
      name: textAt(queue, 'name'),
      user: textAt(user, 'loginId'),
      isSupervisor: textsOf(at(user, 'roles'), 'role').includes('Supervisor'),
    })),
  )
  const having = Map.groupBy(
    told.filter(({ id }) => id !== '' && !media.has(id)),
    ({ id }) => id,
  )
  const queues = [...having].map(([id, all]) => {
    const agents = all.filter(({ isSupervisor }) => !isSupervisor)
    const name = all[0]?.name ?? ''
    return { id, name, agents: (agents.length > 0 ? agents : all).map(({ user }) => user) }
  })
  return queues.toSorted((a, b) => Number(a.id) - Number(b.id))
}
