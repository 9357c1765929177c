/** Reads one user by GET, with media and dialogs, and finds what differs from what is known. */
import { isDeepStrictEqual } from 'node:util'
import type { CallDialogValue, DialogValue, MediaValue, UserValue } from '../engine/values.ts'
import { readDialog } from './events/dialog.ts'
import { readMedia } from './events/media.ts'
import type { Reading } from './events/reading.ts'
import { childrenOf, type Tree } from './events/tree.ts'
import type { Told } from './events/update.ts'
import { readUser } from './events/user.ts'
import type { Belongings } from './picture.ts'
import type { Urgency } from './upstream/budget.ts'

/** The part of the REST client that reads. */
export interface Reader {
  get(path: string, as: string | undefined, urgency: Urgency): Promise<Tree | undefined>
}

/** Who reads what: an agent may read all of its own, and a supervisor only dialogs (`user 2`). */
export interface ReadAs {
  readonly own: string | undefined
  readonly urgency: Urgency
}

/** Everything that the API tells about one user. */
export interface Found {
  readonly user: UserValue
  readonly media: readonly MediaValue[]
  readonly dialogs: readonly DialogValue[]
}

/** `undefined`: there is no such user. @throws UpstreamError */
export async function readFound(
  rest: Reader,
  id: string,
  { own, urgency }: ReadAs,
  reading: Reading,
  knownDialogs: Iterable<DialogValue>,
): Promise<Found | undefined> {
  const path = `User/${encodeURIComponent(id)}`
  const tree = await rest.get(path, own, urgency)
  const user = tree && readUser(tree, reading)
  if (!user) return undefined
  const list = await rest.get(`${path}/Media`, own, urgency)
  const media = childrenOf(list, 'Media').flatMap((each) => readMedia(each, `/finesse/api/${path}`, reading) ?? [])
  const calls = await rest.get(`${path}/Dialogs`, own, urgency)
  const dialogs = dialogsIn(calls, id, reading)
  const busy = new Set([...knownDialogs].flatMap((each) => (each.kind === 'task' ? [each.mrd] : [])))
  for (const { id: mrd, status } of media) {
    if (!status || (status.state === 'LOGOUT' && !busy.has(mrd))) continue
    const tasks = await rest.get(`${path}/Media/${encodeURIComponent(mrd)}/Dialogs`, own, urgency)
    for (const task of dialogsIn(tasks, id, reading))
      if (!dialogs.some((each) => each.id === task.id)) dialogs.push(task)
  }
  return { user, media, dialogs }
}

const dialogsIn = (tree: Tree | undefined, user: string, reading: Reading): DialogValue[] =>
  childrenOf(tree, 'Dialog')
    .flatMap((each) => readDialog(each, user, reading) ?? [])
    .filter(({ state }) => state !== 'CLOSED' && state !== 'DROPPED')

/** What would have been told if every notification had come. The user first, then media, then dialogs. */
export function differences(found: Found, known: Belongings | undefined): readonly Told[] {
  const id = found.user.id
  const media = found.media.filter((each) => !isDeepStrictEqual(known?.media.get(each.id), each))
  const now = new Map(found.dialogs.map((each) => [each.id, each]))
  const gone = [...(known?.dialogs.values() ?? [])].filter((each) => !now.has(each.id))
  return [
    ...(isDeepStrictEqual(known?.user, found.user) ? [] : [{ kind: 'user', value: found.user } as const]),
    ...media.map((value) => ({ kind: 'media', value }) as const),
    ...gone.map((each) => ({ kind: 'dialog', change: 'removed', user: id, value: ended(each) }) as const),
    ...found.dialogs.flatMap((value) => {
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
