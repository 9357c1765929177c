/**
 * Reads the `Update` document of a notification (`notifications 7`, 8). The order of elements and their letter case do
 * not matter. What the contract does not have is passed on: `data` is the whole object as it came.
 */
import type { Platform } from '../../directory/model.ts'
import type {
  DialogValue,
  MediaValue,
  NamedQueueValue,
  QueuesValue,
  SystemInfoValue,
  TeamMessageValue,
  UserValue,
} from '../../engine/values.ts'
import { type ApiError, readApiError } from './api-error.ts'
import { readDialog } from './dialog.ts'
import { readMedia } from './media.ts'
import { endsWith, idAfter, kindOf, lastPart } from './paths.ts'
import type { Reading } from './reading.ts'
import { readQueue, readQueues, readSystemInfo, readTeamMessage } from './system.ts'
import { at, childrenOf, isCalled, parseTree, type Tree, textAt, Unreadable } from './tree.ts'
import { readSummary, readUser, type UserSummary } from './user.ts'

/** What a notification tells. */
export type Told =
  | { readonly kind: 'user'; readonly value: UserValue }
  /** The short form on the node of the team. */
  | { readonly kind: 'summary'; readonly value: UserSummary }
  | { readonly kind: 'userDeleted'; readonly user: string }
  | { readonly kind: 'media'; readonly value: MediaValue }
  | {
      readonly kind: 'dialog'
      /** `added`, `removed`: it joined or left the collection of `user`. */
      readonly change: 'added' | 'changed' | 'removed'
      /** The user whose node it is. */
      readonly user: string
      readonly value: DialogValue
    }
  | {
      readonly kind: 'error'
      readonly about: 'user' | 'media' | 'task' | 'call'
      readonly user: string
      /** The dialog, or the MRD; `''` if the error is about neither. */
      readonly object: string
      readonly error: ApiError
    }
  | { readonly kind: 'queue'; readonly value: NamedQueueValue }
  | { readonly kind: 'queues'; readonly value: QueuesValue }
  | { readonly kind: 'systemInfo'; readonly value: SystemInfoValue }
  | { readonly kind: 'teamMessage'; readonly value: TeamMessageValue }
  /** An object of which the follower knows nothing, or without an id. */
  | { readonly kind: 'other' }

/** A notification of the followed Finesse. */
export interface Update {
  /** The pubsub node. */
  readonly node: string
  /** In upper case. Errors of users and calls are written in lower case (`notifications 7.3`). */
  readonly event: 'PUT' | 'POST' | 'DELETE'
  readonly requestId: string
  readonly source: string
  readonly told: Told
  /** The object as it came, with the elements that the follower does not know; `undefined` without one. */
  readonly data: Tree | undefined
}

const EVENTS = ['PUT', 'POST', 'DELETE'] as const

/** Reads one document. `node`: where it was published. @throws Unreadable */
export function readUpdate(document: string, node: string, reading: Reading, platform: Platform = 'CCE'): Update {
  const root = parseTree(document)
  if (!isCalled(root, 'Update')) throw new Unreadable('the document is no Update')
  const [data] = at(root, 'data')?.children ?? []
  const source = textAt(root, 'source')
  const word = textAt(root, 'event').toUpperCase()
  const event = EVENTS.find((each) => each === word)
  if (event === undefined) throw new Unreadable('the Update has no event that the contract knows')
  const place = { node, source, event, data }
  return { node, event, requestId: textAt(root, 'requestId'), source, told: toldBy(place, reading, platform), data }
}

interface Place extends Pick<Update, 'node' | 'source' | 'event' | 'data'> {}

/** The user whose node or collection it is; `''` if it is not that of a user. */
const ownerOf = ({ node, source }: Place): string => idAfter(node, 'User') || idAfter(source, 'User')

function toldBy(place: Place, reading: Reading, platform: Platform): Told {
  const { data, node, event } = place
  const user = ownerOf(place)
  const error = readApiError(data, platform)
  if (error) return { kind: 'error', user, error, ...subjectOf(place) }
  if (data === undefined) return event === 'DELETE' && user !== '' ? deleted(place, user) : { kind: 'other' }
  switch (data.name.toLowerCase()) {
    case 'user':
      return toldOfUser(data, node, reading)
    case 'media':
      return valued('media', readMedia(data, place.source || node, reading))
    case 'dialogs':
    case 'dialog':
      return toldOfDialog(place, data, user, reading)
    case 'queue':
      return valued('queue', readQueue(data))
    case 'queues':
      return { kind: 'queues', value: readQueues(data, user) }
    case 'systeminfo':
      return { kind: 'systemInfo', value: readSystemInfo(data, reading).value }
    case 'teammessage':
      return valued('teamMessage', readTeamMessage(data))
    default:
      return { kind: 'other' }
  }
}

/** Only the notification of a deleted user has no data. Other nodes of the user may lose members without naming them. */
const deleted = ({ source }: Place, user: string): Told =>
  kindOf(source) === 'user' ? { kind: 'userDeleted', user } : { kind: 'other' }

function valued<K extends Told['kind'], V>(kind: K, value: V | undefined): { kind: K; value: V } | { kind: 'other' } {
  return value === undefined ? { kind: 'other' } : { kind, value }
}

/** The node of a team has summaries; a whole user is on the user's own node. */
function toldOfUser(data: Tree, node: string, reading: Reading): Told {
  const isWhole = idAfter(node, 'Team') === '' && at(data, 'roles') !== undefined
  return isWhole ? valued('user', readUser(data, reading)) : valued('summary', readSummary(data, reading))
}

function toldOfDialog(place: Place, data: Tree, user: string, reading: Reading): Told {
  const [object, ...more] = isCalled(data, 'dialogs') ? childrenOf(data, 'Dialog') : [data]
  const value = object && readDialog(object, user, reading)
  // Finesse sends one dialog at a time. Of several, none is taken: the follower reads them all by GET.
  if (value === undefined || more.length > 0) return { kind: 'other' }
  const change = place.event === 'POST' ? 'added' : place.event === 'DELETE' ? 'removed' : 'changed'
  return { kind: 'dialog', change, user, value }
}

/** What an error is about. The last part of `source` names the object (`notifications 8`). */
function subjectOf({ node, source }: Place): Pick<Extract<Told, { kind: 'error' }>, 'about' | 'object'> {
  const object = ['dialog', 'media'].includes(kindOf(source)) ? lastPart(source) : ''
  if (endsWith(node, '/Dialogs/Media')) return { about: 'task', object }
  if (endsWith(node, '/Media')) return { about: 'media', object }
  return endsWith(node, '/Dialogs') ? { about: 'call', object } : { about: 'user', object: '' }
}
