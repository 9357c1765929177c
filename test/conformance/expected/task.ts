import { group, leaf, type Tree } from '../tree.ts'
import { taskVariables, type Variables } from './call-variables.ts'
import { wireTime } from './time.ts'

/** Ruling 14, in the order of the wire. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  OFFERED: ['ACCEPT'],
  ACCEPTED: ['START', 'TRANSFER', 'CLOSE'],
  ACTIVE: ['PAUSE', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  PAUSED: ['RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  WRAPPING_UP: ['PAUSE', 'RESUME', 'CLOSE'],
  UNKNOWN: ['CLOSE'],
  CLOSED: [],
}

export interface TaskFacts {
  /** Number, user and MRD, with underscores between. */
  readonly id: string
  readonly user: string
  readonly mrd: { readonly id: string; readonly name: string }
  /** Dialog that it was resubmitted from, or `''`. */
  readonly from: string
  readonly variables: Variables
  readonly state: string
  /** The state from before an interrupt, whose actions stay listed (`media 11.3`). `undefined` if it is lost. */
  readonly interruptedFrom?: string | undefined
  readonly disposition: string
  readonly offeredAt: number | undefined
  readonly changedAt: number | undefined
}

const DAY = 86_400_000

const dialogUri = (id: string): string => `/finesse/api/Dialog/${id}`

/** The whole nonvoice dialog, `media 7.1`: root `Dialog`, in an item notification `dialog` (ruling 2). */
export function expectedTask(root: 'Dialog' | 'dialog', task: TaskFacts): Tree {
  const { id, mrd, state, offeredAt = 0 } = task
  const actions = ALLOWED[state === 'INTERRUPTED' ? (task.interruptedFrom ?? '') : state] ?? ['no actions known']
  return group(
    root,
    leaf('associatedDialogUri', task.from === '' ? '' : dialogUri(task.from)),
    leaf('id', id),
    leaf('mediaType', mrd.name),
    group(
      'mediaProperties',
      leaf('mediaId', mrd.id),
      leaf('dialedNumber', ''),
      leaf('queueNumber', mrd.id),
      leaf('queueName', mrd.name),
      leaf('callKeyCallId', id.split('_')[0] ?? ''),
      leaf('callKeySequenceNum', '1'),
      leaf('callKeyPrefix', Math.floor(offeredAt / DAY)),
      taskVariables(task.variables),
      leaf('dispositionCode', task.disposition),
    ),
    group(
      'participants',
      group(
        'Participant',
        group('actions', ...actions.map((action) => leaf('action', action))),
        leaf('mediaAddress', task.user),
        leaf('startTime', wireTime(task.offeredAt)),
        leaf('state', state),
        leaf('stateChangeTime', wireTime(task.changedAt)),
      ),
    ),
    leaf('state', state),
    leaf('uri', dialogUri(id)),
  )
}
