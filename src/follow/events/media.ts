/** Reads Media objects (`media 3`; `notifications 8.6`). */
import { MEDIA_STATES, type MediaState } from '../../../machines/wire.ts'
import type { MediaValue } from '../../engine/values.ts'
import { idAfter } from './paths.ts'
import { numberAt, oneOf, type Reading, timeAt } from './reading.ts'
import { at, type Tree, textAt } from './tree.ts'
import { readReason } from './user.ts'

const INTERRUPT_ACTIONS = ['ACCEPT', 'IGNORE'] as const
const LOGOUT_ACTIONS = ['CLOSE', 'TRANSFER'] as const
const WITH_REASON: readonly MediaState[] = ['NOT_READY', 'LOGOUT']
/** What recordings and the contract name beside the states of the table. A work state without dialogs is the same. */
const OTHER_NAMES: Readonly<Record<string, MediaState>> = { WORK: 'WORK_NOT_READY', LOGIN: 'NOT_READY' }

/**
 * One medium. `source`: the path that the document is about, which says the user if the document does not. `undefined`
 * without user or MRD. A medium without a state is the short form of a user who is not in the MRD (`media 3.2`).
 */
export function readMedia(tree: Tree, source: string, reading: Reading): MediaValue | undefined {
  const uri = textAt(tree, 'uri')
  const user = idAfter(uri, 'User') || idAfter(source, 'User')
  const id = textAt(tree, 'id') || idAfter(uri, 'Media') || idAfter(source, 'Media')
  if (user === '' || id === '') return undefined
  const base = {
    kind: 'media' as const,
    user,
    id,
    name: textAt(tree, 'name'),
    description: textAt(tree, 'description'),
    interruptible: textAt(tree, 'interruptible') === 'true',
  }
  return at(tree, 'state') === undefined ? base : { ...base, status: readStatus(tree, reading) }
}

function readStatus(tree: Tree, reading: Reading): NonNullable<MediaValue['status']> {
  const text = textAt(tree, 'state')
  const named = Object.hasOwn(OTHER_NAMES, text) ? OTHER_NAMES[text] : undefined
  const state = named ?? oneOf(MEDIA_STATES, text, 'WORK_NOT_READY', 'media/state', reading)
  const reason = readReason(tree, reading)
  return {
    state,
    stateChangeTime: timeAt(tree, 'stateChangeTime'),
    routable: textAt(tree, 'routable') === 'true',
    maxDialogLimit: numberAt(tree, 'maxDialogLimit', 1),
    interruptAction: oneOf(
      INTERRUPT_ACTIONS,
      textAt(tree, 'interruptAction'),
      'ACCEPT',
      'media/interruptAction',
      reading,
    ),
    dialogLogoutAction: oneOf(
      LOGOUT_ACTIONS,
      textAt(tree, 'dialogLogoutAction'),
      'CLOSE',
      'media/dialogLogoutAction',
      reading,
    ),
    ...(reason ? { reason } : {}),
    reasonCodeId: textAt(tree, 'reasonCodeId') || reason?.id || (WITH_REASON.includes(state) ? '-1' : ''),
    // Only `true` is a documented value, and it is absent without a link (ruling 19).
    mediaConnected: textAt(tree, 'mediaConnected') === 'true',
  }
}
