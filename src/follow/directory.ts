/** The directory of a follower: what the followed Finesse tells of the users that are followed. */
import { firstOfEach } from '../directory/lookup.ts'
import type { MediaValue, TeamRef, UserValue } from '../engine/values.ts'
import { readMedia } from './events/media.ts'
import type { Reading } from './events/reading.ts'
import { readSystemInfo } from './events/system.ts'
import { childrenOf } from './events/tree.ts'
import { readUser, type UserSummary } from './events/user.ts'
import { directoryOf, type FirstRead, type KnownDirectory } from './memory.ts'
import { isRefusal, PermittedReads, type Reader } from './permitted.ts'
import { readTeam, type Team } from './team-reads.ts'
import { UpstreamError } from './upstream/error.ts'

export interface Wanted {
  readonly users: readonly string[]
  readonly teams: readonly string[]
  /** The accounts that read a user, the best one first. */
  readonly readersOf: (user: string) => readonly string[]
  /** The watching account, which reads teams. */
  readonly watch: string | undefined
  /**
   * What is known of a user from newer documents, so that it need not be read. Without it, or if it returns `undefined`,
   * the user is read.
   */
  readonly known?: ((id: string) => FirstRead | undefined) | undefined
  readonly now: () => number
  /** Called for a named user or team that does not exist, which is left out then. Without it that is an error. */
  readonly missing?: ((what: string) => void) | undefined
}

/** What is known of one user. A follower whose account may not read the user has a part of it. */
interface Person {
  readonly user: UserValue | (UserSummary & { readonly teamId: string })
  readonly media: readonly MediaValue[]
  /** Absent if only a part could be read. */
  readonly read?: FirstRead
}

/** @throws UpstreamError if a user or team that was named cannot be read, or the watching account is refused. */
export async function readFollowedDirectory(rest: Reader, wanted: Wanted, reading: Reading): Promise<KnownDirectory> {
  const reader = new DirectoryReader(rest, wanted, reading)
  const info = await rest.get('SystemInfo', undefined, 'probe')
  const teams = await reader.teams()
  const ids = new Set([...wanted.users, ...teams.flatMap(({ members }) => [...members.keys()])])
  // The session of the follower counts as the desktop of the account that watches (`notifications 9`).
  if (wanted.watch !== undefined && !wanted.users.includes(wanted.watch)) ids.delete(wanted.watch)
  const people = (await Promise.all([...ids].map((id) => reader.person(id, teams)))).flatMap((each) => each ?? [])
  const platform = info ? readSystemInfo(info, reading).value.platform : 'CCE'
  return directoryOf(
    fileOf(people, teams, platform),
    people.map(({ user }) => user.id),
    new Map(people.flatMap(({ read }) => (read ? [[read.user.id, read] as const] : []))),
  )
}

/** The directory until the Finesse tells more: the users that were named. */
export const placeholder = ({ users }: Pick<Wanted, 'users'>): KnownDirectory =>
  directoryOf(
    fileOf(
      users.map((id) => ({ user: nobody(id), media: [] })),
      [],
      'CCE',
    ),
    users,
  )

const nobody = (id: string): Person['user'] => ({
  id,
  loginId: id,
  firstName: '',
  lastName: '',
  state: 'UNKNOWN',
  stateChangeTime: null,
  pendingState: '',
  reasonCodeId: null,
  extension: '',
  teamId: NO_TEAM.id,
})

/** Of users whose team nobody tells. */
const NO_TEAM: TeamRef = { id: 'unknown', name: 'unknown' }

class DirectoryReader {
  readonly #reads: PermittedReads
  readonly #wanted: Wanted
  readonly #reading: Reading
  #supervised: Promise<readonly Team[]> | undefined

  constructor(rest: Reader, wanted: Wanted, reading: Reading) {
    this.#reads = new PermittedReads(() => rest)
    this.#wanted = wanted
    this.#reading = reading
  }

  async teams(): Promise<readonly Team[]> {
    const teams = await Promise.all(this.#wanted.teams.map((id) => this.#team(id)))
    return teams.flatMap((team) => team ?? [])
  }

  async #team(id: string): Promise<Team | undefined> {
    const { watch } = this.#wanted
    const team = await readTeam(this.#reads, id, watch === undefined ? [] : [watch], 'resync', this.#reading)
    return team ?? this.#missing(`team ${id}`)
  }

  #missing(what: string): undefined {
    const { missing } = this.#wanted
    if (!missing) throw new UpstreamError('UPSTREAM_UNREADABLE', `the followed Finesse has no ${what}`, 404)
    missing(what)
  }

  async person(id: string, teams: readonly Team[]): Promise<Person | undefined> {
    const path = `User/${encodeURIComponent(id)}`
    const accounts = this.#wanted.readersOf(id)
    const known = this.#wanted.known?.(id)
    if (known) return { user: known.user, media: known.media, read: known }
    const at = this.#wanted.now()
    try {
      const tree = await this.#reads.get(path, accounts, 'resync')
      const user = tree && readUser(tree, this.#reading)
      if (!user) return this.#missing(`user ${id}`)
      const list = await this.#reads.get(`${path}/Media`, accounts, 'resync')
      const media = childrenOf(list, 'Media').flatMap(
        (each) => readMedia(each, `/finesse/api/${path}`, this.#reading) ?? [],
      )
      return { user, media, read: { user, media, at } }
    } catch (error) {
      if (!isRefusal(error) || this.#isOnlyAccount(error)) throw error
      return { user: await this.#inTeams(id, teams), media: [] }
    }
  }

  /** Without the account that watches, nothing can be followed; nor with one agent whose password is wrong. */
  #isOnlyAccount({ code }: UpstreamError): boolean {
    const { watch, users } = this.#wanted
    return code === 'UPSTREAM_DENIED' && (watch !== undefined || users.length === 1)
  }

  /** What a supervisor may read of a user: the entry in the list of a supervised team. */
  async #inTeams(id: string, teams: readonly Team[]): Promise<Person['user']> {
    const inTeam = (all: readonly Team[]) => {
      const team = all.find(({ members }) => members.has(id))
      const member = team?.members.get(id)
      return team && member && { ...member, teamId: team.id }
    }
    return inTeam(teams) ?? inTeam(await this.#supervisedTeams()) ?? nobody(id)
  }

  #supervisedTeams(): Promise<readonly Team[]> {
    this.#supervised ??= this.#readSupervised()
    return this.#supervised
  }

  async #readSupervised(): Promise<readonly Team[]> {
    const { watch } = this.#wanted
    if (watch === undefined) return []
    const tree = await this.#reads.ifPermitted(`User/${encodeURIComponent(watch)}`, [watch], 'resync')
    if (tree === undefined || tree === 'forbidden') return []
    const ids = readUser(tree, this.#reading)?.supervises ?? []
    const teams = await Promise.all(ids.map(({ id }) => this.#team(id)))
    return teams.flatMap((team) => team ?? [])
  }
}

/** What no Finesse tells has the values of a directory file: script selectors and times of MRDs, roles of nobody. */
function fileOf(people: readonly Person[], teams: readonly TeamRef[], platform: string): string {
  const own = people.map(({ user }) => ({ id: user.teamId, name: 'teamName' in user ? user.teamName : '' }))
  const supervised = people.flatMap(({ user }) => ('supervises' in user ? user.supervises : []))
  const media = people.flatMap((each) => each.media)
  return JSON.stringify({
    version: 1,
    platform,
    mediaRoutingDomains: firstOfEach([
      { id: '1', name: 'Voice', description: 'Voice', interruptible: false },
      ...media.map(({ id, name, description, interruptible }) => ({ id, name, description, interruptible })),
    ]),
    teams: firstOfEach([...teams, ...own, ...supervised]).map(({ id, name }) => ({ id, name: name || id })),
    users: people.map((each) => entryOf(each)),
  })
}

function entryOf({ user, media }: Person): object {
  const { id, firstName, lastName, teamId } = user
  const entry = {
    id,
    loginName: id,
    firstName,
    lastName,
    teamId,
    extensions: [],
    mediaRoutingDomains: media.flatMap((each) => (each.status ? [each.id] : [])),
  }
  if (!('roles' in user)) return entry
  const { loginName, roles, settings, wrapUpTimer, supervises } = user
  return {
    ...entry,
    loginName: loginName || id,
    roles: roles.length > 0 ? roles : ['Agent'],
    settings: { ...settings, ...(wrapUpTimer > 0 ? { wrapUpSeconds: wrapUpTimer } : {}) },
    ...(supervises.length > 0 ? { supervises: supervises.map((team) => team.id) } : {}),
  }
}
