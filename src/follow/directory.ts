/** The directory of a follower: what the followed Finesse tells of the users that are followed. */
import type { Directory } from '../directory/model.ts'
import { parseDirectory } from '../directory/parse.ts'
import type { MediaValue, TeamRef, UserValue } from '../engine/values.ts'
import { readMedia } from './events/media.ts'
import { lastPart } from './events/paths.ts'
import type { Reading } from './events/reading.ts'
import { readSystemInfo } from './events/system.ts'
import { at, childrenOf, textAt } from './events/tree.ts'
import { readTeamRef, readUser } from './events/user.ts'
import type { Reader } from './read-user.ts'
import { UpstreamError } from './upstream/error.ts'

export interface Wanted {
  readonly users: readonly string[]
  readonly teams: readonly string[]
  /** The account that reads a user, and the one that reads teams. */
  readonly readerOf: (user: string) => string | undefined
  readonly watch: string | undefined
}

/** What was read: the directory, and the users and media in it, which need not be read again. */
export interface ReadDirectory {
  readonly directory: Directory
  /** The members of the followed teams, and the users that were named. */
  readonly users: readonly string[]
}

/** @throws UpstreamError if a user or team that was named cannot be read. */
export async function readFollowedDirectory(rest: Reader, wanted: Wanted, reading: Reading): Promise<ReadDirectory> {
  const info = await rest.get('SystemInfo', undefined, 'probe')
  const teams: TeamRef[] = []
  const ids = new Set(wanted.users)
  for (const id of wanted.teams) {
    const team = await rest.get(`Team/${encodeURIComponent(id)}`, wanted.watch, 'resync')
    if (!team) throw new UpstreamError('UPSTREAM_UNREADABLE', `the followed Finesse has no team ${id}`, 404)
    teams.push({ ...readTeamRef(team), id })
    for (const user of childrenOf(at(team, 'users'), 'User')) ids.add(idOf(user))
  }
  const people = await Promise.all([...ids].map((id) => readPerson(rest, id, wanted, reading)))
  const platform = info ? readSystemInfo(info, reading).value.platform : 'CCE'
  const text = JSON.stringify(fileOf(people, teams, platform))
  return {
    directory: parseDirectory(text, 'the followed Finesse', { passwords: 'none' }).directory,
    users: people.map(({ user }) => user.id),
  }
}

const idOf = (user: Parameters<typeof textAt>[0]): string => textAt(user, 'loginId') || lastPart(textAt(user, 'uri'))

interface Person {
  readonly user: UserValue
  readonly media: readonly MediaValue[]
}

async function readPerson(rest: Reader, id: string, { readerOf }: Wanted, reading: Reading): Promise<Person> {
  const path = `User/${encodeURIComponent(id)}`
  const as = readerOf(id)
  const tree = await rest.get(path, as, 'resync')
  const user = tree && readUser(tree, reading)
  if (!user) throw new UpstreamError('UPSTREAM_UNREADABLE', `the followed Finesse has no user ${id}`, 404)
  const list = await rest.get(`${path}/Media`, as, 'resync')
  const media = childrenOf(list, 'Media').flatMap((each) => readMedia(each, `/finesse/api/${path}`, reading) ?? [])
  return { user, media }
}

/** The first entry of each id. */
function once<T extends { readonly id: string }>(all: readonly T[]): readonly T[] {
  const first = new Map<string, T>()
  for (const each of all) if (!first.has(each.id)) first.set(each.id, each)
  return [...first.values()]
}

/** What no Finesse tells has the values of a directory file: script selectors and times of MRDs, roles of nobody. */
function fileOf(people: readonly Person[], teams: readonly TeamRef[], platform: string): object {
  const own = people.map(({ user }) => ({ id: user.teamId, name: user.teamName }))
  const supervised = people.flatMap(({ user }) => user.supervises)
  const media = people.flatMap((each) => each.media)
  return {
    version: 1,
    platform,
    mediaRoutingDomains: once([
      { id: '1', name: 'Voice', description: 'Voice', interruptible: false },
      ...media.map(({ id, name, description, interruptible }) => ({ id, name, description, interruptible })),
    ]),
    teams: once([...teams, ...own, ...supervised]).map(({ id, name }) => ({ id, name: name || id })),
    users: people.map((each) => entryOf(each)),
  }
}

function entryOf({ user, media }: Person): object {
  const { id, loginName, firstName, lastName, roles, teamId, settings, wrapUpTimer, supervises } = user
  return {
    id,
    loginName: loginName || id,
    firstName,
    lastName,
    roles: roles.length > 0 ? roles : ['Agent'],
    teamId,
    extensions: [],
    mediaRoutingDomains: media.flatMap((each) => (each.status ? [each.id] : [])),
    settings: { ...settings, ...(wrapUpTimer > 0 ? { wrapUpSeconds: wrapUpTimer } : {}) },
    ...(supervises.length > 0 ? { supervises: supervises.map((team) => team.id) } : {}),
  }
}
