/** Media objects on the wire (`media 3`). The root is `Media` everywhere (ruling 2). */
import type { MediaValue } from '../engine/values.ts'
import { stateReason } from './reason-code.ts'
import { leaf, list, parent, wireTime } from './xml.ts'

function head(media: MediaValue): string {
  return leaf('uri', `/finesse/api/User/${media.user}/Media/${media.id}`) + leaf('description', media.description)
}

/**
 * A Media object. As in the recorded GET, `uri` is first and `interruptAction` last, not in alphabetical order (`media
 * 3.1`). A user who does not belong to the MRD gets the short form (`media 3.2`).
 */
export function renderMedia(media: MediaValue): string {
  const { status } = media
  const id = leaf('id', media.id)
  const interruptible = leaf('interruptible', media.interruptible)
  const name = leaf('name', media.name)
  if (status === undefined) return parent('Media', head(media), id, interruptible, name)
  return parent(
    'Media',
    head(media),
    leaf('dialogLogoutAction', status.dialogLogoutAction),
    id,
    interruptible,
    leaf('maxDialogLimit', status.maxDialogLimit),
    // Only `true` is a documented value (ruling 19).
    status.mediaConnected ? leaf('mediaConnected', true) : '',
    name,
    status.reason === undefined ? '' : stateReason('ReasonCode', status.reason),
    leaf('reasonCodeId', status.reasonCodeId),
    leaf('routable', status.routable),
    leaf('state', status.state),
    leaf('stateChangeTime', wireTime(status.stateChangeTime)),
    leaf('interruptAction', status.interruptAction),
  )
}

/** `GET /User/{id}/Media` (`media 5.7`). */
export function renderMediaList(media: readonly MediaValue[]): string {
  return list('MediaList', media.map(renderMedia))
}
