/** What the server's objects show of its directory, read once at the start: users, media, reason codes. */
import type { ReasonFacts } from '../expected/reason.ts'
import type { RestAnswer } from '../finesse-client.ts'
import type { Entries, MrdEntry, UserEntry } from '../story/sources.ts'
import { at, childrenOf, parseTree, type Tree, valueAt } from '../tree.ts'
import { ROWS_MEDIA, ROWS_REASONS } from './agents-file.ts'
import type { Names } from './names.ts'

/** Reads as this agent of the rows. */
export type Read = (part: string, path: string) => Promise<RestAnswer>

/** Never shown as a Media object, but rows try to sign in to it. */
const VOICE: MrdEntry = { id: '1', name: 'Voice', description: '', interruptible: false }

const read = (tree: Tree, path: string): string => valueAt(tree, path) ?? ''

async function document(get: Read, part: string, path: string): Promise<Tree> {
  const { status, body } = await get(part, path)
  if (status !== 200) throw new Error(`GET ${path} as ${part} was answered with ${status}: ${body.slice(0, 200)}`)
  return parseTree(body)
}

/** Reads the entries. Throws if an agent cannot be read: a wrong password, not a Finesse. */
export async function readEntries(parts: readonly string[], get: Read, names: Names): Promise<Entries> {
  const users: UserEntry[] = []
  const teams = new Map<string, string>()
  const media = new Map<string, MrdEntry>([[VOICE.id, VOICE]])
  for (const part of parts) {
    const user = await document(get, part, `User/${part}`)
    const supervised = childrenOf(at(user, 'teams') ?? user, 'Team')
    teams.set(read(user, 'teamId'), read(user, 'teamName'))
    for (const team of supervised) teams.set(read(team, 'id'), read(team, 'name'))
    const mediaRoutingDomains: string[] = []
    for (const { id } of Object.values(ROWS_MEDIA)) {
      const medium = await document(get, part, `User/${part}/Media/${id}`)
      media.set(id, mrdOf(id, medium))
      if (at(medium, 'state')) mediaRoutingDomains.push(id)
    }
    users.push({ ...userOf(part, user), supervises: supervised.map((team) => read(team, 'id')), mediaRoutingDomains })
  }
  const [first = ''] = parts
  return {
    users,
    teams: [...teams].map(([id, name]) => ({ id, name })),
    mediaRoutingDomains: [...media.values()],
    reasonCodes: reasonsOf(await document(get, first, `User/${first}/ReasonCodes?category=ALL`), names),
    settings: { fidelity: 'finesse' },
  }
}

const mrdOf = (id: string, medium: Tree): MrdEntry => ({
  id,
  name: read(medium, 'name'),
  description: read(medium, 'description'),
  interruptible: read(medium, 'interruptible') === 'true',
})

const userOf = (id: string, user: Tree): Omit<UserEntry, 'supervises' | 'mediaRoutingDomains'> => ({
  id,
  loginName: read(user, 'loginName'),
  firstName: read(user, 'firstName'),
  lastName: read(user, 'lastName'),
  roles: childrenOf(at(user, 'roles') ?? user, 'role').map(({ text }) => text),
  settings: {
    wrapUpOnIncoming: read(user, 'settings/wrapUpOnIncoming'),
    wrapUpOnOutgoing: read(user, 'settings/wrapUpOnOutgoing'),
    wrapUpSeconds: Number(read(user, 'wrapUpTimer')),
  },
  teamId: read(user, 'teamId'),
  // Extensions have the names of the users in the rows.
  extensions: [id],
})

/** The reason codes. Those that the rows use get the codes and labels that the rows expect. */
function reasonsOf(list: Tree, names: Names): readonly ReasonFacts[] {
  return childrenOf(list, 'ReasonCode').map((reason) => {
    const id = read(reason, 'uri').split('/').at(-1) ?? ''
    const [code, label] = [read(reason, 'code'), read(reason, 'label')]
    const facts = {
      id,
      category: read(reason, 'category'),
      code: Number(code),
      label,
      forAll: read(reason, 'forAll') === 'true',
      systemCode: read(reason, 'systemCode') === 'true',
    }
    if (!isReasonOfRows(id)) return facts
    names.reasonIs(id, code, label)
    return { ...facts, code: Number(ROWS_REASONS[id].code), label: ROWS_REASONS[id].label }
  })
}

const isReasonOfRows = (id: string): id is keyof typeof ROWS_REASONS => id in ROWS_REASONS
