/** Reads one user by GET, with media and dialogs, and finds what differs from what is known. */
import { isDeepStrictEqual } from 'node:util'
import type { CallDialogValue, DialogValue, MediaValue, UserValue } from '../engine/values.ts'
import { readDialog } from './events/dialog.ts'
import { readMedia } from './events/media.ts'
import type { Reading } from './events/reading.ts'
import { childrenOf, type Tree } from './events/tree.ts'
import type { Told } from './events/update.ts'
import { readUser, withSummary } from './events/user.ts'
import type { FirstRead } from './memory.ts'
import type { PermittedReads } from './permitted.ts'
import type { Belongings } from './picture.ts'
import type { TeamReads } from './team-reads.ts'
import type { Urgency } from './upstream/budget.ts'

/** Who reads the user, and how. */
export interface ReadAs {
  /** The accounts to try, the best one first. */
  readonly accounts: readonly string[]
  readonly urgency: Urgency
  readonly reads: PermittedReads
  readonly teams: TeamReads
  readonly reading: Reading
  /** What was read of the user already, and is still so. */
  readonly first: FirstRead | undefined
  /** What is known of the user, for accounts that may read only the short form in the list of the team. */
  readonly before: UserValue | undefined
}

/** Everything that the API tells about one user. Kinds of objects that no account may read are `undefined`. */
export interface Found {
  readonly user: UserValue
  readonly media: readonly MediaValue[] | undefined
  readonly tasks: readonly DialogValue[] | undefined
  readonly calls: readonly DialogValue[] | undefined
}

/** `undefined`: there is no such user. @throws UpstreamError */
export async function readFound(id: string, as: ReadAs, known: Belongings | undefined): Promise<Found | undefined> {
  const user = as.first?.user ?? (await readOne(id, as))
  if (!user) return undefined
  const path = pathOf(id)
  const { reads, accounts, urgency, reading } = as
  const media = as.first?.media ?? (await readMediaOf(id, as))
  const all = await reads.ifPermitted(`${path}/Dialogs`, accounts, urgency)
  // The extension that was just read is not known elsewhere yet.
  const agentAt = (extension: string) => (extension === user.extension ? id : reading.agentAt(extension))
  const dialogs = all === 'forbidden' ? undefined : dialogsIn(all, id, { ...reading, agentAt })
  const tasks = media && (await readTasks(id, media, as, known))
  const listed = dialogs?.filter((each) => each.kind === 'task') ?? []
  return {
    user,
    media,
    calls: dialogs?.filter((each) => each.kind === 'call'),
    tasks: tasks && [...listed, ...tasks.filter((task) => !listed.some((each) => each.id === task.id))],
  }
}

/** `undefined` if no account may read them. */
async function readMediaOf(id: string, as: ReadAs): Promise<readonly MediaValue[] | undefined> {
  const { reads, accounts, urgency, reading } = as
  const path = pathOf(id)
  const list = await reads.ifPermitted(`${path}/Media`, accounts, urgency)
  if (list === 'forbidden') return undefined
  return childrenOf(list, 'Media').flatMap((each) => readMedia(each, `/finesse/api/${path}`, reading) ?? [])
}

const pathOf = (id: string): string => `User/${encodeURIComponent(id)}`

/** The user, or its short form in the list of its team. */
async function readOne(id: string, as: ReadAs): Promise<UserValue | undefined> {
  const { reads, teams, accounts, urgency, reading, before } = as
  const tree = await reads.ifPermitted(pathOf(id), accounts, urgency)
  if (tree !== 'forbidden') return tree && readUser(tree, reading)
  const team = before && (await teams.read(before.teamId, accounts, urgency, reading))
  const member = team?.members.get(id)
  return before && member && withSummary(before, member)
}

/** Only media with a sign-in, or with known tasks, can have some. */
async function readTasks(
  id: string,
  media: readonly MediaValue[],
  { reads, accounts, urgency, reading }: ReadAs,
  known: Belongings | undefined,
): Promise<readonly DialogValue[]> {
  const busy = new Set([...(known?.dialogs.values() ?? [])].flatMap((each) => (each.kind === 'task' ? [each.mrd] : [])))
  const tasks: DialogValue[] = []
  for (const { id: mrd, status } of media) {
    if (!status || (status.state === 'LOGOUT' && !busy.has(mrd))) continue
    const tree = await reads.get(`${pathOf(id)}/Media/${encodeURIComponent(mrd)}/Dialogs`, accounts, urgency)
    tasks.push(...dialogsIn(tree, id, reading))
  }
  return tasks
}

const dialogsIn = (tree: Tree | undefined, user: string, reading: Reading): DialogValue[] =>
  childrenOf(tree, 'Dialog')
    .flatMap((each) => readDialog(each, user, reading) ?? [])
    .filter(({ state }) => state !== 'CLOSED' && state !== 'DROPPED')

/** What would have been told if every notification had come. The user first, then media, then dialogs. */
export function differences(found: Found, known: Belongings | undefined): readonly Told[] {
  const { id } = found.user
  const media = (found.media ?? []).filter((each) => !isDeepStrictEqual(known?.media.get(each.id), each))
  const dialogs = [...(found.calls ?? []), ...(found.tasks ?? [])]
  const now = new Set(dialogs.map((each) => each.id))
  const isRead = ({ kind }: DialogValue) => (kind === 'call' ? found.calls : found.tasks) !== undefined
  const gone = [...(known?.dialogs.values() ?? [])].filter((each) => isRead(each) && !now.has(each.id))
  return [
    ...(isDeepStrictEqual(known?.user, found.user) ? [] : [{ kind: 'user', value: found.user } as const]),
    ...media.map((value) => ({ kind: 'media', value }) as const),
    ...gone.map((each) => ({ kind: 'dialog', change: 'removed', user: id, value: ended(each) }) as const),
    ...dialogs.flatMap((value) => {
      const before = known?.dialogs.get(value.id)
      if (isDeepStrictEqual(before, value)) return []
      return [{ kind: 'dialog', change: before ? 'changed' : 'added', user: id, value } as const]
    }),
  ]
}

/** A dialog that is gone has ended meanwhile. How, nobody tells any more. */
function ended(dialog: DialogValue): DialogValue {
  if (dialog.kind === 'task') return { ...dialog, state: 'CLOSED', actions: [] }
  return { ...dialog, state: 'DROPPED', participants: dialog.participants.map(left) }
}

const left = (party: CallDialogValue['participants'][number]) => ({ ...party, state: 'DROPPED' as const, actions: [] })
